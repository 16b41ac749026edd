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

// leave gives back a share of another user's folder: POST /folders/{name}/leave.
// A superadmin may name whose.
func (f *Folders) leave(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	other := p.Nullable(params.Names("shared_user_uuid", "sharedUserUuid"))
	if err := p.Err(); err != nil {
		return err
	}
	user, managed := c.UserID, false
	if other != nil && *other != "" {
		if !c.IsSuperadmin() {
			return noPrivilege("You are not allowed to force other users to leave shared vfolders")
		}
		id, err := uuid.Parse(*other)
		if err != nil {
			return problem.InvalidFields(map[string]string{"shared_user_uuid": "value is not a uuid"})
		}
		user, managed = id.String(), true
	}
	x, err := f.find(r.Context(), c, nameOf(r), need{statuses: readable(), managed: managed})
	if err != nil {
		return err
	}
	switch {
	case x.ProjectID != "":
		return problem.InvalidParams("Cannot leave a group vfolder.")
	case x.UserID == user:
		return problem.InvalidParams("Cannot leave a vfolder owned by the requesting user.")
	}
	had, err := f.Store.UnshareFolder(r.Context(), x.ID, []string{user})
	if err != nil {
		return err
	}
	if len(had) == 0 {
		return noFolder(nameOf(r))
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"msg": "left the shared vfolder"})
}

// members reads users by address who must all be members of a project folder's
// project, and finds the folder. Both calls are for administrators.
func (f *Folders) members(r *http.Request, c api.Caller, p *params.Values) (folder, []store.User, error) {
	key := params.Names("emails")
	emails := p.Texts(key)
	if len(emails) == 0 || len(emails) > maxPeople {
		p.Fail(key, "between 1 and 100 addresses are needed")
	}
	if err := p.Err(); err != nil {
		return folder{}, nil, err
	}
	x, err := f.find(r.Context(), c, nameOf(r), need{statuses: updatable(), host: store.HostShare})
	if err != nil {
		return x, nil, err
	}
	if x.ProjectID == "" {
		return x, nil, problem.NotFound("virtual folder", "Only project folders are directly sharable.")
	}
	if !x.owner {
		return x, nil, problem.AuthFailed("Unauthorized access")
	}
	users, err := f.people(r, emails)
	if err != nil {
		return x, nil, err
	}
	for _, user := range users {
		member, err := f.Store.IsMember(r.Context(), x.ProjectID, user.ID)
		if err != nil {
			return x, nil, err
		}
		if !member {
			return x, nil, problem.NotFound("user", "Some users do not belong to folder's group.")
		}
	}
	if len(users) == 0 {
		return x, nil, problem.NotFound("user", "Some users do not belong to folder's group.")
	}
	return x, users, nil
}

// share grants members of a project another permission on its folder: POST
// /folders/{name}/share.
func (f *Folders) share(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	permission := permissionOf(p, params.Names("permission"))
	x, users, err := f.members(r, c, p)
	if err != nil {
		return err
	}
	ids, emails := split(users)
	if err := f.Store.ShareFolder(r.Context(), x.ID, permission, ids); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusCreated, map[string][]string{"shared_emails": emails})
}

// unshare takes that back: POST, DELETE /folders/{name}/unshare.
func (f *Folders) unshare(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := readList(r, "emails")
	if err != nil {
		return err
	}
	x, users, err := f.members(r, c, p)
	if err != nil {
		return err
	}
	ids, emails := split(users)
	if _, err := f.Store.UnshareFolder(r.Context(), x.ID, ids); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string][]string{"unshared_emails": emails})
}

func split(users []store.User) (ids, emails []string) {
	for _, u := range users {
		ids, emails = append(ids, u.ID), append(emails, u.Email)
	}
	return ids, emails
}

