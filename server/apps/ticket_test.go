package apps

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clock is one that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func TestATicketIsGoodOnceAndForAMinute(t *testing.T) {
	time0 := &clock{time.Now()}
	w := newWorld(t, func(o *Options) { o.Now = time0.now })
	w.manager.serve("web", "http", http.HandlerFunc(hello))
	w.manager.serve("other", "http", http.HandlerFunc(hello))
	fresh := func() *url.URL {
		u, err := url.Parse(w.open(order{App: "web"}))
		require.NoError(t, err)
		return u
	}
	follow := func(u *url.URL, host string, header ...string) *http.Response {
		b := &browser{w: w, host: host}
		return b.do(http.MethodGet, u.RequestURI(), nil, append(header, "Accept", "text/html")...)
	}
	refused := func(t *testing.T, resp *http.Response) {
		t.Helper()
		assert.Equal(t, http.StatusForbidden, resp.StatusCode)
		assert.Contains(t, text(t, resp), `data-page="ticket"`)
		assert.Empty(t, resp.Header["Set-Cookie"])
	}

	t.Run("its cookie is for this name, and no script reads it", func(t *testing.T) {
		u := fresh()
		resp := follow(u, u.Host)
		require.Equal(t, http.StatusSeeOther, resp.StatusCode)
		assert.Equal(t, "/", resp.Header.Get("Location"))
		assert.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
		assert.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"))
		c := resp.Cookies()[0]
		assert.True(t, c.HttpOnly)
		assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
		assert.Empty(t, c.Domain)
		assert.Equal(t, "/", c.Path)
	})
	t.Run("used again", func(t *testing.T) {
		u := fresh()
		require.Equal(t, http.StatusSeeOther, follow(u, u.Host).StatusCode)
		refused(t, follow(u, u.Host))
	})
	t.Run("used again by the browser that has the cookie", func(t *testing.T) {
		u := fresh()
		c := follow(u, u.Host).Cookies()[0]
		resp := follow(u, u.Host, "Cookie", c.Name+"="+c.Value)
		assert.Equal(t, http.StatusSeeOther, resp.StatusCode, "a tab that is restored finds its app")
	})
	t.Run("too late", func(t *testing.T) {
		u := fresh()
		time0.at = time0.at.Add(ticketLife)
		refused(t, follow(u, u.Host))
	})
	t.Run("guessed", func(t *testing.T) {
		u := fresh()
		u.RawQuery = "ticket=" + newSecret()
		refused(t, follow(u, u.Host))
		u.RawQuery = ""
		refused(t, follow(u, u.Host))
	})
	t.Run("at the name of another app", func(t *testing.T) {
		u := fresh()
		other, err := url.Parse(w.open(order{App: "other"}))
		require.NoError(t, err)
		refused(t, follow(u, other.Host))
		assert.Equal(t, http.StatusSeeOther, follow(u, u.Host).StatusCode, "where it belongs it is still good")
	})
	t.Run("of an app that was closed", func(t *testing.T) {
		w.signIn(ownerKeys)
		u := fresh()
		_, found, _ := w.post("", order{Session: sessionID, App: "web"})
		w.post("/"+found["id"].(string)+"/end", nil)
		refused(t, follow(u, u.Host))
	})
	t.Run("leads only within the app", func(t *testing.T) {
		for to, want := range map[string]string{
			"/lab?x=1#y": "/lab?x=1#y", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/",
			"/.baiui/open": "/", "": "/", "/a\nb": "/",
		} {
			u := fresh()
			query := u.Query()
			query.Set("to", to)
			u.RawQuery = query.Encode()
			assert.Equal(t, want, follow(u, u.Host).Header.Get("Location"), to)
		}
	})
	t.Run("is not for sending", func(t *testing.T) {
		u := fresh()
		b := &browser{w: w, host: u.Host}
		assert.Equal(t, http.StatusMethodNotAllowed, b.do(http.MethodPost, u.RequestURI(), strings.NewReader("x")).StatusCode)
		assert.Equal(t, http.StatusNotFound, b.do(http.MethodGet, ownPath+"other", nil).StatusCode)
	})
}

func TestOverTLSNoOtherHostSetsTheCookie(t *testing.T) {
	c := newCookie("value", true)
	assert.Equal(t, "__Host-baiui_app", c.Name)
	assert.True(t, c.Secure)
	assert.NoError(t, c.Valid())
}

func TestTicketsAndCookiesHaveRoomForSoMany(t *testing.T) {
	var s secrets
	now := time.Now()
	first := s.add(now, time.Minute)
	var last string
	for i := range maxKept {
		last = s.add(now.Add(time.Duration(i+1)*time.Second), time.Minute)
	}
	assert.Len(t, s, maxKept)
	assert.False(t, s.has(first, now), "what ends first makes room")
	assert.True(t, s.take(last, now))
	assert.False(t, s.take(last, now))
	s.add(now.Add(time.Hour), time.Minute)
	assert.Len(t, s, 1, "what has ended is forgotten")
}
