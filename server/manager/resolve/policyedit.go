package resolve

import (
	"context"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) policyMutations() map[string]mutation {
	remove := func(kind store.PolicyKind) func(context.Context, *gql.Field) (any, error) {
		return func(ctx context.Context, f *gql.Field) (any, error) {
			name, _ := f.Text("name")
			return nil, r.store.DeletePolicy(ctx, kind, name)
		}
	}
	return map[string]mutation{
		"create_keypair_resource_policy": {"CreateKeyPairResourcePolicy", "resource_policy", superadmins(), r.createKeyPairPolicy},
		"modify_keypair_resource_policy": {"ModifyKeyPairResourcePolicy", "", superadmins(), r.modifyKeyPairPolicy},
		"delete_keypair_resource_policy": {"DeleteKeyPairResourcePolicy", "", superadmins(), remove(store.PolicyOfKeyPairs)},
		"create_user_resource_policy":    {"CreateUserResourcePolicy", "resource_policy", superadmins(), r.createUserPolicy},
		"modify_user_resource_policy":    {"ModifyUserResourcePolicy", "", superadmins(), r.modifyUserPolicy},
		"delete_user_resource_policy":    {"DeleteUserResourcePolicy", "", superadmins(), remove(store.PolicyOfUsers)},
		"create_project_resource_policy": {"CreateProjectResourcePolicy", "resource_policy", superadmins(), r.createProjectPolicy},
		"modify_project_resource_policy": {"ModifyProjectResourcePolicy", "", superadmins(), r.modifyProjectPolicy},
		"delete_project_resource_policy": {"DeleteProjectResourcePolicy", "", superadmins(), remove(store.PolicyOfProjects)},
	}
}

func (r *resolver) createKeyPairPolicy(ctx context.Context, f *gql.Field) (any, error) {
	policy := store.KeyPairPolicy{CreatedAt: r.now(), MaxConcurrentSFTPSessions: 1}
	policy.Name, _ = f.Text("name")
	if err := first(checkName(policy.Name), setKeyPairPolicy(&policy, propsOf(f))); err != nil {
		return nil, err
	}
	return policy, r.store.AddKeyPairPolicy(ctx, policy)
}

func (r *resolver) modifyKeyPairPolicy(ctx context.Context, f *gql.Field) (any, error) {
	name, _ := f.Text("name")
	_, err := r.store.ChangeKeyPairPolicy(ctx, name, func(p *store.KeyPairPolicy) error { return setKeyPairPolicy(p, propsOf(f)) })
	return nil, err
}

// setKeyPairPolicy takes over the input. The limits on folders are accepted and
// left aside, as in the manager since they moved to other policies.
func setKeyPairPolicy(policy *store.KeyPairPolicy, p props) error {
	put(p, "default_for_unspecified", &policy.DefaultForUnspecified)
	put(p, "max_session_lifetime", &policy.MaxSessionLifetime)
	put(p, "max_concurrent_sessions", &policy.MaxConcurrentSessions)
	put(p, "max_concurrent_sftp_sessions", &policy.MaxConcurrentSFTPSessions)
	put(p, "max_containers_per_session", &policy.MaxContainersPerSession)
	if seconds, ok := p["idle_timeout"].(int64); ok {
		policy.IdleTimeout = int(seconds)
	}
	if p.has("max_pending_session_count") {
		policy.MaxPendingSessions = nil
		if n, ok := p["max_pending_session_count"].(int); ok {
			policy.MaxPendingSessions = &n
		}
	}
	if p.has("max_pending_session_resource_slots") {
		policy.MaxPendingSlots = ""
	}
	if unspecified := policy.DefaultForUnspecified; unspecified != "LIMITED" && unspecified != "UNLIMITED" {
		return refuse("'%s' is not a valid DefaultForUnspecified", unspecified)
	}
	return first(
		notNegative("max_session_lifetime", policy.MaxSessionLifetime),
		notNegative("max_concurrent_sessions", policy.MaxConcurrentSessions),
		notNegative("max_concurrent_sftp_sessions", policy.MaxConcurrentSFTPSessions),
		notNegative("max_containers_per_session", policy.MaxContainersPerSession-1),
		notNegative("idle_timeout", policy.IdleTimeout),
		putSlots(p, "total_resource_slots", &policy.TotalResourceSlots),
		putSlots(p, "max_pending_session_resource_slots", &policy.MaxPendingSlots),
		putHosts(p, "allowed_vfolder_hosts", &policy.AllowedVFolderHosts))
}

func notNegative(name string, n int) error {
	if n < 0 {
		return refuse("%s is too small", name)
	}
	return nil
}

func (r *resolver) createUserPolicy(ctx context.Context, f *gql.Field) (any, error) {
	policy := store.UserPolicy{CreatedAt: r.now(), MaxQuotaScopeSize: -1, MaxSessionsPerModel: 10, MaxCustomizedImageCount: 3}
	policy.Name, _ = f.Text("name")
	if err := first(checkName(policy.Name), setUserPolicy(&policy, propsOf(f))); err != nil {
		return nil, err
	}
	return policy, r.store.AddUserPolicy(ctx, policy)
}

func (r *resolver) modifyUserPolicy(ctx context.Context, f *gql.Field) (any, error) {
	name, _ := f.Text("name")
	_, err := r.store.ChangeUserPolicy(ctx, name, func(p *store.UserPolicy) error { return setUserPolicy(p, propsOf(f)) })
	return nil, err
}

func setUserPolicy(policy *store.UserPolicy, p props) error {
	put(p, "max_vfolder_count", &policy.MaxVFolderCount)
	put(p, "max_vfolder_size", &policy.MaxQuotaScopeSize) // its older name
	put(p, "max_quota_scope_size", &policy.MaxQuotaScopeSize)
	put(p, "max_session_count_per_model_session", &policy.MaxSessionsPerModel)
	put(p, "max_customized_image_count", &policy.MaxCustomizedImageCount)
	return first(notNegative("max_vfolder_count", policy.MaxVFolderCount),
		notNegative("max_session_count_per_model_session", policy.MaxSessionsPerModel),
		notNegative("max_customized_image_count", policy.MaxCustomizedImageCount))
}

func (r *resolver) createProjectPolicy(ctx context.Context, f *gql.Field) (any, error) {
	policy := store.ProjectPolicy{CreatedAt: r.now(), MaxQuotaScopeSize: -1}
	policy.Name, _ = f.Text("name")
	if err := first(checkName(policy.Name), setProjectPolicy(&policy, propsOf(f))); err != nil {
		return nil, err
	}
	return policy, r.store.AddProjectPolicy(ctx, policy)
}

func (r *resolver) modifyProjectPolicy(ctx context.Context, f *gql.Field) (any, error) {
	name, _ := f.Text("name")
	_, err := r.store.ChangeProjectPolicy(ctx, name, func(p *store.ProjectPolicy) error { return setProjectPolicy(p, propsOf(f)) })
	return nil, err
}

func setProjectPolicy(policy *store.ProjectPolicy, p props) error {
	put(p, "max_vfolder_count", &policy.MaxVFolderCount)
	put(p, "max_vfolder_size", &policy.MaxQuotaScopeSize) // its older name
	put(p, "max_quota_scope_size", &policy.MaxQuotaScopeSize)
	return notNegative("max_vfolder_count", policy.MaxVFolderCount)
}
