package resolve

import (
	"context"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) user(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byEmail(), true)
	if err != nil {
		return nil, err
	}
	user, err := r.store.UserByEmail(ctx, s.owner)
	return userWithin(s, user, err)
}

func (r *resolver) userFromUUID(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byUserID(), true)
	if err != nil {
		return nil, err
	}
	user, err := r.store.User(ctx, s.owner)
	return userWithin(s, user, err)
}

func userWithin(s scope, user store.User, err error) (any, error) {
	if err == nil && !matches(s.domain, user.DomainName) {
		return nil, nil // as if there were none
	}
	return found(rowOf(user), err)
}

// maxUsers is how many rows the query without pages gives.
const maxUsers = 100

func (r *resolver) users(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := userQuery(ctx, f)
	if err != nil {
		return nil, err
	}
	query.Limit = maxUsers
	users, _, err := r.store.Users(ctx, query)
	return rowsOf(users), err
}

func (r *resolver) userList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := userQuery(ctx, f)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(f, userColumns())
	if err != nil {
		return nil, err
	}
	return list(page, func(p store.Page) ([]store.User, int, error) {
		query.Page = p
		return r.store.Users(ctx, query)
	}, asRows)
}

func userQuery(ctx context.Context, f *gql.Field) (query store.UserQuery, err error) {
	if query.DomainName, err = domainScope(ctx, f); err != nil {
		return query, err
	}
	query.ProjectID, _ = f.Text("group_id")
	query.IsActive = flag(f, "is_active")
	if status, ok := f.Text("status"); ok {
		stored, err := userStatus()(status)
		if err != nil {
			return query, gql.Faultf("'%s' is not a valid UserStatus", status)
		}
		query.Status, query.IsActive = stored.(string), nil
	}
	return query, nil
}

// flag reads a truth argument that may be absent.
func flag(f *gql.Field, name string) *bool {
	value, given := f.Bool(name)
	if !given {
		return nil
	}
	return &value
}

func (r *resolver) userFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"id":                   of(func(u store.User) any { return u.ID }),
		"uuid":                 of(func(u store.User) any { return u.ID }),
		"username":             of(func(u store.User) any { return u.Username }),
		"email":                of(func(u store.User) any { return u.Email }),
		"need_password_change": of(func(u store.User) any { return u.NeedPasswordChange }),
		"full_name":            of(func(u store.User) any { return u.FullName }),
		"description":          of(func(u store.User) any { return u.Description }),
		"is_active":            of(func(u store.User) any { return u.Status == store.UserActive }),
		"status":               of(func(u store.User) any { return u.Status }),
		"status_info":          of(func(u store.User) any { return textOrNull(u.StatusInfo) }),
		"created_at":           of(func(u store.User) any { return when(u.CreatedAt) }),
		"modified_at":          of(func(u store.User) any { return when(u.ModifiedAt) }),
		"domain_name":          of(func(u store.User) any { return u.DomainName }),
		"role":                 of(func(u store.User) any { return u.Role }),
		"resource_policy":      of(func(u store.User) any { return u.ResourcePolicy }),
		"allowed_client_ip":    of(func(u store.User) any { return u.AllowedClientIP }),
		"totp_activated":       of(func(store.User) any { return false }), // no second factor here
		"totp_activated_at":    null,
		"sudo_session_enabled": of(func(u store.User) any { return u.SudoSessionEnabled }),
		"main_access_key":      of(func(u store.User) any { return textOrNull(u.MainAccessKey) }),
		"groups": with(func(ctx context.Context, u *row[store.User], _ *gql.Field) (any, error) {
			projects, err := forPage(u, "groups", func(users []store.User) (map[string][]store.ProjectRef, error) {
				return r.store.ProjectsOfUsers(ctx, keys(users, func(u store.User) string { return u.ID }))
			})
			return values(projects[u.value.ID]), err
		}),
	}
}

func userGroupFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"id":   gql.Of(func(p store.ProjectRef) any { return p.ID }),
		"name": gql.Of(func(p store.ProjectRef) any { return p.Name }),
	}
}
