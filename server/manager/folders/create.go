package folders

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// created is the answer to POST /folders, in 24.09's order.
type created struct {
	ID         string  `json:"id"` // 32 hex digits
	Name       string  `json:"name"`
	QuotaScope string  `json:"quota_scope_id"`
	Host       string  `json:"host"`
	UsageMode  string  `json:"usage_mode"`
	Permission string  `json:"permission"`
	MaxSize    int64   `json:"max_size"`
	Creator    string  `json:"creator"`
	Ownership  string  `json:"ownership_type"`
	User       *string `json:"user"`
	Group      *string `json:"group"`
	Cloneable  bool    `json:"cloneable"`
	Status     string  `json:"status"`
}

func ownership(f store.Folder) string {
	if f.ProjectID != "" {
		return "group"
	}
	return "user"
}

// create makes a folder: POST /folders.
func (f *Folders) create(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	name := p.Required(params.Names("name"))
	host := p.Nullable(params.Names("host", "folder_host"))
	mode := oneOf(p, params.Names("usage_mode", "usageMode"), "general", "model", "data")
	permission := permissionOf(p, params.Names("permission"))
	unmanaged := p.Nullable(params.Names("unmanaged_path", "unmanagedPath"))
	group := p.Nullable(params.Names("group", "groupId", "group_id"))
	cloneable := p.Bool(params.Names("cloneable"), false)
	if err := p.ErrKnown(); err != nil {
		return err
	}
	switch {
	case !ValidName(name):
		return badName(name)
	case unmanaged != nil && *unmanaged != "":
		return problem.NotImplemented("This manager has no unmanaged folders.")
	case host == nil || *host == "":
		host = new(string)
		*host = store.FolderHost
	}
	row := store.Folder{ID: uuid.NewString(), Name: name, Host: *host, UsageMode: mode, Permission: permission,
		DomainName: c.DomainName, Creator: c.Email, Cloneable: cloneable, Status: store.FolderReady,
		StatusChanged: f.Now(), CreatedAt: f.Now()}
	grant := ""
	if group == nil || *group == "" {
		row.UserID = c.UserID
	} else if grant, err = f.forProject(r.Context(), c, &row, *group); err != nil {
		return err
	}
	if err := f.allowed(r.Context(), c, row.Host, row.ProjectID, store.HostCreate); err != nil {
		return err
	}
	if row.Host != store.FolderHost {
		return problem.InvalidParams("There is no vfolder host " + row.Host + ".")
	}
	if err := f.add(r.Context(), c, &row); err != nil {
		return err
	}
	if grant != "" {
		if err := f.Store.ShareFolder(r.Context(), row.ID, grant, []string{c.UserID}); err != nil {
			return err
		}
	}
	return reply.JSON(w, http.StatusCreated, created{ID: strings.ReplaceAll(row.ID, "-", ""), Name: row.Name, QuotaScope: row.QuotaScope,
		Host: row.Host, UsageMode: row.UsageMode, Permission: row.Permission, Creator: row.Creator, Ownership: ownership(row),
		User: orNil(row.UserID), Group: orNil(row.ProjectID), Cloneable: row.Cloneable, Status: row.Status})
}

func badName(name string) error {
	return problem.InvalidParams("The name " + quote(name) + " cannot be used for a folder: it is reserved, too long, or holds characters that a directory's name should not have.")
}

// forProject makes row a project's folder. The grant is what its creator may do
// with it beyond that.
func (f *Folders) forProject(ctx context.Context, c api.Caller, row *store.Folder, group string) (grant string, err error) {
	if strings.HasPrefix(row.Name, ".") {
		return "", problem.InvalidParams("dot-prefixed vfolders cannot be a group folder.")
	}
	q := store.ProjectQuery{}
	if id, err := uuid.Parse(group); err == nil {
		q.IDs = []string{id.String()}
	} else {
		q.Names, q.DomainName = []string{group}, c.DomainName
	}
	found, _, err := f.Store.Projects(ctx, q)
	if err != nil {
		return "", err
	}
	found = slices.DeleteFunc(found, func(p store.Project) bool { return !c.IsSuperadmin() && p.DomainName != c.DomainName })
	if len(found) == 0 {
		return "", problem.NotFound("user group (or project)", "")
	}
	project := found[0]
	row.ProjectID, row.DomainName = project.ID, project.DomainName
	if project.Type != "MODEL_STORE" {
		if !c.IsAdmin() {
			return "", problem.Forbidden("no permission")
		}
		return "", nil
	}
	if row.Permission != readWrite {
		return "", problem.InvalidParams("Setting custom permission is not supported for model store vfolder")
	}
	if row.UsageMode != "model" {
		return "", problem.InvalidParams("Only Model VFolder can be created under the model store project")
	}
	row.Permission = readOnly
	return mayDelete, nil
}

// add makes the directory and the row of a new folder.
func (f *Folders) add(ctx context.Context, c api.Caller, row *store.Folder) error {
	row.QuotaScope = storage.OwnerUser + ":" + row.UserID
	if row.ProjectID != "" {
		row.QuotaScope = storage.OwnerProject + ":" + row.ProjectID
	}
	limit, err := f.limit(ctx, c, *row)
	if err != nil {
		return err
	}
	id, err := placeOf(*row)
	if err != nil {
		return creationFailed(err)
	}
	if err := f.Volume.Create(id); err != nil {
		return creationFailed(err)
	}
	if err := f.Store.AddFolder(ctx, *row, viewer(c), limit); err != nil {
		if gone := f.Volume.Delete(id); gone != nil {
			f.Log.Warn("an empty directory is left of a folder that was not made", "folder", id.String(), "error", gone)
		}
		if isLimit(err) {
			return problem.InvalidParams("You cannot create more vfolders.")
		}
		return ofName(err, row.Name)
	}
	return nil
}

// limit is how many folders the owner may have; 0: no limit.
func (f *Folders) limit(ctx context.Context, c api.Caller, row store.Folder) (int, error) {
	if row.ProjectID == "" {
		policies, _, err := f.Store.UserPolicies(ctx, store.PolicyQuery{Names: []string{c.UserPolicy}})
		if err != nil || len(policies) == 0 {
			return 0, err
		}
		return policies[0].MaxVFolderCount, nil
	}
	policy, err := projectPolicy(ctx, f.Store, row.ProjectID)
	return policy.MaxVFolderCount, err
}

// oneOf reads a word, the first of those known being the default.
func oneOf(p *params.Values, k params.Key, known ...string) string {
	word := p.Text(k, known[0])
	if !slices.Contains(known, word) {
		p.Fail(k, "value doesn't match any variant")
	}
	return word
}

func permissionOf(p *params.Values, k params.Key) string {
	return oneOf(p, k, readWrite, readOnly, mayDelete)
}
