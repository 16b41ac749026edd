package resolve

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/gql"
)

// The manager's sentences for what a caller may not do. The last one comes from
// a role that the manager's queries do not provide for (monitor).
func errForbidden() error    { return gql.Faultf("Forbidden operation.") }
func errInsufficient() error { return gql.Faultf("Insufficient privilege.") }
func errUnknownRole() error {
	return gql.Faultf("Missing or invalid API parameters. (Unknown client role)")
}

// guard answers for fields with @guard in the schema. The field is not hidden
// from other roles: manager 24.09 shows everybody one schema.
func guard(ctx context.Context, role string) error {
	if string(callerOf(ctx).Role) == role {
		return nil
	}
	return gql.Faultf("Forbidden operation. (%s privilege required)", role)
}

// scope is the part of the cluster that a query is limited to; an empty field
// does not limit.
type scope struct {
	domain string
	owner  string // access key, e-mail or user id, as the query speaks of owners
}

// identity is by which argument a query speaks of the owner of things, and what
// the caller's own value of it is.
type identity struct {
	argument string
	own      func(api.Caller) string
}

func byAccessKey() identity {
	return identity{"access_key", func(c api.Caller) string { return c.AccessKey }}
}
func byEmail() identity  { return identity{"email", func(c api.Caller) string { return c.Email }} }
func byUserID() identity { return identity{"user_id", func(c api.Caller) string { return c.UserID }} }

// scoped applies the rule most queries share. A superadmin's arguments count
// as they are; a domain admin is held to the own domain; a user to the own
// domain and to what is the user's own. Asking for more is an error, not a
// shorter answer. With autofill, admins who name no owner mean themselves.
func scoped(ctx context.Context, f *gql.Field, who identity, autofill bool) (scope, error) {
	caller := callerOf(ctx)
	own := who.own(caller)
	domain, domainGiven := f.Text("domain_name")
	owner, ownerGiven := f.Text(who.argument)
	if autofill && !ownerGiven {
		owner = own
	}
	switch caller.Role {
	case model.RoleSuperadmin:
		return scope{domain, owner}, nil
	case model.RoleAdmin:
		if domainGiven && domain != caller.DomainName {
			return scope{}, errForbidden()
		}
		return scope{caller.DomainName, owner}, nil
	case model.RoleUser:
		if domainGiven && domain != caller.DomainName || ownerGiven && owner != own {
			return scope{}, errForbidden()
		}
		return scope{caller.DomainName, own}, nil
	}
	return scope{}, errUnknownRole()
}

// domainScope is the rule of queries that admins alone may ask: the domain that
// the answer is limited to, empty for all.
func domainScope(ctx context.Context, f *gql.Field) (string, error) {
	caller := callerOf(ctx)
	domain, given := f.Text("domain_name")
	switch caller.Role {
	case model.RoleSuperadmin:
		return domain, nil
	case model.RoleAdmin:
		if given && domain != caller.DomainName {
			return "", errForbidden()
		}
		return caller.DomainName, nil
	case model.RoleUser:
		return "", errInsufficient()
	}
	return "", errUnknownRole()
}

// matches reports whether a value lies within a limit; an empty limit is none.
func matches(limit, value string) bool { return limit == "" || limit == value }
