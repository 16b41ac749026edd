package resolve

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// measuring ends when this request has waited long enough for folders, however
// many of them it lists.
func measuring(ctx context.Context) context.Context {
	q := requestOf(ctx)
	if q.weigh == nil {
		var cancel context.CancelFunc
		q.weigh, cancel = context.WithTimeout(ctx, folders.MeasureTime)
		context.AfterFunc(q.weigh, cancel)
	}
	return q.weigh
}

// used is what a folder held lately, 0 until it was measured.
func (r *resolver) used(ctx context.Context, folder store.Folder) storage.Usage {
	if r.estate == nil {
		return storage.Usage{}
	}
	used, _ := r.estate.Used(measuring(ctx), folder)
	return used
}

// quotaScope is a quota scope that the caller may look at.
type quotaScope struct{ id, host string }

// quotaScope is for users their own scope and those of their projects, for domain
// admins those of the domain, for superadmins all.
func (r *resolver) quotaScope(ctx context.Context, _ any, f *gql.Field) (any, error) {
	host, _ := f.Text("storage_host_name")
	id, _ := f.Text("quota_scope_id")
	if host != store.FolderHost || r.estate == nil {
		return nil, gql.Faultf("no such storage host")
	}
	owner, err := storage.ParseOwner(id)
	if err != nil {
		return nil, gql.Faultf("Invalid quota scope ID")
	}
	may, err := r.maySeeScope(ctx, owner)
	if err != nil {
		return nil, err
	}
	if !may {
		return nil, errForbidden()
	}
	return quotaScope{owner.String(), host}, nil
}

func (r *resolver) maySeeScope(ctx context.Context, owner storage.Owner) (bool, error) {
	caller, id := callerOf(ctx), owner.ID.String()
	switch caller.Role {
	case model.RoleSuperadmin:
		return true, nil
	case model.RoleAdmin, model.RoleUser:
	default:
		return false, nil
	}
	if owner.Kind == storage.OwnerProject {
		if caller.Role == model.RoleAdmin {
			project, err := r.store.Project(ctx, id)
			return err == nil && project.DomainName == caller.DomainName, ignoreNotFound(err)
		}
		mine, err := r.store.ProjectsOfUsers(ctx, []string{caller.UserID})
		return slices.ContainsFunc(mine[caller.UserID], func(p store.ProjectRef) bool { return p.ID == id }), err
	}
	if id == caller.UserID {
		return true, nil
	}
	if caller.Role != model.RoleAdmin {
		return false, nil
	}
	user, err := r.store.User(ctx, id)
	return err == nil && user.DomainName == caller.DomainName, ignoreNotFound(err)
}

func ignoreNotFound(err error) error {
	if store.IsNotFound(err) {
		return nil
	}
	return err
}

// quotaDetails are null where they are not known, or have no limit.
type quotaDetails struct{ bytes, count, limit any }

func (r *resolver) quotaScopeFields() map[string]gql.Resolver {
	of := gql.Of[quotaScope]
	return map[string]gql.Resolver{
		"id":                of(func(q quotaScope) any { return "QuotaScope:" + q.host + "/" + q.id }),
		"quota_scope_id":    of(func(q quotaScope) any { return q.id }),
		"storage_host_name": of(func(q quotaScope) any { return q.host }),
		"details": gql.With(func(ctx context.Context, q quotaScope, _ *gql.Field) (any, error) {
			used, known, limit, err := r.estate.ScopeUsed(ctx, q.id)
			if store.IsNotFound(err) {
				return nil, gql.Faultf("no such quota scope")
			}
			if err != nil {
				return nil, err
			}
			var d quotaDetails
			if known {
				d.bytes, d.count = used.Bytes, used.Files
			}
			if limit > 0 {
				d.limit = limit
			}
			return d, nil
		}),
	}
}

func quotaDetailFields() map[string]gql.Resolver {
	of := gql.Of[quotaDetails]
	return map[string]gql.Resolver{
		"usage_bytes":      of(func(d quotaDetails) any { return d.bytes }),
		"usage_count":      of(func(d quotaDetails) any { return d.count }),
		"hard_limit_bytes": of(func(d quotaDetails) any { return d.limit }),
	}
}

// storageVolume is this machine's volume.
type storageVolume struct {
	path  string
	usage json.RawMessage
}

func (r *resolver) volumes() ([]storageVolume, error) {
	if r.estate == nil {
		return []storageVolume{}, nil
	}
	path, used, capacity, err := r.estate.Disk()
	if err != nil {
		return nil, err
	}
	usage, err := json.Marshal(struct {
		Capacity int64 `json:"capacity_bytes"`
		Used     int64 `json:"used_bytes"`
	}{capacity, used})
	return []storageVolume{{path, usage}}, err
}

func (r *resolver) storageVolume(_ context.Context, _ any, f *gql.Field) (any, error) {
	volumes, err := r.volumes()
	if id, _ := f.Text("id"); err != nil || len(volumes) == 0 || id != store.FolderHost {
		return nil, err
	}
	return volumes[0], nil
}

// storageVolumes has one volume at most, so that there is nothing to filter or to
// order by.
func (r *resolver) storageVolumes(_ context.Context, _ any, f *gql.Field) (any, error) {
	page, err := pageOf(f, nil)
	if err != nil {
		return nil, err
	}
	volumes, err := r.volumes()
	if err != nil {
		return nil, err
	}
	from := min(page.Offset, len(volumes))
	to := min(from+page.Limit, len(volumes))
	return listResult{items: values(volumes[from:to]), total: len(volumes)}, nil
}

func storageVolumeFields() map[string]gql.Resolver {
	of := gql.Of[storageVolume]
	constant := func(value any) gql.Resolver { return of(func(storageVolume) any { return value }) }
	proxy, name, _ := strings.Cut(store.FolderHost, ":")
	return map[string]gql.Resolver{
		"id":                 constant(store.FolderHost),
		"backend":            constant("vfs"),
		"fsprefix":           constant("."),
		"path":               of(func(v storageVolume) any { return v.path }),
		"capabilities":       constant([]string{"vfolder"}),
		"hardware_metadata":  constant(json.RawMessage(`{"status": "healthy", "status_info": null, "metadata": {}}`)),
		"performance_metric": constant(json.RawMessage(`{}`)),
		"usage":              of(func(v storageVolume) any { return v.usage }),
		"proxy":              constant(proxy),
		"name":               constant(name),
	}
}
