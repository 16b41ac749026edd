package storage

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"time"
)

// The version of tus that is spoken: the core protocol, without extensions.
// Uploads are created by the manager.
const tusVersion = "1.0.0"

// tusHeaders are those that pages of other origins may send and read.
const tusHeaders = "Tus-Resumable, Upload-Length, Upload-Metadata, Upload-Offset, Content-Type"

func sayTus(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Tus-Resumable", tusVersion)
	h.Set("Access-Control-Allow-Headers", tusHeaders)
	h.Set("Access-Control-Expose-Headers", tusHeaders)
	h.Set("Access-Control-Allow-Methods", "*")
	h.Set("Cache-Control", "no-store")
}

// uploadOptions tells what is spoken; browsers ask it before they upload.
func (v *Volume) uploadOptions(w http.ResponseWriter, _ *http.Request) error {
	sayTus(w)
	w.Header().Set("Tus-Version", tusVersion)
	w.Header().Set("Tus-Max-Size", strconv.FormatInt(v.MaxUpload, 10))
	w.WriteHeader(http.StatusOK)
	return nil
}

// transferOf reads what a request is about.
func (v *Volume) transferOf(r *http.Request) (transfer, error) {
	q, err := query(r, "token", "dst_dir")
	if err != nil {
		return transfer{}, err
	}
	c, id, err := v.verify(r.Context(), q["token"], opUpload)
	if err != nil {
		return transfer{}, err
	}
	target, err := cleanNew(path.Join(q["dst_dir"], c.Path))
	if err != nil || path.IsAbs(q["dst_dir"]) {
		return transfer{}, errors.Join(&Error{Kind: KindInvalid, Op: opUpload, Cause: errors.New("dst_dir must be a path in the folder")}, err)
	}
	return transfer{bearer: c.Bearer, id: id, session: c.Session, size: *c.Size, target: target}, nil
}

// noSession tells an upload that is over or never was from a missing file.
func noSession(w http.ResponseWriter) error {
	refuse(w, http.StatusNotFound, "no-such-upload-session", "No such upload session.", "")
	return nil
}

// uploadHead tells how far an upload has come. It does not disturb whoever is
// writing.
func (v *Volume) uploadHead(w http.ResponseWriter, r *http.Request) error {
	sayTus(w)
	t, err := v.transferOf(r)
	if err != nil {
		return err
	}
	have, err := v.offset(t)
	if KindOf(err) == KindNotFound {
		return noSession(w)
	}
	if err != nil {
		return err
	}
	sayOffset(w, have, t.size)
	w.WriteHeader(http.StatusOK)
	return nil
}

func sayOffset(w http.ResponseWriter, have, size int64) {
	w.Header().Set("Upload-Offset", strconv.FormatInt(have, 10))
	w.Header().Set("Upload-Length", strconv.FormatInt(size, 10))
}

// takeover is how long a request waits for the one it replaces.
const takeover = 10 * time.Second

// uploadPatch receives the next bytes.
func (v *Volume) uploadPatch(w http.ResponseWriter, r *http.Request) error {
	sayTus(w)
	t, err := v.transferOf(r)
	if err != nil {
		return err
	}
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return &Error{Kind: KindInvalid, Op: opUpload, Cause: errors.New("the header Upload-Offset must be a number")}
	}
	ctx, interrupt := context.WithCancel(r.Context())
	defer interrupt()
	control := http.NewResponseController(w)
	wait, stop := context.WithTimeout(ctx, takeover)
	defer stop()
	release, err := v.upload.acquire(wait, t.session, func() {
		interrupt()
		_ = control.SetReadDeadline(time.Unix(1, 0)) // wakes a read that waits
	})
	if err != nil {
		refuse(w, http.StatusLocked, "upload-locked", "Another request is writing this upload.", "")
		return nil
	}
	defer release()
	if n := r.ContentLength; n > 0 && offset <= t.size && n > t.size-offset {
		return errTooMuch
	}
	have, err := v.receive(ctx, t, offset, &patient{r.Body, control, ctx})
	switch {
	case err == nil:
	case KindOf(err) == KindNotFound && !v.exists(t):
		return noSession(w)
	default:
		sayOffset(w, have, t.size)
		return err
	}
	sayOffset(w, have, t.size)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// exists reports whether an upload is under way.
func (v *Volume) exists(t transfer) bool {
	_, err := v.offset(t)
	return err == nil
}

// patient reads a body that may be long, but must not stand still.
type patient struct {
	body    io.Reader
	control *http.ResponseController
	ctx     context.Context
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(idle)) // not every server can
	if err := p.ctx.Err(); err != nil {                 // interrupted before the line above
		return 0, err
	}
	return p.body.Read(b)
}
