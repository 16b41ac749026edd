package session

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
)

// fake is a manager that answers as a test tells it, and writes down what it was
// asked.
type fake struct {
	mu    sync.Mutex
	calls []string
	delay time.Duration // before each answer

	show    func(id string) (*model.FullSession, error)
	refuse  map[string]error // by call, such as "destroy s1"
	images  []client.CustomImage
	limit   int
	ahead   int
	follow  func(changed func(client.TaskEvent)) error
	imagify func() // while nobody reads the images
}

func (f *fake) call(name string) error {
	time.Sleep(f.delay)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, name)
	return f.refuse[name]
}

// asked lists what was asked so far, and forgets it.
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	calls := f.calls
	f.calls = nil
	return calls
}

func (f *fake) Show(_ context.Context, id string, _ model.Role) (*model.FullSession, error) {
	if err := f.call("show " + id); err != nil {
		return nil, err
	}
	if f.show != nil {
		return f.show(id)
	}
	return nil, &client.Error{Kind: client.KindNotFound, Status: 404}
}

func (f *fake) Ahead(_ context.Context, s *model.FullSession) (int, error) {
	return f.ahead, f.call("ahead of " + s.ID)
}

func (f *fake) Rename(_ context.Context, id, name, owner string) error {
	return f.call("rename " + id + " " + name + owner)
}
func (f *fake) Restart(_ context.Context, id, _ string) error   { return f.call("restart " + id) }
func (f *fake) Interrupt(_ context.Context, id, _ string) error { return f.call("interrupt " + id) }

func (f *fake) Destroy(_ context.Context, id string, r client.DestroyRequest) (model.Metrics, error) {
	name := "destroy " + id
	if r.Forced {
		name = "force " + id
	}
	return nil, f.call(name + r.OwnerAccessKey)
}

func (f *fake) DestroyOnLeave(id string, _ client.DestroyRequest) { _ = f.call("leave " + id) }

func (f *fake) Imagify(_ context.Context, id, name string) (string, error) {
	err := f.call("imagify " + id + " " + name)
	if err == nil && f.imagify != nil {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.imagify()
	}
	return "task", err
}

func (f *fake) CustomImages(context.Context) ([]client.CustomImage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]client.CustomImage(nil), f.images...), nil
}
func (f *fake) CustomImageLimit(context.Context) (int, error) { return f.limit, nil }

func (f *fake) FollowTask(_ context.Context, _ string, changed func(client.TaskEvent)) error {
	return f.follow(changed)
}

// page is a page's goroutine and clock: do runs on it.
type fakePage struct {
	mu    sync.Mutex
	store *live.Store
	m     *fake
}

// inBubble runs a test on a fake clock.
func inBubble(t *testing.T, test func(t *testing.T, p *fakePage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, &fakePage{store: new(live.Store), m: &fake{refuse: map[string]error{}, limit: -1}})
	})
}

func (p *fakePage) loop() page.Loop {
	return page.Loop{
		Dispatch: func(f func()) {
			p.mu.Lock()
			defer p.mu.Unlock()
			f()
		},
		Async: func(f func()) { go f() },
	}
}

// do runs f on the page's goroutine and waits until everything has settled.
func (p *fakePage) do(f func()) {
	p.meet()
	p.loop().Dispatch(f)
	synctest.Wait()
	p.meet()
}

// meet orders what a test does before and after what the page does beside it.
func (p *fakePage) meet() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.m.mu.Lock()
	defer p.m.mu.Unlock()
}

// pass lets time go by.
func (p *fakePage) pass(d time.Duration) {
	p.meet()
	time.Sleep(d)
	synctest.Wait()
	p.meet()
}

// running is a session of the person of the tests.
func running(id string) *model.Session {
	return &model.Session{ID: id, Name: "name-" + id, Status: model.StatusRunning, Type: model.TypeInteractive, UserEmail: "user@example.com"}
}

// full is the manager's answer about it.
func full(s *model.Session) *model.FullSession {
	return &model.FullSession{Session: *s, QueuePosition: -1}
}
