package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestCountsFollowEveryChangeOfSessions(t *testing.T) {
	s := planted(t)
	random := rand.New(rand.NewPCG(1, 2))
	statuses := append(LiveStatuses(), deadStatuses()...)
	for step := range 200 {
		n := random.IntN(30)
		require.NoError(t, s.tx(t.Context(), "change", func(tx *sql.Tx) error {
			id := fmt.Sprintf("id-%d", n)
			switch random.IntN(4) {
			case 0:
				_, err := tx.Exec("DELETE FROM sessions WHERE id = ?", id)
				return err
			case 1:
				_, err := tx.Exec("UPDATE sessions SET status = ?, access_key = ?, project_id = ? WHERE id = ?",
					statuses[random.IntN(len(statuses))], fmt.Sprintf("AK%d", random.IntN(3)), fmt.Sprintf("p-%d", random.IntN(2)), id)
				return err
			}
			_, err := tx.Exec(`INSERT OR IGNORE INTO sessions (id, name, type, domain_name, project_id, user_id, access_key, scaling_group, image,
				registry, architecture, status, status_changed, created_at) VALUES (?1, ?1, ?2, 'default', 'p-1', 'u-1', ?3, 'default', 'i', 'local', 'x', ?4, 0, 0)`,
				id, []string{"BATCH", "INTERACTIVE"}[random.IntN(2)], fmt.Sprintf("AK%d", random.IntN(3)), statuses[random.IntN(len(statuses))])
			return err
		}))
		if step%10 != 0 {
			continue
		}
		for name, f := range map[string]SessionQuery{
			"all":                   {},
			"of a key":              {AccessKey: "AK1"},
			"live ones":             {Statuses: LiveStatuses()},
			"one status, a project": {Statuses: []model.Status{model.StatusRunning}, ProjectID: "p-1"},
			"two kinds of statuses": {Statuses: []model.Status{model.StatusRunning, model.StatusTerminated}},
			"a type":                {Types: []model.SessionType{model.TypeBatch}, UserID: "u-1"},
			"a type by filter":      {Statuses: deadStatuses(), Page: Page{Where: Clause{"s.type = ?", []any{"BATCH"}}}},
			"a name by filter":      {Page: Page{Where: Clause{"s.name LIKE ?", []any{"%1%"}}}},
		} {
			_, all, err := s.Sessions(t.Context(), f)
			require.NoError(t, err)
			f.Limit, f.Offset = 1, 1
			_, total, err := s.Sessions(t.Context(), f)
			require.NoError(t, err)
			assert.Equal(t, all, total, name)
		}
	}
	_, err := s.write.Exec("DELETE FROM sessions")
	require.NoError(t, err)
	var left int
	require.NoError(t, s.read.QueryRow("SELECT count(*) FROM session_counts").Scan(&left))
	assert.Zero(t, left)
}

// recorder keeps the texts of queries.
type recorder struct {
	querier
	texts []string
	args  [][]any
}

func (r *recorder) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	r.texts, r.args = append(r.texts, text), append(r.args, args)
	return r.querier.QueryContext(ctx, text, args...)
}

// The lists that people look at all day must not become slower as sessions become
// more: their rows come from an index in the order that is wanted.
func TestListsOfSessionsAreReadInTheOrderOfAnIndex(t *testing.T) {
	s := planted(t)
	batch := Clause{"s.type = ?", []any{"BATCH"}}
	for name, f := range map[string]SessionQuery{
		"all":                             {},
		"live ones":                       {Statuses: LiveStatuses()},
		"those that are over":             {Statuses: deadStatuses()},
		"of a domain":                     {DomainName: "default", Statuses: deadStatuses()},
		"of a project":                    {ProjectID: "p-1", Statuses: deadStatuses()},
		"of a key":                        {AccessKey: "AK1", DomainName: "default", ProjectID: "p-1", Statuses: deadStatuses()},
		"of a user":                       {UserID: "u-1"},
		"of a type":                       {Statuses: deadStatuses(), Page: Page{Where: batch}},
		"of a type and a key":             {AccessKey: "AK1", ProjectID: "p-1", Statuses: deadStatuses(), Page: Page{Where: batch}},
		"of a type and a project":         {ProjectID: "p-1", Statuses: deadStatuses(), Page: Page{Where: batch}},
		"by name":                         {Statuses: deadStatuses(), Page: Page{Order: Clause{SQL: "s.name ASC"}}},
		"by name, backwards":              {Statuses: deadStatuses(), Page: Page{Order: Clause{SQL: "s.name DESC"}}},
		"by the time they were asked for": {Statuses: deadStatuses(), Page: Page{Order: Clause{SQL: "s.created_at ASC"}}},
	} {
		t.Run(name, func(t *testing.T) {
			f.Limit = 20
			r := &recorder{querier: s.read}
			_, err := f.numbers(t.Context(), r)
			require.NoError(t, err)
			require.Len(t, r.texts, 1)
			plan, err := rows(t.Context(), s.read, "EXPLAIN QUERY PLAN "+r.texts[0], r.args[0], func(row scanner) (text string, err error) {
				var n int
				return text, row.Scan(&n, &n, &n, &text)
			})
			require.NoError(t, errors.Join(err))
			assert.Contains(t, strings.Join(plan, "\n"), "INDEX sessions_")
			assert.NotContains(t, strings.Join(plan, "\n"), "TEMP B-TREE", "nothing is sorted")
		})
	}
}
