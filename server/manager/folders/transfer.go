package folders

import (
	"net/http"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// ticket is a token and where it is good for.
type ticket struct {
	Token string `json:"token"`
	URL   string `json:"url"`
}

func (f *Folders) ticket(w http.ResponseWriter, r *http.Request, token, path string) error {
	return reply.JSON(w, http.StatusOK, ticket{token, f.URL(r) + path})
}

// requestUpload prepares an upload: POST /folders/{name}/request-upload.
func (f *Folders) requestUpload(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	path := p.Required(params.Names("path"))
	size := params.Names("size")
	if !p.Has(size) {
		p.Fail(size, "is required")
	}
	bytes := p.Int(size, 0, 0, 1<<62)
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: updatable(), write: true, host: store.HostUpload})
	if err != nil {
		return err
	}
	token, err := f.Volume.StartUpload(r.Context(), id, path, int64(bytes))
	if err != nil {
		return ofStorage(err)
	}
	return f.ticket(w, r, token, "/upload")
}

// requestDownload lets a file or directory be downloaded: POST
// /folders/{name}/request-download. Whether it is an archive is said in the
// download's own address.
func (f *Folders) requestDownload(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	path := p.Required(params.Names("path", "file"))
	p.Bool(params.Names("archive"), false)
	if err := p.Err(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: readable(), host: store.HostDownload})
	if err != nil {
		return err
	}
	token, err := f.Volume.DownloadToken(id, path)
	if err != nil {
		return ofStorage(err)
	}
	return f.ticket(w, r, token, "/download")
}

// requestArchive lets several files and directories be downloaded as one: POST
// /folders/{name}/request-download-archive.
func (f *Folders) requestArchive(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	paths := p.Texts(params.Names("files"))
	filename := p.Nullable(params.Names("filename"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	id, err := f.contents(r, c, need{statuses: readable(), host: store.HostDownload})
	if err != nil {
		return err
	}
	name := ""
	if filename != nil {
		name = *filename
	}
	token, err := f.Volume.ArchiveToken(id, paths, name)
	if err != nil {
		return ofStorage(err)
	}
	return f.ticket(w, r, token, "/download-archive")
}
