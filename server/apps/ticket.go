package apps

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// ticketLife is how long a ticket may be used: the tab follows at once.
	ticketLife = time.Minute
	// cookieLife is how long a browser may use an app before the page has to open
	// it again; the sign-in may end it before.
	cookieLife = 7 * 24 * time.Hour
)

// openPath is where a ticket is exchanged for a cookie. Everything below
// /.baiui/ is this server's and never reaches an app.
const (
	ownPath  = "/.baiui/"
	openPath = ownPath + "open"
)

// The names of the cookie. With the prefix, which takes TLS, a browser lets no
// other host set it.
const (
	cookiePlain  = "baiui_app"
	cookieSecure = "__Host-baiui_app"
)

// secrets are the hashes of what was handed out, with the end of each. The owner
// holds a lock.
type secrets map[[sha256.Size]byte]time.Time

// add makes a secret. When there is no room, what ends first goes.
func (s *secrets) add(now time.Time, life time.Duration) string {
	if *s == nil {
		*s = secrets{}
	}
	for hash, end := range *s {
		if !now.Before(end) {
			delete(*s, hash)
		}
	}
	for len(*s) >= maxKept {
		var first [sha256.Size]byte
		var least time.Time
		for hash, end := range *s {
			if least.IsZero() || end.Before(least) {
				first, least = hash, end
			}
		}
		delete(*s, first)
	}
	secret := newSecret()
	(*s)[sha256.Sum256([]byte(secret))] = now.Add(life)
	return secret
}

// has reports whether a secret is good. Comparing hashes in a map gives away
// nothing of them that would help to find a secret.
func (s secrets) has(secret string, now time.Time) bool {
	end, found := s[sha256.Sum256([]byte(secret))]
	return found && now.Before(end)
}

// take is has, for the last time.
func (s secrets) take(secret string, now time.Time) bool {
	ok := s.has(secret, now)
	delete(s, sha256.Sum256([]byte(secret)))
	return ok
}

// ticketURL is an address that opens the app once.
func (o *app) ticketURL(now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	query := url.Values{"ticket": {o.tickets.add(now, ticketLife)}}
	if o.order.Path != "" && o.order.Path != "/" {
		query.Set("to", o.order.Path)
	}
	return o.origin() + openPath + "?" + query.Encode()
}

// serveOwn answers under /.baiui/, for the apps of one name.
func (a *Apps) serveOwn(w http.ResponseWriter, r *http.Request, list []*app) {
	last := list[len(list)-1]
	if r.URL.Path != openPath {
		a.pages.write(w, r, last, pageMissing)
		return
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		a.pages.write(w, r, last, pageMethod)
		return
	}
	query := r.URL.Query()
	for _, o := range list {
		if cookie := o.exchange(query.Get("ticket"), a.Now()); cookie != "" {
			http.SetCookie(w, newCookie(cookie, a.Peers.Secure(r)))
			redirect(w, localPath(query.Get("to")))
			return
		}
	}
	// A tab that is restored or reloaded comes with its old ticket, and may have
	// the cookie.
	if a.holderOf(r, list) != nil {
		redirect(w, localPath(query.Get("to")))
		return
	}
	a.pages.write(w, r, last, pageTicket)
}

// exchange takes a ticket and gives the value of a cookie for it, "" if the
// ticket is not good.
func (o *app) exchange(ticket string, now time.Time) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ended() != nil || !o.tickets.take(ticket, now) {
		return ""
	}
	return o.cookies.add(now, cookieLife)
}

// newCookie is what a browser gets for a ticket. It has no domain, so that it
// goes to this one name alone.
func newCookie(value string, secure bool) *http.Cookie {
	name := cookiePlain
	if secure {
		name = cookieSecure
	}
	return &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteLaxMode, MaxAge: int(cookieLife / time.Second)}
}

// holderOf is the app of whose tickets the browser had one, nil if none.
func (a *Apps) holderOf(r *http.Request, list []*app) *app {
	name := cookiePlain
	if a.Peers.Secure(r) {
		name = cookieSecure
	}
	cookies := r.CookiesNamed(name)
	now := a.Now()
	for _, cookie := range cookies[:min(len(cookies), 4)] {
		for _, o := range slices.Backward(list) {
			if o.knows(cookie.Value, now) {
				return o
			}
		}
	}
	return nil
}

// knows reports whether the value of a cookie is one of this app's.
func (o *app) knows(cookie string, now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cookies.has(cookie, now)
}

// localPath is a path of the app's own origin, "/" for anything else.
func localPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.HasPrefix(path, ownPath) ||
		strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r < 0x20 || r == 0x7f }) {
		return "/"
	}
	return path
}

// redirect leads on without leaving the ticket in the history, in a cache, or in
// the Referer.
func redirect(w http.ResponseWriter, path string) {
	header := w.Header()
	header.Set("Location", path)
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	w.WriteHeader(http.StatusSeeOther)
}
