package storage

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"
)

// Version is the storage proxy whose dialect this is.
const Version = "24.09.14"

// idle is how long an upload may stand still before it is cut.
const idle = time.Minute

// Handler answers clients at the root of its address, or below a prefix that
// was stripped: GET /, /download, /download-archive; OPTIONS, HEAD and PATCH
// /upload. It needs no signature and no cookie, so any origin may call: the token
// in the query names whose right is used. A transfer takes as long as it takes: the
// server must have no limit for whole answers, but one for clients that stop
// reading. Uploads that stand still are cut here.
func (v *Volume) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, methods := range map[string]map[string]func(http.ResponseWriter, *http.Request) error{
		"/{$}":              {http.MethodGet: v.hello},
		"/download":         {http.MethodGet: v.download},
		"/download-archive": {http.MethodGet: v.downloadArchive},
		"/upload": {http.MethodOptions: v.uploadOptions, http.MethodHead: v.uploadHead,
			http.MethodPatch: v.uploadPatch},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			handle := methods[r.Method]
			if handle == nil {
				refuse(w, http.StatusMethodNotAllowed, "method-not-allowed", "HTTP Method Not Allowed.", "")
				return
			}
			v.answer(w, r, handle)
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "url-not-found", "Unknown URL path.", "")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("X-Content-Type-Options", "nosniff")
		// Should a browser ever show a file instead of saving it, it shows a page
		// that may do nothing.
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
		h.Set("Referrer-Policy", "no-referrer") // the address holds the token
		mux.ServeHTTP(w, r)
	})
}

// answer runs one handler; it must not have written anything when it returns an
// error.
func (v *Volume) answer(w http.ResponseWriter, r *http.Request, handle func(http.ResponseWriter, *http.Request) error) {
	err := handle(w, r)
	if err == nil {
		return
	}
	status, kind, title := problemOf(err)
	if status == http.StatusInternalServerError && r.Context().Err() == nil {
		v.Log.Error("a transfer failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	msg := ""
	var e *Error
	if errors.As(err, &e) && e.Kind != KindInternal && e.Kind != KindForbidden && e.Cause != nil {
		msg = e.Cause.Error()
	}
	refuse(w, status, kind, title, msg)
}

func problemOf(err error) (status int, kind, title string) {
	switch KindOf(err) {
	case KindInvalid:
		return http.StatusBadRequest, "invalid-api-params", "Missing or invalid API parameters."
	case KindNotFound:
		return http.StatusNotFound, "file-not-found", "File not found."
	case KindIsDirectory:
		return http.StatusBadRequest, "invalid-api-params", "The file is not a regular file."
	case KindExists, KindUnsupported:
		return http.StatusBadRequest, "unsupported-operation", "The operation is not supported."
	case KindDenied:
		return http.StatusForbidden, "permission-denied", "The mode of the file does not allow it."
	case KindForbidden:
		return http.StatusForbidden, "permission-denied", "The right to the folder has ended."
	case KindConflict:
		return http.StatusConflict, "upload-offset-mismatch", "The upload stands at another offset."
	case KindQuota:
		return http.StatusRequestEntityTooLarge, "quota-exceeded", "The folder's quota is used up."
	case KindTooLarge:
		return http.StatusRequestEntityTooLarge, "invalid-api-params", "More bytes than were announced."
	case KindFull:
		return http.StatusInsufficientStorage, "no-space", "There is no space left on the disk."
	}
	return http.StatusInternalServerError, "internal-server-error", "Internal server error."
}

// refuse answers with a problem of the storage proxy's kind.
func refuse(w http.ResponseWriter, status int, kind, title, msg string) {
	body, err := json.Marshal(struct {
		Type  string `json:"type"`
		Title string `json:"title"`
		Msg   string `json:"msg,omitempty"`
	}{"https://api.backend.ai/probs/storage/" + kind, title, msg})
	if err != nil {
		status, body = http.StatusInternalServerError, nil
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone
}

// hello says what this is.
func (v *Volume) hello(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write([]byte(`{"status":"ok","type":"client-facing","storage-proxy":"` + Version + `"}`))
	return nil
}

// query reads the parameters of a request, of which there are few.
func query(r *http.Request, known ...string) (map[string]string, error) {
	out := map[string]string{}
	for name, values := range r.URL.Query() {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			return nil, &Error{Kind: KindInvalid, Cause: errors.New("unknown parameter " + clip(strconv.Quote(name)))}
		}
		out[name] = values[0]
	}
	return out, nil
}

// yes reads a flag as the storage proxy does.
func yes(text string) bool {
	switch text {
	case "1", "true", "True", "yes", "y", "on", "t":
		return true
	}
	return false
}
