package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"sync"
)

// Refuser stands before a manager and passes every request on unchanged, except
// that it refuses to end some sessions, as a manager does whose rules forbid it.
type Refuser struct {
	*httptest.Server

	mu      sync.Mutex
	refused map[string]string // titles of problems, by session
}

// StartRefuser starts a refuser before the manager at target. It must be closed.
func StartRefuser(target string) (*Refuser, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	onward := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(u)
		p.Out.Host = p.In.Host // it is signed
	}}
	r := &Refuser{refused: map[string]string{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		title, refused := r.refused[path.Base(req.URL.Path)]
		r.mu.Unlock()
		if req.Method != http.MethodDelete || !refused {
			onward.ServeHTTP(w, req)
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"type": "https://api.backend.ai/probs/generic-forbidden", "title": %q}`, title)
	}))
	return r, nil
}

// Refuse refuses the end of a session from now on; an empty title ends that.
func (r *Refuser) Refuse(session, title string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused[session] = title; title == "" {
		delete(r.refused, session)
	}
}
