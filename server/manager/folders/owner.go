package folders

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// changeOwner gives a user's folder to another user: POST
// /folders/_/change-ownership. The files stay where they are and go on counting
// towards the quota of whoever made them, as in 24.09.
func (f *Folders) changeOwner(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	if err := superadminOnly(c); err != nil {
		return err
	}
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	id := p.Required(params.Names("vfolder"))
	email := p.Required(params.Names("user_email"))
	if _, err := uuid.Parse(id); err != nil && id != "" {
		p.Fail(params.Names("vfolder"), "value is not a uuid")
	}
	if err := p.Err(); err != nil {
		return err
	}
	x, err := f.find(r.Context(), c, id, need{statuses: updatable(), owner: true, managed: true})
	if err != nil {
		return err
	}
	if x.ProjectID != "" {
		return problem.InvalidParams("A project's folder belongs to the project.")
	}
	user, err := f.Store.UserByEmail(r.Context(), email)
	if store.IsNotFound(err) || err == nil && user.Status != store.UserActive {
		return problem.NotFound("user", "")
	}
	if err != nil {
		return err
	}
	v := viewer(api.Caller{UserID: user.ID, Role: user.Role, DomainName: user.DomainName})
	_, err = f.Store.GiveFolder(r.Context(), x.ID, v, user)
	if err != nil {
		return ofName(err, x.Name)
	}
	return nothing(w)
}
