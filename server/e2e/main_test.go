//go:build e2e

package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// surroundings are what a test has to itself while it runs, its world: starting a
// browser and three servers for each would take most of the time. A test changes
// only what is its own: sessions with names of their own, profiles of their own.
type surroundings struct {
	dir     string // of its servers
	browser *Browser
	// own serves its embedded manager, with sessions of its own, or the manager
	// that the environment names.
	own *Server
	// relayed serves own's manager through counter, as it would a cluster.
	relayed *Server
	counter *Counter
	// accounts by role.
	accounts map[string]Account
	webApp   string // the session of most tests of apps, once there is one
}

// worlds are those that there are: tests wait more than they work, so some run at
// a time, each in a world of its own. A world begins with the first test in it and
// ends in TestMain.
var worlds = struct {
	ctx  context.Context
	free chan *surroundings

	mu    sync.Mutex
	taken map[string]*surroundings // by the name of a test
}{taken: map[string]*surroundings{}}

// enter lets a test run beside others, in a world that is its own until it ends.
func enter(t *testing.T) *surroundings {
	t.Helper()
	t.Parallel()
	return alone(t)
}

// alone is enter for a test beside which nothing else runs, because it measures
// times or changes what all of this process has.
func alone(t *testing.T) *surroundings {
	t.Helper()
	w := <-worlds.free
	t.Cleanup(func() {
		worlds.mu.Lock()
		defer worlds.mu.Unlock()
		delete(worlds.taken, t.Name())
		worlds.free <- w
	})
	if w.browser == nil { // which is the last to begin
		require.NoError(t, w.end(worlds.ctx), "what began before a failure")
		*w = surroundings{dir: w.dir}
		require.NoError(t, w.begin(worlds.ctx))
	}
	worlds.mu.Lock()
	defer worlds.mu.Unlock()
	worlds.taken[t.Name()] = w
	return w
}

// worldOf is the world that a test, or the test that it is a part of, has entered.
func worldOf(t *testing.T) *surroundings {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	worlds.mu.Lock()
	defer worlds.mu.Unlock()
	w := worlds.taken[test]
	require.NotNil(t, w, "the test begins with enter(t) or alone(t)")
	return w
}

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// mostWorlds bounds the worlds of a large machine: each holds a browser.
const mostWorlds = 3

// worldCount is how many tests run at a time: as many as go test is told to, but
// one at a manager that they share.
func worldCount() (int, error) {
	if os.Getenv(ManagerVariable) != "" {
		return 1, nil
	}
	n, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	return min(n, mostWorlds), err
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "baiui-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	count, err := worldCount()
	if err != nil {
		return 0, err
	}
	all := make([]surroundings, count)
	defer func() {
		for i := range all {
			err = errors.Join(err, all[i].end(ctx))
		}
	}()
	worlds.ctx, worlds.free = ctx, make(chan *surroundings, count)
	for i := range all {
		all[i].dir = filepath.Join(dir, strconv.Itoa(i))
		worlds.free <- &all[i]
	}
	return m.Run(), nil
}

// begin starts all that there is in a world.
func (w *surroundings) begin(ctx context.Context) error {
	own, err := StartWorld(ctx, filepath.Join(w.dir, "own"))
	if err != nil {
		return err
	}
	w.own = own
	if w.accounts, err = w.own.Accounts(); err != nil {
		return err
	}
	if w.own.elsewhere() { // what an earlier run left
		if err := w.own.EndSessions(ctx, w.accounts["superadmin"]); err != nil {
			return err
		}
	}
	for role, account := range w.accounts {
		driver, err := w.own.Driver(ctx, account)
		if err != nil {
			return err
		}
		if _, err := driver.Create(ctx, nameOf(role)); err != nil {
			return fmt.Errorf("%w\n%s", err, w.own.Log())
		}
	}
	if w.counter, err = StartCounter(w.own.Manager); err != nil {
		return err
	}
	relayed, err := StartServer(ctx, filepath.Join(w.dir, "relayed"), "--manager", w.counter.URL)
	if err != nil {
		return err
	}
	w.relayed = relayed
	w.browser, err = StartBrowser(ctx)
	return err
}

// end ends what has begun.
func (w *surroundings) end(ctx context.Context) error {
	var errs []error
	if w.browser != nil {
		w.browser.Close()
	}
	if w.relayed != nil {
		errs = append(errs, w.relayed.Stop())
	}
	if w.counter != nil {
		_ = w.counter.Close()
	}
	if w.accounts != nil {
		errs = append(errs, w.own.EndSessions(ctx, w.accounts["superadmin"]))
	}
	if w.own != nil {
		errs = append(errs, w.own.Stop())
	}
	return errors.Join(errs...)
}

// nameOf is the name of the session that each account has from the start.
func nameOf(role string) string { return "first-of-" + role }

// newPage opens a page of a site; whatever the browser complains about, other
// than what the test expects, fails the test at its end.
func newPage(t *testing.T, site *Server, expected ...string) *Page {
	t.Helper()
	p, err := worldOf(t).browser.NewPage(site.UI)
	require.NoError(t, err)
	t.Cleanup(func() {
		if problems := p.Problems(expected...); len(problems) > 0 {
			t.Errorf("the browser complains: %q\nthe server's log ends with:\n%s", problems, site.LastWords())
		}
		p.Close()
	})
	return p
}

// signedIn opens the session list of a site as one of the roles.
func signedIn(t *testing.T, site *Server, role string, expected ...string) *Page {
	t.Helper()
	p := newPage(t, site, expected...)
	require.NoError(t, p.SignIn("/sessions", worldOf(t).accounts[role]))
	return p
}

// endTheRest ends what earlier tests left running, and waits until it has ended:
// what they take, and what is told of their end, is no matter of this test.
func endTheRest(t *testing.T) {
	t.Helper()
	world := worldOf(t)
	require.NoError(t, world.own.EndSessions(t.Context(), world.accounts["superadmin"], nameOf("user"), nameOf("admin"), nameOf("superadmin")))
}

// driverOf returns a driver for one of the accounts.
func driverOf(t *testing.T, role string) *Driver {
	t.Helper()
	d, err := worldOf(t).own.Driver(t.Context(), worldOf(t).accounts[role])
	require.NoError(t, err)
	return d
}

// createSession creates a session that ends with the test at the latest.
func createSession(t *testing.T, role, name string) string {
	t.Helper()
	d := driverOf(t, role)
	id, err := d.Create(t.Context(), name)
	return endedLater(t, d, name, id, err)
}

// createRunning is createSession for one in which programs run.
func createRunning(t *testing.T, role, name string) string {
	t.Helper()
	d := driverOf(t, role)
	id, err := d.CreateWith(t.Context(), func(r *client.CreateRequest) { r.Name = name })
	return endedLater(t, d, name, id, err)
}

func endedLater(t *testing.T, d *Driver, name, id string, err error) string {
	t.Helper()
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_ = d.Destroy(ctx, name) // the test may have ended it
	})
	return id
}

// httpGet returns the status and header of an address, without following
// redirects.
func httpGet(t *testing.T, address string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}
