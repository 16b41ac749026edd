package store

import (
	"context"
	"time"

	"github.com/baiui/baiui/client/model"
)

// User is a person who may sign in.
type User struct {
	ID                 string // uuid
	Username           string
	Email              string
	PasswordHash       string
	NeedPasswordChange bool
	FullName           string
	Description        string
	Status             string // active, inactive, deleted, before-verification
	StatusInfo         string // empty: null
	CreatedAt          time.Time
	ModifiedAt         time.Time
	DomainName         string
	Role               model.Role
	ResourcePolicy     string
	AllowedClientIP    []string // nil: any
	SudoSessionEnabled bool
	MainAccessKey      string
}

// UserActive is the status of a user who may sign in.
const UserActive = "active"

const userColumns = `u.uuid, u.username, u.email, u.password_hash, u.need_password_change, u.full_name,
	u.description, u.status, u.status_info, u.created_at, u.modified_at, u.domain_name, u.role,
	u.resource_policy, u.allowed_client_ip, u.sudo_session_enabled, u.main_access_key`

func scanUser(r scanner) (u User, err error) {
	err = r.Scan(&u.ID, &u.Username, &u.Email, &u.PasswordHash, &u.NeedPasswordChange, &u.FullName,
		&u.Description, &u.Status, textColumn{&u.StatusInfo}, timeColumn{&u.CreatedAt}, timeColumn{&u.ModifiedAt},
		&u.DomainName, &u.Role, &u.ResourcePolicy, listColumn{&u.AllowedClientIP}, &u.SudoSessionEnabled,
		textColumn{&u.MainAccessKey})
	return u, err
}

// UserQuery selects users. Alias: u (users).
type UserQuery struct {
	IDs        []string // nil: any
	Email      string
	DomainName string
	ProjectID  string // members of it
	IsActive   *bool
	Status     string
	Page
}

// Users lists users, oldest first.
func (s *Store) Users(ctx context.Context, f UserQuery) ([]User, int, error) {
	q := query{from: "users u", order: "u.created_at, u.uuid"}
	q.in("u.uuid", f.IDs)
	q.equal("u.email", f.Email)
	q.equal("u.domain_name", f.DomainName)
	q.equal("u.status", f.Status)
	if f.IsActive != nil {
		q.and("(u.status = 'active') = ?", *f.IsActive)
	}
	if f.ProjectID != "" {
		q.and("u.uuid IN (SELECT user_id FROM project_members WHERE project_id = ?)", f.ProjectID)
	}
	return list(ctx, s, "list users", q, userColumns, f.Page, scanUser)
}

// User finds a user by uuid.
func (s *Store) User(ctx context.Context, id string) (User, error) {
	return one(ctx, s.read, "find user", "SELECT "+userColumns+" FROM users u WHERE u.uuid = ?", []any{id}, scanUser)
}

// UserByEmail finds a user by e-mail address.
func (s *Store) UserByEmail(ctx context.Context, email string) (User, error) {
	return one(ctx, s.read, "find user", "SELECT "+userColumns+" FROM users u WHERE u.email = ?", []any{email}, scanUser)
}

// ProjectRef names a project a user belongs to.
type ProjectRef struct{ ID, Name string }

// ProjectsOfUsers gives the active projects of several users, by user id, each
// list sorted by name.
func (s *Store) ProjectsOfUsers(ctx context.Context, userIDs []string) (map[string][]ProjectRef, error) {
	if len(userIDs) == 0 {
		return nil, nil
	}
	type member struct {
		user string
		ref  ProjectRef
	}
	found, err := rows(ctx, s.read, `SELECT m.user_id, p.id, p.name FROM project_members m
		JOIN projects p ON p.id = m.project_id
		WHERE p.is_active AND m.user_id IN (`+marks(len(userIDs))+`) ORDER BY p.name`, anys(userIDs),
		func(r scanner) (m member, err error) { return m, r.Scan(&m.user, &m.ref.ID, &m.ref.Name) })
	if err != nil {
		return nil, wrap("projects of users", err)
	}
	out := make(map[string][]ProjectRef, len(userIDs))
	for _, m := range found {
		out[m.user] = append(out[m.user], m.ref)
	}
	return out, nil
}

func userCells(u User) cells {
	var clients any
	if u.AllowedClientIP != nil {
		clients = listOf(u.AllowedClientIP).value()
	}
	return cells{{"uuid", u.ID}, {"username", u.Username}, {"email", u.Email}, {"password_hash", u.PasswordHash},
		{"need_password_change", u.NeedPasswordChange}, {"full_name", u.FullName}, {"description", u.Description},
		{"status", u.Status}, {"status_info", orNull(u.StatusInfo)}, {"created_at", Micros(u.CreatedAt)},
		{"modified_at", Micros(u.ModifiedAt)}, {"domain_name", u.DomainName}, {"role", string(u.Role)},
		{"resource_policy", u.ResourcePolicy}, {"allowed_client_ip", clients}, {"sudo_session_enabled", u.SudoSessionEnabled},
		{"main_access_key", orNull(u.MainAccessKey)}}
}
