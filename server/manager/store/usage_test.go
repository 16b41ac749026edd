package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// usedSession adds session n, which was there for some hours from hour begin on; 0
// hours: it is still.
func usedSession(t *testing.T, s *Store, n, begin, hours int, status model.Status) {
	x := testSession(n)
	x.CreatedAt = epoch().Add(time.Duration(begin) * time.Hour)
	x.Status, x.Kernels[0].Status, x.Kernels[0].CreatedAt = status, status, x.CreatedAt
	if hours > 0 {
		x.TerminatedAt = x.CreatedAt.Add(time.Duration(hours) * time.Hour)
		x.Kernels[0].TerminatedAt = x.TerminatedAt
	}
	x.Mounts = []string{"data"}
	require.NoError(t, s.AddSession(t.Context(), x))
}

func TestUsageIsOfKernelsThatWereThere(t *testing.T) {
	s := planted(t)
	usedSession(t, s, 1, 0, 5, model.StatusTerminated)  // before
	usedSession(t, s, 2, 8, 4, model.StatusTerminated)  // into it
	usedSession(t, s, 3, 12, 1, model.StatusTerminated) // within
	usedSession(t, s, 4, 1, 0, model.StatusRunning)     // all the time
	usedSession(t, s, 5, 21, 1, model.StatusTerminated) // after
	usedSession(t, s, 6, 12, 0, model.StatusPending)
	usedSession(t, s, 7, 12, 1, model.StatusCancelled)
	usedSession(t, s, 8, 22, 0, model.StatusRunning) // after
	hour := func(n int) time.Time { return epoch().Add(time.Duration(n) * time.Hour) }
	for name, q := range map[string]UsageQuery{
		"everybody":              {From: hour(10), To: hour(20)},
		"a user":                 {From: hour(10), To: hour(20), UserID: "u-2"},
		"a project, named twice": {From: hour(10), To: hour(20), ProjectIDs: []string{"p-1", "p-1", "p-2"}},
	} {
		var names []string
		require.NoError(t, s.UsedKernels(t.Context(), q, func(k UsedKernel) error {
			names = append(names, k.SessionName)
			assert.Equal(t, []any{"default", "user@example.test", "AK2", "p-1", "default", []string{"data"}},
				[]any{k.DomainName, k.UserEmail, k.AccessKey, k.ProjectID, k.ProjectName, k.Mounts})
			return nil
		}))
		assert.ElementsMatch(t, []string{"s-000002", "s-000003", "s-000004"}, names, name)
	}
	for name, q := range map[string]UsageQuery{
		"another user": {From: hour(10), To: hour(20), UserID: "u-1"},
		"no project":   {From: hour(10), To: hour(20), ProjectIDs: []string{}},
	} {
		require.NoError(t, s.UsedKernels(t.Context(), q, func(k UsedKernel) error {
			assert.Fail(t, name, k.SessionName)
			return nil
		}))
	}
}

// What is older than the time asked for must not be read.
func TestUsageWalksOnlyTheTimeAskedFor(t *testing.T) {
	s := planted(t)
	for name, q := range map[string]UsageQuery{
		"everybody": {}, "a user": {UserID: "u-2"}, "a project": {ProjectIDs: []string{"p-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			text, args := q.statement(q.parts()[0])
			plan, err := rows(t.Context(), s.read, "EXPLAIN QUERY PLAN "+text, args, func(r scanner) (line string, err error) {
				var a, b, c any
				return line, r.Scan(&a, &b, &c, &line)
			})
			require.NoError(t, err)
			joined := fmt.Sprint(plan)
			assert.NotContains(t, joined, "SCAN")
			assert.NotContains(t, joined, "TEMP B-TREE")
			assert.Contains(t, joined, "activity>?")
			assert.Equal(t, 2, strings.Count(joined, "kernels_session"), joined)
		})
	}
}
