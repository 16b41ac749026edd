package apps

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/server/buffers"
	"github.com/baiui/baiui/server/gateway"
)

// The limits. Beyond them an app is not opened, and the oldest that nobody uses
// make room.
const (
	maxPerPerson = 32
	maxApps      = 2000
	// maxTunnels is how many connections an app may have at a time; further
	// requests wait for one.
	maxTunnels = 128
	// maxKept is for how many browsers' cookies and tickets of one app there is
	// room.
	maxKept = 16
	// keepEnded is how long an app that has ended is remembered, so that its page
	// can be told why.
	keepEnded = time.Hour
	// idleApp is how long an app may be unused before it is closed.
	idleApp = 24 * time.Hour
	// copyBuffer is how much of an answer is copied at a time, in bytes.
	copyBuffer = 64 << 10
)

// Options are what [Apps] needs. Manager, Transport, Key and Log must be set.
type Options struct {
	// Manager is the address of the manager; Endpoints are those that a browser in
	// API mode may name, Manager among them.
	Manager   *url.URL
	Endpoints []*url.URL
	// Transport reaches managers and App Proxies.
	Transport http.RoundTripper
	// Place is where apps appear, if that was configured; Local is where they
	// appear for browsers of this machine if not.
	Place, Local Place
	// Public says that people may open an app to everybody who knows its address.
	Public bool
	// Key makes the names of apps; 32 bytes that stay the same over restarts.
	Key []byte
	// Peers are the proxies in front of this server.
	Peers gateway.Peers
	// OwnCookie reports whether a cookie opens something of this server, so that
	// no app may see it.
	OwnCookie func(*http.Cookie) bool
	Log       *slog.Logger
	// Now is the clock of tickets and limits; nil for time.Now.
	Now func() time.Time
}

// Apps are the apps that are open. It answers POST /server/apps… for the page
// ([Apps.ServePage]) and everything under the names of apps ([Apps.ServeHTTP]).
type Apps struct {
	Options
	pages   *pages
	buffers *buffers.Pool
	ctx     context.Context // ended by Close
	cancel  context.CancelFunc

	mu      sync.Mutex
	byID    map[string]*app
	byLabel map[string][]*app // of one label: one for each holder
}

// New makes the table of open apps.
func New(options Options) *Apps {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.OwnCookie == nil {
		options.OwnCookie = func(*http.Cookie) bool { return false }
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Apps{Options: options, pages: newPages(), buffers: buffers.New(copyBuffer), ctx: ctx, cancel: cancel,
		byID: map[string]*app{}, byLabel: map[string][]*app{}}
}

// Close ends every app, and what streams for it.
func (a *Apps) Close() {
	a.cancel()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, open := range a.byID {
		open.end(errStopped)
	}
}

// Why an app has ended.
var (
	errStopped      = errors.New("the server has stopped")
	errSignedOut    = errors.New("signed out")
	errClosed       = errors.New("closed by its owner")
	errSessionEnded = errors.New("the session has ended")
	errReplaced     = errors.New("too many apps are open")
)

// app is one app of one session, opened by one person.
type app struct {
	id     string
	label  string
	place  Place
	holder string      // who may go on with it: a sign-in, or a browser in API mode
	owner  string      // the access key
	ui     string      // the origin of the web interface that it was opened from
	use    func() bool // counts as use of the sign-in; false when that is over
	proxy  http.Handler
	// roundTripper goes through the tunnels of this app.
	roundTripper http.RoundTripper
	idle         func()      // closes unused tunnels
	until        *time.Timer // ends the app when nobody may use it any more

	public  bool
	allowed []netip.Prefix // of addresses, for a public app; none for all

	ctx context.Context // ends with the app; its cause says why
	end context.CancelCauseFunc

	mu       sync.Mutex
	used     time.Time
	order    order
	client   *client.Client // the manager, in the owner's name
	route    route
	tickets  secrets
	cookies  secrets
	access   client.ServiceAccess // of an App Proxy, once started
	redirect string               // address at a worker of the App Proxy, once reached
}

// route is which way leads to an app.
type route string

const (
	routeTunnel route = "tunnel"   // through the manager, by this server
	routeProxy  route = "appproxy" // through the App Proxy of the resource group
)

// ended is why the app has ended, nil while it has not.
func (o *app) ended() error { return context.Cause(o.ctx) }

// origin is where the browser finds the app.
func (o *app) origin() string { return o.place.origin(o.label) }

// touch notes that the app is used. It reports whether it may be.
func (o *app) touch(now time.Time) bool {
	if o.ended() != nil {
		return false
	}
	if !o.use() {
		o.end(errSignedOut)
		return false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.used = now
	return true
}

func (o *app) lastUse() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.used
}

// now is what was asked for last, and the client to go on with.
func (o *app) now() (order, *client.Client) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.order, o.client
}

