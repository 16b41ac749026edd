package gateway

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/buffers"
)

// BenchmarkRelay compares a signed POST through the gateway with the same POST
// through a bare reverse proxy, which neither signs nor checks anything, and
// without any proxy. The answer is as long as that of a session list. Both proxies
// use the gateway's transport; "req/s" is the figure to compare.
func BenchmarkRelay(b *testing.B) {
	body := []byte(strings.Repeat("x", 3700))
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body))) // as managers do
		w.Write(body)
	}))
	defer upstream.Close()
	base, err := url.Parse(upstream.URL)
	require.NoError(b, err)

	bare := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite:    func(pr *httputil.ProxyRequest) { pr.SetURL(base) },
		Transport:  NewTransport(nil),
		BufferPool: buffers.New(copyBuffer),
	})
	defer bare.Close()

	signins, err := OpenSignins(b.TempDir(), testKey(), time.Hour, time.Hour, slog.New(slog.DiscardHandler))
	require.NoError(b, err)
	defer signins.Close()
	in, err := signins.create(Account{AccessKey: accessKey, SecretKey: secretKey, Role: "user"})
	require.NoError(b, err)
	gateway := httptest.NewServer(New(Options{Manager: base, Signins: signins, MaxBody: 4 << 30, Log: slog.New(slog.DiscardHandler)}))
	defer gateway.Close()

	for _, connections := range []int{1, 8, 32} {
		for _, way := range []struct{ name, url string }{
			{"direct", upstream.URL + "/admin/gql"},
			{"bare", bare.URL + "/admin/gql"},
			{"gateway", gateway.URL + "/func/admin/gql"},
		} {
			b.Run(fmt.Sprintf("%d/%s", connections, way.name), func(b *testing.B) {
				load(b, connections, way.url, CookieName+"="+in.token)
			})
		}
	}
}

// load sends b.N requests over a number of connections.
func load(b *testing.B, connections int, target, cookie string) {
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	const query = `{"query": "query($limit: Int!, $offset: Int!) { compute_session_list(limit: $limit, offset: $offset) { total_count items { id name status } } }"}`
	post := func() error {
		r, err := http.NewRequest("POST", target, strings.NewReader(query))
		if err != nil {
			return err
		}
		r.Header.Set("Cookie", cookie)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-BackendAI-Version", "v8.20240915")
		response, err := transport.RoundTrip(r)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("status %s", response.Status)
		}
		return nil
	}
	var todo atomic.Int64
	todo.Store(int64(b.N))
	var all sync.WaitGroup
	b.ResetTimer()
	for range connections {
		all.Go(func() {
			for todo.Add(-1) >= 0 {
				if err := post(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

// BenchmarkOwnWork is what the gateway adds to a bare proxy: finding the sign-in,
// choosing headers, signing.
func BenchmarkOwnWork(b *testing.B) {
	signins, err := OpenSignins(b.TempDir(), testKey(), time.Hour, time.Hour, slog.New(slog.DiscardHandler))
	require.NoError(b, err)
	defer signins.Close()
	in, err := signins.create(Account{AccessKey: accessKey, SecretKey: secretKey})
	require.NoError(b, err)
	base, err := url.Parse("http://127.0.0.1:8081")
	require.NoError(b, err)
	g := New(Options{Manager: base, Signins: signins, Log: slog.New(slog.DiscardHandler)})
	r := httptest.NewRequest("POST", "/func/admin/gql", nil)
	r.Header.Set("Cookie", CookieName+"="+in.token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Mozilla/5.0")
	b.ReportAllocs()
	for b.Loop() {
		found := g.Signins.of(r)
		target, err := g.target("/admin/gql", r.URL)
		if found == nil || err != nil {
			b.Fatal("not found")
		}
		pr := &httputil.ProxyRequest{In: r, Out: &http.Request{Method: r.Method, Header: r.Header.Clone()}}
		g.rewrite(pr, target, defaultAPIVersion)
		g.sign(pr.Out, found.keys, defaultAPIVersion)
	}
}
