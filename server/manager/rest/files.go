package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"time"

	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
	"github.com/baiui/baiui/server/node/inside"
)

// Limits on files, of manager 24.09.
const (
	maxUploads   = 20
	maxUpload    = 1 << 20 // bytes of one file
	maxDownloads = 5
)

// running finds an own session that runs, and its main kernel.
func (h *Handler) running(r *request) (*store.Session, *store.Kernel, error) {
	name := r.PathValue("name")
	s, err := h.findSession(r, r.caller.AccessKey, name, false)
	if err != nil {
		return nil, nil, err
	}
	main := s.Main()
	if main == nil {
		return nil, nil, problem.NoSession(name)
	}
	h.touch(s.ID)
	return s, main, nil
}

// fileRefusal turns what the node says about a file into an answer.
func (h *Handler) fileRefusal(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem.InvalidParams("The file is not found: " + strconv.Quote(path))
	case errors.Is(err, node.ErrBusy):
		return problem.Unavailable("Too many files of this session are being transferred. Try again.", err)
	}
	return h.nodeRefusal(err)
}

// listFiles lists a directory of a session: GET /session/{name}/files. Manager
// 24.09 takes the path from a JSON body only, which pages cannot send; later ones
// take it from the query, and so does this.
func (h *Handler) listFiles(w http.ResponseWriter, r *request) error {
	body, err := params.Body(r.Request, maxBody)
	if err != nil {
		return err
	}
	path := r.URL.Query().Get("path")
	if len(body) > 0 {
		var given struct {
			Path *string `json:"path"`
		}
		if json.Unmarshal(body, &given) != nil {
			return problem.InvalidParams("Malformed body")
		}
		path = "."
		if given.Path != nil {
			path = *given.Path
		}
	} else if path == "" {
		return problem.InvalidParams("Expecting value: line 1 column 1 (char 0)")
	}
	_, kernel, err := h.running(r)
	if err != nil {
		return err
	}
	listing, err := h.Engine.ListFiles(r.Context(), kernel.ID, path)
	if err != nil {
		return h.fileRefusal(path, err)
	}
	type entry struct {
		Mode     string  `json:"mode"`
		Size     int64   `json:"size"`
		Changed  float64 `json:"ctime"`
		Modified float64 `json:"mtime"`
		Accessed float64 `json:"atime"`
		Name     string  `json:"filename"`
	}
	entries := make([]entry, len(listing.Files))
	for i, f := range listing.Files {
		entries[i] = entry{modeText(f.Mode), f.Size, seconds(f.Changed), seconds(f.Modified), seconds(f.Accessed), f.Name}
	}
	faults := ""
	if listing.Cut {
		faults = fmt.Sprintf("The folder has more files; the first %d are listed.", len(entries))
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"files": string(store.ToJSON(entries)), "errors": faults, "abspath": listing.Path})
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMicro()) / 1e6
}

// modeText is a mode as ls prints it.
func modeText(m fs.FileMode) string {
	kind := "-"
	switch m.Type() {
	case fs.ModeDir:
		kind = "d"
	case fs.ModeSymlink:
		kind = "l"
	case fs.ModeNamedPipe:
		kind = "p"
	case fs.ModeSocket:
		kind = "s"
	case fs.ModeDevice:
		kind = "b"
	case fs.ModeDevice | fs.ModeCharDevice:
		kind = "c"
	}
	return kind + m.Perm().String()[1:]
}

// upload writes files into a session: POST /session/{name}/upload, with parts
// named "src" whose file names are paths below the home.
func (h *Handler) upload(w http.ResponseWriter, r *request) error {
	_, kernel, err := h.running(r)
	if err != nil {
		return err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return problem.InvalidParams("A multipart body is needed.")
	}
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return reply.NoContent(w)
		case err != nil:
			return problem.InvalidParams("Malformed body")
		case n == maxUploads:
			return problem.InvalidParams("Too many files")
		}
		name, err := uploadName(part)
		if err != nil {
			return err
		}
		content := &bounded{from: part, left: maxUpload}
		err = h.Engine.WriteFile(r.Context(), kernel.ID, name, content)
		if content.over {
			return problem.InvalidParams("Too large file: " + strconv.Quote(name))
		}
		if err != nil {
			return h.fileRefusal(name, err)
		}
	}
}

// uploadName is the path a part is to be written to. Clients send it with
// percent signs for what a header cannot hold.
func uploadName(part *multipart.Part) (string, error) {
	kind, values, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	name := values["filename"]
	if err != nil || kind != "form-data" || values["name"] != "src" || name == "" {
		return "", problem.InvalidParams("Each part must be named src and have a file name.")
	}
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return name, nil
}

// bounded reads so many bytes; more are an error, and over tells so.
type bounded struct {
	from io.Reader
	left int64
	over bool
}

var errTooLong = errors.New("more than may be read")

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.over = true
		return 0, errTooLong
	}
	return n, err
}

// download gives files as tar archives, one part each: POST
// /session/{name}/download.
func (h *Handler) download(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	key := params.Names("files")
	names := p.Texts(key)
	if len(names) == 0 {
		p.Fail(key, "is required")
	}
	if err := p.Err(); err != nil {
		return err
	}
	if len(names) > maxDownloads {
		return problem.InvalidParams("Too many files")
	}
	_, kernel, err := h.running(r)
	if err != nil {
		return err
	}
	var contents []io.ReadCloser
	defer func() {
		for _, content := range contents {
			_ = content.Close()
		}
	}()
	for _, name := range names { // all of them, before anything is answered
		_, content, err := h.Engine.ReadArchive(r.Context(), kernel.ID, name)
		if err != nil {
			return h.fileRefusal(name, err)
		}
		contents = append(contents, content)
	}
	out := multipart.NewWriter(w)
	w.Header().Set("Content-Type", "multipart/mixed; boundary="+out.Boundary())
	w.WriteHeader(http.StatusOK)
	for _, content := range contents {
		part, err := out.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/octet-stream"}, "Content-Encoding": {"identity"}})
		if err == nil {
			_, err = io.Copy(part, content)
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the client must not take it for the whole
		}
	}
	_ = out.Close() // the client may have gone
	return nil
}

// downloadSingle gives the bytes of a file: POST /session/{name}/download_single.
func (h *Handler) downloadSingle(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	name := p.Required(params.Names("file"))
	if err := p.Err(); err != nil {
		return err
	}
	_, kernel, err := h.running(r)
	if err != nil {
		return err
	}
	var file inside.File
	file, content, err := h.Engine.ReadFile(r.Context(), kernel.ID, name)
	if err != nil {
		return h.fileRefusal(name, err)
	}
	defer func() { _ = content.Close() }()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(file.Size, 10))
	w.WriteHeader(http.StatusOK)
	// A file that grows meanwhile ends where it was long; one that shrinks is cut
	// off, which the client notices.
	if n, err := io.Copy(w, io.LimitReader(content, file.Size)); err != nil || n < file.Size {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// deprecatedDownload is what manager 24.09 says to a download by GET.
func (h *Handler) deprecatedDownload(http.ResponseWriter, *request) error {
	return problem.Deprecated("Use the HTTP POST method to invoke this API with parameters in the request body.")
}
