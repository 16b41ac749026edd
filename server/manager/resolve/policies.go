package resolve

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// policyNames limits a list of policies to what the caller sees: admins all
// (nil), a user the one that binds.
func policyNames(ctx context.Context, own string) ([]string, error) {
	switch callerOf(ctx).Role {
	case model.RoleSuperadmin, model.RoleAdmin:
		return nil, nil
	case model.RoleUser:
		return []string{own}, nil
	}
	return nil, errUnknownRole()
}

// one gives the policy that the argument names, or the caller's own.
func one[T any](ctx context.Context, f *gql.Field, own string, read func(context.Context, store.PolicyQuery) ([]T, int, error)) (any, error) {
	name, given := f.Text("name")
	if !given {
		name = own
	}
	policies, _, err := read(ctx, store.PolicyQuery{Names: []string{name}})
	if err != nil || len(policies) == 0 {
		return nil, err
	}
	return policies[0], nil
}

func (r *resolver) keyPairPolicy(ctx context.Context, _ any, f *gql.Field) (any, error) {
	return one(ctx, f, callerOf(ctx).ResourcePolicy, r.store.KeyPairPolicies)
}

func (r *resolver) keyPairPolicies(ctx context.Context, _ any, _ *gql.Field) (any, error) {
	names, err := policyNames(ctx, callerOf(ctx).ResourcePolicy)
	if err != nil {
		return nil, err
	}
	policies, _, err := r.store.KeyPairPolicies(ctx, store.PolicyQuery{Names: names})
	return values(policies), err
}

func (r *resolver) userPolicy(ctx context.Context, _ any, f *gql.Field) (any, error) {
	return one(ctx, f, callerOf(ctx).UserPolicy, r.store.UserPolicies)
}

func (r *resolver) userPolicies(ctx context.Context, _ any, _ *gql.Field) (any, error) {
	names, err := policyNames(ctx, callerOf(ctx).UserPolicy)
	if err != nil {
		return nil, err
	}
	policies, _, err := r.store.UserPolicies(ctx, store.PolicyQuery{Names: names})
	return values(policies), err
}

func (r *resolver) projectPolicy(ctx context.Context, _ any, f *gql.Field) (any, error) {
	return one(ctx, f, "", r.store.ProjectPolicies)
}

// projectPolicies is for superadmins; the recorded manager tells everybody else
// that their role is unknown.
func (r *resolver) projectPolicies(ctx context.Context, _ any, _ *gql.Field) (any, error) {
	if !callerOf(ctx).IsSuperadmin() {
		return nil, errUnknownRole()
	}
	policies, _, err := r.store.ProjectPolicies(ctx, store.PolicyQuery{})
	return values(policies), err
}

func keyPairPolicyFields() map[string]gql.Resolver {
	of := gql.Of[store.KeyPairPolicy]
	return map[string]gql.Resolver{
		"name":                               of(func(p store.KeyPairPolicy) any { return p.Name }),
		"created_at":                         of(func(p store.KeyPairPolicy) any { return when(p.CreatedAt) }),
		"default_for_unspecified":            of(func(p store.KeyPairPolicy) any { return p.DefaultForUnspecified }),
		"total_resource_slots":               of(func(p store.KeyPairPolicy) any { return p.TotalResourceSlots }),
		"max_session_lifetime":               of(func(p store.KeyPairPolicy) any { return p.MaxSessionLifetime }),
		"max_concurrent_sessions":            of(func(p store.KeyPairPolicy) any { return p.MaxConcurrentSessions }),
		"max_containers_per_session":         of(func(p store.KeyPairPolicy) any { return p.MaxContainersPerSession }),
		"idle_timeout":                       of(func(p store.KeyPairPolicy) any { return p.IdleTimeout }),
		"allowed_vfolder_hosts":              of(func(p store.KeyPairPolicy) any { return p.AllowedVFolderHosts }),
		"max_concurrent_sftp_sessions":       of(func(p store.KeyPairPolicy) any { return p.MaxConcurrentSFTPSessions }),
		"max_pending_session_count":          of(func(p store.KeyPairPolicy) any { return intOrNull(p.MaxPendingSessions) }),
		"max_pending_session_resource_slots": of(func(p store.KeyPairPolicy) any { return jsonOrNull(p.MaxPendingSlots) }),
		// Moved to the policies of users and projects in 23.09.
		"max_vfolder_count":    null,
		"max_vfolder_size":     null,
		"max_quota_scope_size": null,
	}
}

func userPolicyFields() map[string]gql.Resolver {
	of := gql.Of[store.UserPolicy]
	return map[string]gql.Resolver{
		"id":                                  of(func(p store.UserPolicy) any { return p.Name }),
		"name":                                of(func(p store.UserPolicy) any { return p.Name }),
		"created_at":                          of(func(p store.UserPolicy) any { return when(p.CreatedAt) }),
		"max_vfolder_count":                   of(func(p store.UserPolicy) any { return p.MaxVFolderCount }),
		"max_quota_scope_size":                of(func(p store.UserPolicy) any { return p.MaxQuotaScopeSize }),
		"max_vfolder_size":                    of(func(p store.UserPolicy) any { return p.MaxQuotaScopeSize }), // its older name
		"max_session_count_per_model_session": of(func(p store.UserPolicy) any { return p.MaxSessionsPerModel }),
		"max_customized_image_count":          of(func(p store.UserPolicy) any { return p.MaxCustomizedImageCount }),
	}
}

func projectPolicyFields() map[string]gql.Resolver {
	of := gql.Of[store.ProjectPolicy]
	return map[string]gql.Resolver{
		"id":                   of(func(p store.ProjectPolicy) any { return p.Name }),
		"name":                 of(func(p store.ProjectPolicy) any { return p.Name }),
		"created_at":           of(func(p store.ProjectPolicy) any { return when(p.CreatedAt) }),
		"max_vfolder_count":    of(func(p store.ProjectPolicy) any { return p.MaxVFolderCount }),
		"max_quota_scope_size": of(func(p store.ProjectPolicy) any { return p.MaxQuotaScopeSize }),
		"max_vfolder_size":     of(func(p store.ProjectPolicy) any { return p.MaxQuotaScopeSize }), // its older name
	}
}

func intOrNull(n *int) any {
	if n == nil {
		return nil
	}
	return *n
}
