package client

import (
	"context"
	"net/http"
	"time"

	"github.com/baiui/baiui/client/model"
)

// AppOrder is what a page asks its web server for: an app of a session, opened
// for the browser.
type AppOrder struct {
	Session   string            `json:"session"` // id, or name
	App       string            `json:"app"`
	Protocol  string            `json:"protocol,omitempty"` // of the service port; the manager's word counts
	Port      int               `json:"port,omitempty"`     // another container port than the first
	Arguments map[string]string `json:"arguments,omitempty"`
	Envs      map[string]string `json:"envs,omitempty"`
	// Group is the resource group of the session and Project the id of its
	// project; they tell whether there is an App Proxy.
	Group   string `json:"group,omitempty"`
	Project string `json:"project,omitempty"`
	// Path is where in the app to begin, such as /lab.
	Path string `json:"path,omitempty"`
	// Public opens the app to everybody who knows its address, from the addresses
	// and blocks of Allowed, or from everywhere if it names none.
	Public  bool   `json:"public,omitempty"`
	Allowed string `json:"allowed,omitempty"`
	// HostPort is the port that an App Proxy is to use, if it is free; 0 leaves the
	// choice to it.
	HostPort int    `json:"host_port,omitempty"`
	Lang     string `json:"lang,omitempty"` // of the pages that the server shows in the app's place

	// For ModeAPI: the manager, and signatures by method and path, separated by a
	// blank; see [Client.SignOrder].
	Endpoint string              `json:"endpoint,omitempty"`
	Signed   map[string][]Signed `json:"signed,omitempty"`
}

// Request is what the manager is asked for.
func (o AppOrder) Request() AppRequest {
	return AppRequest{Session: o.Session, App: o.App, Port: o.Port, Arguments: o.Arguments, Envs: o.Envs}
}

// AppLife is for how long a page in ModeAPI signs beforehand: an app that it has
// opened closes then at the latest.
const AppLife = 12 * time.Hour

// SignOrder adds the signatures that the web server needs to do what the order
// says in this client's name, and nothing else. In ModeSession there are none to
// add.
func (c *Client) SignOrder(ctx context.Context, o *AppOrder) error {
	if c.config.Mode != model.ModeAPI {
		return nil
	}
	if err := c.Connect(ctx); err != nil {
		return err
	}
	request := o.Request()
	calls := []struct {
		method, path string
		lasting      time.Duration
	}{
		{http.MethodGet, request.AppsPath(), 0},
		{http.MethodGet, request.TunnelPath(), AppLife},
		{http.MethodPost, request.StartPath(), 0},
	}
	if o.Group != "" {
		calls = append(calls, calls[0])
		calls[len(calls)-1].path = ProxyVersionPath(o.Group, o.Project)
	}
	o.Endpoint, o.Signed = c.Endpoint(), map[string][]Signed{}
	for _, call := range calls {
		list, err := c.Presign(call.method, call.path, call.lasting)
		if err != nil {
			return err
		}
		o.Signed[call.method+" "+call.path] = list
	}
	return nil
}

// AppOpener asks a web server of this project to open apps for the browser. The
// browser's cookie says who asks.
type AppOpener struct{ client *Client }

// NewAppOpener is for the web server at origin. config adds Log and Now.
func NewAppOpener(origin string, config Config) (*AppOpener, error) {
	config.Mode, config.Endpoint = model.ModeSession, origin
	c, err := New(config)
	return &AppOpener{c}, err
}

// The ways that lead to an app.
const (
	RouteTunnel = "tunnel"   // through the web server and the manager
	RouteProxy  = "appproxy" // through the App Proxy of the resource group
)

// FoundApp is an app that the web server has found.
type FoundApp struct {
	ID    string `json:"id"`
	Route string `json:"route"`
}

// OpenedApp is an app that answers.
type OpenedApp struct {
	// URL is where a tab goes; good once, and for a minute.
	URL string `json:"url"`
	// Gateway is where a program reaches an app that is none for browsers, as
	// tcp://host:port.
	Gateway string `json:"gateway"`
}

// The deadlines of the calls: a little more than the web server's own.
const (
	findAppTimeout  = 25 * time.Second
	startAppTimeout = 75 * time.Second
	reachAppTimeout = 45 * time.Second
)

// Find looks for the app and the way to it.
func (a *AppOpener) Find(ctx context.Context, o AppOrder) (FoundApp, error) {
	var found FoundApp
	err := a.post(ctx, "", o, findAppTimeout, &found)
	return found, err
}

// Start starts the program behind the app.
func (a *AppOpener) Start(ctx context.Context, id string) error {
	return a.post(ctx, "/"+PathEscape(id)+"/start", nil, startAppTimeout, nil)
}

// Reach waits until the app listens, or the App Proxy has a place for it.
func (a *AppOpener) Reach(ctx context.Context, id string) error {
	return a.post(ctx, "/"+PathEscape(id)+"/reach", nil, reachAppTimeout, nil)
}

// Open waits for the first byte of the app and gives its address.
func (a *AppOpener) Open(ctx context.Context, id string) (OpenedApp, error) {
	var opened OpenedApp
	err := a.post(ctx, "/"+PathEscape(id)+"/open", nil, reachAppTimeout, &opened)
	return opened, err
}

// EndAll closes the apps that this browser has opened.
func (a *AppOpener) EndAll(ctx context.Context) error {
	return a.post(ctx, "/end", nil, a.client.config.Timeout, nil)
}

func (a *AppOpener) post(ctx context.Context, path string, body any, timeout time.Duration, out any) error {
	if body == nil {
		body = struct{}{}
	}
	return a.client.Do(ctx, Request{Method: http.MethodPost, Path: "/server/apps" + path, Body: body, Timeout: timeout}, out)
}
