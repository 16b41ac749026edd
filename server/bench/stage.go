package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/baiui/baiui/server/e2e"
)

// stage is what stands around a measurement: a folder, servers, a browser. What
// is put on it is taken away by clear, the latest first.
type stage struct {
	dir  string
	data int // folders given to servers so far
	away []func() error
}

// newStage makes a stage with nothing but a folder.
func newStage() (*stage, error) {
	dir, err := os.MkdirTemp("", "baiui-bench-")
	if err != nil {
		return nil, err
	}
	s := &stage{dir: dir}
	s.later(func() error { return os.RemoveAll(dir) })
	// Processes are found by the folder they are in, which the kernel names
	// without links.
	if s.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, errors.Join(err, s.clear())
	}
	return s, nil
}

// later has f called by clear.
func (s *stage) later(f func() error) { s.away = append(s.away, f) }

// clear takes everything away.
func (s *stage) clear() error {
	var errs []error
	for _, f := range slices.Backward(s.away) {
		errs = append(errs, f())
	}
	s.away = nil
	return errors.Join(errs...)
}

// folder names a folder for a server; it is not there yet.
func (s *stage) folder() string {
	s.data++
	return filepath.Join(s.dir, strconv.Itoa(s.data))
}

// role starts this program as something else.
func (s *stage) role(ctx context.Context, name string, args ...string) (*role, error) {
	r, err := startRole(ctx, name, args...)
	if err != nil {
		return nil, err
	}
	s.later(func() error { r.stop(); return nil })
	return r, nil
}

// server starts a server with a folder of its own.
func (s *stage) server(ctx context.Context, args ...string) (*e2e.Server, error) {
	server, err := e2e.StartServer(ctx, s.folder(), args...)
	if err != nil {
		return nil, err
	}
	s.later(server.Stop)
	return server, nil
}

// stubbed starts a server before a manager that always gives the same answers.
func (s *stage) stubbed(ctx context.Context) (stub *role, server *e2e.Server, err error) {
	if stub, err = s.role(ctx, "stub"); err != nil {
		return nil, nil, err
	}
	server, err = s.server(ctx, "--manager", stub.URL)
	return stub, server, err
}

// populated starts a server with a manager of its own, whose sessions are ended
// with it; they would outlive it.
func (s *stage) populated(ctx context.Context) (*e2e.Server, map[string]e2e.Account, error) {
	server, err := s.server(ctx)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := server.Accounts()
	if err != nil {
		return nil, nil, err
	}
	s.later(func() error { return server.EndSessions(ctx, accounts["superadmin"]) })
	return server, accounts, nil
}

// browser starts a browser.
func (s *stage) browser(ctx context.Context) (*e2e.Browser, error) {
	browser, err := e2e.StartBrowser(ctx)
	if err != nil {
		return nil, err
	}
	s.later(func() error { browser.Close(); return nil })
	return browser, nil
}

// page opens a page of a site in a browser of its own.
func (s *stage) page(ctx context.Context, site *e2e.Server) (*e2e.Page, error) {
	browser, err := s.browser(ctx)
	if err != nil {
		return nil, err
	}
	p, err := browser.NewPage(site.UI)
	if err != nil {
		return nil, err
	}
	s.later(func() error { p.Close(); return nil })
	return p, nil
}

// counted starts a browser and a server before a manager, with a relay between
// the two that counts what passes.
func (s *stage) counted(ctx context.Context, manager string) (browser *e2e.Browser, front *e2e.Server, counter *e2e.Counter, err error) {
	if counter, err = e2e.StartCounter(manager); err != nil {
		return nil, nil, nil, err
	}
	s.later(counter.Close)
	if front, err = s.server(ctx, "--manager", counter.URL); err != nil {
		return nil, nil, nil, err
	}
	browser, err = s.browser(ctx)
	return browser, front, counter, err
}
