package folders

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// mebibyte is the unit of max_size on the wire.
const mebibyte = 1 << 20

// entry is one folder in a list, in 24.09's order.
type entry struct {
	Name       string  `json:"name"`
	ID         string  `json:"id"` // 32 hex digits
	QuotaScope string  `json:"quota_scope_id"`
	Host       string  `json:"host"`
	Status     string  `json:"status"`
	UsageMode  string  `json:"usage_mode"`
	CreatedAt  string  `json:"created_at"`
	IsOwner    bool    `json:"is_owner"`
	Permission string  `json:"permission"`
	User       *string `json:"user"`
	Group      *string `json:"group"`
	Creator    string  `json:"creator"`
	UserEmail  *string `json:"user_email"`
	GroupName  *string `json:"group_name"`
	Ownership  string  `json:"ownership_type"`
	Type       string  `json:"type"`
	Cloneable  bool    `json:"cloneable"`
	MaxFiles   int64   `json:"max_files"`
	MaxSize    *int64  `json:"max_size"` // MiB
	CurSize    int64   `json:"cur_size"` // bytes, as last measured
}

func entryOf(x folder) entry {
	return entry{Name: x.Name, ID: x.hexID(), QuotaScope: x.QuotaScope, Host: x.Host, Status: x.Status, UsageMode: x.UsageMode,
		CreatedAt: api.ISOSpace(x.CreatedAt), IsOwner: x.owner, Permission: x.permission, User: orNil(x.UserID),
		Group: orNil(x.ProjectID), Creator: x.Creator, UserEmail: orNil(x.UserEmail), GroupName: orNil(x.ProjectName),
		Ownership: ownership(x.Folder), Type: ownership(x.Folder), Cloneable: x.Cloneable, MaxFiles: x.MaxFiles,
		MaxSize: maxSize(x.Folder)}
}

func maxSize(f store.Folder) *int64 {
	if f.MaxSize == 0 {
		return nil
	}
	size := (f.MaxSize + mebibyte - 1) / mebibyte
	return &size
}

// list lists the folders a caller sees: GET /folders.
func (f *Folders) list(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	all := p.Bool(params.Names("all"), false)
	group := p.Nullable(params.Names("group_id", "groupId"))
	owner := p.Nullable(params.Names("owner_user_email", "ownerUserEmail"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	if all {
		return problem.InvalidParams("Deprecated use of 'all' option")
	}
	if owner != nil && *owner != "" {
		if c, err = f.standIn(r, c, *owner); err != nil {
			return err
		}
	}
	v := viewer(c)
	q := store.FolderQuery{Viewer: &v}
	if group != nil && *group != "" {
		id, err := uuid.Parse(*group)
		if err != nil {
			return problem.InvalidFields(map[string]string{"group_id": "value is not a uuid"})
		}
		q.Where = store.Clause{SQL: "f.project_id IS NULL OR f.project_id = ?", Args: []any{id.String()}}
	}
	rows, _, err := f.Store.Folders(r.Context(), q)
	if err != nil {
		return err
	}
	entries := make([]entry, len(rows))
	ctx, cancel := context.WithTimeout(r.Context(), MeasureTime)
	defer cancel()
	for i, row := range rows {
		entries[i] = entryOf(seenBy(c, row))
		used, _ := f.Used(ctx, row)
		entries[i].CurSize = used.Bytes
	}
	return reply.JSON(w, http.StatusOK, entries)
}

// standIn is a user through whose eyes a superadmin looks.
func (f *Folders) standIn(r *http.Request, c api.Caller, email string) (api.Caller, error) {
	if !c.IsSuperadmin() {
		return c, problem.Forbidden("Only superadmins look at other users' folders.")
	}
	user, err := f.Store.UserByEmail(r.Context(), email)
	if store.IsNotFound(err) {
		return c, problem.NotFound("user", "")
	}
	return api.Caller{UserID: user.ID, Email: user.Email, Role: user.Role, DomainName: user.DomainName}, err
}

// details is the answer of GET /folders/{name}, in 24.09's order.
type details struct {
	Name       string  `json:"name"`
	ID         string  `json:"id"`
	Host       string  `json:"host"`
	QuotaScope string  `json:"quota_scope_id"`
	Status     string  `json:"status"`
	NumFiles   int64   `json:"numFiles"`
	Files      int64   `json:"num_files"`
	UsedBytes  int64   `json:"used_bytes"`
	Created    string  `json:"created"`
	CreatedAt  string  `json:"created_at"`
	LastUsed   string  `json:"last_used"` // when it was created, as in 24.09
	User       *string `json:"user"`
	Group      *string `json:"group"`
	Type       string  `json:"type"`
	IsOwner    bool    `json:"is_owner"`
	Permission string  `json:"permission"`
	UsageMode  string  `json:"usage_mode"`
	Cloneable  bool    `json:"cloneable"`
	MaxSize    *int64  `json:"max_size"` // MiB
	CurSize    int64   `json:"cur_size"` // bytes
}

// info describes one folder: GET /folders/{name}.
func (f *Folders) info(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	x, err := f.find(r.Context(), c, nameOf(r), need{statuses: readable(), managed: true})
	if err != nil {
		return err
	}
	used, err := f.measure(r.Context(), x)
	if err != nil {
		return err
	}
	at := api.ISOSpace(x.CreatedAt)
	return reply.JSON(w, http.StatusOK, details{Name: x.Name, ID: x.hexID(), Host: x.Host, QuotaScope: x.QuotaScope, Status: x.Status,
		NumFiles: used.Files, Files: used.Files, UsedBytes: used.Bytes, Created: at, CreatedAt: at, LastUsed: at,
		User: orNil(x.UserID), Group: orNil(x.ProjectID), Type: ownership(x.Folder), IsOwner: x.owner, Permission: x.permission,
		UsageMode: x.UsageMode, Cloneable: x.Cloneable, MaxSize: maxSize(x.Folder), CurSize: used.Bytes})
}

// id tells the id of a name: GET /folders/_/id.
func (f *Folders) id(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	name := p.Required(params.Names("vfolder_name", "vfolderName", "name"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, name, need{statuses: readable()})
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}{x.ID, x.Name})
}
