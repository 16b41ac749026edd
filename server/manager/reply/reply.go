// Package reply writes the manager's answers.
package reply

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// JSON answers with v as JSON. An error means that nothing was written.
func JSON(w http.ResponseWriter, status int, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	return Bytes(w, status, bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// Bytes answers with JSON that is ready.
func Bytes(w http.ResponseWriter, status int, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client may have gone; there is nobody to tell
	return nil
}

// NoContent answers that there is nothing to say.
func NoContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}
