package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault changes what a manager answers, at the edge of the network.
type Fault func(next http.Handler) http.Handler

// Through makes the requests go through a fault from now on; nil ends it.
func (c *Counter) Through(f Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fault = f
}

// queries reports whether a request is a GraphQL query, as lists are.
func queries(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/admin/gql")
}

// refuse writes a problem as a manager does, which a page of any origin may read.
func refuse(w http.ResponseWriter, status int, slug, message string) {
	allow(w.Header(), "application/problem+json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"type":"https://api.backend.ai/probs/`+slug+`","title":"`+message+`","msg":"`+message+`"}`)
}

// allow lets a page at any origin read an answer of a type.
func allow(h http.Header, contentType string) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "*")
	h.Set("Content-Type", contentType+"; charset=utf-8")
}

// instead answers the requests that are chosen in the manager's place.
func instead(chosen func(*http.Request) bool, answer http.HandlerFunc) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if chosen(r) {
				answer(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// TooMany refuses queries as a manager does whose limit is reached, with the time
// to wait unless that is 0.
func TooMany(wait time.Duration) Fault {
	return instead(queries, func(w http.ResponseWriter, _ *http.Request) {
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
		}
		refuse(w, http.StatusTooManyRequests, "rate-limit-exceeded", "You have reached your API query rate limit.")
	})
}

// ClockBehind refuses queries as a manager does whose clock is so far behind.
func ClockBehind(by time.Duration) Fault {
	return instead(queries, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-by).UTC().Format(http.TimeFormat))
		refuse(w, http.StatusBadRequest, "invalid-auth-params", "Date/time sync error")
	})
}

// Logged gives a log in place of every session's, as the embedded manager gives
// bytes.
func Logged(log []byte) Fault {
	return instead(func(r *http.Request) bool {
		return r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/logs")
	}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(log))
	})
}

// Rewritten changes the texts of answers to the requests that are chosen.
func Rewritten(chosen func(*http.Request) bool, rewrite func(string) string) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !chosen(r) {
				next.ServeHTTP(w, r)
				return
			}
			r.Header.Del("Accept-Encoding")
			recorder := httptest.NewRecorder()
			next.ServeHTTP(recorder, r)
			body := rewrite(recorder.Body.String())
			h := w.Header()
			for name, values := range recorder.Header() {
				h[name] = values
			}
			h.Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(recorder.Code)
			_, _ = io.WriteString(w, body)
		})
	}
}

// Refuser refuses to end some sessions, as a manager does whose rules forbid it.
// The zero value is ready.
type Refuser struct {
	mu      sync.Mutex
	refused map[string]string // titles of problems, by session
}

// Refuse refuses the end of a session from now on; an empty title ends that.
func (r *Refuser) Refuse(session, title string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused == nil {
		r.refused = map[string]string{}
	}
	r.refused[session] = title
}

// title is why the end of a session that is asked for is refused; empty if it is not.
func (r *Refuser) title(req *http.Request) string {
	if req.Method != http.MethodDelete {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refused[path.Base(req.URL.Path)]
}

// Fault is what stands before the manager.
func (r *Refuser) Fault(next http.Handler) http.Handler {
	return instead(func(req *http.Request) bool { return r.title(req) != "" }, func(w http.ResponseWriter, req *http.Request) {
		refuse(w, http.StatusForbidden, "generic-forbidden", r.title(req))
	})(next)
}

// Older makes a manager one of version 23.09, as far as its version document and
// the fields of its schema go. Asked holds the later fields that it was asked for
// all the same, and that it did not know.
type Older struct {
	mu    sync.Mutex
	asked []string
}

// Asked lists the fields and statuses that a manager of 23.09 does not know and
// that it was asked for.
func (o *Older) Asked() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]string(nil), o.asked...)
}

// Fault is what stands before the manager.
func (o *Older) Fault(next http.Handler) http.Handler {
	later := regexp.MustCompile(`\b(requested_slots|kernel_id|priority|PREPARED|CREATING|DEPRIORITIZING)\b`)
	version := Rewritten(func(r *http.Request) bool { return r.URL.Path == "/" }, func(string) string {
		return `{"version":"v7.20230615","manager":"23.09.11"}`
	})(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !queries(r) {
			version.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the page has left
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if unknown := later.FindAllString(string(body), -1); unknown != nil {
			o.mu.Lock()
			o.asked = append(o.asked, unknown...)
			o.mu.Unlock()
			allow(w.Header(), "application/json")
			_, _ = io.WriteString(w, `{"data":null,"errors":[{"message":"Cannot query field '`+unknown[0]+`' on type 'ComputeSession'."}]}`)
			return
		}
		next.ServeHTTP(w, r)
	})
}
