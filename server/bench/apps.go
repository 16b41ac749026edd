package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/coder/websocket"
)

// The answers of the stub's app: a usual one, and one of which many bytes go over
// the wire.
const (
	smallAnswer = 4 << 10
	largeAnswer = 16 << 20
)

// addApp gives the stub manager a session with one app, which the stub itself
// serves: what is measured is the way to it.
func addApp(mux *http.ServeMux) {
	body := bytes.Repeat([]byte("x"), largeAnswer)
	for path, size := range map[string]int{"GET /app/small": smallAnswer, "GET /app/large": largeAnswer, "GET /app/{$}": 0} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Length", strconv.Itoa(size))
			_, _ = w.Write(body[:size])
		})
	}
	mux.HandleFunc("GET /stream/session/{id}/apps", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"name": "bench", "protocol": "http", "ports": [8080]}]`)
	})
	mux.HandleFunc("GET /stream/session/{id}/httpproxy", func(w http.ResponseWriter, r *http.Request) {
		own, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		if !ok {
			http.Error(w, "no address", http.StatusInternalServerError)
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return // Accept has answered
		}
		defer func() { _ = ws.CloseNow() }()
		app, err := net.Dial("tcp", own.String())
		if err != nil {
			return
		}
		defer func() { _ = app.Close() }()
		ws.SetReadLimit(-1)
		tunnel := websocket.NetConn(r.Context(), ws, websocket.MessageBinary)
		go func() {
			_, _ = io.Copy(app, tunnel)
			_ = app.Close()
		}()
		_, _ = io.CopyBuffer(struct{ io.Writer }{tunnel}, struct{ io.Reader }{app}, make([]byte, 64<<10))
	})
}

// measureApps compares an app through the server and the manager's tunnel with
// the same app asked directly.
func measureApps(ctx context.Context, s *stage, o options, report *Report) error {
	stub, server, err := s.stubbed(ctx)
	if err != nil {
		return err
	}
	through, err := openBenchApp(ctx, server.UI)
	if err != nil {
		return err
	}
	direct := way{host: e2eHost(stub.URL), address: e2eHost(stub.URL)}
	group := fmt.Sprintf("apps: an app through the server and the manager's tunnel, %s each", o.duration)
	rates := map[string]float64{}
	for _, m := range []struct {
		what, path  string
		connections int
		bytes       int
	}{
		{"4 kB, 1 connection", "/app/small", 1, 0},
		{"4 kB, 8 connections", "/app/small", 8, 0},
		{"16 MiB, 1 connection", "/app/large", 1, largeAnswer},
	} {
		for _, w := range []struct {
			name string
			way  way
		}{{"direct", direct}, {"baiui", through}} {
			out, err := load(ctx, w.way.get(m.path), m.connections, o.duration)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", w.name, m.what, err)
			}
			value, unit := out.PerSecond, "1/s"
			if m.bytes > 0 {
				value, unit = out.PerSecond*float64(m.bytes)/1e6, "MB/s"
			}
			rates[w.name] = value
			report.add(group, w.name+", "+m.what, value, unit, fmt.Sprintf("p50 %.2f ms, p99 %.2f ms", milliseconds(out.P50), milliseconds(out.P99)))
		}
		report.add(group, "baiui ÷ direct, "+m.what, rates["baiui"]/rates["direct"], "", "")
	}
	return nil
}

// way is how an app is asked.
type way struct{ address, host, cookie string }

func (w way) get(path string) shot {
	raw := "GET " + path + " HTTP/1.1\r\nHost: " + w.host + "\r\n"
	if w.cookie != "" {
		raw += "Cookie: " + w.cookie + "\r\n"
	}
	return shot{address: w.address, raw: []byte(raw + "\r\n")}
}

// e2eHost is the host and port of an address.
func e2eHost(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return host
}

// openBenchApp opens the stub's app as a page does.
func openBenchApp(ctx context.Context, ui string) (way, error) {
	cookie, err := signIn(ctx, ui)
	if err != nil {
		return way{}, err
	}
	var found struct{ ID string }
	if err := postApps(ctx, ui, "", cookie, map[string]string{"session": "bench", "app": "bench", "path": "/app/"}, &found); err != nil {
		return way{}, err
	}
	var opened struct{ URL string }
	if err := postApps(ctx, ui, "/"+found.ID+"/open", cookie, struct{}{}, &opened); err != nil {
		return way{}, err
	}
	u, err := url.Parse(opened.URL)
	if err != nil {
		return way{}, err
	}
	w := way{host: u.Host, address: net.JoinHostPort("127.0.0.1", u.Port())}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.address+u.RequestURI(), nil)
	if err != nil {
		return way{}, err
	}
	r.Host = u.Host
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return way{}, err
	}
	_ = resp.Body.Close()
	if len(resp.Cookies()) == 0 {
		return way{}, errors.New("the ticket gave no cookie: " + resp.Status)
	}
	w.cookie = resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
	return w, nil
}

// postApps asks the server for something below /server/apps.
func postApps(ctx context.Context, ui, path, cookie string, body, out any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, ui+"/server/apps"+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", cookie)
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("/server/apps%s answered %s", path, resp.Status)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}
