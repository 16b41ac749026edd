package store

import (
	"context"
	"time"
)

// Project is a user group: the wire calls it a group.
type Project struct {
	ID                  string // uuid
	Name                string
	Description         string
	IsActive            bool
	CreatedAt           time.Time
	ModifiedAt          time.Time
	DomainName          string
	TotalResourceSlots  JSON
	AllowedVFolderHosts JSON
	IntegrationID       string // empty: null
	ResourcePolicy      string
	Type                string // GENERAL or MODEL_STORE
}

const projectColumns = `g.id, g.name, g.description, g.is_active, g.created_at, g.modified_at, g.domain_name,
	g.total_resource_slots, g.allowed_vfolder_hosts, g.integration_id, g.resource_policy, g.type`

func scanProject(r scanner) (p Project, err error) {
	err = r.Scan(&p.ID, &p.Name, &p.Description, &p.IsActive, timeColumn{&p.CreatedAt}, timeColumn{&p.ModifiedAt},
		&p.DomainName, &p.TotalResourceSlots, &p.AllowedVFolderHosts, textColumn{&p.IntegrationID}, &p.ResourcePolicy, &p.Type)
	return p, err
}

// ProjectQuery selects projects. Alias: g (projects).
type ProjectQuery struct {
	IDs        []string // nil: any
	Names      []string // nil: any
	DomainName string
	MemberID   string // projects of this user
	IsActive   *bool
	Types      []string // nil: any
	Page
}

// Projects lists projects by name.
func (s *Store) Projects(ctx context.Context, f ProjectQuery) ([]Project, int, error) {
	q := query{from: "projects g", order: "g.name, g.id"}
	q.in("g.id", f.IDs)
	q.in("g.name", f.Names)
	q.in("g.type", f.Types)
	q.equal("g.domain_name", f.DomainName)
	q.flag("g.is_active", f.IsActive)
	if f.MemberID != "" {
		q.and("g.id IN (SELECT project_id FROM project_members WHERE user_id = ?)", f.MemberID)
	}
	return list(ctx, s, "list projects", q, projectColumns, f.Page, scanProject)
}

// Project finds a project by id.
func (s *Store) Project(ctx context.Context, id string) (Project, error) {
	return one(ctx, s.read, "find project", "SELECT "+projectColumns+" FROM projects g WHERE g.id = ?", []any{id}, scanProject)
}

// IsMember reports whether a user belongs to a project.
func (s *Store) IsMember(ctx context.Context, projectID, userID string) (bool, error) {
	var n int
	err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM project_members WHERE project_id = ? AND user_id = ?",
		projectID, userID).Scan(&n)
	return n > 0, wrap("find member", err)
}

func projectCells(p Project) cells {
	return cells{{"id", p.ID}, {"name", p.Name}, {"description", p.Description}, {"is_active", p.IsActive},
		{"created_at", Micros(p.CreatedAt)}, {"modified_at", Micros(p.ModifiedAt)}, {"domain_name", p.DomainName},
		{"total_resource_slots", p.TotalResourceSlots.object()}, {"allowed_vfolder_hosts", p.AllowedVFolderHosts.object()},
		{"integration_id", orNull(p.IntegrationID)}, {"resource_policy", p.ResourcePolicy}, {"type", p.Type}}
}
