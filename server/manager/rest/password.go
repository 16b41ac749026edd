package rest

import (
	"errors"
	"net/http"

	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// maxPassword bounds what is hashed, in bytes.
const maxPassword = 1024

// updatePassword gives the caller another password: POST /auth/update-password.
func (h *Handler) updatePassword(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	old, newKey := p.Required(params.Names("old_password")), params.Names("new_password")
	password := p.Required(newKey)
	again := p.Required(params.Names("new_password2"))
	if len(password) > maxPassword {
		p.Fail(newKey, "String is too long (max length is 1024)")
	}
	if err := p.Err(); err != nil {
		return err
	}
	var mismatch *problem.Problem
	switch _, err := h.checkPassword(w, r, r.caller.DomainName, r.caller.Email, old); {
	case errors.As(err, &mismatch) && mismatch.Status == http.StatusUnauthorized:
		return problem.AuthFailed("Old password mismatch")
	case err != nil:
		return err
	}
	if password != again || password == "" {
		return reply.JSON(w, http.StatusBadRequest, map[string]string{"error_msg": "new password mismatch"})
	}
	hash, err := h.Hasher.Hash(r.Context(), password)
	if err != nil {
		return err
	}
	_, err = h.Store.ChangeUser(r.Context(), r.caller.Email, func(e *store.UserEdit) error {
		e.PasswordHash, e.NeedPasswordChange = hash, false
		return nil
	})
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct{}{})
}

// updateOldPassword would replace a password that is too old to sign in with.
// Passwords do not age here, as they do not in 24.09 without a setting: POST
// /auth/update-password-no-auth.
func (h *Handler) updateOldPassword(http.ResponseWriter, *request) error {
	return problem.BadRequest("Unsupported function.")
}

// updateFullName gives the caller another full name: POST
// /auth/update-full-name.
func (h *Handler) updateFullName(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	p.Required(params.Names("email")) // 24.09 takes the caller, whatever it says
	nameKey := params.Names("full_name")
	name := p.Required(nameKey)
	if len(name) > 256 {
		p.Fail(nameKey, "String is too long (max length is 256)")
	}
	if err := p.Err(); err != nil {
		return err
	}
	_, err = h.Store.ChangeUser(r.Context(), r.caller.Email, func(e *store.UserEdit) error {
		e.FullName = name
		return nil
	})
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct{}{})
}
