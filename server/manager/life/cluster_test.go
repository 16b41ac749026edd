package life

import (
	"testing"
	"testing/synctest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// cluster is a session of two kernels of so many cores each.
func (b *bench) cluster(name, each, total string, kind model.SessionType) *store.Session {
	s := b.session(name, each, kind)
	s.ClusterSize = 2
	s.RequestedSlots = store.ToJSON(model.ResourceSlots{"cpu": total, "mem": "1073741824"})
	sub := s.Kernels[0]
	sub.ID, sub.ClusterRole, sub.ClusterHostname, sub.LocalRank = uuid.NewString(), "sub", "sub1", 1
	s.Kernels = append(s.Kernels, sub)
	return s
}

func TestAClusterRunsAndEndsAsOne(t *testing.T) {
	for name, test := range map[string]struct {
		kernel int // which one ends first
		code   int
		reason node.EndReason
		info   string
		result string
	}{
		"its main kernel is done":     {0, 0, node.EndSelf, "task-finished", "SUCCESS"},
		"its main kernel fails":       {0, 1, node.EndSelf, "task-failed", "FAILURE"},
		"a sub kernel is lost":        {1, -1, node.EndLost, "container-not-found", "UNDEFINED"},
		"a sub kernel ends by itself": {1, 0, node.EndSelf, "task-failed", "FAILURE"},
		"a sub kernel takes too much": {1, 137, node.EndMemory, "out-of-memory", "FAILURE"},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(b *bench) {
				s := b.enqueue(b.cluster("pair", "2", "4", model.TypeBatch))
				assert.Equal(t, model.StatusRunning, s.Status)
				assert.Len(t, b.node.Created(), 2)
				assert.Equal(t, "sub1", b.node.Created()[1].Hostname)
				assert.Empty(t, b.node.Created()[1].Command)
				assert.Equal(t, &node.Cluster{ID: s.ID, Hosts: []string{"main1", "sub1"}}, b.node.Created()[1].Cluster)
				waits := b.enqueue(b.session("waits", "1", model.TypeInteractive))
				assert.Equal(t, model.StatusPending, waits.Status, "it holds the slots of both")

				b.node.End(s.Kernels[test.kernel].ID, test.code, test.reason)
				synctest.Wait()
				s = b.read(s)
				assert.Equal(t, model.StatusTerminated, s.Status)
				assert.Equal(t, test.info, info(s))
				assert.Equal(t, test.result, s.Result)
				assert.Equal(t, model.StatusTerminated, s.Kernels[1].Status)
				assert.Equal(t, model.StatusRunning, b.read(waits).Status)
			})
		})
	}
}

func TestASessionWaitsForOthersToEndWell(t *testing.T) {
	run(t, func(b *bench) {
		first := b.enqueue(b.session("first", "1", model.TypeBatch))
		second := b.session("second", "1", model.TypeInteractive)
		second.DependsOn = []string{first.ID}
		second = b.enqueue(second)
		assert.Equal(t, "predicate-checks-failed", info(second))
		failed := scheduler(b, second).Failed
		assert.Equal(t, []verdict{{"dependencies", "Waiting dependency sessions to finish as success. (first (" + first.ID + "))"}}, failed)
		third := b.enqueue(b.session("third", "1", model.TypeInteractive))
		assert.Equal(t, model.StatusRunning, third.Status, "who waits for others holds nobody")
		b.end(first, 0, node.EndSelf)
		assert.Equal(t, model.StatusRunning, b.read(second).Status)
	})
}
