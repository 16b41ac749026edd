package apps

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/gateway"
)

// The times that the stages may take.
const (
	findTimeout  = 20 * time.Second
	startTimeout = 70 * time.Second
	reachTimeout = 40 * time.Second
	openTimeout  = 40 * time.Second
)

// holderCookie tells browsers in API mode apart, which have no sign-in here. It
// opens nothing but the right to close what was opened with it.
const holderCookie = "baiui_apps"

// visitor is who asks: somebody signed in, a browser in API mode, or both.
type visitor struct {
	person  *gateway.Person // nil for nobody
	browser string          // the value of its cookie, "" before it has one
}

// holders are the names under which a visitor may have opened apps.
func (v visitor) holders() []string {
	var list []string
	if v.person != nil {
		list = append(list, "sign-in "+v.person.Name)
	}
	if v.browser != "" {
		list = append(list, "browser "+v.browser)
	}
	return list
}

// ServePage answers the page: POST /server/apps and what is below. person is who
// is signed in, nil for nobody. The caller has refused requests of other origins.
func (a *Apps) ServePage(w http.ResponseWriter, r *http.Request, person *gateway.Person) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		gateway.WriteProblem(w, http.StatusMethodNotAllowed, "method-not-allowed", "Method Not Allowed", "")
		return
	}
	v := visitor{person: person, browser: cookieValue(r, holderCookie)}
	rest := strings.Trim(strings.TrimPrefix(r.URL.Path, gateway.AppsPath), "/")
	id, stage, _ := strings.Cut(rest, "/")
	switch {
	case rest == "":
		a.serveFind(w, r, v)
	case rest == "end":
		for _, holder := range v.holders() {
			a.endAll(holder, errSignedOut)
		}
		answer(w, struct{}{})
	default:
		a.serveStage(w, r, v, id, stage)
	}
}

func cookieValue(r *http.Request, name string) string {
	if c, err := r.Cookie(name); err == nil && len(c.Value) == len(newSecret()) {
		return c.Value
	}
	return ""
}

// answer writes JSON.
func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(value) // the client may be gone
}

// found is the answer to an order.
type found struct {
	ID    string `json:"id"`
	Route route  `json:"route"`
	// Address is where the app will be, for routeTunnel.
	Address string `json:"address,omitempty"`
}

// serveFind looks for the app and for the way that leads to it.
func (a *Apps) serveFind(w http.ResponseWriter, r *http.Request, v visitor) {
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		refuse(w, http.StatusBadRequest, "invalid-api-params", "This is no order of an app.", "")
		return
	}
	if err := o.check(); err != nil {
		refuse(w, http.StatusBadRequest, "invalid-api-params", "This app cannot be ordered.", err.Error())
		return
	}
	if o.Public && !a.Public {
		refuse(w, http.StatusForbidden, "generic-forbidden", "Apps cannot be opened to everybody here.", "")
		return
	}
	if len(o.Signed) > 0 {
		v.person = nil // a page in API mode, whatever another tab has signed in
	}
	c, owner, err := a.clientFor(v, &o)
	if err != nil {
		gateway.WriteSignedOut(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), findTimeout)
	defer cancel()
	way, err := findRoute(ctx, c, &o)
	if err != nil {
		a.refuseFailure(w, err)
		return
	}
	if v.person == nil && v.browser == "" {
		v.browser = newSecret()
		http.SetCookie(w, &http.Cookie{Name: holderCookie, Value: v.browser, Path: gateway.AppsPath, HttpOnly: true,
			Secure: a.Peers.Secure(r), SameSite: http.SameSiteStrictMode})
	}
	opened, err := a.make(r, v, o, c, owner, way)
	if err != nil {
		refuse(w, http.StatusConflict, "no-host-for-apps", "Apps cannot be opened at this address.",
			"Each app needs a host name of its own. Open this page at localhost, or give the server a wildcard name with --apps-host.")
		return
	}
	out := found{ID: opened.id, Route: way}
	if way == routeTunnel && !o.isTCP() {
		out.Address = opened.origin()
	}
	answer(w, out)
}

var errNobody = errors.New("sign in, or send signatures for an address of a manager that this server knows")

// clientFor makes the client in whose name the manager is asked, and says whose
// access key it uses.
func (a *Apps) clientFor(v visitor, o *order) (*client.Client, string, error) {
	config := client.Config{Mode: model.ModeAPI, HTTP: &http.Client{Transport: a.Transport}, Now: a.Now, UserAgent: "baiui apps"}
	if v.person != nil {
		config.Endpoint, config.KeyPair = a.Manager.String(), v.person.Keys
		c, err := client.New(config)
		return c, v.person.Keys.AccessKey, err
	}
	endpoint := strings.TrimRight(o.Endpoint, "/")
	known := slices.ContainsFunc(a.Endpoints, func(u *url.URL) bool { return u.String() == endpoint })
	owner := ownerOf(o.Signed)
	if !known || owner == "" {
		return nil, "", errNobody
	}
	signed := o.Signed
	config.Endpoint = endpoint
	config.Presigned = func(method, path string) (client.Signed, bool) {
		return client.Nearest(signed[method+" "+path], a.Now())
	}
	c, err := client.New(config)
	return c, owner, err
}

