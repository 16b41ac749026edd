package folders

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// maxDirs is how many directories one call makes.
const maxDirs = 50

// mkdir makes directories: POST /folders/{name}/mkdir.
func (f *Folders) mkdir(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, paths, err := oneOrMany(r, "path")
	if err != nil {
		return err
	}
	parents := p.Bool(params.Names("parents"), true)
	existOK := p.Bool(params.Names("exist_ok"), false)
	if len(paths) > maxDirs {
		p.Fail(params.Names("path"), "list length is greater than 50")
	}
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: updatable(), write: true, host: store.HostModify})
	if err != nil {
		return err
	}
	type result struct {
		Msg  *string `json:"msg"`
		Item string  `json:"item"`
	}
	success, refused := []result{}, []result{}
	var cause error
	for _, path := range paths {
		err := f.Volume.Mkdir(r.Context(), id, path, parents, existOK)
		if err == nil {
			success = append(success, result{Item: path})
			continue
		}
		msg, known := pythonText(err)
		if !known {
			return ofStorage(err)
		}
		cause = err
		refused = append(refused, result{&msg, path})
	}
	results := map[string]any{"results": struct {
		Success []result `json:"success"`
		Failed  []result `json:"failed"`
	}{success, refused}}
	switch {
	case len(refused) == 0:
		return reply.JSON(w, http.StatusOK, results)
	case len(success) == 0:
		return failed(results, "", cause)
	}
	return reply.JSON(w, http.StatusMultiStatus, results)
}

// pythonText is how 24.09 words what its storage proxy met.
func pythonText(err error) (text string, known bool) {
	switch kind := storage.KindOf(err); {
	case kind == storage.KindExists:
		return "FileExistsError(17, 'File exists')", true
	case kind == storage.KindNotFound:
		return "FileNotFoundError(2, 'No such file or directory')", true
	case kind == storage.KindDenied, errors.Is(err, fs.ErrPermission):
		return "PermissionError(13, 'Permission denied')", true
	case kind == storage.KindInvalid, kind == storage.KindQuota:
		var e *storage.Error
		errors.As(err, &e)
		return e.Cause.Error(), true
	}
	return "", false
}

// oneOrMany reads parameters of which one may be a text or a list of texts.
func oneOrMany(r *http.Request, name string) (*params.Values, []string, error) {
	body, err := params.Body(r, maxBody)
	if err != nil {
		return nil, nil, err
	}
	var values map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, nil, problem.InvalidParams("Malformed body")
	}
	if text, ok := values[name].(string); ok {
		values[name] = []any{text}
	}
	p := params.Of(values)
	key := params.Names(name)
	texts := p.Texts(key)
	if texts == nil {
		p.Fail(key, "is required")
	}
	return p, texts, nil
}

// contents finds the folder of a call that is about what is in it. That is never
// for administrators as such.
func (f *Folders) contents(r *http.Request, c api.Caller, n need) (storage.FolderID, error) {
	x, err := f.find(r.Context(), c, nameOf(r), n)
	if err != nil {
		return storage.FolderID{}, err
	}
	return x.place()
}

// files lists a directory: GET /folders/{name}/files.
func (f *Folders) files(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	path := p.Text(params.Names("path"), "")
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: readable()})
	if err != nil {
		return err
	}
	entries, err := f.Volume.List(r.Context(), id, path)
	if err != nil {
		return ofStorage(err)
	}
	type item struct {
		Name     string `json:"name"`
		Type     string `json:"type"`
		Size     int64  `json:"size"`
		Mode     string `json:"mode"`
		Created  string `json:"created"`
		Modified string `json:"modified"`
	}
	// What older clients read: the same as JSON in a text.
	type old struct {
		Name  string  `json:"filename"`
		Size  int64   `json:"size"`
		Mode  string  `json:"mode"`
		Ctime float64 `json:"ctime"` // seconds since 1970
		Atime int     `json:"atime"`
		Mtime float64 `json:"mtime"`
	}
	items, olds := make([]item, len(entries)), make([]old, len(entries))
	for i, e := range entries {
		items[i] = item{e.Name, e.Type, e.Size, e.Permissions(), api.ISO(e.Changed), api.ISO(e.Modified)}
		olds[i] = old{e.Name, e.Size, e.ModeText(), seconds(e.Changed), 0, seconds(e.Modified)}
	}
	text, err := json.Marshal(olds)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct {
		Items []item `json:"items"`
		Files string `json:"files"`
	}{items, string(text)})
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// renameFile gives a file or directory another name: POST
// /folders/{name}/rename-file.
func (f *Folders) renameFile(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	path := p.Required(params.Names("target_path"))
	name := p.Required(params.Names("new_name"))
	p.Bool(params.Names("is_dir"), false) // clients say it; the file knows
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: updatable(), write: true, host: store.HostModify})
	if err != nil {
		return err
	}
	if err := f.Volume.Rename(id, path, name); err != nil {
		return ofStorage(err)
	}
	return nothing(w)
}

// moveFile moves a file or directory: POST /folders/{name}/move-file.
func (f *Folders) moveFile(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	from, to := p.Required(params.Names("src")), p.Required(params.Names("dst"))
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: updatable(), write: true, host: store.HostModify})
	if err != nil {
		return err
	}
	if err := f.Volume.Move(r.Context(), id, from, to); err != nil {
		return ofStorage(err)
	}
	return nothing(w)
}

// deleteFiles removes files and directories: POST, DELETE
// /folders/{name}/delete-files.
func (f *Folders) deleteFiles(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := readList(r, "files")
	if err != nil {
		return err
	}
	files := params.Names("files")
	paths := p.Texts(files)
	if paths == nil {
		p.Fail(files, "is required")
	}
	recursive := p.Bool(params.Names("recursive"), false)
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: updatable(), write: true, host: store.HostModify})
	if err != nil {
		return err
	}
	if err := f.Volume.Remove(r.Context(), id, paths, recursive); err != nil {
		return ofStorage(err)
	}
	return nothing(w)
}

// readList reads parameters one of which is a list; in a query string it is
// repeated.
func readList(r *http.Request, name string) (*params.Values, error) {
	if r.ContentLength != 0 {
		return params.Read(r, maxBody)
	}
	values := map[string]any{}
	for key, texts := range r.URL.Query() {
		values[key] = texts[0]
		if key == name {
			list := make([]any, len(texts))
			for i, text := range texts {
				list[i] = text
			}
			values[key] = list
		}
	}
	return params.Of(values), nil
}