// keep puts an app into the table. If its holder has opened the same one already,
// that one goes on with the new order, so that the tabs that show it stay, and is
// returned.
func (a *Apps) keep(o *app, until time.Duration) *app {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sweep()
	for _, before := range a.byLabel[o.label] {
		if before.holder == o.holder && before.ended() == nil && before.until.Reset(until) {
			before.mu.Lock()
			before.order, before.client, before.route, before.used = o.order, o.client, o.route, a.Now()
			before.mu.Unlock()
			o.end(errReplaced)
			return before
		}
	}
	a.makeRoom(o.owner)
	a.byID[o.id], a.byLabel[o.label] = o, append(slices.Clone(a.byLabel[o.label]), o)
	context.AfterFunc(o.ctx, o.idle)
	return o
}

// sweep forgets what has ended a while ago and closes what nobody uses; the
// caller holds mu.
func (a *Apps) sweep() {
	now := a.Now()
	for _, o := range a.byID {
		unused := now.Sub(o.lastUse())
		switch {
		case o.ended() != nil && unused > keepEnded:
			a.forget(o, errClosed)
		case unused > idleApp:
			a.forget(o, errClosed)
		}
	}
}

// makeRoom closes the apps used least recently so that there is room for one
// more; the caller holds mu.
func (a *Apps) makeRoom(owner string) {
	var all, own []*app
	for _, o := range a.byID {
		all = append(all, o)
		if o.owner == owner {
			own = append(own, o)
		}
	}
	for _, list := range []struct {
		apps []*app
		most int
	}{{own, maxPerPerson}, {all, maxApps}} {
		slices.SortFunc(list.apps, func(x, y *app) int { return x.lastUse().Compare(y.lastUse()) })
		for _, o := range list.apps[:max(0, len(list.apps)-list.most+1)] {
			a.forget(o, errReplaced)
		}
	}
}

// forget ends an app and takes it out of the table; the caller holds mu.
func (a *Apps) forget(o *app, why error) {
	o.end(why)
	delete(a.byID, o.id)
	rest := slices.DeleteFunc(slices.Clone(a.byLabel[o.label]), func(other *app) bool { return other == o })
	if a.byLabel[o.label] = rest; len(rest) == 0 {
		delete(a.byLabel, o.label)
	}
}

// find is the app of an id that one of the holders opened, nil for anybody
// else's.
func (a *Apps) find(id string, holders []string) *app {
	a.mu.Lock()
	defer a.mu.Unlock()
	if o := a.byID[id]; o != nil && slices.Contains(holders, o.holder) {
		return o
	}
	return nil
}

// at are the apps of a Host header: the same app, opened by several holders. The
// newest is last.
func (a *Apps) at(host string) []*app {
	for _, place := range []Place{a.Place, a.Local} {
		if label, ok := place.label(host); place.Some() && ok {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.byLabel[label] // never changed in place
		}
	}
	return nil
}

// endAll ends the apps of a holder.
func (a *Apps) endAll(holder string, why error) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	count := 0
	for _, o := range a.byID {
		if o.holder == holder && o.ended() == nil {
			o.end(why)
			count++
		}
	}
	return count
}

// newSecret is 256 random bits that fit into a URL and a cookie.
func newSecret() string {
	var bytes [32]byte
	_, _ = rand.Read(bytes[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(bytes[:])
}
