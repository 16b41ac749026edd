package accounts

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// Account is one of the first accounts, with the only copy of its password.
type Account struct {
	Role      model.Role `json:"role"`
	Email     string     `json:"email"`
	Password  string     `json:"password"`
	AccessKey string     `json:"access_key"`
	SecretKey string     `json:"secret_key"`
}

// RateLimit is how many calls a key pair may make in 15 minutes at first.
const RateLimit = 30_000

// defaultName is that of the first domain, project, resource group and policies.
const defaultName = "default"

// Bootstrap fills an empty store: domain, project, resource group and policies
// "default", and a superadmin, a domain admin and a user with generated
// passwords and key pairs. keep (which may be nil) gets the accounts before they
// are stored, so that no crash leaves accounts whose passwords nobody has; its
// error stops everything. They are also returned, this once. A store that has
// users is left alone and gives nil.
func Bootstrap(ctx context.Context, s *store.Store, h *Hasher, now time.Time, keep func([]Account) error) ([]Account, error) {
	empty, err := s.Empty(ctx)
	if err != nil || !empty {
		return nil, err
	}
	seed := defaults(now)
	var accounts []Account
	for i, role := range []model.Role{model.RoleSuperadmin, model.RoleAdmin, model.RoleUser} {
		a := Account{Role: role, Email: string(role) + "@baiui.local", Password: newPassword(),
			AccessKey: NewAccessKey(), SecretKey: NewSecretKey()}
		hash, err := h.Hash(ctx, a.Password)
		if err != nil {
			return nil, err
		}
		names := map[model.Role]string{
			model.RoleSuperadmin: "Superadmin", model.RoleAdmin: "Domain admin", model.RoleUser: "User",
		}
		at := now.Add(time.Duration(i) * time.Microsecond) // lists by age keep this order
		id := uuid.NewString()
		seed.Users = append(seed.Users, store.User{ID: id, Username: string(role), Email: a.Email, PasswordHash: hash,
			FullName: names[role], Status: store.UserActive, CreatedAt: at, ModifiedAt: at, DomainName: defaultName,
			Role: role, ResourcePolicy: defaultName, MainAccessKey: a.AccessKey})
		seed.KeyPairs = append(seed.KeyPairs, store.KeyPair{AccessKey: a.AccessKey, SecretKey: a.SecretKey, UserID: id,
			IsActive: true, IsAdmin: role.IsAdmin(), ResourcePolicy: defaultName, CreatedAt: at, RateLimit: RateLimit})
		accounts = append(accounts, a)
	}
	if keep != nil {
		if err := keep(accounts); err != nil {
			return nil, err
		}
	}
	return accounts, s.Plant(ctx, seed)
}

// defaults is the world of a single machine before its first user.
func defaults(now time.Time) store.Seed {
	return store.Seed{
		Domain: store.Domain{Name: defaultName, Description: "The default domain", IsActive: true, CreatedAt: now,
			ModifiedAt: now, AllowedDockerRegistries: []string{store.LocalRegistry}, AllowedVFolderHosts: store.AllHostAccess()},
		KeyPairPolicy: store.KeyPairPolicy{Name: defaultName, CreatedAt: now, DefaultForUnspecified: "UNLIMITED",
			MaxConcurrentSessions: 1000, MaxConcurrentSFTPSessions: 1, MaxContainersPerSession: 8},
		UserPolicy: store.UserPolicy{Name: defaultName, CreatedAt: now, MaxQuotaScopeSize: -1, MaxSessionsPerModel: 10,
			MaxCustomizedImageCount: 3},
		ProjectPolicy: store.ProjectPolicy{Name: defaultName, CreatedAt: now, MaxQuotaScopeSize: -1},
		Project: store.Project{ID: uuid.NewString(), Name: defaultName, Description: "The default project", IsActive: true,
			CreatedAt: now, ModifiedAt: now, DomainName: defaultName, ResourcePolicy: defaultName, Type: "GENERAL"},
		ScalingGroup: store.ScalingGroup{Name: defaultName, Description: "The default resource group", IsActive: true,
			IsPublic: true, CreatedAt: now, Driver: "static", Scheduler: "fifo",
			SchedulerOpts: `{"allowed_session_types": ["interactive", "batch"], "pending_timeout": 0.0, "config": {}, ` +
				`"agent_selection_strategy": "dispersed", "agent_selector_config": {}}`},
	}
}
