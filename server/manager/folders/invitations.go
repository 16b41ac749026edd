package folders

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// maxPeople is how many users one call names.
const maxPeople = 100

func noInvitation() *problem.Problem { return problem.NotFound("vfolder invitation", "") }

// permissionKey is how calls spell the permission to grant.
func permissionKey() params.Key { return params.Names("perm", "permission") }

// invite asks users to share a folder: POST /folders/{name}/invite.
func (f *Folders) invite(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	permission := permissionOf(p, permissionKey())
	people := params.Names("emails", "user_ids", "userIDs")
	emails := p.Texts(people)
	if len(emails) == 0 || len(emails) > maxPeople {
		p.Fail(people, fmt.Sprintf("between 1 and %d addresses are needed", maxPeople))
	}
	if err := p.Err(); err != nil {
		return err
	}
	name := nameOf(r)
	x, err := f.find(r.Context(), c, name, need{statuses: updatable(), owner: true, host: store.HostInvite})
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(x.Name, "."):
		return problem.Forbidden("Cannot share private dot-prefixed vfolders.")
	case x.ProjectID != "":
		return problem.InvalidParams("A project's folder is shared with its members: there is nobody to invite.")
	}
	users, err := f.people(r, emails)
	if err != nil {
		return err
	}
	var invitations []store.FolderInvitation
	for _, user := range users {
		if user.ID == x.UserID {
			continue
		}
		shares, _, err := f.Store.FolderShares(r.Context(), store.FolderShareQuery{FolderID: x.ID, UserID: user.ID})
		if err != nil {
			return err
		}
		if len(shares) > 0 {
			return nameExists(x.Name)
		}
		invitations = append(invitations, store.FolderInvitation{ID: uuid.NewString(), FolderID: x.ID, Inviter: c.Email,
			Invitee: user.Email, Permission: permission, CreatedAt: f.Now()})
	}
	if len(invitations) == 0 {
		return noInvitation()
	}
	invited, err := f.Store.Invite(r.Context(), invitations)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusCreated, map[string][]string{"invited_ids": notNil(invited)})
}

// people are the users of addresses who can sign in; others are left out.
func (f *Folders) people(r *http.Request, emails []string) ([]store.User, error) {
	var found []store.User
	seen := map[string]bool{}
	active := true
	for _, email := range emails {
		user, err := f.Store.UserByEmail(r.Context(), email)
		if store.IsNotFound(err) || err == nil && (user.Status != store.UserActive || seen[user.ID]) {
			continue
		}
		if err != nil {
			return nil, err
		}
		_, keys, err := f.Store.KeyPairs(r.Context(), store.KeyPairQuery{UserID: user.ID, IsActive: &active, Page: store.Page{Limit: 1}})
		if err != nil {
			return nil, err
		}
		if keys > 0 {
			seen[user.ID] = true
			found = append(found, user)
		}
	}
	return found, nil
}

func notNil(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

// received lists what waits for the caller's answer: GET
// /folders/invitations/list.
func (f *Folders) received(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	list, err := f.Store.ReceivedInvitations(r.Context(), c.Email)
	if err != nil {
		return err
	}
	return replyInvitations(w, list)
}

// sent lists what the caller waits for: GET /folders/invitations/list-sent.
func (f *Folders) sent(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	list, err := f.Store.SentInvitations(r.Context(), c.Email)
	if err != nil {
		return err
	}
	return replyInvitations(w, list)
}

func replyInvitations(w http.ResponseWriter, list []store.FolderInvitation) error {
	type invitation struct {
		ID         string `json:"id"`
		Inviter    string `json:"inviter"`
		Invitee    string `json:"invitee"`
		Permission string `json:"perm"`
		State      string `json:"state"`
		CreatedAt  string `json:"created_at"`
		ModifiedAt string `json:"modified_at"` // "None" for never, as 24.09 says it
		FolderID   string `json:"vfolder_id"`
		FolderName string `json:"vfolder_name"`
	}
	out := make([]invitation, len(list))
	for i, x := range list {
		modified := "None"
		if !x.ModifiedAt.IsZero() {
			modified = api.ISOSpace(x.ModifiedAt)
		}
		out[i] = invitation{x.ID, x.Inviter, x.Invitee, x.Permission, x.State, api.ISOSpace(x.CreatedAt), modified, x.FolderID, x.FolderName}
	}
	return reply.JSON(w, http.StatusOK, map[string][]invitation{"invitations": out})
}

// updateInvitation changes what an invitation offers: POST
// /folders/invitations/update/{inv_id}, for who sent it.
func (f *Folders) updateInvitation(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	if !p.Has(permissionKey()) {
		p.Fail(permissionKey(), "is required")
	}
	permission := permissionOf(p, permissionKey())
	if err := p.Err(); err != nil {
		return err
	}
	id := r.PathValue("inv_id")
	err = f.answer(r, c, id, func(i *store.FolderInvitation) error {
		if i.Inviter != c.Email {
			return noInvitation()
		}
		i.Permission = permission
		return nil
	})
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"msg": "vfolder invitation updated: " + id + "."})
}

// answer changes an invitation that waits.
func (f *Folders) answer(r *http.Request, c api.Caller, id string, edit func(*store.FolderInvitation) error) error {
	var name string
	_, err := f.Store.ChangeInvitation(r.Context(), id, viewer(c), f.Now(), func(i *store.FolderInvitation) error {
		name = i.FolderName
		return edit(i)
	})
	if store.IsNotFound(err) {
		return noInvitation()
	}
	return ofName(err, name)
}

// invitationIn reads which invitation a request is about.
func invitationIn(r *http.Request) (string, error) {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return "", err
	}
	id := p.Required(params.Names("inv_id"))
	return id, p.Err()
}

// accept takes a share that was offered: POST /folders/invitations/accept.
func (f *Folders) accept(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	id, err := invitationIn(r)
	if err != nil {
		return err
	}
	err = f.answer(r, c, id, func(i *store.FolderInvitation) error {
		if i.Invitee != c.Email {
			return noInvitation()
		}
		i.State = store.InvitationAccepted
		return nil
	})
	if err != nil {
		return err
	}
	return nothing(w)
}

// deleteInvitation takes an invitation back, or declines it: POST, DELETE
// /folders/invitations/delete.
func (f *Folders) deleteInvitation(w http.ResponseWriter, r *http.Request, c api.Caller) error {
	id, err := invitationIn(r)
	if err != nil {
		return err
	}
	err = f.answer(r, c, id, func(i *store.FolderInvitation) error {
		switch c.Email {
		case i.Inviter:
			i.State = store.InvitationCanceled
		case i.Invitee:
			i.State = store.InvitationRejected
		default:
			return noInvitation()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return nothing(w)
}
