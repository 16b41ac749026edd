package app

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// pages makes pages for a bundle whose files are named after themselves.
func pages() *Pages {
	return NewPages(Assets{
		Version:  "0123",
		Path:     func(name string) string { return "/web/" + strings.ReplaceAll(name, ".", ".0123.") },
		WasmSize: 5 << 20,
		Sprite:   `<svg class="sprite"><symbol id="x" viewBox="0 0 24 24"></symbol><symbol id="list"></symbol></svg>`,
		Build:    "v1",
	})
}

func render(t *testing.T, v Variant) string {
	t.Helper()
	document, err := pages().Render(v)
	require.NoError(t, err)
	return string(document)
}

// find returns the elements for which match is true.
func find(t *testing.T, document string, match func(*html.Node) bool) []*html.Node {
	t.Helper()
	return below(parse(t, document), match)
}

func parse(t *testing.T, document string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	require.NoError(t, err)
	return root
}

// below lists the elements of a parsed document that match.
func below(root *html.Node, match func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	for node := range root.Descendants() {
		if node.Type == html.ElementNode && match(node) {
			found = append(found, node)
		}
	}
	return found
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// variants lists every document there is.
func variants() []Variant {
	var all []Variant
	for _, path := range append(Paths(), "/nowhere") {
		for _, lang := range []string{"en", "ko"} {
			for _, theme := range themes() {
				all = append(all, Variant{Path: path, Lang: lang, Theme: theme},
					Variant{Path: path, Lang: lang, Theme: theme, SignedIn: true})
			}
		}
	}
	for _, reason := range []string{"mismatch", "missing", "blocked", "unreachable", "expired"} {
		all = append(all, Variant{Path: "/", Lang: "ko", SigninError: reason})
	}
	return all
}

func TestEveryDocumentIsSound(t *testing.T) {
	p := pages()
	inline := regexp.MustCompile(`(?i)\sstyle=|<style|\son[a-z]+=|javascript:`)
	for _, v := range variants() {
		document, err := p.Render(v)
		require.NoError(t, err, v)
		text := string(document)
		assert.NotRegexp(t, inline, text, "the content security policy forbids inline styles and scripts: %v", v)
		root := parse(t, text)
		for _, script := range below(root, func(n *html.Node) bool { return n.Data == "script" }) {
			assert.NotEmpty(t, attribute(script, "src"), v)
		}
		assert.Len(t, below(root, func(n *html.Node) bool { return n.Data == "main" }), 1, v)
		assert.Len(t, below(root, func(n *html.Node) bool { return n.Data == "h1" }), 1, v)

		seen := map[string]bool{}
		for _, node := range below(root, func(n *html.Node) bool { return attribute(n, "id") != "" }) {
			id := attribute(node, "id")
			assert.False(t, seen[id], "id %s twice in %v", id, v)
			seen[id] = true
		}
		for _, label := range below(root, func(n *html.Node) bool { return n.Data == "label" && attribute(n, "for") != "" }) {
			assert.True(t, seen[attribute(label, "for")], "label for %s in %v", attribute(label, "for"), v)
		}
	}
}

func TestADocumentIsTheSameEachTime(t *testing.T) {
	v := Variant{Path: "/sessions", Lang: "ko", Theme: "dark", SignedIn: true}
	assert.Equal(t, render(t, v), render(t, v))
}

func TestTheDocumentCarriesItsVariant(t *testing.T) {
	root := func(v Variant) *html.Node {
		return find(t, render(t, v), func(n *html.Node) bool { return n.Data == "html" })[0]
	}
	plain := root(Variant{Path: "/"})
	assert.Equal(t, "en", attribute(plain, "lang"))
	assert.Empty(t, attribute(plain, attributeTheme))
	assert.Empty(t, attribute(plain, attributeSignedIn))

	full := root(Variant{Path: "/", Lang: "ko", Theme: "dark", SignedIn: true})
	assert.Equal(t, "ko", attribute(full, "lang"))
	assert.Equal(t, "dark", attribute(full, attributeTheme))
	assert.NotEmpty(t, attribute(full, attributeSignedIn))

	assert.Equal(t, "mismatch", attribute(root(Variant{Path: "/", SigninError: "mismatch"}), attributeSignin))
	assert.Empty(t, attribute(root(Variant{Path: "/", SigninError: `"><script>`}), attributeSignin), "a word that is not known is dropped")
}

func TestSignedOutDocuments(t *testing.T) {
	document := render(t, Variant{Path: "/logs", Lang: "en", SigninError: "mismatch"})
	assert.Contains(t, document, "<title>Sign in · baiui</title>")
	assert.Contains(t, document, "User name or password is wrong")
	assert.Len(t, find(t, document, func(n *html.Node) bool { return attribute(n, "id") == "signin" }), 1)
	assert.Len(t, find(t, document, func(n *html.Node) bool { return attribute(n, "value") == "/logs" }), 1, "the form comes back to where one wanted to go")
	assert.NotContains(t, document, `class="side"`)
	assert.Contains(t, render(t, Variant{Path: "/", SigninError: "blocked"}), "Wait about 20 min")
}

func TestSignedInDocuments(t *testing.T) {
	for path, name := range map[string]string{"/": "Sessions", "/sessions": "Sessions", "/logs": "Error log", "/information": "Information"} {
		document := render(t, Variant{Path: path, Lang: "en", SignedIn: true})
		assert.Contains(t, document, "<title>"+name+" · baiui</title>")
		assert.Empty(t, find(t, document, func(n *html.Node) bool { return attribute(n, "id") == "signin" }))
		assert.NotContains(t, document, "data-user", "a document holds no user data")
		current := find(t, document, func(n *html.Node) bool {
			return attribute(n, "aria-current") == "page" && attribute(n, "class") == "menu-link"
		})
		if path == "/information" {
			assert.Empty(t, current, "the menu shows it only once the role is known")
			continue
		}
		assert.Len(t, current, 1, path)
	}
	assert.Contains(t, render(t, Variant{Path: "/nowhere", Lang: "en", SignedIn: true}), "There is no page at this address")
}

func TestDocumentsNameTheBundle(t *testing.T) {
	document := render(t, Variant{Path: "/"})
	for _, name := range []string{"/web/style.0123.css", "/web/app.0123.wasm", "/web/js/early.0123.js", "/web/js/boot.0123.js", "/web/icons/favicon.0123.svg", "/wasm_exec.js", "/app.js", "/manifest.webmanifest"} {
		assert.Contains(t, document, `"`+name+`"`)
	}
	assert.Contains(t, document, `id="i-list"`, "icons are found by their prefixed id")
	assert.Contains(t, document, "페이지 내부 오류", "the notice of a dead program is there in every language")
	assert.Contains(t, document, "This page has stopped working")
}

func TestResource(t *testing.T) {
	p := pages()
	body, contentType, ok := p.Resource("/app.js")
	require.True(t, ok)
	assert.Equal(t, "application/javascript", contentType)
	assert.Contains(t, string(body), `"/web/app.0123.wasm"`)
	assert.Contains(t, string(body), `"BAIUI_VERSION":"v1"`)
	assert.Contains(t, string(body), `goappWasmContentLength = "5242880"`)

	worker, _, ok := p.Resource("/app-worker.js")
	require.True(t, ok)
	assert.Contains(t, string(worker), `"app-0123"`)
	assert.NotContains(t, string(worker), "{{")
	list := regexp.MustCompile(`const shell = (\[.*?\]);`).FindSubmatch(worker)
	require.NotNil(t, list)
	var urls []string
	require.NoError(t, json.Unmarshal(list[1], &urls))
	assert.Contains(t, urls, "/web/app.0123.wasm")
	assert.Contains(t, urls, "/web/style.0123.css")
	assert.Contains(t, urls, "/web/js/boot.0123.js")
	for _, url := range urls {
		_, _, generated := p.Resource(url)
		assert.True(t, generated || url == "/" || strings.Contains(url, ".0123."), "nothing answers at %s, and one failure spoils the whole cache", url)
	}

	manifest, contentType, ok := p.Resource("/manifest.webmanifest")
	require.True(t, ok)
	assert.Equal(t, "application/manifest+json", contentType)
	assert.NotContains(t, string(manifest), "raw.githubusercontent.com", "nothing comes from elsewhere")

	for _, path := range []string{"/", "/nothing.js", "/web/app.wasm", "/robots.txt"} {
		_, _, ok := p.Resource(path)
		assert.False(t, ok, path)
	}
}

func TestKnown(t *testing.T) {
	for _, path := range Paths() {
		assert.True(t, Known(path), path)
	}
	for _, path := range []string{"", "/nothing", "/sessions/", "/server/login", "sessions"} {
		assert.False(t, Known(path), path)
	}
}

func TestWhatDecidesTheFirstDrawingRunsBeforeIt(t *testing.T) {
	document := render(t, Variant{Path: PathSessions, Lang: "en", SignedIn: true})
	early := strings.Index(document, `<script src="/web/js/early.0123.js"></script>`)
	require.Positive(t, early, "not deferred")
	assert.Less(t, early, strings.Index(document, `rel="stylesheet"`))
	assert.Less(t, early, strings.Index(document, "<body>"))
}
