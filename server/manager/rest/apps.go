package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// appRequest is what a caller asks of an app.
type appRequest struct {
	session *store.Session
	kernel  *store.Kernel
	app     apps.App
	port    int // inside the kernel
	args    []string
	env     map[string]string
}

// readApp reads which app of a session is meant and checks that there is one.
// The session must be the caller's own.
func (h *Handler) readApp(r *request, p *params.Values) (*appRequest, error) {
	names := params.Names("app", "service")
	name := p.Required(names)
	portKey := params.Names("port")
	port := 0
	if p.Has(portKey) {
		port = p.Int(portKey, 0, 1024, 65535)
	}
	envs := p.Nullable(params.Names("envs"))
	arguments := p.Nullable(params.Names("arguments", "args"))
	p.Nullable(params.Names("login_session_token"))
	if err := p.Err(); err != nil {
		return nil, err
	}
	s, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return nil, err
	}
	a := &appRequest{session: s, kernel: s.Main(), env: map[string]string{}}
	if a.kernel == nil {
		return nil, problem.NoSession(r.PathValue("name"))
	}
	offered, err := apps.Load(a.kernel.ServicePorts)
	if err != nil {
		return nil, err
	}
	var there bool
	if a.app, there = apps.Find(offered, name); !there {
		return nil, problem.NotFound("app service", s.Name+":"+name)
	}
	if a.app.IsInference {
		return nil, problem.InvalidParams(name + " is an inference app. Starting inference apps can only be done by starting an inference service.")
	}
	a.port = a.app.Ports[0]
	if port != 0 {
		if !slices.Contains(a.app.Ports, port) {
			return nil, problem.InvalidParams(fmt.Sprintf("Service %s does not open the port number %d.", name, port))
		}
		a.port = port
	}
	return a, a.options(envs, arguments)
}

// options reads environment variables and arguments, which come as JSON text.
func (a *appRequest) options(envs, arguments *string) error {
	if envs != nil && *envs != "" {
		var values map[string]*string
		if json.Unmarshal([]byte(*envs), &values) != nil {
			return problem.InvalidParams("envs must be a JSON object of texts")
		}
		for name, value := range values {
			if value != nil {
				a.env[name] = *value
			}
		}
	}
	if arguments == nil || *arguments == "" {
		return nil
	}
	var values map[string]any
	if json.Unmarshal([]byte(*arguments), &values) != nil {
		return problem.InvalidParams("arguments must be a JSON object")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		words, err := apps.Argument(name, values[name])
		if err != nil {
			return problem.InvalidParams(err.Error())
		}
		a.args = append(a.args, words...)
	}
	return nil
}

// startApp brings the program behind an app up.
func (h *Handler) startApp(r *request, a *appRequest) error {
	err := h.Engine.StartApp(r.Context(), a.session, a.kernel, a.app, a.args, a.env)
	var failed *node.ServiceError
	if errors.As(err, &failed) {
		refused := problem.Internal(err)
		refused.Msg, refused.Data = "Failed to launch the app service", failed.Error()
		return refused
	}
	return h.nodeRefusal(err)
}

// nodeRefusal turns what the engine says about its node into an answer.
func (h *Handler) nodeRefusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, life.ErrNotHere):
		return problem.NotImplemented("The node of this manager has no such way into its sessions.")
	case errors.Is(err, node.ErrUnknown), errors.Is(err, node.ErrEnded):
		return problem.InvalidParams("The session does not run.")
	case store.KindOf(err) != store.KindInternal:
		return err
	}
	return problem.Node("execution", err)
}

// listApps tells which apps a session has: GET /stream/session/{name}/apps.
func (h *Handler) listApps(w http.ResponseWriter, r *request) error {
	s, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return err
	}
	list, err := restPorts(s)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, list)
}

// startService would hand an app to an app proxy: POST
// /session/{name}/start-service. This manager has none beside it, and its
// sessions have no ports on the machine that one could reach.
func (h *Handler) startService(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	if _, err := h.readApp(r, p); err != nil {
		return err
	}
	return problem.Unavailable("No coordinator configured for this resource group. "+
		"Apps of this manager are reached through /stream/session/"+strconv.Quote(r.PathValue("name"))+"/httpproxy.", nil)
}

// shutdownService ends the program behind an app: POST
// /session/{name}/shutdown-service.
func (h *Handler) shutdownService(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	name := p.Required(params.Names("service_name"))
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return err
	}
	// The real manager does not say either whether there was anything to end.
	if main := s.Main(); main != nil {
		if offered, err := apps.Load(main.ServicePorts); err == nil {
			if _, there := apps.Find(offered, name); there {
				if err := h.nodeRefusal(h.Engine.StopApp(r.Context(), main.ID, name)); err != nil {
					return err
				}
			}
		}
	}
	return reply.NoContent(w)
}

// interruptSession sends Ctrl+C: POST /session/{name}/interrupt.
func (h *Handler) interruptSession(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return err
	}
	h.runs.Interrupt(s.ID)
	err = h.Engine.Interrupt(r.Context(), s)
	if errors.Is(err, life.ErrNotNow) {
		return problem.InvalidParams("Can't interrupt a session that is not running")
	}
	if err := h.nodeRefusal(err); err != nil {
		return err
	}
	h.touch(s.ID)
	return reply.NoContent(w)
}
