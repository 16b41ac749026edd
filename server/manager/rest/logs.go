package rest

import (
	"bytes"
	"net/http"
	"strings"
	"time"
)

// cutMark stands before a log whose beginning is missing.
const cutMark = "[the beginning of this log was cut]\r\n"

// wantsPlain reports whether a client prefers a log as it was written to the JSON
// of the original, which has only the latter: it names text/plain first.
func wantsPlain(accept string) bool {
	first, _, _ := strings.Cut(accept, ",")
	first, _, _ = strings.Cut(first, ";")
	return strings.TrimSpace(first) == "text/plain"
}

// servePlainLog answers with the bytes of a log, or with a range of them. A log
// that lost its beginning is another one each time, and has no ranges.
func servePlainLog(w http.ResponseWriter, r *http.Request, log []byte, cut bool) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if cut {
		r = r.Clone(r.Context())
		r.Header.Del("Range")
		log = append([]byte(cutMark), log...)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(log))
}
