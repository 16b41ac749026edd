//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// shared is what the tests share: starting a browser and three servers for each
// would take most of the time. It is set up once, in TestMain, and tests change
// only what is theirs: sessions with names of their own, profiles of their own.
type shared struct {
	browser *Browser
	// own serves its embedded manager, with sessions of its own, or the manager
	// that the environment names.
	own *Server
	// relayed serves own's manager through counter, as it would a cluster.
	relayed *Server
	counter *Counter
	// accounts by role.
	accounts map[string]Account
}

var world shared

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "baiui-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	if world.own, err = StartWorld(ctx, dir+"/own"); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, world.own.Stop()) }()
	if world.accounts, err = world.own.Accounts(); err != nil {
		return 0, err
	}
	if world.own.elsewhere() { // what an earlier run left
		if err := world.own.EndSessions(ctx, world.accounts["superadmin"]); err != nil {
			return 0, err
		}
	}
	defer func() { err = errors.Join(err, world.own.EndSessions(ctx, world.accounts["superadmin"])) }()
	for role, account := range world.accounts {
		driver, err := world.own.Driver(ctx, account)
		if err != nil {
			return 0, err
		}
		if _, err := driver.Create(ctx, nameOf(role)); err != nil {
			return 0, fmt.Errorf("%w\n%s", err, world.own.Log())
		}
	}
	if world.counter, err = StartCounter(world.own.Manager); err != nil {
		return 0, err
	}
	defer func() { _ = world.counter.Close() }()
	if world.relayed, err = StartServer(ctx, dir+"/relayed", "--manager", world.counter.URL); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, world.relayed.Stop()) }()
	if world.browser, err = StartBrowser(ctx); err != nil {
		return 0, err
	}
	defer world.browser.Close()
	return m.Run(), nil
}

// nameOf is the name of the session that each account has from the start.
func nameOf(role string) string { return "first-of-" + role }

// newPage opens a page of a site; whatever the browser complains about, other
// than what the test expects, fails the test at its end.
func newPage(t *testing.T, site *Server, expected ...string) *Page {
	t.Helper()
	p, err := world.browser.NewPage(site.UI)
	require.NoError(t, err)
	t.Cleanup(func() {
		if problems := p.Problems(expected...); len(problems) > 0 {
			t.Errorf("the browser complains: %q", problems)
		}
		p.Close()
	})
	return p
}

// signedIn opens the session list of a site as one of the roles.
func signedIn(t *testing.T, site *Server, role string, expected ...string) *Page {
	t.Helper()
	p := newPage(t, site, expected...)
	require.NoError(t, p.SignIn("/sessions", world.accounts[role]))
	return p
}

// driverOf returns a driver for one of the accounts.
func driverOf(t *testing.T, role string) *Driver {
	t.Helper()
	d, err := world.own.Driver(t.Context(), world.accounts[role])
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
