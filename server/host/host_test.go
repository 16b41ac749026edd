package host

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/app"
	"github.com/baiui/baiui/web"
)

// pages renders the variant itself, and counts.
type pages struct {
	rendered int
	fail     error
}

func (p *pages) Render(v app.Variant) ([]byte, error) {
	p.rendered++
	return fmt.Appendf(nil, "<!doctype html>%+v", v), p.fail
}

func (p *pages) Resource(path string) ([]byte, string, bool) {
	if path == "/app-worker.js" {
		return []byte("// worker"), "application/javascript", true
	}
	return nil, "", false
}

const wasm = "\x00asm plain"

func newHost(t *testing.T, change func(*Options)) (*Host, *pages) {
	t.Helper()
	p := &pages{}
	options := Options{
		Pages: p,
		Files: fstest.MapFS{
			"app.0123.wasm":    {Data: []byte(wasm)},
			"app.0123.wasm.br": {Data: []byte("B")},
			"app.0123.wasm.gz": {Data: []byte("GG")},
			"logo.77.png":      {Data: []byte("png")},
			"assets.json":      {Data: []byte("{}")},
		},
		Assets: web.Assets{Files: map[string]web.File{
			"app.wasm": {Name: "app.0123.wasm", Type: "application/wasm", Size: int64(len(wasm)), Brotli: 1, Gzip: 2},
			"logo.png": {Name: "logo.77.png", Type: "image/png", Size: 3},
			"gone.js":  {Name: "gone.1.js", Type: "text/javascript", Size: 3},
		}},
		SignedIn: func(r *http.Request) bool { return r.Header.Get("Cookie") == "signed=in" },
		Policy:   Policy{ConnectTo: []string{"http://127.0.0.1:8091", "https://m.test"}},
		Log:      slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&options)
	}
	return New(options), p
}

func ask(h http.Handler, method, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func TestAssetsAreChosenByAcceptEncoding(t *testing.T) {
	h, _ := newHost(t, nil)
	tests := map[string]struct{ accept, coding, body string }{
		"everything":                 {"gzip, deflate, br, zstd", "br", "B"},
		"gzip alone":                 {"gzip", "gzip", "GG"},
		"brotli refused by weight":   {"br;q=0, gzip;q=0.5", "gzip", "GG"},
		"nothing":                    {"", "", wasm},
		"identity alone":             {"identity", "", wasm},
		"a star":                     {"*", "br", "B"},
		"a star without brotli":      {"*, br;q=0", "gzip", "GG"},
		"a star of no weight":        {"*;q=0", "", wasm},
		"a weight that is no number": {"br;q=high, gzip", "gzip", "GG"},
		"capitals and spaces":        {" BR ; Q=1.0 ", "br", "B"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := ask(h, "GET", "/web/app.0123.wasm", "Accept-Encoding", test.accept)
			require.Equal(t, http.StatusOK, r.StatusCode)
			assert.Equal(t, test.coding, r.Header.Get("Content-Encoding"))
			assert.Equal(t, fmt.Sprint(len(test.body)), r.Header.Get("Content-Length"))
			assert.Equal(t, "application/wasm", r.Header.Get("Content-Type"))
			assert.Equal(t, "Accept-Encoding", r.Header.Get("Vary"))
			assert.Equal(t, "public, max-age=31536000, immutable", r.Header.Get("Cache-Control"))
			assert.Equal(t, test.body, body(t, r))
		})
	}
}

func TestAssetsWithoutACompressedCopyAreSentAsTheyAre(t *testing.T) {
	h, _ := newHost(t, nil)
	r := ask(h, "GET", "/web/logo.77.png", "Accept-Encoding", "br, gzip")
	assert.Empty(t, r.Header.Get("Content-Encoding"))
	assert.Equal(t, "png", body(t, r))
}

func TestTagsSaveTheBodyAndDifferByCoding(t *testing.T) {
	h, _ := newHost(t, nil)
	for _, target := range []string{"/web/app.0123.wasm", "/sessions", "/app-worker.js"} {
		t.Run(target, func(t *testing.T) {
			seen := map[string]bool{}
			for _, coding := range []string{"br", "gzip", "identity"} {
				etag := ask(h, "GET", target, "Accept-Encoding", coding).Header.Get("Etag")
				require.NotEmpty(t, etag)
				assert.False(t, strings.HasPrefix(etag, "W/"), "the tag is strong")
				assert.False(t, seen[etag], "each coding has its own tag")
				seen[etag] = true

				again := ask(h, "GET", target, "Accept-Encoding", coding, "If-None-Match", `"other", W/`+etag)
				assert.Equal(t, http.StatusNotModified, again.StatusCode)
				assert.Empty(t, body(t, again))
				assert.Empty(t, again.Header.Get("Content-Type"))
				assert.Equal(t, etag, again.Header.Get("Etag"))
				assert.NotEmpty(t, again.Header.Get("Cache-Control"))

				other := ask(h, "GET", target, "Accept-Encoding", coding, "If-None-Match", `"other"`)
				assert.Equal(t, http.StatusOK, other.StatusCode)
			}
		})
	}
}

