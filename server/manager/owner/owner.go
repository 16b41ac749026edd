// Package owner decides for whom a caller may act. Many calls take the access
// key of another's key pair; admins act for the people they administer.
package owner

import (
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// Key is the parameter that names the owner.
func Key() params.Key { return params.Names("owner_access_key", "ownerAccessKey") }

// Check refuses a caller who may not act for the owner of a key pair: users act
// for nobody but themselves, domain admins for their domain but for its
// superadmins, superadmins for everybody.
func Check(c api.Caller, owner store.Identity) error {
	switch {
	case owner.KeyPair.AccessKey == c.AccessKey, c.IsSuperadmin():
		return nil
	case !c.IsAdmin():
		return OnlyAdmins()
	case owner.User.DomainName != c.DomainName:
		return problem.Forbidden("Domain-admins can perform operations on behalf of other users in the same domain only.")
	case owner.User.Role == model.RoleSuperadmin:
		return problem.Forbidden("Domain-admins cannot perform operations on behalf of super-admins.")
	}
	return nil
}

// OnlyAdmins is the refusal of somebody who acts for nobody else.
func OnlyAdmins() error {
	return problem.Forbidden("Only admins can perform operations on behalf of other users.")
}
