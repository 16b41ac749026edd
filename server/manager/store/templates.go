package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Template is what a session can be made of again.
type Template struct {
	ID          string // uuid
	Name        string
	CreatedAt   time.Time
	DomainName  string
	ProjectID   string
	UserID      string
	UserEmail   string // of the owner; not written
	ProjectName string // not written
	Template    JSON   // the document
}

const templateColumns = `t.id, t.name, t.created_at, t.domain_name, t.project_id, t.user_id, u.email,
	coalesce((SELECT name FROM projects WHERE id = t.project_id), ''), t.template`

const templateFrom = "session_templates t JOIN users u ON u.uuid = t.user_id"

func scanTemplate(r scanner) (t Template, err error) {
	return t, r.Scan(&t.ID, &t.Name, timeColumn{&t.CreatedAt}, &t.DomainName, &t.ProjectID, &t.UserID, &t.UserEmail, &t.ProjectName, &t.Template)
}

func templateCells(t Template) cells {
	return cells{{"id", t.ID}, {"name", t.Name}, {"created_at", Micros(t.CreatedAt)}, {"domain_name", t.DomainName},
		{"project_id", t.ProjectID}, {"user_id", t.UserID}, {"template", t.Template.object()}}
}

// TemplateQuery selects session templates; empty fields do not limit.
type TemplateQuery struct {
	ID         string
	DomainName string
	// UserID selects the templates of a user and of the projects the user
	// belongs to.
	UserID string
}

// Templates lists session templates, oldest first.
func (s *Store) Templates(ctx context.Context, f TemplateQuery) ([]Template, error) {
	q := query{from: templateFrom, order: "t.created_at, t.id"}
	q.equal("t.id", f.ID)
	q.equal("t.domain_name", f.DomainName)
	if f.UserID != "" {
		q.and("(t.user_id = ? OR t.project_id IN (SELECT project_id FROM project_members WHERE user_id = ?))", f.UserID, f.UserID)
	}
	items, _, err := list(ctx, s, "list templates", q, templateColumns, Page{}, scanTemplate)
	return items, err
}

// ErrTooManyTemplates: somebody would have more templates than may be.
var ErrTooManyTemplates = errors.New("as many templates as may be are there")

// AddTemplates adds session templates, all or none of them. [ErrTooManyTemplates]
// refuses those with which somebody would have more than most.
func (s *Store) AddTemplates(ctx context.Context, all []Template, most int) error {
	return s.tx(ctx, "add templates", func(tx *sql.Tx) error {
		for _, t := range all {
			if err := templateCells(t).insert(ctx, tx, "session_templates"); err != nil {
				return err
			}
			var there int
			if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM session_templates WHERE user_id = ?", t.UserID).Scan(&there); err != nil {
				return err
			}
			if there > most {
				return ErrTooManyTemplates
			}
		}
		return nil
	})
}

// ChangeTemplate changes the template of an id.
func (s *Store) ChangeTemplate(ctx context.Context, id string, edit func(*Template) error) (Template, error) {
	return change(ctx, s, "change template", table[Template]{"session_templates",
		"SELECT " + templateColumns + " FROM " + templateFrom + " WHERE t.id = ?", "id = ?", scanTemplate, templateCells}, id, edit, nil)
}

// DeleteTemplate removes the template of an id.
func (s *Store) DeleteTemplate(ctx context.Context, id string) error {
	return s.remove(ctx, "delete template", "session_templates", "id = ?", id)
}