func TestHeadHasTheHeadersOfGetAndNoBody(t *testing.T) {
	h, _ := newHost(t, nil)
	for _, target := range []string{"/web/app.0123.wasm", "/", "/app-worker.js", "/nothing"} {
		get := ask(h, "GET", target, "Accept", "text/html")
		head := ask(h, "HEAD", target, "Accept", "text/html")
		assert.Equal(t, get.StatusCode, head.StatusCode, target)
		assert.Equal(t, get.Header, head.Header, target)
		assert.Empty(t, body(t, head), target)
	}
}

func TestPagesAreRenderedOncePerVariant(t *testing.T) {
	h, p := newHost(t, nil)
	first := body(t, ask(h, "GET", "/sessions?project=a"))
	second := body(t, ask(h, "GET", "/sessions?project=b", "User-Agent", "other"))
	assert.Equal(t, first, second)
	assert.Equal(t, 1, p.rendered)

	variants := map[string]struct {
		target  string
		headers []string
		want    app.Variant
	}{
		"in Korean by the browser":         {"/", []string{"Accept-Language", "ko-KR,ko;q=0.9,en;q=0.8"}, app.Variant{Path: "/", Lang: "ko"}},
		"in English by choice":             {"/", []string{"Accept-Language", "ko", "Cookie", "baiui_lang=en"}, app.Variant{Path: "/", Lang: "en"}},
		"in a language that is not there":  {"/", []string{"Cookie", "baiui_lang=<x>"}, app.Variant{Path: "/", Lang: "en"}},
		"dark":                             {"/", []string{"Cookie", "baiui_theme=dark"}, app.Variant{Path: "/", Lang: "en", Theme: "dark"}},
		"in a theme that is not there":     {"/", []string{"Cookie", "baiui_theme=neon"}, app.Variant{Path: "/", Lang: "en"}},
		"signed in":                        {"/sessions", []string{"Cookie", "signed=in"}, app.Variant{Path: "/sessions", Lang: "en", SignedIn: true}},
		"after a wrong password":           {"/?signin=mismatch&next=%2Flogs", nil, app.Variant{Path: "/", Lang: "en", SigninError: "mismatch"}},
		"with a word that is not known":    {"/?signin=%3Cb%3E", nil, app.Variant{Path: "/", Lang: "en"}},
		"signed in after a wrong password": {"/?signin=mismatch", []string{"Cookie", "signed=in"}, app.Variant{Path: "/", Lang: "en", SignedIn: true}},
	}
	for name, test := range variants {
		t.Run(name, func(t *testing.T) {
			r := ask(h, "GET", test.target, test.headers...)
			assert.Equal(t, http.StatusOK, r.StatusCode)
			assert.Equal(t, fmt.Sprintf("<!doctype html>%+v", test.want), body(t, r))
			assert.Equal(t, "no-cache", r.Header.Get("Cache-Control"))
			assert.Equal(t, "Accept-Language, Cookie, Accept-Encoding", strings.Join(r.Header["Vary"], ", "))
			assert.Equal(t, "text/html; charset=utf-8", r.Header.Get("Content-Type"))
		})
	}
}

func TestPagesAreCompressed(t *testing.T) {
	h, _ := newHost(t, nil)
	want := body(t, ask(h, "GET", "/logs"))
	br := ask(h, "GET", "/logs", "Accept-Encoding", "br")
	plain, err := io.ReadAll(brotli.NewReader(br.Body))
	require.NoError(t, err)
	assert.Equal(t, want, string(plain))

	gz := ask(h, "GET", "/logs", "Accept-Encoding", "gzip")
	reader, err := gzip.NewReader(gz.Body)
	require.NoError(t, err)
	plain, err = io.ReadAll(reader)
	require.NoError(t, err)
	assert.Equal(t, want, string(plain))
}

