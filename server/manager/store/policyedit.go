package store

import "context"

// AddKeyPairPolicy adds a key pair resource policy; a name that is taken is a
// conflict.
func (s *Store) AddKeyPairPolicy(ctx context.Context, p KeyPairPolicy) error {
	return s.add(ctx, "add key pair policy", "keypair_resource_policies", keyPairPolicyCells(p))
}

// ChangeKeyPairPolicy changes the key pair resource policy of a name.
func (s *Store) ChangeKeyPairPolicy(ctx context.Context, name string, edit func(*KeyPairPolicy) error) (KeyPairPolicy, error) {
	return change(ctx, s, "change key pair policy", table[KeyPairPolicy]{"keypair_resource_policies",
		"SELECT " + keyPairPolicyColumns + " FROM keypair_resource_policies p WHERE p.name = ?", "name = ?",
		scanKeyPairPolicy, keyPairPolicyCells}, name, edit, nil)
}

// AddUserPolicy adds a user resource policy; a name that is taken is a conflict.
func (s *Store) AddUserPolicy(ctx context.Context, p UserPolicy) error {
	return s.add(ctx, "add user policy", "user_resource_policies", userPolicyCells(p))
}

// ChangeUserPolicy changes the user resource policy of a name.
func (s *Store) ChangeUserPolicy(ctx context.Context, name string, edit func(*UserPolicy) error) (UserPolicy, error) {
	return change(ctx, s, "change user policy", table[UserPolicy]{"user_resource_policies",
		"SELECT " + userPolicyColumns + " FROM user_resource_policies p WHERE p.name = ?", "name = ?",
		scanUserPolicy, userPolicyCells}, name, edit, nil)
}

// AddProjectPolicy adds a project resource policy; a name that is taken is a
// conflict.
func (s *Store) AddProjectPolicy(ctx context.Context, p ProjectPolicy) error {
	return s.add(ctx, "add project policy", "project_resource_policies", projectPolicyCells(p))
}

// ChangeProjectPolicy changes the project resource policy of a name.
func (s *Store) ChangeProjectPolicy(ctx context.Context, name string, edit func(*ProjectPolicy) error) (ProjectPolicy, error) {
	return change(ctx, s, "change project policy", table[ProjectPolicy]{"project_resource_policies",
		"SELECT " + projectPolicyColumns + " FROM project_resource_policies p WHERE p.name = ?", "name = ?",
		scanProjectPolicy, projectPolicyCells}, name, edit, nil)
}

// PolicyKind is what a resource policy binds.
type PolicyKind string

// The kinds of resource policies.
const (
	PolicyOfKeyPairs PolicyKind = "keypair"
	PolicyOfUsers    PolicyKind = "user"
	PolicyOfProjects PolicyKind = "project"
)

// DeletePolicy removes a resource policy; one that binds somebody is a conflict.
func (s *Store) DeletePolicy(ctx context.Context, kind PolicyKind, name string) error {
	return s.remove(ctx, "delete "+string(kind)+" policy", string(kind)+"_resource_policies", "name = ?", name)
}
