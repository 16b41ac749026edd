package store

import (
	"context"

	"github.com/baiui/baiui/client/model"
)

// Dependency is a session that another one waits for.
type Dependency struct {
	SessionID string
	Name      string
	Status    model.Status
	Result    string // UNDEFINED, SUCCESS, FAILURE
}

// Dependencies lists what a session waits for, by arrival.
func (s *Store) Dependencies(ctx context.Context, sessionID string) ([]Dependency, error) {
	found, err := rows(ctx, s.read, `SELECT s.id, s.name, s.status, s.result
		FROM session_dependencies d JOIN sessions s ON s.id = d.depends_on WHERE d.session_id = ? ORDER BY s.seq`,
		[]any{sessionID}, func(r scanner) (d Dependency, err error) {
			return d, r.Scan(&d.SessionID, &d.Name, &d.Status, &d.Result)
		})
	return found, wrap("list dependencies", err)
}

// Dependents lists the ids of the sessions that wait, or waited, for a session,
// by arrival.
func (s *Store) Dependents(ctx context.Context, sessionID string) ([]string, error) {
	found, err := rows(ctx, s.read, `SELECT s.id FROM session_dependencies d JOIN sessions s ON s.id = d.session_id
		WHERE d.depends_on = ? ORDER BY s.seq`, []any{sessionID},
		func(r scanner) (id string, err error) { return id, r.Scan(&id) })
	return found, wrap("list dependents", err)
}

// readDependencies fills in what the sessions wait for, with one query per
// thousand of them.
func readDependencies(ctx context.Context, db querier, sessions []*Session) error {
	byID := make(map[string]*Session, len(sessions))
	ids := make([]string, len(sessions))
	for i, s := range sessions {
		s.DependsOn = nil
		byID[s.ID], ids[i] = s, s.ID
	}
	for start := 0; start < len(ids); start += maxVariables {
		part := ids[start:min(start+maxVariables, len(ids))]
		pairs, err := rows(ctx, db, "SELECT session_id, depends_on FROM session_dependencies WHERE session_id IN ("+
			marks(len(part))+")", anys(part), func(r scanner) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
		if err != nil {
			return err
		}
		for _, p := range pairs {
			s := byID[p[0]]
			s.DependsOn = append(s.DependsOn, p[1])
		}
	}
	return nil
}
