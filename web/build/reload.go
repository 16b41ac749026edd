package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// reloadPath is where the proxy keeps what it adds to the server.
const reloadPath = "/.dev/"

// reloadScript reloads the page at every event. It is served from the page's own
// origin, as the content security policy wants.
const reloadScript = `new EventSource("` + reloadPath + `events").onmessage = () => location.reload();` + "\n"

// reloader stands between browser and server while developing: it adds a script
// to every page, and tells the script when to reload.
type reloader struct {
	proxy *httputil.ReverseProxy

	mu    sync.Mutex
	round chan struct{} // closed at the next reload
}

// startReloader serves on listen, until ctx ends, what backend serves.
func startReloader(ctx context.Context, listen, backend string) (*reloader, error) {
	r := &reloader{round: make(chan struct{})}
	target := &url.URL{Scheme: "http", Host: backend}
	r.proxy = &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host
			p.Out.Header.Del("Accept-Encoding")   // pages must be readable here
			p.Out.Header.Del("If-None-Match")     // and complete
			p.Out.Header.Del("If-Modified-Since") // each time
		},
		ModifyResponse: addReloadScript,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "the server is being built or does not run: "+err.Error(), http.StatusBadGateway)
		},
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "web/build:", err)
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return r, nil
}

// reload tells every open page to load itself again.
func (r *reloader) reload() {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.round)
	r.round = make(chan struct{})
}

func (r *reloader) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch req.URL.Path {
	case reloadPath + "reload.js":
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, reloadScript)
	case reloadPath + "events":
		r.events(w, req)
	default:
		r.proxy.ServeHTTP(w, req)
	}
}

// events sends one event at the next reload.
func (r *reloader) events(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	round := r.round
	r.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if err := http.NewResponseController(w).Flush(); err != nil {
		return
	}
	select {
	case <-round:
		_, _ = io.WriteString(w, "data: reload\n\n")
	case <-req.Context().Done():
	}
}

// addReloadScript adds the script to an HTML answer.
func addReloadScript(resp *http.Response) error {
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || resp.Header.Get("Content-Encoding") != "" {
		return nil
	}
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	page = bytes.Replace(page, []byte("</head>"), []byte(`<script src="`+reloadPath+`reload.js" defer></script></head>`), 1)
	resp.Body = io.NopCloser(bytes.NewReader(page))
	resp.ContentLength = int64(len(page))
	resp.Header.Set("Content-Length", strconv.Itoa(len(page)))
	resp.Header.Del("Etag")
	return nil
}
