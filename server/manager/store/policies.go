package store

import (
	"context"
	"time"
)

// KeyPairPolicy limits what the sessions of one key pair may take together.
type KeyPairPolicy struct {
	Name                  string
	CreatedAt             time.Time
	DefaultForUnspecified string // LIMITED: a slot not named is 0; UNLIMITED: it is infinite
	TotalResourceSlots    JSON
	MaxSessionLifetime    int // seconds; 0: none
	MaxConcurrentSessions int
	// MaxPendingSessions and MaxPendingSlots limit the queue; nil and empty: no limit.
	MaxPendingSessions        *int
	MaxPendingSlots           JSON
	MaxConcurrentSFTPSessions int
	MaxContainersPerSession   int
	IdleTimeout               int // seconds; 0: never
	AllowedVFolderHosts       JSON
}

const keyPairPolicyColumns = `p.name, p.created_at, p.default_for_unspecified, p.total_resource_slots,
	p.max_session_lifetime, p.max_concurrent_sessions, p.max_pending_session_count,
	p.max_pending_session_resource_slots, p.max_concurrent_sftp_sessions, p.max_containers_per_session,
	p.idle_timeout, p.allowed_vfolder_hosts`

func scanKeyPairPolicy(r scanner) (p KeyPairPolicy, err error) {
	err = r.Scan(&p.Name, timeColumn{&p.CreatedAt}, &p.DefaultForUnspecified, &p.TotalResourceSlots,
		&p.MaxSessionLifetime, &p.MaxConcurrentSessions, &p.MaxPendingSessions, &p.MaxPendingSlots,
		&p.MaxConcurrentSFTPSessions, &p.MaxContainersPerSession, &p.IdleTimeout, &p.AllowedVFolderHosts)
	return p, err
}

// PolicyQuery selects policies. Alias: p.
type PolicyQuery struct {
	Names []string // nil: any
	Page
}

// KeyPairPolicies lists key pair resource policies by name.
func (s *Store) KeyPairPolicies(ctx context.Context, f PolicyQuery) ([]KeyPairPolicy, int, error) {
	q := query{from: "keypair_resource_policies p", order: "p.name"}
	q.in("p.name", f.Names)
	return list(ctx, s, "list key pair policies", q, keyPairPolicyColumns, f.Page, scanKeyPairPolicy)
}

// KeyPairPolicy finds a key pair resource policy by name.
func (s *Store) KeyPairPolicy(ctx context.Context, name string) (KeyPairPolicy, error) {
	return one(ctx, s.read, "find key pair policy",
		"SELECT "+keyPairPolicyColumns+" FROM keypair_resource_policies p WHERE p.name = ?", []any{name}, scanKeyPairPolicy)
}

// UserPolicy limits what a user may keep.
type UserPolicy struct {
	Name                    string
	CreatedAt               time.Time
	MaxVFolderCount         int   // 0: no limit
	MaxQuotaScopeSize       int64 // bytes; -1 or 0: no limit
	MaxSessionsPerModel     int   // the wire's max_session_count_per_model_session
	MaxCustomizedImageCount int
}

const userPolicyColumns = `p.name, p.created_at, p.max_vfolder_count, p.max_quota_scope_size,
	p.max_session_count_per_model_session, p.max_customized_image_count`

func scanUserPolicy(r scanner) (p UserPolicy, err error) {
	err = r.Scan(&p.Name, timeColumn{&p.CreatedAt}, &p.MaxVFolderCount, &p.MaxQuotaScopeSize,
		&p.MaxSessionsPerModel, &p.MaxCustomizedImageCount)
	return p, err
}

// UserPolicies lists user resource policies by name.
func (s *Store) UserPolicies(ctx context.Context, f PolicyQuery) ([]UserPolicy, int, error) {
	q := query{from: "user_resource_policies p", order: "p.name"}
	q.in("p.name", f.Names)
	return list(ctx, s, "list user policies", q, userPolicyColumns, f.Page, scanUserPolicy)
}

// ProjectPolicy limits what a project may keep.
type ProjectPolicy struct {
	Name              string
	CreatedAt         time.Time
	MaxVFolderCount   int   // 0: no limit
	MaxQuotaScopeSize int64 // bytes; -1 or 0: no limit
}

const projectPolicyColumns = "p.name, p.created_at, p.max_vfolder_count, p.max_quota_scope_size"

func scanProjectPolicy(r scanner) (p ProjectPolicy, err error) {
	return p, r.Scan(&p.Name, timeColumn{&p.CreatedAt}, &p.MaxVFolderCount, &p.MaxQuotaScopeSize)
}

// ProjectPolicies lists project resource policies by name.
func (s *Store) ProjectPolicies(ctx context.Context, f PolicyQuery) ([]ProjectPolicy, int, error) {
	q := query{from: "project_resource_policies p", order: "p.name"}
	q.in("p.name", f.Names)
	return list(ctx, s, "list project policies", q, projectPolicyColumns, f.Page, scanProjectPolicy)
}

func keyPairPolicyCells(p KeyPairPolicy) cells {
	return cells{{"name", p.Name}, {"created_at", Micros(p.CreatedAt)}, {"default_for_unspecified", p.DefaultForUnspecified},
		{"total_resource_slots", p.TotalResourceSlots.object()}, {"max_session_lifetime", p.MaxSessionLifetime},
		{"max_concurrent_sessions", p.MaxConcurrentSessions}, {"max_pending_session_count", p.MaxPendingSessions},
		{"max_pending_session_resource_slots", p.MaxPendingSlots.value()},
		{"max_concurrent_sftp_sessions", p.MaxConcurrentSFTPSessions}, {"max_containers_per_session", p.MaxContainersPerSession},
		{"idle_timeout", p.IdleTimeout}, {"allowed_vfolder_hosts", p.AllowedVFolderHosts.object()}}
}

func userPolicyCells(p UserPolicy) cells {
	return cells{{"name", p.Name}, {"created_at", Micros(p.CreatedAt)}, {"max_vfolder_count", p.MaxVFolderCount},
		{"max_quota_scope_size", p.MaxQuotaScopeSize}, {"max_session_count_per_model_session", p.MaxSessionsPerModel},
		{"max_customized_image_count", p.MaxCustomizedImageCount}}
}

func projectPolicyCells(p ProjectPolicy) cells {
	return cells{{"name", p.Name}, {"created_at", Micros(p.CreatedAt)}, {"max_vfolder_count", p.MaxVFolderCount},
		{"max_quota_scope_size", p.MaxQuotaScopeSize}}
}
