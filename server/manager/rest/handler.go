package rest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/guesses"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/idle"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/runs"
	"github.com/baiui/baiui/server/manager/settings"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
	"github.com/baiui/baiui/server/manager/usage"
	"github.com/baiui/baiui/server/turns"
)

// The versions this manager says it is.
const (
	APIVersion     = "v8.20240915"
	ManagerVersion = "24.09.14"
)

// Limits on what is read from a client.
const (
	maxBody    = 1 << 20  // bytes of a JSON body
	maxHeaders = 32 << 10 // bytes of all header lines
)

// Options are what the handler works with.
type Options struct {
	Store   *store.Store
	Engine  *life.Engine
	GraphQL api.GraphQL
	Hasher  *accounts.Hasher
	// Tasks are the background tasks. Activity is told when sessions are used,
	// Idle knows what follows from it.
	Tasks    *tasks.Tasks
	Activity *idle.Activity
	Idle     *idle.Checker
	// Folders answers the calls about folders and decides what sessions mount;
	// Storage is where files go in and out, below [StoragePath]. Both are nil for a
	// manager without folders.
	Folders *folders.Folders
	Storage http.Handler
	// Settings answers the calls about what people and administrators set.
	Settings *settings.Settings
	// AgentID names the node, Architecture is its ("x86_64"), Slots what it
	// offers: the slot names this manager knows.
	AgentID      string
	Architecture string
	Slots        model.ResourceSlots
	Log          *slog.Logger
	Now          func() time.Time
}

// Handler answers the manager's requests.
type Handler struct {
	Options
	routes *http.ServeMux
	limits *limiter
	// guesses are about passwords.
	guesses *guesses.Limiter
	uses    *uses
	// reports are about what sessions used.
	reports *usage.Reports

	streams openStreams
	large   *turns.Turns // see inTurn
	// runs is the code that runs for clients.
	runs runs.Runs
}

// New makes the handler.
func New(o Options) *Handler {
	h := &Handler{Options: o, limits: newLimiter(), guesses: guesses.New(o.Now), uses: &uses{}, large: turns.New(maxLarge)}
	h.reports = usage.New(usage.Options{Store: o.Store, Now: o.Now, Stats: func(k store.Kernel) (m model.Metrics) {
		_ = m.UnmarshalJSON(o.Engine.LastStats(k)) // what is not metrics is none
		return m
	}})
	h.routes = h.table()
	return h
}

// Close ends the code that runs for clients. Call it after the last request was
// answered.
func (h *Handler) Close() { h.runs.Close() }

// request is what handlers get: the request, and who sent it. Open routes have
// no caller.
type request struct {
	*http.Request
	caller api.Caller
}

// handler answers a request or returns why not. It must not have written
// anything when it returns an error.
type handler func(w http.ResponseWriter, r *request) error

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", "BackendAI")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause)
		}
		h.Log.Error("a handler panicked", "method", r.Method, "path", r.URL.Path, "cause", cause, "stack", string(debug.Stack()))
		problem.Internal(nil).Write(w)
	}()
	if err := h.serve(w, r); err != nil {
		h.refuse(w, r, err)
	}
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) error {
	if err := checkHeaders(r); err != nil {
		return err
	}
	allowOrigin(w, r)
	if err := checkVersion(r); err != nil {
		return err
	}
	if p := r.URL.Path; p == "" || p[0] != '/' || path.Clean(p) != p {
		// ServeMux would redirect to the plain form of the path, but a signature
		// is valid for one target only.
		return problem.UnknownPath(p)
	}
	h.routes.ServeHTTP(w, r)
	return nil
}

// dispatch answers a request whose path has been found.
func (h *Handler) dispatch(w http.ResponseWriter, r *http.Request, route *route) error {
	if r.Method == http.MethodOptions {
		return preflight(w, r, route)
	}
	m, ok := route.methods[r.Method]
	if !ok && r.Method == http.MethodHead {
		m, ok = route.methods[http.MethodGet]
	}
	if !ok {
		w.Header().Set("Allow", route.allow())
		return problem.WrongMethod()
	}
	req := &request{Request: r}
	if m.open {
		openRate(w.Header())
		return m.handle(w, req)
	}
	caller, limit, err := h.identify(r)
	if err != nil {
		return err
	}
	if err := h.count(w.Header(), caller.AccessKey, limit); err != nil {
		return err
	}
	if m.changes {
		switch status, err := h.status(r.Context()); {
		case err != nil:
			return err
		case status == store.StatusFrozen:
			return settings.Frozen()
		}
	}
	req.caller = caller
	if name := r.Header.Get(client.SigninHeader); name != "" {
		req.Request = r.WithContext(api.WithSignin(r.Context(), name))
	}
	return m.handle(w, req)
}

// refuse answers with the problem that err is. Refusals carry no rate headers.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	clearRate(w.Header())
	p := problem.Of(err)
	level := slog.LevelDebug
	if p.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if errors.Is(err, context.Canceled) {
		level = slog.LevelDebug // the client went away
	}
	h.Log.Log(r.Context(), level, "request refused", "method", r.Method, "path", r.URL.Path, "status", p.Status, "reason", p.Error())
	p.Write(w)
}

// checkHeaders refuses a request with more header text than any client sends.
func checkHeaders(r *http.Request) error {
	total := 0
	for name, values := range r.Header {
		for _, value := range values {
			total += len(name) + len(value) + 4
		}
	}
	if total > maxHeaders {
		return problem.TooLarge(http.StatusRequestHeaderFieldsTooLarge, "The request headers are larger than 32 KiB.")
	}
	return nil
}
