package gateway

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/baiui/baiui/client"
)

// problemPrefix starts the type of every error body of Backend.AI.
const problemPrefix = "https://api.backend.ai/probs/"

// WriteProblem answers with an error body of the kind that the official web
// server writes, down to its spaces. details may be "".
func WriteProblem(w http.ResponseWriter, status int, slug, title, details string) {
	writeProblem(w, status, slug, title, details, "")
}

// writeProblem is WriteProblem with an error code as managers from 25.x on have
// them; "" for none.
func writeProblem(w http.ResponseWriter, status int, slug, title, details, code string) {
	var body bytes.Buffer
	body.WriteString(`{"type": "` + problemPrefix + slug + `", "title": `)
	body.Write(jsonText(title))
	if details != "" {
		body.WriteString(`, "details": `)
		body.Write(jsonText(details))
	}
	if code != "" {
		body.WriteString(`, "error_code": `)
		body.Write(jsonText(code))
	}
	body.WriteByte('}')
	header := w.Header()
	setOwnHeaders(header)
	header.Set("Content-Type", "application/problem+json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	w.Write(body.Bytes()) // the client may be gone; there is nobody to tell
}

func jsonText(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always marshals
	}
	return b
}

// WriteSignedOut is the answer to a request without a valid sign-in. A header marks
// it, so that a page can tell "you are not signed in here" from a manager's 401,
// which may mean "not allowed".
func WriteSignedOut(w http.ResponseWriter) { writeSignedOut(w, "") }

// writeSignedOut is WriteSignedOut with a code that says why the sign-in was ended,
// "" where that was not done for a reason.
func writeSignedOut(w http.ResponseWriter, code string) {
	w.Header().Set(client.SigninHeader, "required")
	writeProblem(w, http.StatusUnauthorized, "auth-failed", "Unauthorized access", "", code)
}

// writeBlocked refuses an attempt that may be repeated after wait.
func writeBlocked(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	WriteProblem(w, http.StatusTooManyRequests, "too-many-requests", "Too many failed login attempts", "")
}

func writeMethodNotAllowed(w http.ResponseWriter, allow string) {
	w.Header().Set("Allow", allow)
	WriteProblem(w, http.StatusMethodNotAllowed, "method-not-allowed", "Method Not Allowed", "")
}

// writeJSON answers 200 with v.
func writeJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // the gateway's own answers always marshal
	}
	header := w.Header()
	setOwnHeaders(header)
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body) // the client may be gone; there is nobody to tell
}
