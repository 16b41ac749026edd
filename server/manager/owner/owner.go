// Package owner decides for whom a caller may act. Many calls take the access
// key of another's key pair; admins act for the people they administer.
package owner

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// Key is the parameter that names the owner.
func Key() params.Key { return params.Names("owner_access_key", "ownerAccessKey") }

// Of is on whose behalf a call acts: the caller, or whom accessKey names; nil or
// empty names nobody. People who may act for nobody else are not told which keys
// there are: they get the same refusal for all.
func Of(ctx context.Context, s *store.Store, c api.Caller, accessKey *string) (store.Identity, error) {
	if accessKey == nil || *accessKey == "" {
		accessKey = &c.AccessKey
	}
	if *accessKey != c.AccessKey && !c.IsAdmin() {
		return store.Identity{}, onlyAdmins()
	}
	id, err := s.Identify(ctx, *accessKey)
	if store.IsNotFound(err) {
		return id, problem.InvalidParams("Unknown owner access key")
	}
	if err != nil {
		return id, err
	}
	return id, Check(c, id)
}

// Check refuses a caller who may not act for the owner of a key pair: users act
// for nobody but themselves, domain admins for their domain but for its
// superadmins, superadmins for everybody.
func Check(c api.Caller, owner store.Identity) error {
	switch {
	case owner.KeyPair.AccessKey == c.AccessKey, c.IsSuperadmin():
		return nil
	case !c.IsAdmin():
		return onlyAdmins()
	case owner.User.DomainName != c.DomainName:
		return problem.Forbidden("Domain-admins can perform operations on behalf of other users in the same domain only.")
	case Above(c, owner.User):
		return problem.Forbidden("Domain-admins cannot perform operations on behalf of super-admins.")
	}
	return nil
}

// Above reports whether a user is one for whom only superadmins act, and the caller
// is none.
func Above(c api.Caller, user store.User) bool {
	return user.Role == model.RoleSuperadmin && !c.IsSuperadmin()
}

// onlyAdmins is the refusal of somebody who acts for nobody else.
func onlyAdmins() error {
	return problem.Forbidden("Only admins can perform operations on behalf of other users.")
}
