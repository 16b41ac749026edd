package resolve

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

const folderNode = "VirtualFolderNode"

// folderPermissions maps what may be done with a folder to the least grant that
// allows it; owners and the admins of a project's folder may do everything.
func folderPermissions() map[string][]string {
	read, write, remove := []string{"ro", "rw", "wd"}, []string{"rw", "wd"}, []string{"wd"}
	return map[string][]string{
		"read_attribute": read, "read_content": read, "mount_ro": read,
		"write_content": write, "mount_rw": write,
		"delete_content": remove, "mount_wd": remove,
		"clone": nil, "assign_permission_to_others": nil, "update_attribute": nil, "delete_vfolder": nil,
	}
}

func parseFolderPermission(value any) (any, error) {
	text, ok := value.(string)
	if _, known := folderPermissions()[text]; !ok || !known {
		return nil, errors.New("'" + strings.Join(slices.Sorted(maps.Keys(folderPermissions())), "', '") + "' are the permissions on folders")
	}
	return text, nil
}

// viewerOf is the caller as one who looks at folders; none for roles that the
// manager's queries do not provide for.
func viewerOf(caller api.Caller) (store.Viewer, error) {
	v := store.Viewer{UserID: caller.UserID}
	switch caller.Role {
	case model.RoleSuperadmin:
		v.AllProjects = true
	case model.RoleAdmin:
		v.ProjectsOf = caller.DomainName
	case model.RoleUser:
	default:
		return v, errUnknownRole()
	}
	return v, nil
}

// granted is what the caller may do with a folder that is seen.
func granted(caller api.Caller, f store.Folder) []string {
	all := f.UserID == caller.UserID || f.UserID == "" && caller.IsAdmin() || caller.IsSuperadmin()
	grant := f.Permission
	if f.Granted != "" {
		grant = f.Granted
	}
	out := []string{}
	for _, name := range slices.Sorted(maps.Keys(folderPermissions())) {
		if all || slices.Contains(folderPermissions()[name], grant) || name == "clone" && f.Cloneable {
			out = append(out, name)
		}
	}
	return out
}

func folderNodes() nodeKind[store.Folder] {
	columns := folderColumns()
	status := columns["status"]
	status.Convert = lowered(store.FolderReady, store.FolderPerforming, store.FolderCloning, store.FolderMounted, store.FolderError,
		store.FolderDeletePending, store.FolderDeleteOngoing, store.FolderDeleteComplete, store.FolderDeleteError)
	columns["status"] = status
	return nodeKind[store.Folder]{typ: folderNode, id: "f.id", columns: columns,
		from: "vfolders f LEFT JOIN users u ON u.uuid = f.user_id LEFT JOIN projects g ON g.id = f.project_id",
		key:  func(f store.Folder) string { return f.ID },
		wrap: func(items []store.Folder) []any {
			out := make([]any, len(items))
			for i, folder := range items {
				out[i] = folder
			}
			return out
		}}
}

func (r *resolver) folderNode(ctx context.Context, _ any, f *gql.Field) (any, error) {
	viewer, err := viewerOf(callerOf(ctx))
	if err != nil {
		return nil, err
	}
	id, _ := f.Text("id")
	folders, _, err := r.store.Folders(ctx, store.FolderQuery{Viewer: &viewer, IDs: []string{rowID(folderNode, id)}})
	if err != nil || len(folders) == 0 {
		return nil, err
	}
	return folders[0], nil
}

// folderNodes gives the folders that the caller can use in a project: the own
// ones, those shared by others, and the project's. Without a permission
// reading is meant, where manager 24.09 fails.
func (r *resolver) folderNodes(ctx context.Context, _ any, f *gql.Field) (any, error) {
	caller := callerOf(ctx)
	viewer, err := viewerOf(caller)
	if err != nil {
		return nil, err
	}
	project, _ := f.Text("project_id")
	where := store.Clause{SQL: "f.user_id IS NOT NULL OR f.project_id = ?", Args: []any{project}}
	permission, given := f.Text("permission")
	if grants := folderPermissions()[permission]; given && !slices.Contains(grants, "ro") && !caller.IsSuperadmin() {
		may := store.Clause{SQL: "f.user_id = ?", Args: []any{caller.UserID}}
		if caller.IsAdmin() {
			may.SQL += " OR f.project_id IS NOT NULL"
		}
		if permission == "clone" {
			may.SQL += " OR f.cloneable"
		}
		if len(grants) > 0 {
			one := oneOf("coalesce(s.permission, f.permission)", grants)
			may.SQL, may.Args = may.SQL+" OR "+one.SQL, append(may.Args, one.Args...)
		}
		where = narrowed(where, may)
	}
	return connect(f, folderNodes(), func(p store.Page) ([]store.Folder, int, error) {
		p.Where = narrowed(where, p.Where)
		return r.store.Folders(ctx, store.FolderQuery{Viewer: &viewer, Page: p})
	})
}

func (r *resolver) folderNodeFields() map[string]gql.Resolver {
	fields := r.folderFields()
	delete(fields, "domain_name")
	fields["id"] = gql.Of(func(f store.Folder) any { return globalID(folderNode, f.ID) })
	fields["row_id"] = gql.Of(func(f store.Folder) any { return f.ID })
	fields["permissions"] = gql.With(func(ctx context.Context, f store.Folder, _ *gql.Field) (any, error) {
		return granted(callerOf(ctx), f), nil
	})
	return fields
}
