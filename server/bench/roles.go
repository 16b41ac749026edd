package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// answerSize is the size in bytes of the stub's GraphQL answer: that of a short
// session list.
const answerSize = 3700

// The key pair that the stub manager hands out.
const (
	stubAccessKey = "AKIABENCHMARKBENCHMARK"
	stubSecretKey = "benchmarkbenchmarkbenchmarkbenchmarkbenc"
)

// stubHandler is a manager that answers at once: as little as a relay needs.
func stubHandler() http.Handler {
	answer := []byte(`{"data":{"filler":"` + strings.Repeat("x", answerSize-len(`{"data":{"filler":""}}`)) + `"}}`)
	writeJSON := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = io.WriteString(w, body)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", writeJSON(`{"version":"v8.20240915","manager":"24.09.14"}`))
	mux.HandleFunc("POST /auth/authorize", writeJSON(`{"data":{"access_key":"`+stubAccessKey+`","secret_key":"`+stubSecretKey+`","role":"user","status":"active"}}`))
	mux.HandleFunc("POST /admin/gql", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(answer)
	})
	addApp(mux)
	return mux
}

// bareHandler is the standard library's reverse proxy with nothing around it; it
// keeps as many connections as the load has, as the server does.
func bareHandler(target string) (http.Handler, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy = nil
	transport.MaxIdleConnsPerHost = 256
	return &httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(u) },
		Transport: transport,
	}, nil
}

// serveRole serves on a free port, prints its address and ends with ctx.
func serveRole(ctx context.Context, handler http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Println("http://" + l.Addr().String())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// role is this program running as something else.
type role struct {
	URL string
	cmd *exec.Cmd
}

// startRole starts this program as something else and waits for its address.
func startRole(ctx context.Context, name string, args ...string) (*role, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, append([]string{"-role", name}, args...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s did not start: %w", name, err)
	}
	return &role{URL: strings.TrimSpace(line), cmd: cmd}, nil
}

func (r *role) stop() {
	_ = r.cmd.Process.Kill()
	_ = r.cmd.Wait()
}
