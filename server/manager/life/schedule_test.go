package life

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

func scheduler(b *bench, s *store.Session) schedulerData {
	var data waitingData
	require.NoError(b, json.Unmarshal([]byte(s.StatusData), &data))
	return data.Scheduler
}

func TestASessionThatDoesNotFitSaysWhy(t *testing.T) {
	run(t, func(b *bench) {
		big := b.enqueue(b.session("big", "64", model.TypeInteractive))
		assert.Equal(t, model.StatusPending, big.Status)
		assert.Equal(t, "no-available-instances", info(big))
		data := scheduler(b, big)
		assert.Equal(t, 1, data.Retries)
		assert.Contains(t, data.Msg, "Could not find a contiguous resource region")
		assert.Contains(t, data.Msg, "resource group: default")
		assert.Empty(t, data.Failed)
		require.Len(t, data.Passed, 9)
		assert.Equal(t, "reserved_time", data.Passed[0].Name)
		assert.Equal(t, "domain_resource_limit", data.Passed[8].Name)
		assert.Contains(t, string(big.Kernels[0].StatusData), "passed_predicates")
		assert.NotContains(t, string(big.Kernels[0].StatusData), "retries")
		assert.Equal(t, store.JSON("{}"), big.OccupyingSlots)

		time.Sleep(11 * time.Second) // two ticks
		synctest.Wait()
		assert.Equal(t, 3, scheduler(b, b.read(big)).Retries)

		// No end of others could make room for it, so it holds nobody.
		small := b.enqueue(b.session("small", "1", model.TypeInteractive))
		assert.Equal(t, model.StatusRunning, small.Status)
		b.destroy(big, false)
		big = b.read(big)
		assert.Equal(t, model.StatusCancelled, big.Status)
		assert.Equal(t, "no-available-instances", info(big), "it keeps why it waited")
		assert.Equal(t, "user-requested", *big.Kernels[0].StatusInfo)
	})
}

func TestALargeSessionIsNotStarvedBySmallOnes(t *testing.T) {
	run(t, func(b *bench) {
		first := b.enqueue(b.session("first", "1", model.TypeInteractive))
		large := b.enqueue(b.session("large", "4", model.TypeInteractive))
		assert.Equal(t, "no-available-instances", info(large))
		small := b.enqueue(b.session("small", "1", model.TypeInteractive))
		assert.Equal(t, "null", info(small), "the scheduler did not come to it")
		b.destroy(first, false)
		assert.Equal(t, model.StatusRunning, b.read(large).Status)
		assert.Equal(t, model.StatusPending, b.read(small).Status)
		b.destroy(large, false)
		assert.Equal(t, model.StatusRunning, b.read(small).Status)
	})
}

func TestRoomIsGivenInOrder(t *testing.T) {
	run(t, func(b *bench) {
		first := b.enqueue(b.session("first", "3", model.TypeInteractive))
		second := b.enqueue(b.session("second", "2", model.TypeInteractive))
		third := b.session("third", "1", model.TypeInteractive)
		third.Priority = 20
		third = b.enqueue(third)
		assert.Equal(t, model.StatusRunning, first.Status)
		assert.Equal(t, model.StatusPending, second.Status)
		assert.Equal(t, model.StatusRunning, third.Status, "a higher priority goes first")
		fourth := b.enqueue(b.session("fourth", "0.5", model.TypeInteractive))
		assert.Equal(t, model.StatusPending, fourth.Status, "it fits, but it is not its turn")
		b.destroy(first, false)
		assert.Equal(t, model.StatusRunning, b.read(second).Status)
		assert.Equal(t, model.StatusRunning, b.read(fourth).Status)
	})
}

