package folders

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
	"github.com/baiui/baiui/server/storage"
)

// maxBody is how much of a JSON body is read, in bytes.
const maxBody = 1 << 20

// Options are what the calls work with.
type Options struct {
	Store  *store.Store
	Volume *storage.Volume // opened with Quota set to [QuotaOf] the same store
	// URL is where clients reach Volume.Handler, without a slash at the end. The
	// request is the one that asks, for servers with several addresses.
	URL   func(r *http.Request) string
	Tasks *tasks.Tasks
	Log   *slog.Logger
	Now   func() time.Time
}

// Folders answers calls. Its methods may be called from several goroutines.
type Folders struct{ Options }

// New makes the answers.
func New(o Options) *Folders { return &Folders{o} }

// Handler answers one request of a caller whose signature was checked, or
// returns why not, without having written anything.
type Handler func(w http.ResponseWriter, r *http.Request, caller api.Caller) error

// Routes are all calls, by pattern of http.ServeMux (without a method) and by
// method. All of them need a signature.
func (f *Folders) Routes() map[string]map[string]Handler {
	const get, post, del = http.MethodGet, http.MethodPost, http.MethodDelete
	type methods = map[string]Handler
	routes := map[string]methods{
		"/folders":        {post: f.create, get: f.list, del: f.trashByID},
		"/folders/{name}": {get: f.info, del: f.trash},

		"/folders/_/id":               {get: f.id},
		"/folders/_/hosts":            {get: f.hosts},
		"/folders/_/all-hosts":        {get: f.allHosts},
		"/folders/_/allowed-types":    {get: f.allowedTypes},
		"/folders/_/perf-metric":      {get: f.notHere},
		"/folders/_/quota":            {get: f.quota, post: f.setQuota},
		"/folders/_/usage":            {get: f.usage},
		"/folders/_/used-bytes":       {get: f.usedBytes},
		"/folders/_/fstab":            {get: f.notHere},
		"/folders/_/mounts":           {get: f.notHere, post: f.notHere, del: f.notHere},
		"/folders/_/umounts":          {post: f.notHere},
		"/folders/_/change-ownership": {post: f.changeOwner},
		"/folders/_/shared":           {get: f.shared, post: f.updateShared},
		"/folders/_/sharing":          {post: f.updateSharing},

		"/folders/{name}/rename":                   {post: f.rename},
		"/folders/{name}/update-options":           {post: f.updateOptions},
		"/folders/{name}/mkdir":                    {post: f.mkdir},
		"/folders/{name}/files":                    {get: f.files},
		"/folders/{name}/rename-file":              {post: f.renameFile},
		"/folders/{name}/move-file":                {post: f.moveFile},
		"/folders/{name}/delete-files":             {post: f.deleteFiles, del: f.deleteFiles},
		"/folders/{name}/request-upload":           {post: f.requestUpload},
		"/folders/{name}/request-download":         {post: f.requestDownload},
		"/folders/{name}/request-download-archive": {post: f.requestArchive}, // since 26

		"/folders/{name}/invite":               {post: f.invite},
		"/folders/invitations/list":            {get: f.received},
		"/folders/invitations/list-sent":       {get: f.sent},
		"/folders/invitations/update/{inv_id}": {post: f.updateInvitation},
		"/folders/invitations/accept":          {post: f.accept},
		"/folders/invitations/delete":          {post: f.deleteInvitation, del: f.deleteInvitation},
		"/folders/{name}/leave":                {post: f.leave},
		"/folders/{name}/share":                {post: f.share},
		"/folders/{name}/unshare":              {post: f.unshare, del: f.unshare},
		"/folders/{name}/clone":                {post: f.clone},
		// A folder may have these names, too.
		"/folders/purge":                  {post: f.purge, get: f.info, del: f.trash},
		"/folders/restore-from-trash-bin": {post: f.restore, get: f.info, del: f.trash},
		"/folders/delete-from-trash-bin":  {post: f.deleteForGood, get: f.info, del: f.trash},
	}
	for old, now := range map[string]string{ // older spellings
		"/folders/_/all_hosts":           "/folders/_/all-hosts",
		"/folders/_/allowed_types":       "/folders/_/allowed-types",
		"/folders/{name}/rename_file":    "/folders/{name}/rename-file",
		"/folders/{name}/delete_files":   "/folders/{name}/delete-files",
		"/folders/invitations/list_sent": "/folders/invitations/list-sent",
	} {
		routes[old] = routes[now]
	}
	return routes
}

// nothing answers with an empty object, as 24.09 does where there is nothing to
// say.
func nothing(w http.ResponseWriter) error { return reply.JSON(w, http.StatusOK, struct{}{}) }

// empty answers with a status alone.
func empty(w http.ResponseWriter, status int) error {
	w.WriteHeader(status)
	return nil
}
