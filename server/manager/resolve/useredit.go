package resolve

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/sshkey"
	"github.com/baiui/baiui/server/manager/store"
)

// What a user and a key pair get where nothing is said, in manager 24.09.
const (
	firstPolicy    = "default"
	firstRateLimit = 10_000
	byAdmin        = "admin-requested" // status_info of what an administrator did
)

func (r *resolver) userMutations() map[string]mutation {
	return map[string]mutation{
		"create_user": {"CreateUser", "user", superadmins(), r.createUser},
		"modify_user": {"ModifyUser", "user", superadmins(), r.modifyUser},
		"delete_user": {"DeleteUser", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			email, _ := f.Text("email")
			return nil, r.store.DeactivateUser(ctx, email, byAdmin)
		}},
		"purge_user": {"PurgeUser", "", superadmins(), r.purgeUser},
	}
}

// purgeUser removes a user with everything, the folders included. What is shared
// with others goes to the caller unless purge_shared_vfolders says otherwise.
func (r *resolver) purgeUser(ctx context.Context, f *gql.Field) (any, error) {
	email, _ := f.Text("email")
	err := r.store.PurgeUser(ctx, email)
	if !errors.Is(err, store.ErrHasFolders) || r.estate == nil {
		return nil, err
	}
	user, err := r.store.UserByEmail(ctx, email)
	if err != nil {
		return nil, err
	}
	if all, _ := propsOf(f)["purge_shared_vfolders"].(bool); !all {
		heir, err := r.store.User(ctx, callerOf(ctx).UserID)
		if err == nil {
			err = r.estate.Inherit(ctx, user.ID, heir)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := r.estate.Purge(ctx, user.ID, ""); err != nil {
		return nil, err
	}
	return nil, r.store.PurgeUser(ctx, email)
}

// createUser makes a user with a first key pair and SSH keys.
func (r *resolver) createUser(ctx context.Context, f *gql.Field) (any, error) {
	p := propsOf(f)
	email, _ := f.Text("email")
	if at := strings.LastIndexByte(email, '@'); at < 1 || at == len(email)-1 || len(email) > 64 || strings.ContainsAny(email, " \t\r\n") {
		return nil, refuse("invalid email address")
	}
	now := r.now()
	user := store.User{ID: uuid.NewString(), Email: email, Status: store.UserActive, StatusInfo: byAdmin, CreatedAt: now, ModifiedAt: now,
		DomainName: "default", Role: model.RoleUser, ResourcePolicy: firstPolicy}
	if p["status"] == nil {
		if active, given := p["is_active"].(bool); given && !active {
			user.Status = "inactive"
		}
	}
	if err := setUser(&user, p); err != nil {
		return nil, err
	}
	projects, _, err := p.ids("group_ids")
	if err != nil {
		return nil, err
	}
	password, _ := p["password"].(string)
	if user.PasswordHash, err = r.hashed(ctx, password); err != nil {
		return nil, err
	}
	keys, err := sshkey.New()
	if err != nil {
		return nil, err
	}
	pair := store.KeyPair{AccessKey: accounts.NewAccessKey(), SecretKey: accounts.NewSecretKey(), IsActive: user.Status == store.UserActive,
		IsAdmin: user.Role.IsAdmin(), ResourcePolicy: firstPolicy, CreatedAt: now, RateLimit: firstRateLimit, SSHPublicKey: keys.Public}
	err = r.store.AddUser(ctx, store.NewUser{User: user, KeyPair: pair, SSHPrivateKey: keys.Private, Projects: projects})
	user.MainAccessKey = pair.AccessKey
	return rowOf(user), err
}

func (r *resolver) modifyUser(ctx context.Context, f *gql.Field) (any, error) {
	p := propsOf(f)
	if len(p) == 0 {
		return nil, refuse("nothing to update")
	}
	projects, given, err := p.ids("group_ids")
	if err != nil {
		return nil, err
	}
	hash := ""
	if password, ok := p["password"].(string); ok {
		if hash, err = r.hashed(ctx, password); err != nil {
			return nil, err
		}
	}
	email, _ := f.Text("email")
	user, err := r.store.ChangeUser(ctx, email, func(e *store.UserEdit) error {
		before := e.Status
		if active, ok := p["is_active"].(bool); ok && p["status"] == nil {
			e.Status = map[bool]string{true: store.UserActive, false: "inactive"}[active]
		}
		if err := setUser(&e.User, p); err != nil {
			return err
		}
		putNullable(p, "main_access_key", &e.MainAccessKey)
		if e.MainAccessKey == "" {
			return refuse("main_access_key: a user has a main key pair")
		}
		if e.Status != before {
			e.StatusInfo = byAdmin
		}
		if hash != "" {
			e.PasswordHash = hash
		}
		if given {
			e.Projects = &projects
		}
		e.ModifiedAt = r.now()
		return nil
	})
	return rowOf(user), err
}

// setUser takes over what creation and change of a user share.
func setUser(user *store.User, p props) error {
	put(p, "username", &user.Username)
	put(p, "need_password_change", &user.NeedPasswordChange)
	put(p, "full_name", &user.FullName)
	put(p, "description", &user.Description)
	put(p, "status", &user.Status)
	put(p, "domain_name", &user.DomainName)
	put(p, "resource_policy", &user.ResourcePolicy)
	put(p, "sudo_session_enabled", &user.SudoSessionEnabled)
	role := string(user.Role)
	put(p, "role", &role)
	user.Role = model.Role(role)
	switch {
	case user.Username == "" || len(user.Username) > 64:
		return refuse("invalid username")
	case !slices.Contains([]string{"active", "inactive", "deleted", "before-verification"}, user.Status):
		return refuse("'%s' is not a valid UserStatus", user.Status)
	case !slices.Contains([]model.Role{model.RoleSuperadmin, model.RoleAdmin, model.RoleUser, model.RoleMonitor}, user.Role):
		return refuse("'%s' is not a valid UserRole", user.Role)
	case p["totp_activated"] == true:
		return refuse("two-factor authentication is not available")
	case p["sudo_session_enabled"] == true:
		return refuse("sudo_session_enabled: nobody has more rights in a session than its user")
	}
	return setClients(user, p)
}

// setClients limits the addresses a user may come from; null lifts the limit.
func setClients(user *store.User, p props) error {
	clients, given := p.texts("allowed_client_ip")
	if !given {
		if p.has("allowed_client_ip") {
			user.AllowedClientIP = nil
		}
		return nil
	}
	for _, client := range clients {
		if _, err := netip.ParsePrefix(client); err != nil {
			if _, err := netip.ParseAddr(client); err != nil {
				return refuse("allowed_client_ip: %q is no address or network", client)
			}
		}
	}
	user.AllowedClientIP = clients
	return nil
}

func (r *resolver) hashed(ctx context.Context, password string) (string, error) {
	if password == "" {
		return "", refuse("the password must not be empty")
	}
	return r.hasher.Hash(ctx, password)
}

func (r *resolver) keyPairMutations() map[string]mutation {
	return map[string]mutation{
		"create_keypair": {"CreateKeyPair", "keypair", superadmins(), r.createKeyPair},
		"modify_keypair": {"ModifyKeyPair", "", superadmins(), r.modifyKeyPair},
		"delete_keypair": {"DeleteKeyPair", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			key, _ := f.Text("access_key")
			return nil, r.store.DeleteKeyPair(ctx, key)
		}},
	}
}

// createKeyPair makes another key pair for a user, named by e-mail or id.
func (r *resolver) createKeyPair(ctx context.Context, f *gql.Field) (any, error) {
	owner, _ := f.Text("user_id")
	if id, ok := normalUUID(owner); ok {
		user, err := r.store.User(ctx, id)
		if err != nil {
			return nil, err
		}
		owner = user.Email
	}
	pair := store.KeyPair{AccessKey: accounts.NewAccessKey(), SecretKey: accounts.NewSecretKey(), IsActive: true, CreatedAt: r.now()}
	if err := setKeyPair(&pair, propsOf(f)); err != nil {
		return nil, err
	}
	keys, err := sshkey.New()
	if err != nil {
		return nil, err
	}
	pair.SSHPublicKey = keys.Public
	pair, err = r.store.AddKeyPair(ctx, owner, pair, keys.Private)
	return rowOf(pair), err
}

func (r *resolver) modifyKeyPair(ctx context.Context, f *gql.Field) (any, error) {
	key, _ := f.Text("access_key")
	_, err := r.store.ChangeKeyPair(ctx, key, func(k *store.KeyPair) error { return setKeyPair(k, propsOf(f)) })
	return nil, err
}

// setKeyPair takes over the input; concurrency_limit is the policy's since long.
func setKeyPair(pair *store.KeyPair, p props) error {
	put(p, "is_active", &pair.IsActive)
	put(p, "is_admin", &pair.IsAdmin)
	put(p, "resource_policy", &pair.ResourcePolicy)
	put(p, "rate_limit", &pair.RateLimit)
	if pair.RateLimit < 0 {
		return refuse("rate_limit must not be negative")
	}
	return nil
}