// shared lists what the caller granted to others: GET /folders/_/shared.
func (f *Folders) shared(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	key := params.Names("vfolder_id", "vfolderId")
	wanted := p.Nullable(key)
	v := viewer(c)
	q := store.FolderShareQuery{Owner: &v}
	if wanted != nil && *wanted != "" {
		id, err := uuid.Parse(*wanted)
		if err != nil {
			p.Fail(key, "value is not a uuid")
		}
		q.FolderID = id.String()
	}
	if err := p.Err(); err != nil {
		return err
	}
	rows, _, err := f.Store.FolderShares(r.Context(), q)
	if err != nil {
		return err
	}
	type person struct {
		ID    string `json:"uuid"`
		Email string `json:"email"`
	}
	type share struct {
		ID       string `json:"vfolder_id"`
		Name     string `json:"vfolder_name"`
		Status   string `json:"status"`
		Owner    string `json:"owner"`
		Type     string `json:"type"`
		SharedTo person `json:"shared_to"`
		Perm     string `json:"perm"`
	}
	out := make([]share, len(rows))
	for i, x := range rows {
		kind := "user"
		if x.OfProject {
			kind = "project"
		}
		out[i] = share{x.FolderID, x.FolderName, x.FolderStatus, x.OwnerID, kind, person{x.UserID, x.UserEmail}, x.Permission}
	}
	return reply.JSON(w, http.StatusOK, map[string][]share{"shared": out})
}

// updateShared changes or takes back one share: POST /folders/_/shared.
func (f *Folders) updateShared(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	id, user := p.Required(params.Names("vfolder")), p.Required(params.Names("user"))
	permission := grantOf(p)
	if err := p.Err(); err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: updatable(), owner: true, host: store.HostShare})
	if err != nil {
		return err
	}
	if err := f.regrant(r.Context(), x, user, permission); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"msg": "shared vfolder permission updated"})
}

// grantOf reads a permission to grant; empty: none, which takes it back.
func grantOf(p *params.Values) string {
	if !p.Has(permissionKey()) {
		p.Nullable(permissionKey())
		return ""
	}
	return permissionOf(p, permissionKey())
}

// regrant changes what a user was granted. It makes no new shares: those are
// offered by invitations.
func (f *Folders) regrant(ctx context.Context, x folder, user, permission string) error {
	id, err := uuid.Parse(user)
	if err != nil {
		return problem.InvalidFields(map[string]string{"user": "value is not a uuid"})
	}
	shares, _, err := f.Store.FolderShares(ctx, store.FolderShareQuery{FolderID: x.ID, UserID: id.String()})
	if err != nil {
		return err
	}
	if len(shares) == 0 {
		return problem.NotFound("user", "The folder is not shared with the user.")
	}
	if permission == "" {
		_, err := f.Store.UnshareFolder(ctx, x.ID, []string{id.String()})
		return err
	}
	return f.Store.ShareFolder(ctx, x.ID, permission, []string{id.String()})
}

// updateSharing is updateShared for several users: POST /folders/_/sharing.
func (f *Folders) updateSharing(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	id := p.Required(params.Names("vfolder_id", "vfolderId", "vfolder"))
	key := params.Names("user_perm", "user_perm_list", "userPermList")
	list := p.List(key)
	type grant struct{ user, permission string }
	var grants []grant
	for _, item := range list {
		object, ok := item.(map[string]any)
		if !ok {
			p.Fail(key, "a list of users with permissions is needed")
			continue
		}
		one := params.Of(object)
		g := grant{one.Required(params.Names("user", "user_id", "userID")), grantOf(one)}
		if faults := one.Faults(); faults != nil {
			p.Fail(key, "a list of users with permissions is needed")
		}
		grants = append(grants, g)
	}
	if len(list) == 0 || len(list) > maxPeople {
		p.Fail(key, "between 1 and 100 users are needed")
	}
	if err := p.ErrKnown(); err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: updatable(), owner: true, host: store.HostShare})
	if err != nil {
		return err
	}
	for _, g := range grants {
		if err := f.regrant(r.Context(), x, g.user, g.permission); err != nil {
			return err
		}
	}
	return empty(w, http.StatusCreated)
}
