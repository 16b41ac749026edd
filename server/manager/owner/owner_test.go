package owner

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/store"
)

func TestWhoMayActForWhom(t *testing.T) {
	caller := func(role model.Role) api.Caller {
		return api.Caller{AccessKey: "own", Role: role, DomainName: "near"}
	}
	of := func(key, domain string, role model.Role) store.Identity {
		var id store.Identity
		id.KeyPair.AccessKey, id.User.DomainName, id.User.Role = key, domain, role
		return id
	}
	for name, test := range map[string]struct {
		caller  api.Caller
		owner   store.Identity
		refusal string
	}{
		"a user for himself":                  {caller(model.RoleUser), of("own", "near", model.RoleUser), ""},
		"a user for another":                  {caller(model.RoleUser), of("other", "near", model.RoleUser), "Only admins"},
		"an admin in the domain":              {caller(model.RoleAdmin), of("other", "near", model.RoleUser), ""},
		"an admin in another domain":          {caller(model.RoleAdmin), of("other", "far", model.RoleUser), "in the same domain only"},
		"an admin for a superadmin":           {caller(model.RoleAdmin), of("other", "near", model.RoleSuperadmin), "on behalf of super-admins"},
		"a superadmin for anybody":            {caller(model.RoleSuperadmin), of("other", "far", model.RoleAdmin), ""},
		"a superadmin for another superadmin": {caller(model.RoleSuperadmin), of("other", "far", model.RoleSuperadmin), ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := Check(test.caller, test.owner)
			if test.refusal == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, test.refusal)
		})
	}
}
