package settings

import (
	"context"
	"net/http"
	"time"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// maxBody is how much of a JSON body is read, in bytes.
const maxBody = 1 << 20

// Options are what the calls work with.
type Options struct {
	Store *store.Store
	Now   func() time.Time
	// EndSessions ends all sessions at once, for a freeze with force_kill.
	EndSessions func(context.Context) error
}

// Settings answers calls. Its methods may be called from several goroutines.
type Settings struct{ Options }

// New makes the answers.
func New(o Options) *Settings { return &Settings{o} }

// Handler answers one request of a caller whose signature was checked, or
// returns why not, without having written anything. Callers of open routes are
// empty.
type Handler func(w http.ResponseWriter, r *http.Request, caller api.Caller) error

// Route is one method of a path.
type Route struct {
	Handle Handler
	Open   bool // for anybody, without a signature
}

// Routes are all calls, by pattern of http.ServeMux (without a method) and by
// method.
func (s *Settings) Routes() map[string]map[string]Route {
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	type methods = map[string]Route
	signed := func(h Handler) Route { return Route{Handle: h} }
	super := func(h Handler) Route { return Route{Handle: superadminOnly(h)} }
	routes := map[string]methods{
		"/user-config/bootstrap-script": {get: signed(s.bootstrapScript), post: signed(s.setBootstrapScript)},
		"/auth/ssh-keypair":             {get: signed(s.sshKey), patch: signed(s.renewSSHKey), post: signed(s.setSSHKey)},

		"/template/session":      {get: signed(s.templates), post: signed(s.addTemplates)},
		"/template/session/{id}": {get: signed(s.template), put: signed(s.changeTemplate), del: signed(s.deleteTemplate)},

		"/logs/error":            {get: signed(s.errorLogs), post: signed(s.addErrorLog)},
		"/logs/error/{id}/clear": {post: signed(s.clearErrorLog)},

		"/config/get":    {post: super(s.getConfig)},
		"/config/set":    {post: super(s.setConfig)},
		"/config/delete": {post: super(s.deleteConfig)},

		"/manager/status":              {put: super(s.setStatus)},
		"/manager/announcement":        {get: {Handle: s.announcement, Open: true}, post: super(s.announce)},
		"/manager/scheduler/operation": {post: super(s.schedulerOperation)},
	}
	for prefix, owner := range map[string]dotfileOwner{
		"/user-config": s.dotfilesOfKeyPair, "/group-config": s.dotfilesOfProject, "/domain-config": s.dotfilesOfDomain,
	} {
		routes[prefix+"/dotfiles"] = methods{get: signed(s.readDotfiles(owner)), post: signed(s.addDotfile(owner)),
			patch: signed(s.changeDotfile(owner)), del: signed(s.deleteDotfile(owner))}
	}
	return routes
}

// superadminOnly keeps everybody else from a call.
func superadminOnly(h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request, c api.Caller) error {
		if !c.IsSuperadmin() {
			return problem.AuthFailed("Unauthorized access")
		}
		return h(w, r, c)
	}
}

// owner is on whose behalf a call acts: the caller, or the key pair that an
// admin names.
func (s *Settings) owner(ctx context.Context, c api.Caller, accessKey *string) (store.Identity, error) {
	return owner.Of(ctx, s.Store, c, accessKey)
}

// success is the answer of calls that only say that it was done.
type success struct {
	Success bool `json:"success"`
}
