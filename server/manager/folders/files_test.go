package folders_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

func TestFilesGoInAndOut(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	assert.Equal(t, http.StatusNoContent, w.upload("user", "data", "dir/a.txt", "hello").status)
	for path, call := range map[string][2]string{
		"/download":         {"request-download", `{"path": "dir/a.txt", "archive": false}`},
		"/download-archive": {"request-download-archive", `{"files": ["dir"], "filename": "x.zip"}`},
	} {
		ticket := w.ok("user", http.MethodPost, "/folders/"+id+"/"+call[0], call[1])
		assert.Equal(t, "http://127.0.0.1:17621"+path, ticket.at(t, "url"))
		token, _ := ticket.at(t, "token").(string)
		rec := httptest.NewRecorder()
		w.calls.Volume.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path+"?token="+token, nil))
		assert.Equal(t, http.StatusOK, rec.Code)
		assert.NotEmpty(t, rec.Body.Bytes())
	}
}

func TestSeveralDirectoriesAreMadeAtOnce(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	assert.Equal(t, http.StatusOK, w.as("user", http.MethodPost, "/folders/data/mkdir", `{"path": ["a", "b"]}`).status)
	got := w.as("user", http.MethodPost, "/folders/data/mkdir", `{"path": ["b", "c", "../d", "e/f"], "parents": false}`)
	assert.Equal(t, http.StatusMultiStatus, got.status)
	results, _ := got.at(t, "results").(map[string]any)
	assert.Equal(t, []any{map[string]any{"msg": nil, "item": "c"}}, results["success"])
	assert.Equal(t, []any{map[string]any{"msg": "FileExistsError(17, 'File exists')", "item": "b"},
		map[string]any{"msg": "the path leads out of the folder", "item": "../d"},
		map[string]any{"msg": "FileNotFoundError(2, 'No such file or directory')", "item": "e/f"}}, results["failed"])
	for _, wrong := range []string{`{}`, `{"path": 1}`, `{"path": [1]}`, `x`, `{"path": "a", "other": 1}`} {
		assert.Equal(t, http.StatusBadRequest, w.as("user", http.MethodPost, "/folders/data/mkdir", wrong).status, wrong)
	}
}

func TestFileCallsThatAreRefusedChangeNothing(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.upload("user", "data", "a", "1")
	w.upload("user", "data", "d/b", "2")
	require.NoError(t, os.Symlink("/etc", filepath.Join(w.calls.Volume.Path(w.place(id)), "link")))
	for name, call := range map[string][3]string{
		"leave by renaming":      {http.MethodPost, "rename-file", `{"target_path": "a", "new_name": "../b"}`},
		"overwrite by renaming":  {http.MethodPost, "rename-file", `{"target_path": "a", "new_name": "d"}`},
		"leave by moving":        {http.MethodPost, "move-file", `{"src": "a", "dst": "../b"}`},
		"leave through a link":   {http.MethodPost, "move-file", `{"src": "a", "dst": "link/b"}`},
		"move what is not there": {http.MethodPost, "move-file", `{"src": "none", "dst": "b"}`},
		"delete outside":         {http.MethodDelete, "delete-files", `{"files": ["../x"], "recursive": true}`},
		"delete all":             {http.MethodDelete, "delete-files", `{"files": ["."], "recursive": true}`},
		"delete a directory":     {http.MethodDelete, "delete_files", `{"files": ["d"]}`},
		"delete what is not":     {http.MethodPost, "delete-files", `{"files": ["a", "none"]}`},
		"upload outside":         {http.MethodPost, "request-upload", `{"path": "../x", "size": 1}`},
		"upload without a size":  {http.MethodPost, "request-upload", `{"path": "x"}`},
		"upload too much":        {http.MethodPost, "request-upload", `{"path": "x", "size": 200000000000}`},
		"download outside":       {http.MethodPost, "request-download", `{"path": "/etc/passwd"}`},
	} {
		got := w.as("user", call[0], "/folders/data/"+call[1], call[2])
		assert.Equal(t, http.StatusBadRequest, got.status, "%s: %s", name, got.body)
	}
	assert.Equal(t, http.StatusBadRequest, w.as("user", http.MethodGet, "/folders/data/files?path=link", "").status)
	items, _ := w.ok("user", http.MethodGet, "/folders/data/files", "").at(t, "items").([]any)
	assert.Len(t, items, 3)
}

func TestDeletionsInQueriesWorkToo(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	w.upload("user", "data", "a", "1")
	w.upload("user", "data", "d/b", "2")
	w.ok("user", http.MethodDelete, "/folders/data/delete-files?files=a&files=d&recursive=true", "")
	items, _ := w.ok("user", http.MethodGet, "/folders/data/files", "").at(t, "items").([]any)
	assert.Empty(t, items)
}

func TestQuotasOfPoliciesAndFolders(t *testing.T) {
	w := newWorld(t, func(s *store.Seed) { s.UserPolicy.MaxQuotaScopeSize = 100 })
	id := w.folder("user", "data")
	got := w.as("user", http.MethodPost, "/folders/data/request-upload", `{"path": "a", "size": 101}`)
	assert.Equal(t, http.StatusPreconditionFailed, got.status)
	assert.Equal(t, "You have reached your resource limit.", got.at(t, "title"), "clients compare this")
	body := `{"folder_host": "local:volume1", "id": "` + dashed(id) + `", "input": {"size_bytes": 10}}`
	assert.Equal(t, http.StatusForbidden, w.as("user", http.MethodPost, "/folders/_/quota", body).status)
	w.ok("admin", http.MethodPost, "/folders/_/quota", body)
	assert.Equal(t, http.StatusPreconditionFailed, w.as("user", http.MethodPost, "/folders/data/request-upload", `{"path": "a", "size": 11}`).status)
	w.upload("user", "data", "a", "12345")
	got = w.ok("user", http.MethodGet, "/folders/_/quota?folder_host=local:volume1&id="+dashed(id), "")
	assert.EqualValues(t, 10, got.at(t, "limit_bytes"))
	assert.EqualValues(t, 5, got.at(t, "used_bytes"))
	got = w.ok("super", http.MethodGet, "/folders/_/usage?folder_host=local:volume1&id="+dashed(id), "")
	assert.EqualValues(t, 1, got.at(t, "file_count"))
	for _, wrong := range []string{"", "?folder_host=x&id=" + dashed(id), "?folder_host=local:volume1&id=x"} {
		assert.Equal(t, http.StatusBadRequest, w.as("user", http.MethodGet, "/folders/_/quota"+wrong, "").status, wrong)
	}
	for _, wrong := range []string{`{}`, `{"size_bytes": -1}`, `{"size_bytes": 1, "x": 2}`} {
		body := `{"folder_host": "local:volume1", "id": "` + dashed(id) + `", "input": ` + wrong + `}`
		assert.Equal(t, http.StatusBadRequest, w.as("admin", http.MethodPost, "/folders/_/quota", body).status, wrong)
	}
}
