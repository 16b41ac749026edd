package rest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/baiui/baiui/server/manager/problem"
)

// route is one path with its methods.
type route struct {
	handler *Handler
	methods map[string]method
}

// ServeHTTP is how ServeMux hands a matching request over.
func (t *route) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := t.handler.dispatch(w, r, t); err != nil {
		t.handler.refuse(w, r, err)
	}
}

// method is what one method of a path does. The zero value of the flags is the
// safe one: a signature is needed.
type method struct {
	handle  handler
	open    bool // for anybody, without a signature
	changes bool // refused while the manager is frozen
}

// maxLarge is how many large answers of a key pair are made or being read at a time.
const maxLarge = 8

// inTurn is for calls whose answers may be large and are in memory until they have
// been read: there are few of each key pair at a time.
func (h *Handler) inTurn(f handler) handler {
	return func(w http.ResponseWriter, r *request) error {
		leave, err := h.large.Enter(r.Context(), r.caller.AccessKey)
		if err != nil {
			return err
		}
		defer leave()
		return f(w, r)
	}
}

// allow is the Allow header.
func (t *route) allow() string {
	names := make([]string, 0, len(t.methods)+1)
	for name := range t.methods {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(append(names, http.MethodOptions), ",")
}

// table lists every route. More specific patterns win, so "_" stands before
// names of sessions.
func (h *Handler) table() *http.ServeMux {
	signed := func(f handler) method { return method{handle: f} }
	change := func(f handler) method { return method{handle: f, changes: true} }
	large := func(f handler) method { return method{handle: h.inTurn(f)} }
	open := func(f handler) method { return method{handle: f, open: true} }
	const get, post, patch, del = http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete

	routes := map[string]map[string]method{
		"/{$}": {get: open(h.hello)},

		"/auth":           {get: signed(h.authTest), post: signed(h.authTest)},
		"/auth/test":      {get: signed(h.authTest), post: signed(h.authTest)},
		"/auth/authorize": {post: open(h.authorize)},
		"/auth/role":      {get: signed(h.role)},

		"/auth/update-password":         {post: signed(h.updatePassword)},
		"/auth/update-password-no-auth": {post: open(h.updateOldPassword)},
		"/auth/update-full-name":        {post: signed(h.updateFullName)},

		"/admin/gql":     {post: large(h.graphql)},
		"/admin/graphql": {post: large(h.graphqlOld)},

		"/session":                         {post: change(h.createSession)},
		"/session/_/create":                {post: change(h.createSession)},
		"/session/_/create-from-template":  {post: change(h.createFromTemplate)},
		"/session/_/dry-run":               {post: signed(h.dryRun)},
		"/session/_/match":                 {get: signed(h.matchSessions)},
		"/session/_/logs":                  {get: large(h.taskLogs)},
		"/session/{name}":                  {get: signed(h.getSession), post: signed(h.executeCode), patch: signed(h.restartSession), del: signed(h.destroySession)},
		"/session/{name}/complete":         {post: signed(h.complete)},
		"/session/{name}/logs":             {get: large(h.sessionLogs)},
		"/session/{name}/rename":           {post: signed(h.renameSession)},
		"/session/{name}/interrupt":        {post: signed(h.interruptSession)},
		"/session/{name}/start-service":    {post: signed(h.startService)},
		"/session/{name}/shutdown-service": {post: signed(h.shutdownService)},

		"/session/{name}/files":              {get: large(h.listFiles)},
		"/session/{name}/upload":             {post: signed(h.upload)},
		"/session/{name}/download":           {post: signed(h.download), get: signed(h.deprecatedDownload)},
		"/session/{name}/download_single":    {post: signed(h.downloadSingle), get: signed(h.deprecatedDownload)},
		"/session/{name}/dependency-graph":   {get: signed(h.dependencyGraph)},
		"/session/{name}/imagify":            {post: change(h.imagify)},
		"/session/{name}/commit":             {get: signed(h.commitStatus), post: change(h.commitFile)},
		"/session/{name}/abusing-report":     {get: signed(h.nothingToSay)},
		"/session/{name}/direct-access-info": {get: signed(h.nothingToSay)},
		"/session/_/transit-status":          {post: signed(h.transitStatus)},

		"/stream/session/{name}/apps":      {get: signed(h.listApps)},
		"/stream/session/{name}/execute":   {get: signed(h.streamExecute)},
		"/stream/session/{name}/httpproxy": {get: signed(h.tunnel)},
		"/stream/session/{name}/tcpproxy":  {get: signed(h.tunnel)},

		"/resource/presets":       {get: signed(h.listPresets)},
		"/resource/check-presets": {post: signed(h.checkPresets)},

		"/resource/container-registries": {get: signed(superadminsOnly(h.containerRegistries))},
		"/config/docker-registries":      {get: signed(superadminsOnly(h.containerRegistries))},
		"/resource/recalculate-usage":    {post: signed(superadminsOnly(h.recalculateUsage))},
		"/resource/usage/month":          {get: large(superadminsOnly(h.usageOfMonth))},
		"/resource/usage/period":         {get: large(superadminsOnly(h.usageOfPeriod))},
		"/resource/stats/user/month":     {get: signed(h.userStats)},
		"/resource/stats/admin/month":    {get: signed(superadminsOnly(h.adminStats))},

		"/events/session":         {get: signed(h.sessionEvents)},
		"/events/background-task": {get: signed(h.taskEvents)},

		"/acl":      {get: signed(h.permissionNames)},
		"/services": {get: signed(h.services)},

		"/scaling-groups":                        {get: signed(h.scalingGroups)},
		"/scaling-groups/{name}/wsproxy-version": {get: signed(h.wsproxyVersion)},
		"/config/resource-slots":                 {get: open(h.resourceSlots)},
		"/manager/status":                        {get: open(h.managerStatus)},
		"/config/vfolder-types":                  {get: open(h.folderTypes)},
		"/config/resource-slots/details":         {get: open(h.resourceSlotDetails)},
	}
	h.addFolders(routes)
	h.addSettings(routes)
	mux := http.NewServeMux()
	for pattern, methods := range routes {
		mux.Handle(pattern, &route{h, methods})
	}
	if h.Storage != nil {
		mux.Handle(StoragePath+"/", http.StripPrefix(StoragePath, h.Storage))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { h.refuse(w, r, problem.UnknownPath(r.URL.Path)) })
	return mux
}

// StoragePath is below what path the storage's own interface is, which knows
// callers by tokens.
const StoragePath = "/storage"

// addFolders adds the calls about folders. Those that only look stay open while
// the manager is frozen.
func (h *Handler) addFolders(routes map[string]map[string]method) {
	if h.Folders == nil {
		return
	}
	for pattern, calls := range h.Folders.Routes() {
		methods := map[string]method{}
		for name, call := range calls {
			handle := func(w http.ResponseWriter, r *request) error { return call(w, r.Request, r.caller) }
			if name == http.MethodGet {
				methods[name] = method{handle: h.inTurn(handle)} // lists
			} else {
				methods[name] = method{handle: handle, changes: true}
			}
		}
		routes[pattern] = methods
	}
}

// addSettings adds what people and administrators set. Some paths have other
// methods here already.
func (h *Handler) addSettings(routes map[string]map[string]method) {
	for pattern, calls := range h.Settings.Routes() {
		if routes[pattern] == nil {
			routes[pattern] = map[string]method{}
		}
		for name, call := range calls {
			routes[pattern][name] = method{
				handle: func(w http.ResponseWriter, r *request) error { return call.Handle(w, r.Request, r.caller) },
				open:   call.Open,
			}
		}
	}
}

// StorageURL is where the client of a request reaches the storage: at the
// address by which it has reached the manager.
func StorageURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + StoragePath
}
