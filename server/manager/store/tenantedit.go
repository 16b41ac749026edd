package store

import (
	"context"
	"database/sql"
)

// AddDomain adds a domain; a name that is taken is a conflict.
func (s *Store) AddDomain(ctx context.Context, d Domain) error {
	return s.add(ctx, "add domain", "domains", domainCells(d))
}

// ChangeDomain changes the domain of a name. A new name reaches everything that
// belongs to the domain.
func (s *Store) ChangeDomain(ctx context.Context, name string, edit func(*Domain) error) (after Domain, err error) {
	t := table[Domain]{"domains", "SELECT " + domainColumns + " FROM domains d WHERE d.name = ?", "name = ?", scanDomain, domainCells}
	err = s.tx(ctx, "change domain", func(tx *sql.Tx) error {
		// Users and projects get the new name after the domain has it.
		if err := run(ctx, tx, nil, "PRAGMA defer_foreign_keys = 1"); err != nil {
			return err
		}
		if _, after, err = changeRow(ctx, tx, t, name, edit); err != nil || after.Name == name {
			return err
		}
		return run(ctx, tx, []any{after.Name, name},
			"UPDATE users SET domain_name = ? WHERE domain_name = ?",
			"UPDATE projects SET domain_name = ? WHERE domain_name = ?",
			"UPDATE sessions SET domain_name = ? WHERE domain_name = ?",
			"UPDATE vfolders SET domain_name = ? WHERE domain_name = ?",
			"UPDATE session_templates SET domain_name = ? WHERE domain_name = ?",
			"UPDATE dotfiles SET owner = ? WHERE scope = 'domain' AND owner = ?",
			"UPDATE scaling_group_access SET target = ? WHERE kind = 'domain' AND target = ?")
	})
	return after, err
}

// PurgeDomain removes a domain. [ErrNotEmpty] refuses it while users or projects
// belong to it.
func (s *Store) PurgeDomain(ctx context.Context, name string) error {
	return s.tx(ctx, "purge domain", func(tx *sql.Tx) error {
		for _, text := range []string{"SELECT 1 FROM users WHERE domain_name = ?", "SELECT 1 FROM projects WHERE domain_name = ?"} {
			found, err := exists(ctx, tx, text, name)
			if err != nil {
				return err
			}
			if found {
				return ErrNotEmpty
			}
		}
		if err := purgeSessions(ctx, tx, "domain_name", name); err != nil {
			return err
		}
		err := run(ctx, tx, []any{name},
			"DELETE FROM scaling_group_access WHERE kind = 'domain' AND target = ?",
			"DELETE FROM dotfiles WHERE scope = 'domain' AND owner = ?",
			"DELETE FROM session_templates WHERE domain_name = ?")
		if err != nil {
			return err
		}
		return touch(ctx, tx, "DELETE FROM domains WHERE name = ?", name)
	})
}

// AddProject adds a project; a name that is taken in the domain is a conflict.
func (s *Store) AddProject(ctx context.Context, p Project) error {
	return s.add(ctx, "add project", "projects", projectCells(p))
}

// ProjectEdit is what a change of a project may set.
type ProjectEdit struct {
	Project
	Join, Leave []string // ids of users who become or stop being members
}

// ChangeProject changes the project of an id. [ErrStranger] refuses members of
// another domain.
func (s *Store) ChangeProject(ctx context.Context, id string, edit func(*ProjectEdit) error) (Project, error) {
	var e ProjectEdit
	t := table[Project]{"projects", "SELECT " + projectColumns + " FROM projects g WHERE g.id = ?", "id = ?", scanProject, projectCells}
	return change(ctx, s, "change project", t, id, func(p *Project) error {
		e = ProjectEdit{Project: *p}
		err := edit(&e)
		*p = e.Project
		return err
	}, func(tx *sql.Tx, before, after Project) error {
		if after.DomainName != before.DomainName {
			if err := run(ctx, tx, []any{after.ID}, "DELETE FROM project_members WHERE project_id = ?"); err != nil {
				return err
			}
		}
		for _, user := range e.Join {
			near, err := exists(ctx, tx, "SELECT 1 FROM users WHERE uuid = ? AND domain_name = ?", user, after.DomainName)
			if err != nil {
				return err
			}
			if !near {
				return ErrStranger
			}
			if err := run(ctx, tx, []any{after.ID, user}, "INSERT OR IGNORE INTO project_members (project_id, user_id) VALUES (?, ?)"); err != nil {
				return err
			}
		}
		for _, user := range e.Leave {
			if err := run(ctx, tx, []any{after.ID, user}, "DELETE FROM project_members WHERE project_id = ? AND user_id = ?"); err != nil {
				return err
			}
		}
		return nil
	})
}

// PurgeProject removes a project with its memberships and ended sessions.
// [ErrInUse] and [ErrHasFolders] refuse it.
func (s *Store) PurgeProject(ctx context.Context, id string) error {
	return s.tx(ctx, "purge project", func(tx *sql.Tx) error {
		if err := purgeSessions(ctx, tx, "project_id", id); err != nil {
			return err
		}
		if err := noFolders(ctx, tx, "project_id", id); err != nil {
			return err
		}
		err := run(ctx, tx, []any{id},
			"DELETE FROM project_members WHERE project_id = ?",
			"DELETE FROM scaling_group_access WHERE kind = 'project' AND target = ?",
			"DELETE FROM dotfiles WHERE scope = 'project' AND owner = ?",
			"DELETE FROM session_templates WHERE project_id = ?")
		if err != nil {
			return err
		}
		return touch(ctx, tx, "DELETE FROM projects WHERE id = ?", id)
	})
}
