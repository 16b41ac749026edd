package sessions

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/page"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	manager2409 = client.Version{API: "v8.20240915", Manager: "24.09.14"}
	manager269  = client.Version{API: "v9.20250722", Manager: "26.9.6"}
)

// fakeSource answers as a test tells it.
type fakeSource struct {
	mu       sync.Mutex
	requests []client.ListRequest
	cut      int           // requests that were cancelled
	delay    time.Duration // before each answer
	answer   func(client.ListRequest) (client.SessionPage, error)
}

func (s *fakeSource) List(ctx context.Context, r client.ListRequest) (client.SessionPage, error) {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	answer, delay := s.answer, s.delay
	s.mu.Unlock()
	select {
	case <-time.After(delay):
	case <-ctx.Done():
		s.mu.Lock()
		s.cut++
		s.mu.Unlock()
		return client.SessionPage{}, &client.Error{Kind: client.KindAborted}
	}
	if answer == nil {
		return some(3), nil
	}
	return answer(r)
}

func (s *fakeSource) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

func (s *fakeSource) last() client.ListRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[len(s.requests)-1]
}

func (s *fakeSource) set(answer func(client.ListRequest) (client.SessionPage, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// some is a page with n sessions.
func some(n int) client.SessionPage {
	page := client.SessionPage{Total: n}
	for i := range n {
		page.Items = append(page.Items, &model.Session{ID: "s" + strconv.Itoa(i), Name: "name-" + strconv.Itoa(i), Status: model.StatusRunning})
	}
	return page
}

// bench is a list on a loop of its own, as on the UI goroutine.
type bench struct {
	t      *testing.T
	mu     sync.Mutex
	list   *List
	source *fakeSource
	asker  Asker
	// What the hooks said.
	refreshed int
	queries   []Query
	failures  []error
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, source: &fakeSource{}}
	b.list = NewList(page.Loop{
		Dispatch: func(f func()) { b.mu.Lock(); defer b.mu.Unlock(); f() },
		Async:    func(f func()) { go f() },
	}, Hooks{
		Refreshed:    func() { b.refreshed++ },
		QueryChanged: func(q Query) { b.queries = append(b.queries, q) },
		Failed:       func(err error) { b.failures = append(b.failures, err) },
	})
	b.asker = Asker{Source: b.source, Manager: manager2409, Mode: model.ModeSession, Role: model.RoleSuperadmin}
	return b
}

// do runs f as an event of the page and lets everything settle.
func (b *bench) do(f func(l *List)) {
	b.mu.Lock()
	f(b.list)
	b.mu.Unlock()
	synctest.Wait()
}

// pass lets time go by. What the test read before was read before all that
// happens meanwhile.
func (b *bench) pass(d time.Duration) {
	b.do(func(*List) {})
	time.Sleep(d)
	synctest.Wait()
}

func (b *bench) start() { b.do(func(l *List) { l.Activate(b.asker) }) }

// stop ends the list, so that the bubble has no timer left.
func (b *bench) stop() { b.do(func(l *List) { l.Deactivate() }) }

func bubble(t *testing.T, name string, test func(t *testing.T, b *bench)) {
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			test(t, b)
			b.stop()
		})
	})
}

func fails(kind client.Kind, after time.Duration) func(client.ListRequest) (client.SessionPage, error) {
	return func(client.ListRequest) (client.SessionPage, error) {
		return client.SessionPage{}, &client.Error{Kind: kind, RetryAfter: after}
	}
}

// recorded is a list answer of a real manager, by version and tab.
func recorded(t testing.TB, name string) client.SessionPage {
	t.Helper()
	data, err := os.ReadFile("../facts/testdata/" + name + ".json")
	require.NoError(t, err)
	var page struct {
		Items []*model.Session `json:"items"`
		Total int              `json:"total_count"`
	}
	require.NoError(t, json.Unmarshal(data, &page))
	return client.SessionPage{Items: page.Items, Total: page.Total}
}

// FuzzRow draws what a hostile or broken manager might send.
func FuzzRow(f *testing.F) {
	for _, item := range recorded(f, "26.9.6-alive").Items {
		data, err := json.Marshal(item)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var s model.Session
		if json.Unmarshal(data, &s) != nil {
			return
		}
		page := client.SessionPage{Items: []*model.Session{&s}, Total: 1}
		for _, tab := range []Condition{Running, Finished} {
			assert.NotEmpty(t, printed(viewOf(tab, model.ModeSession, model.RoleSuperadmin, page)))
		}
	})
}
