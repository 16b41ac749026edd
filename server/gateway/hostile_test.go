package gateway

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequestsOfDoubtfulShapeSmuggleNothing(t *testing.T) {
	const inner = "GET /func/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	tests := map[string]struct {
		head, body string
		status     string // of the first answer
	}{
		"a length and chunks":              {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner, "200 OK"},
		"two different lengths":            {"Content-Length: 4\r\nContent-Length: 0\r\n", "", "400 Bad Request"},
		"a length with a sign":             {"Content-Length: +4\r\n", "", "400 Bad Request"},
		"a length that is a list":          {"Content-Length: 4, 4\r\n", "", "400 Bad Request"},
		"an unknown transfer coding":       {"Transfer-Encoding: xchunked\r\n", "", "501 Not Implemented"},
		"two transfer codings":             {"Transfer-Encoding: gzip, chunked\r\n", "", "501 Not Implemented"},
		"a space before the colon":         {"Transfer-Encoding : chunked\r\n", "", "400 Bad Request"},
		"a name with a line feed":          {"X: a\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", "200 OK"},
		"a folded header":                  {"X: a\r\n Content-Length: 9\r\n", "", "200 OK"},
		"a carriage return in a value":     {"X: a\rContent-Length: 9\r\n", "", "400 Bad Request"},
		"a NUL in a value":                 {"X: a\x00b\r\n", "", "400 Bad Request"},
		"two hosts":                        {"Host: y\r\n", "", "400 Bad Request"},
		"headers without end":              {strings.Repeat("X-Filler: "+strings.Repeat("a", 1000)+"\r\n", 1200), "", "431 Request Header Fields Too Large"},
		"a chunk with a size out of range": {"Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nx\r\n0\r\n\r\n", "400 Bad Request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			answer := f.raw("POST /func/outer HTTP/1.1\r\nHost: x\r\nCookie: " + f.login() + "\r\nConnection: close\r\n" + test.head + "\r\n" + test.body)
			assert.True(t, strings.HasPrefix(answer, "HTTP/1.1 "+test.status), "%.80q", answer)
			assert.Equal(t, 1, strings.Count(answer, "HTTP/1.1 "), "one answer")
			f.manager.mu.Lock()
			defer f.manager.mu.Unlock()
			for _, s := range f.manager.seen {
				assert.Equal(t, "/outer", s.Target)
				assert.Empty(t, s.Body)
			}
		})
	}
}

func TestTrailersEndHere(t *testing.T) {
	f := start(t, nil)
	var trailer http.Header
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		trailer = r.Trailer
	}
	answer := f.raw("POST /func/x HTTP/1.1\r\nHost: x\r\nCookie: " + f.login() + "\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n" +
		"1\r\na\r\n0\r\nX-Late: 1\r\n\r\n")
	assert.Contains(t, answer, "200 OK")
	assert.Empty(t, trailer)
}

func TestInterimAnswersOfTheManagerAreDropped(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</evil.js>; rel=preload")
		w.Header().Set("Set-Cookie", CookieName+"=planted")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
	}
	answer := f.raw("GET /func/x HTTP/1.1\r\nHost: x\r\nCookie: " + f.login() + "\r\nConnection: close\r\n\r\n")
	assert.True(t, strings.HasPrefix(answer, "HTTP/1.1 418"), answer)
	assert.NotContains(t, answer, "Link:")
	assert.NotContains(t, answer, "planted")
}

// TestEveryAnswerOfTheGatewayIsClosedIn looks at each kind of answer once.
func TestEveryAnswerOfTheGatewayIsClosedIn(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for name, a := range map[string]answer{
		"information":     f.send("GET", "/server/info", ""),
		"configuration":   f.send("GET", "/config.toml", ""),
		"health":          f.send("GET", "/health", ""),
		"ping":            f.send("GET", "/func/ping", ""),
		"check":           f.send("POST", "/server/login-check", "", "Cookie", cookie),
		"sign-in":         f.send("POST", "/server/login", `{"username": "user@x", "password": "right"}`),
		"sign-in refused": f.send("POST", "/server/login", `{"username": "user@x", "password": "wrong"}`),
		"sign-in by form": f.send("POST", "/server/login", "username=user@x&password=right", form...),
		"form refused":    f.send("POST", "/server/login", "username=user@x", form...),
		"sign-out":        f.send("POST", "/server/logout", ""),
		"sign-out, form":  f.send("POST", "/server/logout", "", form...),
		"signed out":      f.send("GET", "/func/x", ""),
		"relayed":         f.send("GET", "/func/x", "", "Cookie", cookie),
		"version":         f.send("GET", "/func/", ""),
		"foreign origin":  f.send("POST", "/server/login", "", "Origin", "http://evil.test"),
		"unknown":         f.send("GET", "/server/unknown", ""),
		"wrong method":    f.send("PUT", "/server/login", ""),
		"too large":       f.send("POST", "/server/login", strings.Repeat("x", maxServerBody+1)),
	} {
		assert.Equal(t, []string{sandboxed}, a.Header["Content-Security-Policy"], name)
		assert.Equal(t, []string{"nosniff"}, a.Header["X-Content-Type-Options"], name)
		assert.Equal(t, []string{"same-origin"}, a.Header["Cross-Origin-Resource-Policy"], name)
		assert.Equal(t, []string{"no-store"}, a.Header["Cache-Control"], name)
	}
}

func TestWorkersAreNotLoadedFromTheManager(t *testing.T) {
	f := start(t, nil)
	f.send("GET", "/func/x", "", "Cookie", f.login(), "Service-Worker", "script").isProblem(t, http.StatusForbidden, "generic-forbidden")
}

func TestAClientThatGoesAwayInTheMiddleOfABodyIsNoTrouble(t *testing.T) {
	f := start(t, nil)
	answer := f.raw("POST /server/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n")
	response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusBadRequest, response.StatusCode)
}

// deadlines is a writer that remembers the last limit for reading.
type deadlines struct {
	*httptest.ResponseRecorder
	read []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.read = append(d.read, t)
	return nil
}

func TestTheTimeForABodyIsOverOnceItHasArrived(t *testing.T) {
	f := start(t, nil)
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	f.gateway.ServeHTTP(w, httptest.NewRequest("POST", "/server/login", strings.NewReader(`{"username": "user@x", "password": "right"}`)))
	assert.Equal(t, http.StatusOK, w.Code)
	require.Len(t, w.read, 2)
	assert.WithinDuration(t, time.Now().Add(serverBodyTimeout), w.read[0], 10*time.Second)
	assert.True(t, w.read[1].IsZero(), "a manager that takes its time is not taken for a client that left")
}
