package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// AppRequest says which app of a session is wanted.
type AppRequest struct {
	Session string // id, or name
	App     string // the name of the service port
	// Port is another container port of the app than its first, 1024 to 65535; 0
	// is the first.
	Port int
	// Arguments and Envs are for the program behind the app. They count only for
	// the call that starts it.
	Arguments map[string]string
	Envs      map[string]string
}

// appTimeout is how long the manager may take to start the program behind an
// app; some notebook servers need most of it on a busy node.
const appTimeout = time.Minute

// TunnelPath is the path, with its query, under which the manager leads to the
// app, for GET with an upgrade to a websocket. The same request always gives the
// same text, so that it can be signed beforehand: see [Client.Presign].
func (r AppRequest) TunnelPath() string {
	query := url.Values{"app": {r.App}}
	if r.Port != 0 {
		query.Set("port", strconv.Itoa(r.Port))
	}
	if len(r.Arguments) > 0 {
		query.Set("arguments", jsonText(r.Arguments))
	}
	if len(r.Envs) > 0 {
		query.Set("envs", jsonText(r.Envs))
	}
	return "/stream/session/" + PathEscape(r.Session) + "/httpproxy?" + query.Encode()
}

// StartPath is the path of [Sessions.StartService].
func (r AppRequest) StartPath() string {
	return "/session/" + PathEscape(r.Session) + "/start-service"
}

// AppsPath is the path of [Sessions.Apps].
func (r AppRequest) AppsPath() string { return "/stream/session/" + PathEscape(r.Session) + "/apps" }

// ProxyVersionPath is the path of [Client.ProxyVersion]. project may be empty.
func ProxyVersionPath(group, project string) string {
	path := "/scaling-groups/" + PathEscape(group) + "/wsproxy-version"
	if project != "" {
		path += "?" + url.Values{"group": {project}}.Encode()
	}
	return path
}

// jsonText spells texts by name; the names are sorted.
func jsonText(values map[string]string) string {
	data, err := json.Marshal(values)
	if err != nil {
		panic(err) // texts have a JSON form
	}
	return string(data)
}

// App is one of a session's apps, as the manager lists them.
type App struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"` // http, tcp, preopen
	Ports    []int  `json:"ports"`    // in the container
}

// Apps lists the apps of an own session. KindNotFound: there is no such session,
// or it is somebody else's.
func (s *Sessions) Apps(ctx context.Context, nameOrID string) ([]App, error) {
	var list []App
	err := s.client.Do(ctx, Request{Path: AppRequest{Session: nameOrID}.AppsPath()}, &list)
	return list, err
}

// ServiceAccess is how an app is reached through an App Proxy.
type ServiceAccess struct {
	Token string `json:"token"`
	// Proxy is the address of the App Proxy's coordinator.
	Proxy string `json:"wsproxy_addr"`
}

// StartService starts an app and hands it to the App Proxy of the session's
// resource group. Managers without one answer KindUnavailable; the apps of those
// are reached through their own tunnel.
func (s *Sessions) StartService(ctx context.Context, r AppRequest) (ServiceAccess, error) {
	body := map[string]any{"app": r.App}
	if r.Port != 0 {
		body["port"] = r.Port
	}
	if len(r.Arguments) > 0 {
		body["arguments"] = jsonText(r.Arguments)
	}
	if len(r.Envs) > 0 {
		body["envs"] = jsonText(r.Envs)
	}
	var access ServiceAccess
	err := s.client.Do(ctx, Request{Method: http.MethodPost, Path: r.StartPath(), Body: body, Timeout: appTimeout}, &access)
	return access, err
}

// ShutdownService ends the program behind an app. It is no error if it did not
// run.
func (s *Sessions) ShutdownService(ctx context.Context, nameOrID, app string) error {
	return s.client.Do(ctx, Request{
		Method: http.MethodPost, Path: "/session/" + PathEscape(nameOrID) + "/shutdown-service",
		Body: map[string]any{"service_name": app},
	}, nil)
}

// The App Proxy versions that [Client.ProxyVersion] answers with.
const (
	ProxyV1 = "v1" // none: the client makes a proxy of its own, through the manager's tunnel
	ProxyV2 = "v2" // coordinator and workers
)

// ProxyVersion tells how the apps of a resource group's sessions are reached.
// project is an id and may be empty.
func (c *Client) ProxyVersion(ctx context.Context, group, project string) (string, error) {
	var answer struct {
		Version string `json:"wsproxy_version"`
	}
	err := c.Do(ctx, Request{Path: ProxyVersionPath(group, project)}, &answer)
	return answer.Version, err
}

// File reads a small file of an own session's home, such as id_container, the
// private key with which one comes in by SSH.
func (s *Sessions) File(ctx context.Context, nameOrID, file string) ([]byte, error) {
	var data []byte
	err := s.client.Do(ctx, Request{
		Method: http.MethodPost, Path: "/session/" + PathEscape(nameOrID) + "/download_single",
		// 24.09 takes the name from the body, 26.9 from the query.
		Query: url.Values{"file": {file}}, Body: map[string]any{"file": file},
	}, &data)
	return data, err
}
