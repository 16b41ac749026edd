package resolve

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestOlderClientsFindASessionByItsName(t *testing.T) {
	w := newWorld(t)
	s := w.addSession(t, 1, userKey, model.StatusRunning)
	w.live.metrics[s.Kernels[0].ID] = model.Metrics{"mem": {Current: "1000", Max: "5000000000"}, "cpu_util": {Pct: "12.5"}}
	const fields = `{ id sess_id session_name lang cpu_using mem_cur_bytes mem_max_bytes net_rx_bytes tpu_slot occupied_shares }`
	find := func(key, name string) any {
		answer := w.ask(t, key, `query($n: String!) { legacy_compute_session(sess_id: $n) `+fields+` }`, map[string]any{"n": name})
		require.NotContains(t, answer, "errors")
		return answer["data"].(map[string]any)["legacy_compute_session"]
	}
	assert.Equal(t, map[string]any{"id": s.Kernels[0].ID, "sess_id": s.Name, "session_name": s.Name, "lang": s.Image, "cpu_using": 12.5,
		"mem_cur_bytes": 1000.0, "mem_max_bytes": 5000000000.0, "net_rx_bytes": 0.0, "tpu_slot": 0.0, "occupied_shares": "{}"}, find(userKey, s.Name))
	assert.Nil(t, find(userKey, "nobody"))
	assert.Nil(t, find(user2Key, s.Name), "it is somebody else's")
}

func TestTheOlderListIsOrderedAndLimitedAsAskedFor(t *testing.T) {
	w := newWorld(t)
	for n := 1; n <= 3; n++ {
		w.addSession(t, n, userKey, model.StatusRunning)
	}
	w.addSession(t, 4, user2Key, model.StatusRunning)
	names := func(key, args string) []string {
		answer := w.ask(t, key, `{ legacy_compute_session_list(offset: 0, `+args+`) { total_count items { sess_id } } }`, nil)
		require.NotContains(t, answer, "errors")
		var out []string
		for _, item := range answer["data"].(map[string]any)["legacy_compute_session_list"].(map[string]any)["items"].([]any) {
			out = append(out, item.(map[string]any)["sess_id"].(string))
		}
		return out
	}
	up := names(userKey, `limit: 10, order_key: "name", order_asc: true`)
	require.Len(t, up, 3)
	down := names(userKey, `limit: 2, order_key: "name", order_asc: false, status: "RUNNING"`)
	assert.Equal(t, []string{up[2], up[1]}, down)
	assert.Empty(t, names(userKey, `limit: 2, status: "PENDING"`))
	assert.Len(t, names(superKey, `limit: 10`), 4)
	answer := w.ask(t, userKey, `{ legacy_compute_session_list(limit: 1, offset: 0, order_key: "shoes") { total_count } }`, nil)
	assert.Contains(t, answer, "errors")
}

func TestThereAreNoModelServices(t *testing.T) {
	w := newWorld(t)
	answer := w.ask(t, userKey, `{ endpoint_list(limit: 10, offset: 0) { total_count items { endpoint_id name routings { status } errors { errors { repr } } } } }`, nil)
	assert.Equal(t, map[string]any{"data": map[string]any{"endpoint_list": map[string]any{"total_count": 0.0, "items": []any{}}}}, answer)
	for query, says := range map[string]string{
		`{ endpoint(endpoint_id: "00000000-0000-4000-8000-000000000000") { name } }`: "No such endpoint.",
		`{ endpoint_list(limit: 1, offset: 0, user_uuid: "x") { total_count } }`:     "Forbidden operation.",
	} {
		errors := w.ask(t, userKey, query, nil)["errors"].([]any)
		require.Len(t, errors, 1)
		assert.Equal(t, says, errors[0].(map[string]any)["message"])
	}
}