func TestLimitsOfAPolicyAreKept(t *testing.T) {
	limit := 1
	wanted := slots.Slots{"cpu": slots.Whole(2), "mem": slots.Whole(100)}
	base := func() (*world, *store.Session) {
		w := &world{
			now:      time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			held:     store.Occupancy{KeyPairs: map[string]store.KeyPairUse{"AK": {Sessions: 1, Pending: 1}}},
			policies: map[string]store.KeyPairPolicy{"AK": {MaxConcurrentSessions: 5}},
			mains:    map[string]store.KeyPairPolicy{"u": {}},
			projects: map[string]slots.Slots{"p": {}},
			domains:  map[string]slots.Slots{"d": {}},
		}
		return w, &store.Session{AccessKey: "AK", UserID: "u", ProjectID: "p", DomainName: "d"}
	}
	for name, test := range map[string]struct {
		change func(*world, *store.Session)
		failed []verdict
	}{
		"nothing in the way": {func(*world, *store.Session) {}, []verdict{}},
		"not yet its time": {func(w *world, s *store.Session) { s.StartsAt = w.now.Add(1) },
			[]verdict{{"reserved_time", "Before start time"}}},
		"as many sessions as allowed": {func(w *world, _ *store.Session) {
			w.policies["AK"] = store.KeyPairPolicy{MaxConcurrentSessions: 1}
		}, []verdict{{"concurrency", "You cannot run more than 1 concurrent sessions"}}},
		"more that wait than allowed": {func(w *world, _ *store.Session) {
			w.held.KeyPairs["AK"] = store.KeyPairUse{Pending: 2}
			w.policies["AK"] = store.KeyPairPolicy{MaxConcurrentSessions: 5, MaxPendingSessions: &limit}
		}, []verdict{{"pending_session_count_limit", "You cannot create more than 1 pending session(s)."}}},
		"more asked for by those that wait than allowed": {func(w *world, _ *store.Session) {
			w.held.KeyPairs["AK"] = store.KeyPairUse{PendingSlots: wanted}
			w.policies["AK"] = store.KeyPairPolicy{MaxConcurrentSessions: 5, MaxPendingSlots: `{"cpu": "1"}`}
		}, []verdict{{"pending_session_resource_limit", "Your pending resource quota is exceeded. (cpu=1)"}}},
		"a limit of the policy": {func(w *world, _ *store.Session) {
			w.policies["AK"] = store.KeyPairPolicy{MaxConcurrentSessions: 5, TotalResourceSlots: `{"cpu": "1.5", "mem": "99"}`}
		}, []verdict{{"keypair_resource_limit", "Your keypair resource quota is exceeded. (cpu=1.5 mem=99)"}}},
		"a policy that limits what it does not name": {func(w *world, _ *store.Session) {
			w.policies["AK"] = store.KeyPairPolicy{MaxConcurrentSessions: 5, TotalResourceSlots: `{"cpu": "2"}`, DefaultForUnspecified: "LIMITED"}
		}, []verdict{{"keypair_resource_limit", "Your keypair resource quota is exceeded. (mem=0)"}}},
		"limits of user, project and domain": {func(w *world, _ *store.Session) {
			w.mains["u"] = store.KeyPairPolicy{TotalResourceSlots: `{"cpu": "1"}`}
			w.held.Projects = map[string]slots.Slots{"p": {"cpu": slots.Whole(3)}}
			w.projects["p"] = slots.Slots{"cpu": slots.Whole(4)}
			w.domains["d"] = slots.Slots{"mem": slots.Whole(1)}
		}, []verdict{
			{"user_resource_limit", "Your main-keypair resource quota is exceeded. (cpu=1)"},
			{"user_group_resource_limit", "Your group resource quota is exceeded. (cpu=4)"},
			{"domain_resource_limit", "Your domain resource quota is exceeded. (mem=1)"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := base()
			test.change(w, s)
			failed, passed, err := w.judge(t.Context(), s, wanted)
			require.NoError(t, err)
			assert.Equal(t, test.failed, failed)
			assert.Len(t, passed, 9-len(test.failed))
		})
	}
}
