package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/node"
)

func TestMain(m *testing.M) {
	node.MaybeInit()                     // the embedded manager's sessions are led by this program
	if os.Getenv("RUN_AS_BAIUI") != "" { // a server that a test can kill
		os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// patience bounds what is waited for; it is reached only when something is broken.
const patience = 60 * time.Second

// running is a server in this process.
type running struct {
	t           *testing.T
	ui, manager string
	out, log    *lines
	stop        func() error
}

// start runs `baiui serve` with flags and waits for its ready line.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	r, ended := launch(t, args...)
	select {
	case line := <-r.out.matching("ready: "):
		for field := range strings.FieldsSeq(line) {
			if value, found := strings.CutPrefix(field, "ui="); found {
				r.ui = value
			}
			if value, found := strings.CutPrefix(field, "manager="); found {
				r.manager = value
			}
		}
	case err := <-ended:
		require.Fail(t, "the server ended", "%v\n%s", err, r.log)
	case <-time.After(patience):
		require.Fail(t, "the server is not ready", "%s\n%s", r.out, r.log)
	}
	return r
}

// launch runs `baiui serve` with flags; the channel tells how it ended.
func launch(t *testing.T, args ...string) (*running, <-chan error) {
	t.Helper()
	if !strings.Contains(strings.Join(args, " "), "--data") {
		args = append(args, "--data", t.TempDir())
	}
	args = append([]string{"--listen", "127.0.0.1:0", "--manager-listen", "127.0.0.1:0"}, args...)
	loaded, err := config.Load(args, nil, os.ReadFile)
	require.NoError(t, err)
	r := &running{t: t, out: newLines(), log: newLines()}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, invocation{Loaded: loaded, out: r.out, err: r.log}) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
			return context.DeadlineExceeded
		}
	})
	t.Cleanup(func() { assert.NoError(t, r.stop()) })
	return r, ended
}

// get asks the web interface.
func (r *running) get(path string) (*http.Response, string) {
	r.t.Helper()
	return request(r.t, http.DefaultClient, http.MethodGet, r.ui+path, "", nil)
}

func request(t *testing.T, c *http.Client, method, url, body string, header http.Header) (*http.Response, string) {
	t.Helper()
	q, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	if header != nil {
		q.Header = header
	}
	p, err := c.Do(q)
	require.NoError(t, err)
	defer p.Body.Close()
	read, err := io.ReadAll(p.Body)
	require.NoError(t, err)
	return p, string(read)
}

// stub is a manager that only tells its version.
func stub(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"version": "v8.20240915", "manager": "24.09.14"}`)
	}))
	t.Cleanup(s.Close)
	return s
}

// lines collects what is written and tells those who wait for a line.
type lines struct {
	mu      sync.Mutex
	text    strings.Builder
	waiting map[string]chan string
}

func newLines() *lines { return &lines{waiting: map[string]chan string{}} }

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(b)
	scanner := bufio.NewScanner(strings.NewReader(string(b)))
	for scanner.Scan() {
		for part, c := range l.waiting {
			if strings.Contains(scanner.Text(), part) {
				c <- scanner.Text()
				delete(l.waiting, part)
			}
		}
	}
	return len(b), nil
}

// matching delivers the first line that holds part, also one written before.
func (l *lines) matching(part string) <-chan string {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := make(chan string, 1)
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, part) {
			c <- strings.TrimSpace(line)
			return c
		}
	}
	l.waiting[part] = c
	return c
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
