package apps

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
)

func TestConnectionsAreUsedAgain(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	before := w.manager.tunnels.Load()
	for range 20 {
		_ = text(t, b.do(http.MethodGet, "/", nil))
	}
	assert.LessOrEqual(t, w.manager.tunnels.Load()-before, int64(2))
}

func TestManyAtOnce(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			assert.Contains(t, text(t, b.do(http.MethodGet, "/"+strconv.Itoa(i), nil)), "/"+strconv.Itoa(i))
		})
	}
	group.Wait()
	assert.LessOrEqual(t, w.manager.open.Load(), int64(maxTunnels))
}

func TestAnAppThatIsNotThereYetIsWaitedFor(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	w.closeTunnels()
	w.manager.set("web", "http", "")
	resp := b.do(http.MethodGet, "/", nil, "Accept", "text/html", "Accept-Language", "ko")
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Equal(t, "2", resp.Header.Get("Refresh"))
	page := text(t, resp)
	assert.Contains(t, page, `data-page="waiting"`)
	assert.Contains(t, page, `lang="ko"`)
	resp = b.do(http.MethodPost, "/", strings.NewReader("x"))
	assert.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	assert.Empty(t, resp.Header.Get("Refresh"), "a form is not sent twice")
	assert.Contains(t, resp.Header.Get("Content-Type"), "json", "for a program it is no page")

	w.manager.serve("web", "http", http.HandlerFunc(hello))
	assert.Equal(t, http.StatusOK, b.do(http.MethodGet, "/", nil).StatusCode)
}

func TestTheEndOfASessionIsSaid(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	w.manager.mu.Lock()
	w.manager.gone = true
	w.manager.mu.Unlock()
	w.closeTunnels()
	for range 2 {
		resp := b.do(http.MethodGet, "/", nil, "Accept", "text/html")
		assert.Equal(t, http.StatusGone, resp.StatusCode)
		page := text(t, resp)
		assert.Contains(t, page, `data-page="ended"`)
		assert.Contains(t, page, w.page.URL+"/sessions", "with the way back")
	}
}

func TestSigningOutEndsWhatIsUnderWay(t *testing.T) {
	w := newWorld(t)
	signOut := w.signIn(ownerKeys)
	began := make(chan struct{}, 1)
	b := w.opened(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/day" {
			_ = http.NewResponseController(out).Flush()
			began <- struct{}{}
			<-r.Context().Done()
		}
	}))
	resp := b.do(http.MethodGet, "/day", nil)
	<-began
	signOut()
	_, err := io.ReadAll(resp.Body)
	assert.Error(t, err, "a stream of a day ends with the sign-in")
	resp = b.do(http.MethodGet, "/", nil, "Accept", "text/html")
	assert.Equal(t, http.StatusForbidden, resp.StatusCode)
	assert.Contains(t, text(t, resp), `data-page="signed_out"`)
	assert.Eventually(t, func() bool { return w.manager.open.Load() == 0 }, 10*time.Second, time.Millisecond, "no tunnel is left")
}

func TestPublicApps(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Public = true })
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	host := func(address string) string {
		_, rest, _ := strings.Cut(address, "://")
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	everybody := &browser{w: w, host: host(w.open(order{App: "web", Public: true}))}
	assert.Equal(t, http.StatusOK, everybody.do(http.MethodGet, "/", nil).StatusCode)
	some := &browser{w: w, host: host(w.open(order{App: "web", Public: true, Allowed: "127.0.0.0/8, 10.0.0.1"}))}
	assert.Equal(t, http.StatusOK, some.do(http.MethodGet, "/", nil).StatusCode)
	others := &browser{w: w, host: host(w.open(order{App: "web", Public: true, Allowed: "10.0.0.1"}))}
	assert.Equal(t, http.StatusForbidden, others.do(http.MethodGet, "/", nil).StatusCode)
	private := &browser{w: w, host: host(w.open(order{App: "web"}))}
	assert.Equal(t, http.StatusForbidden, private.do(http.MethodGet, "/", nil).StatusCode, "the same app, opened for oneself")
	assert.NotEqual(t, everybody.host, private.host)
}

func TestSoManyAppsAndNoMore(t *testing.T) {
	w := newWorld(t)
	var first *browser
	for i := range maxPerPerson + 1 {
		name := "app" + strconv.Itoa(i)
		w.manager.serve(name, "http", http.HandlerFunc(hello))
		if b := w.browse(w.open(order{App: name})); first == nil {
			first = b
		}
	}
	resp := first.do(http.MethodGet, "/", nil)
	assert.Equal(t, http.StatusMisdirectedRequest, resp.StatusCode, "the one used least recently makes room")
	assert.Len(t, w.apps.byID, maxPerPerson)
}

func TestAppsThatNobodyUsesAreClosed(t *testing.T) {
	time0 := &clock{time.Now()}
	w := newWorld(t, func(o *Options) { o.Now = time0.now })
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	w.manager.serve("other", "http", http.HandlerFunc(hello))
	b := w.browse(w.open(order{App: "web"}))
	w.apps.mu.Lock()
	for _, o := range w.apps.byID {
		o.mu.Lock()
		o.used = o.used.Add(-idleApp - time.Minute)
		o.mu.Unlock()
	}
	w.apps.mu.Unlock()
	w.open(order{App: "other"})
	assert.Equal(t, http.StatusMisdirectedRequest, b.do(http.MethodGet, "/", nil).StatusCode)
}

func TestTheServerClosesItsApps(t *testing.T) {
	w := newWorld(t)
	b := w.opened(http.HandlerFunc(hello))
	w.apps.Close()
	assert.Equal(t, http.StatusForbidden, b.do(http.MethodGet, "/", nil).StatusCode)
}

func TestProblemsHaveAKind(t *testing.T) {
	for err, want := range map[error]string{
		errNoApp: "app-not-found", client.ErrNotListening: "app-not-listening", errSilent: "app-silent", errNoSlot: "app-proxy-full",
		context.DeadlineExceeded: "gateway-timeout", io.ErrUnexpectedEOF: "bad-gateway",
		fmt.Errorf("%w: x", errProxy):                      "app-proxy-failed",
		error(&client.Error{Kind: client.KindClock}):       "generic-forbidden",
		error(&client.Error{Kind: client.KindQuota}):       "invalid-api-params",
		error(&client.Error{Kind: client.KindTimeout}):     "gateway-timeout",
		error(&client.Error{Kind: client.KindUnreachable}): "bad-gateway",
		error(&client.Error{Kind: client.KindNotFound}):    "session-not-found",
		error(&client.Error{Kind: client.KindServer}):      "app-not-started",
	} {
		_, slug, title := problemOf(err)
		assert.Equal(t, want, slug)
		assert.NotEmpty(t, title)
	}
}
