package rest

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// authTest answers a signed call with its echo.
func (h *Handler) authTest(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	echo := p.Required(params.Names("echo"))
	if err := p.Err(); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct {
		Authorized string `json:"authorized"`
		Echo       string `json:"echo"`
	}{"yes", echo})
}

// authorize gives a key pair for a password.
func (h *Handler) authorize(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	kind := p.Required(params.Names("type"))
	domain := p.Required(params.Names("domain"))
	username := p.Required(params.Names("username"))
	password := p.Required(params.Names("password"))
	if err := p.ErrKnown(); err != nil {
		return err
	}
	if kind != "keypair" {
		return problem.InvalidParams("Unsupported authorization type")
	}
	user, err := h.checkPassword(w, r, domain, username, password)
	if err != nil {
		return err
	}
	if user.Status == "before-verification" {
		return problem.AuthFailed("This account needs email verification.")
	}
	active := true
	pairs, _, err := h.Store.KeyPairs(r.Context(), store.KeyPairQuery{UserID: user.ID, IsActive: &active,
		Page: store.Page{Order: store.Clause{SQL: "k.is_admin DESC"}, Limit: 1}})
	if err != nil {
		return err
	}
	if len(pairs) == 0 {
		return problem.AuthFailed("No API keypairs found.")
	}
	var answer struct {
		Data struct {
			AccessKey string     `json:"access_key"`
			SecretKey string     `json:"secret_key"`
			Role      model.Role `json:"role"`
			Status    string     `json:"status"`
		} `json:"data"`
	}
	answer.Data.AccessKey, answer.Data.SecretKey = pairs[0].AccessKey, pairs[0].SecretKey
	answer.Data.Role, answer.Data.Status = user.Role, user.Status
	w.Header().Set("Cache-Control", "no-store")
	return reply.JSON(w, http.StatusOK, answer)
}

// checkPassword finds a user who may sign in. Whether the name, the domain or
// the password was wrong is not told, nor shown by how long it takes. Manager
// 24.09 leaves it to its web server to count who is wrong too often; this one can
// be reached without.
func (h *Handler) checkPassword(w http.ResponseWriter, r *request, domain, username, password string) (user store.User, err error) {
	client, _ := clientOf(r.Request) // all whose address cannot be read count as one
	attempt, wait := h.guesses.Attempt(username, client)
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		return store.User{}, problem.TooManyGuesses()
	}
	user, err = h.userOf(r, domain, username, password)
	var mismatch *problem.Problem
	switch {
	case err == nil:
		attempt.Succeeded()
	case !errors.As(err, &mismatch):
		attempt.Excused()
	}
	return user, err
}

// userOf is checkPassword without the counting.
func (h *Handler) userOf(r *request, domain, username, password string) (store.User, error) {
	mismatch := problem.AuthFailed("User credential mismatch.")
	user, err := h.Store.UserByEmail(r.Context(), username)
	if err != nil && !store.IsNotFound(err) {
		return store.User{}, err
	}
	if err != nil || user.DomainName != domain {
		if err := h.Hasher.Waste(r.Context(), password); err != nil {
			return store.User{}, err
		}
		return store.User{}, mismatch
	}
	right, err := h.Hasher.Verify(r.Context(), password, user.PasswordHash)
	if err != nil {
		return store.User{}, err
	}
	if !right || user.Status == "inactive" || user.Status == "deleted" {
		return store.User{}, mismatch
	}
	return user, nil
}

// role tells what the caller may do.
func (h *Handler) role(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	project := p.Nullable(params.Names("group"))
	if err := p.Err(); err != nil {
		return err
	}
	answer := struct {
		Global string  `json:"global_role"`
		Domain string  `json:"domain_role"`
		Group  *string `json:"group_role"`
	}{"user", "user", nil}
	if r.caller.IsSuperadmin() {
		answer.Global = "superadmin"
	}
	if r.caller.IsAdmin() {
		answer.Domain = "admin"
	}
	if project != nil {
		member, err := h.Store.IsMember(r.Context(), *project, r.caller.UserID)
		if err != nil {
			return err
		}
		if !member {
			return problem.NotFound("user group (or project)", "No such project or you are not the member of it.")
		}
		role := "user"
		answer.Group = &role
	}
	return reply.JSON(w, http.StatusOK, answer)
}
