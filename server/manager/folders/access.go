package folders

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// The permissions on a folder.
const (
	readOnly  = "ro"
	readWrite = "rw"
	mayDelete = "wd"
)

// The sets of statuses that calls need.
func readable() []string {
	return []string{store.FolderReady, store.FolderPerforming, store.FolderCloning, store.FolderMounted, store.FolderError, store.FolderDeletePending}
}
func updatable() []string   { return []string{store.FolderReady, store.FolderMounted} }
func deletable() []string   { return []string{store.FolderReady} }
func recoverable() []string { return []string{store.FolderDeletePending} }
func deletableForGood() []string {
	return []string{store.FolderDeletePending, store.FolderDeleteError}
}
func purgable() []string { return []string{store.FolderDeleteComplete} }
func mountable() []string {
	return []string{store.FolderReady, store.FolderPerforming, store.FolderMounted}
}

// folder is a folder as one caller may use it.
type folder struct {
	store.Folder
	owner      bool   // may manage it
	permission string // ro, rw or wd
}

func (f folder) hexID() string { return strings.ReplaceAll(f.ID, "-", "") }

// place is where the storage has it.
func (f folder) place() (storage.FolderID, error) { return placeOf(f.Folder) }

func placeOf(f store.Folder) (storage.FolderID, error) {
	return storage.ParseFolderID(f.QuotaScope + "/" + strings.ReplaceAll(f.ID, "-", ""))
}

// viewer is how a caller looks at folders.
func viewer(c api.Caller) store.Viewer {
	v := store.Viewer{UserID: c.UserID}
	switch {
	case c.IsSuperadmin():
		v.AllProjects = true
	case c.IsAdmin():
		v.ProjectsOf = c.DomainName
	}
	return v
}

// seenBy is a folder of the caller's view with what the caller may do.
func seenBy(c api.Caller, f store.Folder) folder {
	out := folder{Folder: f, permission: f.Permission}
	switch {
	case f.UserID == c.UserID:
		out.owner = true
	case f.ProjectID != "":
		out.owner = c.IsSuperadmin() || c.IsAdmin() && f.DomainName == c.DomainName
		if f.Granted != "" {
			out.permission = f.Granted
		}
	case f.Granted != "":
		out.permission = f.Granted
	}
	return out
}

// need is what a call asks of the folder it is for.
type need struct {
	statuses []string
	write    bool   // the right to change what is in it
	owner    bool   // the right to manage it
	host     string // a permission on its host; empty: none
	// managed: administrators may, too, by id.
	managed bool
}

// nameOf is the folder a request names.
func nameOf(r *http.Request) string {
	if name := r.PathValue("name"); name != "" {
		return name
	}
	return path.Base(r.URL.Path) // a folder called like a call
}

// find finds the folder that a call is for, by name or id.
func (f *Folders) find(ctx context.Context, c api.Caller, name string, n need) (folder, error) {
	v := viewer(c)
	q := store.FolderQuery{Viewer: &v}
	id, err := uuid.Parse(name)
	byID := err == nil && (len(name) == 32 || len(name) == 36)
	if byID {
		q.IDs = []string{id.String()}
	} else {
		q.Name = name
	}
	rows, _, err := f.Store.Folders(ctx, q)
	if err != nil {
		return folder{}, err
	}
	var found []folder
	for _, row := range rows {
		found = append(found, seenBy(c, row))
	}
	if n.managed && byID && len(found) == 0 {
		if found, err = f.manages(ctx, c, q.IDs[0]); err != nil {
			return folder{}, err
		}
	}
	found = slices.DeleteFunc(found, func(x folder) bool {
		return n.owner && !x.owner || n.write && !x.owner && x.permission == readOnly
	})
	if len(found) == 0 {
		return folder{}, noFolder(name)
	}
	// Of several folders of a name, one may be live and the others in the trash.
	fit := slices.DeleteFunc(slices.Clone(found), func(x folder) bool { return !slices.Contains(n.statuses, x.Status) })
	if live := slices.DeleteFunc(slices.Clone(fit), func(x folder) bool { return !x.Live() }); len(live) == 1 {
		fit = live
	}
	switch {
	case len(fit) > 1 || len(fit) == 0 && len(found) > 1:
		return folder{}, tooMany(found)
	case len(fit) == 0:
		return folder{}, wrongStatus(found[0])
	}
	if n.host != "" {
		if err := f.allowed(ctx, c, fit[0].Host, fit[0].ProjectID, n.host); err != nil {
			return folder{}, err
		}
	}
	return fit[0], nil
}

// manages finds another person's folder for an administrator: whom one may act
// for, see [owner.Check], those folders one manages.
func (f *Folders) manages(ctx context.Context, c api.Caller, id string) ([]folder, error) {
	if !c.IsAdmin() {
		return nil, nil
	}
	row, err := f.Store.Folder(ctx, id)
	if store.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || !c.IsSuperadmin() && row.DomainName != c.DomainName {
		return nil, err
	}
	if !c.IsSuperadmin() && row.UserID != "" {
		if user, err := f.Store.User(ctx, row.UserID); err != nil || owner.Above(c, user) {
			return nil, err
		}
	}
	return []folder{{row, true, row.Permission}}, nil
}

// hostsOf is what a caller may do on which storage hosts: what domain, key pair
// policy and own projects allow, taken together, and the project's own rules for
// its folders.
func (f *Folders) hostsOf(ctx context.Context, c api.Caller, projectID string) (map[string][]string, error) {
	domain, err := f.Store.Domain(ctx, c.DomainName)
	if err != nil {
		return nil, err
	}
	policy, err := f.Store.KeyPairPolicy(ctx, c.ResourcePolicy)
	if err != nil {
		return nil, err
	}
	active := true
	projects, _, err := f.Store.Projects(ctx, store.ProjectQuery{MemberID: c.UserID, IsActive: &active})
	if err != nil {
		return nil, err
	}
	if projectID != "" {
		own, _, err := f.Store.Projects(ctx, store.ProjectQuery{IDs: []string{projectID}})
		if err != nil {
			return nil, err
		}
		projects = append(projects, own...)
	}
	all := []store.JSON{domain.AllowedVFolderHosts, policy.AllowedVFolderHosts}
	for _, p := range projects {
		all = append(all, p.AllowedVFolderHosts)
	}
	out := map[string][]string{}
	for _, text := range all {
		var hosts map[string][]string
		if err := text.Decode(&hosts); err != nil {
			return nil, err
		}
		for host, permissions := range hosts {
			out[host] = append(out[host], permissions...)
		}
	}
	return out, nil
}

// allowed refuses what the caller may not do on a host.
func (f *Folders) allowed(ctx context.Context, c api.Caller, host, projectID, permission string) error {
	hosts, err := f.hostsOf(ctx, c, projectID)
	if err != nil {
		return err
	}
	if !slices.Contains(hosts[host], permission) {
		return problem.InvalidParams(fmt.Sprintf("`%s` Not allowed in vfolder host(`%s`)", permission, host))
	}
	return nil
}
