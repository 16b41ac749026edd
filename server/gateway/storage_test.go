package gateway

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// storageFixture is a gateway before a storage that tells what it was asked.
func storageFixture(t *testing.T, change func(*Options)) (f *fixture, asked func() []*http.Request) {
	var requests []*http.Request
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a cut upload is part of what is tested
		requests = append(requests, r)
		w.Header().Set("Set-Cookie", "theirs=1")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Upload-Offset", fmt.Sprint(len(body)))
		if r.URL.Query().Get("token") == "bad" {
			problem(w, http.StatusBadRequest, "storage/invalid-api-params", "Missing or invalid API parameters.", "")
			return
		}
		if r.Header.Get("Range") != "" {
			w.WriteHeader(http.StatusPartialContent)
		}
		fmt.Fprintf(w, "<script>%s</script>", body)
	}))
	t.Cleanup(backend.Close)
	base, err := url.Parse(backend.URL)
	require.NoError(t, err)
	f = start(t, func(o *Options) {
		o.Manager = base
		if change != nil {
			change(o)
		}
	})
	return f, func() []*http.Request { return requests }
}

func TestTransfersGoThroughWithTheirTokenAlone(t *testing.T) {
	f, asked := storageFixture(t, nil)
	a := f.send("PATCH", "/storage/upload?token=abc%2B&dst_dir=a%20b", "some bytes", "Cookie", CookieName+"=secret; other=1", "Authorization", "BackendAI x",
		"Tus-Resumable", "1.0.0", "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream", "X-Backendai-Encoded", "true")
	assert.Equal(t, http.StatusOK, a.StatusCode)
	assert.Equal(t, "10", a.Header.Get("Upload-Offset"))
	require.Len(t, asked(), 1)
	sent := asked()[0]
	assert.Equal(t, "/storage/upload?token=abc%2B&dst_dir=a%20b", sent.RequestURI)
	assert.Equal(t, "0", sent.Header.Get("Upload-Offset"))
	for _, name := range []string{"Cookie", "Authorization", "Date"} {
		assert.Empty(t, sent.Header.Get(name), name)
	}

	a = f.send("GET", "/storage/download?token=x", "", "Range", "bytes=0-3")
	assert.Equal(t, http.StatusPartialContent, a.StatusCode)
	assert.Equal(t, "bytes=0-3", asked()[1].Header.Get("Range"))
	assert.Equal(t, "attachment", a.Header.Get("Content-Disposition"), "what is stored is no page of this origin")
	assert.Equal(t, sandboxed, a.Header.Get("Content-Security-Policy"))
	assert.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
	for _, name := range []string{"Set-Cookie", "Access-Control-Allow-Origin"} {
		assert.Empty(t, a.Header.Get(name), name)
	}

	a = f.send("GET", "/storage/download?token=bad", "")
	assert.Equal(t, http.StatusBadRequest, a.StatusCode)
	assert.Contains(t, a.body, "probs/storage/invalid-api-params")
}

func TestWhatIsNoTransferIsNotRelayed(t *testing.T) {
	f, asked := storageFixture(t, func(o *Options) { o.MaxBody = 100 })
	for name, test := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"another path below":       {"GET", "/storage/volumes", "", nil, 404},
		"the path without a slash": {"GET", "/storage", "", nil, 404},
		"a way out":                {"GET", "/storage/../admin/gql", "", nil, 404},
		"an escaped way out":       {"GET", "/storage/%2e%2e/admin/gql", "", nil, 404},
		"an escaped slash":         {"GET", "/storage%2fdownload", "", nil, 404},
		"another method":           {"POST", "/storage/upload", "", nil, 405},
		"a page of another origin": {"GET", "/storage/download", "", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a script tag":             {"GET", "/storage/download", "", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Dest", "script"}, 403},
		"another origin's upload":  {"PATCH", "/storage/upload", "x", []string{"Origin", "https://evil.test"}, 403},
		"more than may be sent":    {"PATCH", "/storage/upload", strings.Repeat("x", 101), nil, 413},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.status, f.send(test.method, test.path, test.body, test.headers...).StatusCode)
		})
	}
	assert.Empty(t, asked())
}

func TestAnswersAboutTransfersLeadHere(t *testing.T) {
	for name, test := range map[string]struct {
		path, body string // MANAGER and HERE stand for the addresses
		headers    []string
		want       string
	}{
		"an upload": {"/func/folders/data/request-upload", `{"token": "t", "url": "MANAGER/storage/upload"}`, nil,
			`{"token": "t", "url": "HERE/storage/upload"}`},
		"a download": {"/func/folders/data/request-download", `{"token": "t", "url": "MANAGER/storage/download"}`, nil,
			`{"token": "t", "url": "HERE/storage/download"}`},
		"behind a proxy with TLS": {"/func/folders/data/request-download", `{"token": "t", "url": "MANAGER/storage/download"}`,
			[]string{"X-Forwarded-Host", "ui.example.test", "X-Forwarded-Proto", "https"}, `{"token": "t", "url": "https://ui.example.test/storage/download"}`},
		"a storage proxy elsewhere": {"/func/folders/data/request-upload", `{"token": "t", "url": "https://storage.example.test/upload"}`, nil,
			`{"token": "t", "url": "https://storage.example.test/upload"}`},
		"a host that begins alike": {"/func/folders/data/request-upload", `{"token": "t", "url": "MANAGER0/storage/upload"}`, nil,
			`{"token": "t", "url": "MANAGER0/storage/upload"}`},
		"another place of the manager": {"/func/folders/data/request-upload", `{"url": "MANAGER/admin/gql"}`, nil, `{"url": "MANAGER/admin/gql"}`},
		"another call":                 {"/func/folders/data/mkdir", `{"url": "MANAGER/storage/upload"}`, nil, `{"url": "MANAGER/storage/upload"}`},
		"no object":                    {"/func/folders/data/request-upload", `["x"]`, nil, `["x"]`},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(o *Options) { o.Peers = Peers{Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}} })
			f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				io.WriteString(w, strings.ReplaceAll(test.body, "MANAGER", "http://"+r.Host))
			}
			a := f.send("POST", test.path, "{}", append([]string{"Cookie", f.login()}, test.headers...)...)
			assert.Equal(t, http.StatusOK, a.StatusCode, a.body)
			assert.JSONEq(t, strings.NewReplacer("MANAGER", f.backend.URL, "HERE", f.web.URL).Replace(test.want), a.body)
		})
	}
}

func TestAnEndlessAnswerAboutATransferIsAnError(t *testing.T) {
	f := start(t, nil)
	f.manager.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"url": "`+strings.Repeat("x", 2*maxTicket))
	}
	a := f.send("POST", "/func/folders/data/request-upload", "{}", "Cookie", f.login())
	assert.Equal(t, http.StatusBadGateway, a.StatusCode)
}

func TestFilesOfAManagerBelowAPathAreNoPagesEither(t *testing.T) {
	f, asked := storageFixture(t, func(o *Options) { o.Manager.Path = "/base" })
	a := f.send("GET", "/storage/download?token=x", "")
	require.Len(t, asked(), 1)
	assert.Equal(t, "/base/storage/download?token=x", asked()[0].RequestURI)
	assert.Equal(t, "attachment", a.Header.Get("Content-Disposition"))
}