// ownerOf is the access key of signatures, "" if they are not all of one.
func ownerOf(signed map[string][]client.Signed) string {
	owner := ""
	for _, list := range signed {
		for _, s := range list {
			key := s.AccessKey()
			if key == "" || owner != "" && key != owner {
				return ""
			}
			owner = key
		}
	}
	return owner
}

// errNoApp says that a session has no app of the name.
var errNoApp = errors.New("apps: no such app")

// findRoute asks the manager whether the session, which must be the caller's own,
// has the app, and which way leads to it.
func findRoute(ctx context.Context, c *client.Client, o *order) (route, error) {
	list, err := c.Sessions().Apps(ctx, o.Session)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(app client.App) bool { return app.Name == o.App })
	if i < 0 {
		return "", errNoApp
	}
	o.Protocol = list[i].Protocol
	if o.Group == "" {
		return routeTunnel, nil
	}
	version, err := c.ProxyVersion(ctx, o.Group, o.Project)
	switch {
	case client.KindOf(err) == client.KindNotFound, client.KindOf(err) == client.KindForbidden:
		return routeTunnel, nil // the group is not for this person to see, but the session is
	case err != nil:
		return "", err
	case version == client.ProxyV2:
		return routeProxy, nil
	}
	return routeTunnel, nil
}

// make opens an app, or finds it open.
func (a *Apps) make(r *http.Request, v visitor, o order, c *client.Client, owner string, way route) (*app, error) {
	place, err := a.placeFor(a.Peers.Host(r))
	if err != nil && way == routeTunnel && !o.isTCP() {
		return nil, err
	}
	opened := &app{id: newSecret(), owner: owner, ui: a.Peers.Origin(r), order: o, client: c,
		place: place, route: way, used: a.Now(), public: o.Public}
	opened.allowed, _ = parseAllowed(o.Allowed) // checked before
	names := []string{owner, o.Session, strconv.Itoa(o.Port), publicWord(o), o.App}
	if c.Endpoint() != a.Manager.String() {
		// Whose an access key is, only its own manager says.
		names = append([]string{c.Endpoint()}, names...)
	}
	opened.label = a.newLabel(names...)
	life, parent := cookieLife, a.ctx
	if v.person != nil {
		opened.holder = "sign-in " + v.person.Name
		parent, opened.use = v.person.Context, v.person.Use
	} else {
		opened.holder = "browser " + v.browser
		life = lastDate(o.Signed["GET "+o.request().TunnelPath()]).Sub(a.Now())
		opened.use = func() bool { return true }
	}
	ctx, end := context.WithCancelCause(parent)
	opened.until = time.AfterFunc(life, func() { end(errSignedOut) })
	stop := context.AfterFunc(a.ctx, func() { end(errStopped) })
	context.AfterFunc(ctx, func() { opened.until.Stop(); stop() })
	opened.ctx, opened.end = ctx, end
	a.addProxy(opened)
	return a.keep(opened, life), nil
}

// publicWord keeps an app that is open to everybody apart from the same one that
// is not: what one stores in a browser is not for the other.
func publicWord(o order) string {
	if o.Public {
		return "public " + o.Allowed
	}
	return ""
}

// lastDate is until when signatures are good.
func lastDate(list []client.Signed) time.Time {
	var last time.Time
	for _, s := range list {
		if date, err := signing.ParseDate(s.Date); err == nil && date.After(last) {
			last = date
		}
	}
	return last.Add(signing.MaxSkew)
}

// serveStage does the next step for an app of this visitor.
func (a *Apps) serveStage(w http.ResponseWriter, r *http.Request, v visitor, id, stage string) {
	o := a.find(id, v.holders())
	if o == nil {
		refuse(w, http.StatusNotFound, "app-not-found", "This app is not open.", "")
		return
	}
	if stage == "end" {
		o.end(errClosed)
		answer(w, struct{}{})
		return
	}
	step, timeout := a.step(o, stage)
	if step == nil {
		refuse(w, http.StatusNotFound, "url-not-found", "Unknown URL path.", "")
		return
	}
	if !o.touch(a.Now()) {
		refuse(w, http.StatusGone, "app-ended", "This app has ended.", o.ended().Error())
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	out, err := step(ctx)
	if err != nil {
		a.refuseFailure(w, err)
		return
	}
	answer(w, out)
}

// refuse answers with a problem.
func refuse(w http.ResponseWriter, status int, slug, title, details string) {
	gateway.WriteProblem(w, status, slug, title, details)
}
