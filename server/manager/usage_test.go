package manager_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// kernelIDs are those of a session.
func (w *world) kernelIDs(session string) (ids []string) {
	for _, k := range w.session(session).Kernels {
		ids = append(ids, k.ID)
	}
	return ids
}

func TestStatisticsCountInQuartersOfAnHour(t *testing.T) {
	type bin struct {
		Date     float64
		Sessions struct{ Value int } `json:"num_sessions"`
		CPU      struct{ Value int } `json:"cpu_allocated"`
		Memory   struct{ Value int } `json:"mem_allocated"`
	}
	inWorld(t, func(w *world) {
		stats := func(role, target string) (bins []bin) {
			got := w.as(role, "GET", target, "")
			require.Equal(w, 200, got.status, "%s", got.body)
			require.NoError(w, json.Unmarshal(got.body, &bins))
			require.Len(w, bins, 2880)
			return bins
		}
		asked := w.now()
		w.create("user", "mine")
		w.create("user2", "other")
		w.set(asked.Add(40 * time.Minute))
		now := float64(w.now().UnixMicro()) / 1e6

		bins := stats("user", "/resource/stats/user/month")
		assert.InDelta(w.T, now-900, bins[2879].Date, 0.001)
		assert.InDelta(w.T, now-30*24*3600, bins[0].Date, 0.001)
		for i, want := range map[int]int{2879: 1, 2878: 1, 2877: 1, 2876: 0, 0: 0} {
			assert.Equal(w.T, want, bins[i].Sessions.Value, i)
			assert.Equal(w.T, want, bins[i].CPU.Value, i)
			assert.Equal(w.T, want*536870912, bins[i].Memory.Value, i)
		}
		assert.Equal(w.T, 2, stats("super", "/resource/stats/admin/month")[2879].Sessions.Value)
		assert.Equal(w.T, 401, w.as("admin", "GET", "/resource/stats/admin/month", "").status)

		for _, name := range []string{"half", "other-half"} {
			got := w.as("user", "POST", "/session", request(w, object{"name": name, "config": object{"resources": object{"cpu": "1.5", "mem": "1g"}}}))
			require.Equal(w, 201, got.status, "%s", got.body)
		}
		w.set(w.now().Add(time.Minute))
		assert.Equal(w.T, 4, stats("user", "/resource/stats/user/month")[2879].CPU.Value, "two halves are a core")
	})
}

func TestUsageOfMonthAndPeriod(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("user", "mine")
		got := w.as("user", "POST", "/session", request(w, object{"clusterSize": 2, "cluster_mode": "single-node", "name": "both"}))
		require.Equal(w, 201, got.status, "%s", got.body)
		both := got.text(w, "sessionId")
		project := w.session(both).ProjectID
		month, day := w.now().Format("200601"), w.now().Format("20060102")

		var groups []struct {
			ID      string  `json:"g_id"`
			CPU     float64 `json:"g_cpu_allocated"`
			Kernels []struct {
				ID           string
				Email        string
				TerminatedAt string  `json:"terminated_at"`
				UsedTime     *string `json:"used_time"`
			} `json:"c_infos"`
		}
		got = w.as("super", "GET", "/resource/usage/month?month="+month+"&group_ids="+project+"&group_ids="+strings.ToUpper(project), "")
		require.Equal(w, 200, got.status, "%s", got.body)
		require.NoError(w, json.Unmarshal(got.body, &groups))
		require.Len(w, groups, 1)
		assert.Equal(w.T, project, groups[0].ID)
		assert.EqualValues(w.T, 3, groups[0].CPU)
		require.Len(w, groups[0].Kernels, 3)
		assert.Equal(w.T, "user@lablup.com", groups[0].Kernels[0].Email)
		assert.Equal(w.T, "None", groups[0].Kernels[0].TerminatedAt)
		assert.Nil(w.T, groups[0].Kernels[0].UsedTime)

		var projects []struct {
			Unit  string `json:"group_unit"`
			Total struct {
				CPU float64 `json:"cpu_allocated"`
			} `json:"total_usage"`
			Sessions map[string]struct {
				Name  string `json:"session_name"`
				Total struct {
					CPU float64 `json:"cpu_allocated"`
				} `json:"total_usage"`
				Kernels map[string]struct {
					Unit  string `json:"group_unit"`
					Agent string
				}
			}
		}
		got = w.as("super", "GET", fmt.Sprintf("/resource/usage/period?project_id=%s&start_date=%s&end_date=%s", project, day, day), "")
		require.Equal(w, 200, got.status, "%s", got.body)
		require.NoError(w, json.Unmarshal(got.body, &projects))
		require.Len(w, projects, 1)
		assert.Equal(w.T, "project", projects[0].Unit)
		assert.EqualValues(w.T, 3, projects[0].Total.CPU)
		assert.Len(w.T, projects[0].Sessions, 2)
		assert.Equal(w.T, "both", projects[0].Sessions[both].Name)
		assert.EqualValues(w.T, 2, projects[0].Sessions[both].Total.CPU)
		for _, id := range w.kernelIDs(both) {
			assert.Equal(w.T, "kernel", projects[0].Sessions[both].Kernels[id].Unit)
		}
		assert.Equal(w.T, "[]", string(w.as("super", "GET", "/resource/usage/month?month=202001", "").body))
	})
}

func TestUsageIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		for target, want := range map[string]int{
			"/resource/usage/month":                                        400,
			"/resource/usage/month?month=2026":                             400,
			"/resource/usage/month?month=202611&group_ids=x":               400,
			"/resource/usage/period?start_date=20260101":                   400,
			"/resource/usage/period?start_date=20260101&end_date=20260410": 200, // 100 days
			"/resource/usage/period?start_date=20260101&end_date=20260411": 400,
			"/resource/usage/period?start_date=20260102&end_date=20251231": 400,
		} {
			assert.Equal(w.T, want, w.as("super", "GET", target, "").status, target)
			assert.Equal(w.T, 401, w.as("user", "GET", target, "").status, target)
		}
		assert.JSONEq(w.T, `{"native/`+store.LocalRegistry+`": ""}`, string(w.as("super", "GET", "/resource/container-registries", "").body))
	})
}

func TestAskingForUsageToBeAddedUpAgainChangesNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("user", "mine")
		before := w.as("user", "POST", "/resource/check-presets", "{}")
		assert.Equal(w.T, 401, w.as("admin", "POST", "/resource/recalculate-usage", "").status)
		got := w.as("super", "POST", "/resource/recalculate-usage", "")
		assert.Equal(w.T, 200, got.status)
		assert.Equal(w.T, "{}", string(got.body))
		assert.Equal(w.T, string(before.body), string(w.as("user", "POST", "/resource/check-presets", "{}").body))
	})
}

func TestWhatIsAskedOfASessionIsCounted(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.create("user", "asked")
		w.as("user", "GET", "/session/asked", "")
		w.as("user", "POST", "/session/asked/interrupt", "")
		w.as("user", "POST", "/session/asked/download_single", `{"file": "none"}`)
		time.Sleep(11 * time.Second) // the counters are written from time to time
		synctest.Wait()
		assert.Equal(w.T, 2, w.session(id).NumQueries)
		var info struct {
			Queries int `json:"numQueriesExecuted"`
		}
		require.NoError(w.T, json.Unmarshal(w.as("user", "GET", "/session/asked", "").body, &info))
		assert.Equal(w.T, 2, info.Queries)
	})
}
