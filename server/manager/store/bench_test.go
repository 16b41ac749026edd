package store

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// fill writes n sessions, all but a hundred of them over.
func fill(b *testing.B, s *Store, n int) {
	b.Helper()
	require.NoError(b, s.tx(b.Context(), "fill", func(tx *sql.Tx) error {
		session, err := tx.Prepare(`INSERT INTO sessions (id, name, type, domain_name, project_id, user_id, access_key,
			scaling_group, image, registry, architecture, status, status_changed, created_at, terminated_at)
			VALUES (?, ?, 'BATCH', 'default', 'p-1', ?, ?, 'default', 'i', 'local', 'x86_64', ?, 0, ?, ?)`)
		if err != nil {
			return err
		}
		kernel, err := tx.Prepare(`INSERT INTO kernels (id, session_id, image, registry, architecture, status, created_at)
			VALUES (?, ?, 'i', 'local', 'x86_64', ?, ?)`)
		if err != nil {
			return err
		}
		for i := range n {
			status, end := model.StatusTerminated, Micros(epoch().Add(time.Duration(i+5)*time.Second))
			if i%(n/100) == 0 {
				status, end = model.StatusRunning, nil
			}
			id, at := fmt.Sprintf("id-%d", i), Micros(epoch().Add(time.Duration(i)*time.Second))
			user := i % 3
			if _, err := session.Exec(id, fmt.Sprintf("s-%d", i), fmt.Sprintf("u-%d", user), fmt.Sprintf("AK%d", user), string(status), at, end); err != nil {
				return err
			}
			if _, err := kernel.Exec("k-"+id, id, string(status), at); err != nil {
				return err
			}
		}
		return nil
	}))
}

func BenchmarkSessions(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		s := planted(b)
		fill(b, s, n)
		for name, q := range map[string]SessionQuery{
			"running of all":         {Statuses: LiveStatuses(), Page: Page{Limit: 20}},
			"running of a key":       {AccessKey: "AK1", Statuses: LiveStatuses(), Page: Page{Limit: 20}},
			"over of all":            {Statuses: deadStatuses(), Page: Page{Limit: 20}},
			"over of all, far in":    {Statuses: deadStatuses(), Page: Page{Limit: 20, Offset: n / 2}},
			"over of a type":         {Statuses: deadStatuses(), Page: Page{Limit: 20, Where: Clause{"s.type = ?", []any{"BATCH"}}}},
			"over of another type":   {Statuses: deadStatuses(), Page: Page{Limit: 20, Where: Clause{"s.type = ?", []any{"SYSTEM"}}}},
			"over, oldest first":     {Statuses: deadStatuses(), Page: Page{Limit: 20, Order: Clause{SQL: "s.created_at"}}},
			"over, ordered by name":  {Statuses: deadStatuses(), Page: Page{Limit: 20, Order: Clause{SQL: "s.name DESC"}}},
			"over, the last page":    {Statuses: deadStatuses(), Page: Page{Limit: 20, Offset: n - n/50}},
			"over of a key, by name": {AccessKey: "AK1", Statuses: deadStatuses(), Page: Page{Limit: 20, Where: Clause{"s.name LIKE ?", []any{"%99%"}}}},
		} {
			q.WithKernels = true
			b.Run(fmt.Sprintf("%d/%s", n, name), func(b *testing.B) {
				for b.Loop() {
					if _, _, err := s.Sessions(b.Context(), q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
