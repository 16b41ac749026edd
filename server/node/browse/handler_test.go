package browse

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// site is a page over two places, "work" and "data".
type site struct {
	*testing.T
	work, data string
	handler    http.Handler
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{T: t, work: t.TempDir(), data: t.TempDir()}
	var err error
	s.handler, err = New([]Place{{"work", s.work}, {"data", s.data}})
	require.NoError(t, err)
	for path, content := range map[string]string{"a <b>.txt": "content", "dir/inner": "inner", "dir/deep/file": "deep", ".hidden": ""} {
		s.put(path, content)
	}
	require.NoError(t, os.WriteFile(filepath.Join(s.data, "other"), []byte("other"), 0o600))
	require.NoError(t, os.Symlink("dir", filepath.Join(s.work, "inside")))
	require.NoError(t, os.Symlink(s.data, filepath.Join(s.work, "outside")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(s.work, "passwd")))
	return s
}

func (s *site) put(path, content string) {
	at := filepath.Join(s.work, path)
	require.NoError(s, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(s, os.WriteFile(at, []byte(content), 0o644))
}

func (s *site) do(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Result()
}

func (s *site) get(query string) (int, string) {
	response := s.do(httptest.NewRequest("GET", "/some/prefix/"+query, nil))
	body, err := io.ReadAll(response.Body)
	require.NoError(s, err)
	return response.StatusCode, string(body)
}

func (s *site) post(query string, form url.Values) *http.Response {
	r := httptest.NewRequest("POST", "/"+query, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

func (s *site) upload(query string, files map[string]string) *http.Response {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, content := range files {
		part, err := form.CreateFormFile("files", name)
		require.NoError(s, err)
		_, err = part.Write([]byte(content))
		require.NoError(s, err)
	}
	require.NoError(s, form.Close())
	r := httptest.NewRequest("POST", "/"+query, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return s.do(r)
}

func (s *site) content(path string) string {
	data, err := os.ReadFile(filepath.Join(s.work, path))
	require.NoError(s, err)
	return string(data)
}

func TestFoldersAreListedAndFilesSent(t *testing.T) {
	s := newSite(t)
	status, page := s.get("")
	assert.Equal(t, 200, status)
	assert.Contains(t, page, `href="?at=work%2Fdir">dir/</a>`)
	assert.Contains(t, page, "a &lt;b&gt;.txt</a>")
	assert.Contains(t, page, "(link: dir)")
	assert.NotContains(t, page, "?at=work%2Foutside\"", "a link that leads out cannot be followed")
	assert.Less(t, strings.Index(page, ">dir/<"), strings.Index(page, ">.hidden<"), "folders come first")
	for query, want := range map[string]string{
		"?at=work/a+%3Cb%3E.txt": "content", "?at=work/dir/inner": "inner", "?at=work/inside/inner": "inner", "?at=data/other": "other",
	} {
		status, content := s.get(query)
		assert.Equal(t, 200, status, query)
		assert.Equal(t, want, content)
	}
	response := s.do(httptest.NewRequest("GET", "/?at=work/a+%3Cb%3E.txt", nil))
	assert.Equal(t, `attachment; filename="a <b>.txt"`, response.Header.Get("Content-Disposition"))
	assert.Equal(t, "application/octet-stream", response.Header.Get("Content-Type"))
	assert.Contains(t, response.Header.Get("Content-Security-Policy"), "sandbox")
	part := httptest.NewRequest("GET", "/?at=work/dir/inner", nil)
	part.Header.Set("Range", "bytes=1-2")
	response = s.do(part)
	assert.Equal(t, http.StatusPartialContent, response.StatusCode)
}

func TestNothingLeadsOutOfThePlaces(t *testing.T) {
	s := newSite(t)
	for query, want := range map[string]int{
		"?at=work/../../etc/passwd": 400, "?at=work//etc/passwd": 400, "?at=..": 404, "?at=/etc/passwd": 404, "?at=etc/passwd": 404,
		"?at=work/outside/other": 403, "?at=work/outside": 403, "?at=work/passwd": 403, "?at=work/missing": 404, "?at=work/dir%00": 400,
		"?at=work/dir&ask=anything": 400, "?at=work&ask=delete": 400,
	} {
		status, page := s.get(query)
		assert.Equal(t, want, status, query)
		assert.Contains(t, page, `role="alert"`)
		assert.NotContains(t, page, "root:")
	}
	for query, form := range map[string]url.Values{
		"?at=work/dir&do=rename":     {"to": {"../../x"}},
		"?at=work/dir/inner&do=none": {},
		"?at=work&do=delete":         {},
		"?at=work&do=rename":         {"to": {"x"}},
		"?at=work&do=folder":         {"to": {".."}},
		"?at=work/dir&do=folder":     {"to": {""}},
	} {
		assert.Equal(t, 400, s.post(query, form).StatusCode, query)
	}
	assert.Equal(t, 403, s.post("?at=work/outside/other&do=delete", nil).StatusCode)
	assert.Equal(t, 403, s.post("?at=work/outside&do=folder", url.Values{"to": {"x"}}).StatusCode)
	assert.Equal(t, 403, s.upload("?at=work/outside&do=upload", map[string]string{"x": ""}).StatusCode)
	assert.FileExists(t, filepath.Join(s.data, "other"))
}

func TestFilesAreChanged(t *testing.T) {
	s := newSite(t)
	response := s.upload("?at=work/dir&do=upload", map[string]string{"inner": "new", "한글 파일.txt": "content"})
	assert.Equal(t, http.StatusSeeOther, response.StatusCode)
	assert.Equal(t, "?at=work%2Fdir", response.Header.Get("Location"))
	assert.Equal(t, "new", s.content("dir/inner"))
	assert.Equal(t, "content", s.content("dir/한글 파일.txt"))
	assert.Equal(t, http.StatusConflict, s.upload("?at=work&do=upload", map[string]string{"dir": "x"}).StatusCode)

	assert.Equal(t, http.StatusSeeOther, s.post("?at=work&do=folder", url.Values{"to": {"made"}}).StatusCode)
	assert.DirExists(t, filepath.Join(s.work, "made"))
	assert.Equal(t, http.StatusConflict, s.post("?at=work&do=folder", url.Values{"to": {"made"}}).StatusCode)

	_, page := s.get("?at=work/dir/inner&ask=rename")
	assert.Contains(t, page, `value="inner"`)
	response = s.post("?at=work/dir/inner&do=rename", url.Values{"to": {"renamed"}})
	assert.Equal(t, "?at=work%2Fdir", response.Header.Get("Location"))
	assert.Equal(t, "new", s.content("dir/renamed"))
	assert.Equal(t, http.StatusConflict, s.post("?at=work/dir/renamed&do=rename", url.Values{"to": {"deep"}}).StatusCode)

	_, page = s.get("?at=work/dir&ask=delete")
	assert.Contains(t, page, "Everything in this folder")
	response = s.post("?at=work/dir&do=delete", nil)
	assert.Equal(t, "?at=work", response.Header.Get("Location"))
	assert.NoDirExists(t, filepath.Join(s.work, "dir"))
	assert.Equal(t, 404, s.post("?at=work/dir&do=delete", nil).StatusCode)
	assert.Equal(t, http.StatusSeeOther, s.post("?at=work/outside&do=delete", nil).StatusCode)
	assert.FileExists(t, filepath.Join(s.data, "other"), "only the link went")

	entries, err := os.ReadDir(s.work)
	require.NoError(t, err)
	for _, entry := range entries {
		assert.NotContains(t, entry.Name(), ".upload-")
	}
}

func TestOtherPagesCannotMakeABrowserChangeFiles(t *testing.T) {
	s := newSite(t)
	r := httptest.NewRequest("POST", "/?at=work/dir&do=delete", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	assert.Equal(t, http.StatusForbidden, s.do(r).StatusCode)
	assert.DirExists(t, filepath.Join(s.work, "dir"))
	response := s.do(httptest.NewRequest("PUT", "/?at=work/dir", nil))
	assert.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
	response = s.do(httptest.NewRequest("GET", "/", nil))
	assert.Contains(t, response.Header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-")
}

func TestThePageSpeaksTheBrowsersLanguage(t *testing.T) {
	for accepted, want := range map[string]string{
		"": english, "ko-KR,ko;q=0.9,en;q=0.8": korean, "en-GB, ko": english, "fr, de;q=0.5": english, "fr;q=1, KO;q=0.2": korean,
	} {
		assert.Equal(t, want, languageOf(accepted), accepted)
	}
	s := newSite(t)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Language", "ko")
	body, err := io.ReadAll(s.do(r).Body)
	require.NoError(t, err)
	assert.Contains(t, string(body), `<html lang="ko">`)
	assert.Contains(t, string(body), "업로드할 파일")
}

func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	keys := map[string][]string{}
	for _, language := range []string{english, korean} {
		data, err := assets.ReadFile("texts/" + language + ".json")
		require.NoError(t, err)
		texts := map[string]string{}
		require.NoError(t, json.Unmarshal(data, &texts))
		for key, text := range texts {
			assert.NotEmpty(t, text, key)
			keys[language] = append(keys[language], key)
		}
	}
	assert.ElementsMatch(t, keys[english], keys[korean])
}

func TestSizesAreSpelled(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1536: "1.5 KiB", 1 << 30: "1.0 GiB", 1 << 62: "4096.0 PiB"} {
		assert.Equal(t, want, sizeOf(bytes))
	}
}
