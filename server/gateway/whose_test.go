package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPagesOfOtherOriginsGetNothing(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	asked := f.manager.count()
	for name, headers := range map[string][]string{
		"another site":                         {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.test"},
		"another port of this host":            {"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"},
		"no fetch metadata":                    {"Origin", "https://evil.test"},
		"an origin that is hidden":             {"Origin", "null"},
		"a hidden origin that says it is ours": {"Origin", "null", "Sec-Fetch-Site", "cross-site"},
	} {
		for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
			a := f.send(method, "/func/auth", "", append(headers, "Cookie", cookie)...)
			a.isProblem(t, http.StatusForbidden, "generic-forbidden")
			assert.Empty(t, a.Header["Access-Control-Allow-Origin"], name)
		}
		for _, path := range []string{"/server/login", "/server/logout", "/server/login-check"} {
			f.send("POST", path, "{}", append(headers, "Cookie", cookie)...).isProblem(t, http.StatusForbidden, "generic-forbidden")
		}
		f.send("GET", "/func/stream/session/x/pty", "", append(headers, "Cookie", cookie, "Connection", "Upgrade", "Upgrade", "websocket")...).isProblem(t, 403, "generic-forbidden")
	}
	for _, dest := range []string{"script", "serviceworker", "worker", "iframe", "image", "style", "object"} {
		f.send("GET", "/func/x", "", "Cookie", cookie, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", dest).isProblem(t, 403, "generic-forbidden")
	}
	assert.Equal(t, asked, f.manager.count(), "nothing reached the manager")
	assert.Equal(t, 200, f.send("POST", "/func/auth", "", "Cookie", cookie, "Origin", f.web.URL, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "empty").StatusCode)
	assert.Equal(t, 200, f.send("GET", "/func/auth", "", "Cookie", cookie, "Sec-Fetch-Site", "none", "Sec-Fetch-Dest", "document").StatusCode)
}

func TestTwoCookiesOfOneName(t *testing.T) {
	f := start(t, nil)
	mine, others := f.login(), f.login()
	none := CookieName + "=" + strings.Repeat("B", tokenLength)
	for name, test := range map[string]struct {
		cookie string
		status int
	}{
		"one valid behind a planted one":       {none + "; " + mine, 200},
		"one valid before a planted one":       {mine + "; " + none, 200},
		"the same twice":                       {mine + "; " + mine, 200},
		"two valid ones are nobody's":          {mine + "; " + others, 401},
		"no valid one":                         {none + "; " + none, 401},
		"a valid one behind a crowd is unread": {strings.Repeat(none+"; ", 50) + mine, 401},
	} {
		assert.Equal(t, test.status, f.send("GET", "/func/auth", "", "Cookie", test.cookie).StatusCode, name)
	}
}

func TestTheHeaderTwinIsForProgramsOnly(t *testing.T) {
	f := start(t, nil)
	a := f.send("POST", "/server/login", `{"username": "user@x", "password": "right"}`)
	token := a.Header.Get("X-BackendAI-SessionID")
	require.NotEmpty(t, token)
	assert.Equal(t, token, a.cookie().Value)
	assert.Equal(t, 200, f.send("GET", "/func/auth", "", "X-BackendAI-SessionID", token).StatusCode)
	assert.Equal(t, 401, f.send("GET", "/func/auth", "", "X-BackendAI-SessionID", token, "Sec-Fetch-Site", "same-origin").StatusCode)
	assert.Equal(t, 401, f.send("GET", "/func/auth", "", "X-BackendAI-SessionID", token, "Cookie", CookieName+"=x").StatusCode, "a cookie is not overruled")
	f.send("POST", "/server/logout", "", "X-BackendAI-SessionID", token)
	assert.Equal(t, 401, f.send("GET", "/func/auth", "", "X-BackendAI-SessionID", token).StatusCode)
}