func TestUnknownAddresses(t *testing.T) {
	h, p := newHost(t, nil)
	for _, target := range []string{"/nothing", "/web/app.wasm", "/web/", "/web/assets.json", "/web/app.0123.wasm.br", "/web/../etc/passwd", "//evil.test/", "/sessions/", "/%2e%2e/x"} {
		page := ask(h, "GET", target, "Sec-Fetch-Mode", "navigate")
		assert.Equal(t, http.StatusNotFound, page.StatusCode, target)
		assert.Equal(t, "text/html; charset=utf-8", page.Header.Get("Content-Type"), target)
		assert.NotContains(t, body(t, page), strings.Trim(target, "/"), "the page must not repeat the address")

		script := ask(h, "GET", target, "Sec-Fetch-Mode", "cors", "Accept", "text/html")
		assert.Equal(t, http.StatusNotFound, script.StatusCode, target)
		assert.Equal(t, "application/problem+json; charset=utf-8", script.Header.Get("Content-Type"), target)
		assert.JSONEq(t, `{"type": "https://api.backend.ai/probs/url-not-found", "title": "Unknown URL path."}`, body(t, script))
	}
	assert.Equal(t, 1, p.rendered, "all of them share one page")
}

func TestAPageThatIsNotThereIsNeverAnsweredAsUnchanged(t *testing.T) {
	h, _ := newHost(t, nil)
	etag := ask(h, "GET", "/nothing", "Accept", "text/html").Header.Get("Etag")
	assert.Equal(t, http.StatusNotFound, ask(h, "GET", "/nothing", "Accept", "text/html", "If-None-Match", etag).StatusCode)
}

func TestManyVariantsDoNotGrowTheMemory(t *testing.T) {
	h, _ := newHost(t, nil)
	for i := range 2 * maxDocuments {
		_, err := h.pages.get(i, func() (*document, error) { return newDocument(nil, ""), nil })
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, len(h.pages.documents), maxDocuments)
}

func TestFailures(t *testing.T) {
	h, p := newHost(t, nil)
	p.fail = errors.New("broken")
	assert.Equal(t, http.StatusInternalServerError, ask(h, "GET", "/").StatusCode)
	p.fail = nil
	assert.Equal(t, http.StatusOK, ask(h, "GET", "/").StatusCode, "a failure is not kept")

	assert.Equal(t, http.StatusInternalServerError, ask(h, "GET", "/web/gone.1.js").StatusCode)

	post := ask(h, "POST", "/")
	assert.Equal(t, http.StatusMethodNotAllowed, post.StatusCode)
	assert.Equal(t, "GET, HEAD", post.Header.Get("Allow"))
}

func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	h, _ := newHost(t, nil)
	for _, target := range []string{"/", "/web/app.0123.wasm", "/app-worker.js", "/nothing"} {
		header := ask(h, "GET", target).Header
		assert.Equal(t, "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; "+
			"connect-src 'self' http://127.0.0.1:8091 https://m.test; font-src 'self'; manifest-src 'self'; worker-src 'self'; "+
			"base-uri 'none'; form-action 'self'; frame-ancestors 'none'", header.Get("Content-Security-Policy"), target)
		assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), target)
		assert.Equal(t, "same-origin", header.Get("Cross-Origin-Opener-Policy"), target)
		assert.Equal(t, "same-origin", header.Get("Cross-Origin-Resource-Policy"), target)
		assert.Equal(t, "same-origin", header.Get("Referrer-Policy"), target)
		assert.Contains(t, header.Get("Permissions-Policy"), "camera=()", target)
	}
	alone, _ := newHost(t, func(o *Options) { o.Policy = Policy{} })
	assert.Contains(t, ask(alone, "GET", "/").Header.Get("Content-Security-Policy"), "connect-src 'self';")
}

func TestAnswersDoNotShareTheirHeaders(t *testing.T) {
	h, _ := newHost(t, nil)
	before := len(h.headers)
	ask(h, "GET", "/")
	ask(h, "GET", "/nothing")
	assert.Len(t, h.headers, before)
	assert.Equal(t, []string{"Accept-Encoding"}, ask(h, "GET", "/web/app.0123.wasm").Header["Vary"])
}

func FuzzAccepts(f *testing.F) {
	f.Add("gzip, deflate, br;q=0.9, *;q=0")
	f.Add(";;;q=,=,q=1e999")
	f.Fuzz(func(t *testing.T, header string) {
		for _, coding := range []string{brotlied, gzipped} {
			if accepts(header, coding) {
				lower := strings.ToLower(header)
				assert.True(t, strings.Contains(lower, coding) || strings.Contains(lower, "*"))
			}
		}
	})
}

func BenchmarkPage(b *testing.B) {
	p := &pages{}
	h := New(Options{Pages: p, SignedIn: func(*http.Request) bool { return false }})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "br")
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.ResponseRecorder{Body: new(bytes.Buffer)}
		h.ServeHTTP(&w, r)
	}
}
