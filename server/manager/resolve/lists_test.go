package resolve

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func TestSessionListArguments(t *testing.T) {
	w := newWorld(t)
	for n, status := range []model.Status{model.StatusRunning, model.StatusPending, model.StatusTerminated, model.StatusCancelled, model.StatusRunning} {
		w.addSession(t, n, userKey, status)
	}
	w.exec(t, `UPDATE sessions SET cluster_mode = 'multi-node', tag = 'x', result = 'SUCCESS', starts_at = 5 WHERE name = 's-000004'`)
	w.exec(t, `UPDATE kernels SET agent = NULL WHERE session_id LIKE '%1'`)
	tests := []struct{ name, args, want string }{
		{"the newest change of life first", ``, "5: s-000003 s-000002 s-000004 s-000001 s-000000"},
		{"statuses", `status: "RUNNING,PENDING"`, "3: s-000004 s-000001 s-000000"},
		{"finished", `status: "TERMINATED,CANCELLED"`, "2: s-000003 s-000002"},
		{"a page has the total", `limit: 2, offset: 2, order: "name"`, "5: s-000002 s-000003"},
		{"a page after the end", `limit: 2, offset: 9, order: "name"`, "5: "},
		{"no rows, only the number", `limit: 0`, "5: "},
		{"no rows of a filter", `limit: 0, filter: "name == \"s-000001\""`, "1: "},
		{"order", `order: "-name"`, "5: s-000004 s-000003 s-000002 s-000001 s-000000"},
		{"empty order", `order: "", status: "PENDING"`, "1: s-000001"},
		{"nulls last", `order: "starts_at,name", limit: 1`, "5: s-000004"},
		{"filter by status in any case", `filter: "status in [\"running\", \"PENDING\"]"`, "3: s-000004 s-000001 s-000000"},
		{"filter and statuses together", `status: "RUNNING", filter: "name contains \"4\""`, "1: s-000004"},
		{"filter by type", `filter: "type == \"interactive\" & result == \"SUCCESS\""`, "1: s-000004"},
		{"filter by id in hexadecimal", `filter: "id == \"00000000000040008000000000000002\""`, "1: s-000002"},
		{"filter by a text that is no id", `filter: "user_id == \"nobody\""`, "0: "},
		{"filter by mode", `filter: "cluster_mode == \"MULTI_NODE\""`, "1: s-000004"},
		{"filter by agent", `filter: "agent_ids like \"i-dummy%\" & cluster_size < 2"`, "4: s-000003 s-000002 s-000004 s-000000"},
		{"filter by no agent", `filter: "!agents in [\"i-dummy-1\"]"`, "1: s-000001"},
		{"filter by owner", `filter: "user_email ilike \"USER@%\" & full_name == \"User One\""`, "5: s-000003 s-000002 s-000004 s-000001 s-000000"},
		{"filter by date", `filter: "created_at >= \"2026-11-22T03:00:02Z\" & terminated_at is null"`, "1: s-000004"},
		{"filter by null", `filter: "startup_command isnot null"`, "0: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := tt.args
			for _, required := range []string{"limit", "offset"} {
				if !strings.Contains(args, required+":") {
					args += fmt.Sprintf(", %s: %d", required, map[string]int{"limit": 20}[required])
				}
			}
			answer := w.ask(t, userKey, `{ compute_session_list(`+strings.TrimPrefix(args, ", ")+`) { total_count items { name } } }`, nil)
			require.NotContains(t, answer, "errors")
			list := answer["data"].(map[string]any)["compute_session_list"].(map[string]any)
			assert.Equal(t, tt.want, fmt.Sprintf("%v: %s", list["total_count"], strings.Join(leaves(list["items"]), " ")))
		})
	}
}

func TestRefusedArguments(t *testing.T) {
	w := newWorld(t)
	tests := []struct{ name, query, message string }{
		{"a status with a space", `{ compute_session_list(limit: 1, offset: 0, status: "RUNNING, PENDING") { total_count } }`, "' PENDING'"},
		{"a status in lower case", `{ compute_session_list(limit: 1, offset: 0, status: "running") { total_count } }`, "'running'"},
		{"an empty status", `{ compute_session_list(limit: 1, offset: 0, status: "") { total_count } }`, "''"},
		{"a negative limit", `{ compute_session_list(limit: -1, offset: 0) { total_count } }`, "LIMIT must not be negative"},
		{"a negative offset", `{ compute_session_list(limit: 1, offset: -1) { total_count } }`, "OFFSET must not be negative"},
		{"an empty filter", `{ compute_session_list(limit: 1, offset: 0, filter: "") { total_count } }`, "Query filter parsing error: Unexpected token Token('$END', '') at line 1, column 1.\nExpected one of: \n\t* CNAME\n\t* LPAR\n\t* UNARY_OP\nPrevious tokens: [None]\n"},
		{"an unknown agent status", `{ agent_list(limit: 1, offset: 0, status: "GONE") { total_count } }`, "'GONE'"},
		{"an unknown status of users", `{ users(status: "gone") { email } }`, "'gone' is not a valid UserStatus"},
		{"a session that is none", `{ compute_container_list(limit: 1, offset: 0, session_id: "x") { total_count } }`, "badly formed hexadecimal UUID string"},
		{"an image by nothing", `{ image { name } }`, "Missing or invalid API parameters. (Either `id` or `reference` must be given)"},
		{"an unknown kind of images", `{ images(load_filters: ["odd"]) { name } }`, "Missing or invalid API parameters. ('odd' is not a valid image filter: general, operational, customized)"},
		{"introspection", `{ __schema { types { name } } }`, "Cannot query '__schema': introspection is disabled."},
		{"a mutation that nobody knows", `mutation { x }`, "Cannot query field 'x' on type 'Mutations'."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answer := w.ask(t, superKey, tt.query, nil)
			assert.Equal(t, tt.message, answer["errors"].([]any)[0].(map[string]any)["message"])
		})
	}
}

func TestEveryFieldCanBeAsked(t *testing.T) {
	w := newWorld(t)
	w.addSession(t, 1, userKey, model.StatusRunning)
	s := w.addSession(t, 2, userKey, model.StatusTerminated)
	w.exec(t, `UPDATE kernels SET last_stat = '{"mem":{"current":"1"}}' WHERE id = ?`, s.Kernels[0].ID)
	open, err := New(Options{Store: w.store, Live: w.live, Introspection: true, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	w.gql = open
	fields := func(name string, nested map[string]string) string {
		answer := w.ask(t, superKey, `query($n: String!) { __type(name: $n) { fields(includeDeprecated: true) { name } } }`, map[string]any{"n": name})
		var b strings.Builder
		for _, field := range leaves(answer["data"]) {
			fmt.Fprintf(&b, "%s %s ", field, nested[field])
		}
		return b.String()
	}
	image := map[string]string{"labels": "{ key value }", "resource_limits": "{ key min max }"}
	kernel := "{ " + fields("ComputeContainer", map[string]string{"image_object": "{ " + fields("ImageNode", image) + "}"}) + "}"
	session := "{ " + fields("ComputeSession", map[string]string{"containers": kernel, "dependencies": "{ id }"}) + "}"
	query := `{ compute_session_list(limit: 9, offset: 0) { items ` + session + ` }
		keypair_list(limit: 9, offset: 0) { items { ` + fields("KeyPair", map[string]string{"compute_sessions": "{ id }", "user_info": "{ email full_name }"}) + ` } }
		user_list(limit: 9, offset: 0) { items { ` + fields("User", map[string]string{"groups": "{ id name }"}) + ` } }
		groups { ` + fields("Group", nil) + ` } domains { ` + fields("Domain", nil) + ` } scaling_groups { ` + fields("ScalingGroup", nil) + ` }
		agents { ` + fields("Agent", map[string]string{"compute_containers": kernel}) + ` } images { ` + fields("Image", image) + ` }
		agent_summary_list(limit: 9, offset: 0) { items { ` + fields("AgentSummary", nil) + ` } }
		keypair_resource_policies { ` + fields("KeyPairResourcePolicy", nil) + ` } user_resource_policies { ` + fields("UserResourcePolicy", nil) + ` }
		project_resource_policies { ` + fields("ProjectResourcePolicy", nil) + ` } }`
	answer := w.ask(t, superKey, query, nil)
	require.NotContains(t, answer, "errors")
	text, err := json.Marshal(answer)
	require.NoError(t, err)
	for _, part := range []string{`"humanized_name":"stable/python"`, `"used_cpu_slots":1`, `"installed_agents":["i-dummy-1"]`, `"key":"mem","max":"1g","min":"67108864"`,
		`"last_stat":"{\"mem\":{\"current\":\"1\"}}"`, `"agent_count_by_status":1`, `"id":"SW1hZ2VOb2RlOmIyYjJkNjViLTNiZTMtNTFjNS05OWUyLTcxYjVkMTVkMjcwMQ=="`} {
		assert.Contains(t, string(text), part)
	}
}

func TestBigIntBeyond32BitsIsAFloat(t *testing.T) {
	w := newWideWorld(t)
	response := w.gql.Execute(t.Context(), w.caller(t, farKey), `{ user_resource_policy { max_quota_scope_size max_vfolder_count } }`, nil, "")
	assert.Equal(t, `{"user_resource_policy":{"max_quota_scope_size":10737418240.0,"max_vfolder_count":0}}`, string(response.Data))
}

func TestCustomisedImagesAreForTheirOwners(t *testing.T) {
	w := newWorld(t)
	images := recordedImages()[:1]
	for i, labels := range []map[string]string{
		{ownerLabel: "user:" + people()[2].id}, {ownerLabel: "user:" + people()[3].id}, {featuresLabel: "uid-match operation"},
	} {
		image := images[0]
		image.ID, image.Tag, image.Labels, image.Aliases = fmt.Sprintf("image-%d", i), fmt.Sprintf("%d", i), labels, nil
		images = append(images, image)
	}
	require.NoError(t, w.store.ReplaceImages(t.Context(), images))
	tests := []struct{ name, key, args, want string }{
		{"a user sees general and own ones", userKey, `is_installed: true`, "0 3.9-ubuntu20.04"},
		{"another user sees others", user2Key, `is_installed: true`, "1 3.9-ubuntu20.04"},
		{"operational ones by null", userKey, `is_operation: null, is_installed: true`, "0 2 3.9-ubuntu20.04"},
		{"operational ones alone", userKey, `is_operation: true, is_installed: true`, "2"},
		{"operational ones by filter", userKey, `load_filters: ["operational"], is_installed: true`, "2"},
		{"own ones by filter", userKey, `load_filters: ["customized"]`, "0"},
		{"a superadmin sees none of others by default", superKey, `is_installed: true`, "3.9-ubuntu20.04"},
		{"a superadmin sees all by filter", superKey, `image_filters: ["customized"]`, "0 1"},
		{"what no agent holds", superKey, `is_installed: false`, "2.1-py311-cuda12.1 21.02-ubuntu20.04 3.13-ubuntu24.04 4.3-ubuntu22.04"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, seen(t, w.ask(t, tt.key, `{ images(`+tt.args+`) { tag } }`, nil)))
		})
	}
	assert.Equal(t, "null", seen(t, w.ask(t, userKey, `{ image(id: "image-1") { tag } }`, nil)), "not even by id")
	assert.Equal(t, "1", seen(t, w.ask(t, superKey, `{ image(id: "image-1") { tag } }`, nil)))
}

func TestBombsAreRefused(t *testing.T) {
	w := newWorld(t)
	aliases := strings.Builder{}
	for i := range 70 {
		fmt.Fprintf(&aliases, "a%d: user_list(limit: 1000, offset: 0) { items { email } } ", i)
	}
	deep := strings.Repeat("dependencies { ", 30) + "id" + strings.Repeat(" }", 30)
	for name, test := range map[string]struct{ query, message string }{
		"deep":    {`{ compute_session_list(limit: 1, offset: 0) { items { ` + deep + ` } } }`, "too deep"},
		"aliases": {`{ ` + aliases.String() + ` }`, "too wide"},
		"pages": {`{ a: compute_session_list(limit: 900000, offset: 0) { items { id name } } b: compute_session_list(limit: 900000, offset: 0) { items { id name } } }`,
			"too complex"},
		"fragments": {`{ compute_session_list(limit: 1, offset: 0) { items { ...A } } } fragment A on ComputeSession { ...B ...B } fragment B on ComputeSession { ` + strings.Repeat("...C ", 3000) + `} fragment C on ComputeSession { id }`,
			"too large"},
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			answer := w.ask(t, userKey, test.query, nil)
			assert.Less(t, time.Since(started), 10*time.Second, "bounded, also under the race detector on a busy machine")
			assert.Nil(t, answer["data"])
			assert.Contains(t, answer["errors"].([]any)[0].(map[string]any)["message"], test.message)
		})
	}
}

func TestStoreFailuresAreNotShown(t *testing.T) {
	w := newWorld(t)
	var log strings.Builder
	g, err := New(Options{Store: w.store, Live: w.live, Log: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	caller := w.caller(t, userKey)
	w.exec(t, "ALTER TABLE sessions RENAME TO elsewhere")
	response := g.Execute(t.Context(), caller, `{ compute_session_list(limit: 1, offset: 0) { total_count } keypair { user_id } }`, nil, "")
	assert.Equal(t, `{"compute_session_list":null,"keypair":{"user_id":"user@lablup.com"}}`, string(response.Data))
	require.Len(t, response.Errors, 1)
	assert.Equal(t, gql.InternalMessage, response.Errors[0].Message)
	assert.Contains(t, log.String(), "compute_session_list")
	assert.Contains(t, log.String(), "no such table")
}

func TestCancelledRequestsEnd(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	caller := w.caller(t, userKey)
	cancel()
	response := w.gql.Execute(ctx, caller, `{ compute_session_list(limit: 1, offset: 0) { total_count } }`, nil, "")
	require.Len(t, response.Errors, 1)
	assert.Equal(t, gql.CancelledMessage, response.Errors[0].Message)
}

func TestManyAskAtOnce(t *testing.T) {
	w := newWorld(t)
	w.addSession(t, 1, userKey, model.StatusRunning)
	var wait sync.WaitGroup
	callers := map[string]string{superKey: "s-000001", user2Key: "", userKey: "s-000001"}
	for key, want := range callers {
		caller := w.caller(t, key)
		for range 8 {
			wait.Go(func() {
				response := w.gql.Execute(t.Context(), caller, listQuery, map[string]any{"limit": json.Number("20"), "offset": json.Number("0")}, "")
				assert.Empty(t, response.Errors)
				assert.Equal(t, want != "", strings.Contains(string(response.Data), "s-000001"))
			})
		}
	}
	wait.Wait()
}

func TestASessionThatIsBeingKeptAsAnImageSaysSo(t *testing.T) {
	w := newWorld(t)
	w.addSession(t, 1, userKey, model.StatusRunning)
	const query = `{ compute_session_list(limit: 1, offset: 0) { items { commit_status containers { id } } } }`
	response := w.gql.Execute(t.Context(), w.caller(t, userKey), query, nil, "")
	require.Empty(t, response.Errors)
	assert.Contains(t, string(response.Data), `"commit_status":"ready"`)

	var data struct {
		List struct {
			Items []struct{ Containers []struct{ ID string } }
		} `json:"compute_session_list"`
	}
	require.NoError(t, json.Unmarshal(response.Data, &data))
	w.live.committing = data.List.Items[0].Containers[0].ID
	response = w.gql.Execute(t.Context(), w.caller(t, userKey), query, nil, "")
	assert.Contains(t, string(response.Data), `"commit_status":"ongoing"`)
}

// listQuery is what the page asks every few seconds.
const listQuery = `query L($limit: Int!, $offset: Int!, $ak: String, $group_id: String, $status: String, $filter: String, $order: String) {
 compute_session_list(limit: $limit, offset: $offset, access_key: $ak, group_id: $group_id, status: $status, filter: $filter, order: $order) {
  total_count items { id session_id name type image architecture status status_info status_data result created_at terminated_at starts_at
   service_ports mounts occupied_slots requested_slots access_key user_email scaling_group cluster_size cluster_mode main_kernel_role idle_checks commit_status
   containers { container_id kernel_id agent role local_rank occupied_slots live_stat last_stat } } } }`

// BenchmarkSessionList: one poll of 50 rows with their kernels, by size of the
// table and by who asks.
func BenchmarkSessionList(b *testing.B) {
	for _, rows := range []int{1_000, 100_000} {
		w := newWorld(b)
		w.fill(b, rows)
		for _, poll := range []struct {
			name, key string
			variables map[string]any
		}{
			{"running of a user", userKey, map[string]any{"status": "RUNNING,RESTARTING,TERMINATING,PENDING,SCHEDULED,PREPARING,PULLING,ERROR"}},
			{"finished of a user", userKey, map[string]any{"status": "TERMINATED,CANCELLED"}},
			{"finished of all", superKey, map[string]any{"status": "TERMINATED,CANCELLED"}},
			{"finished of a project", superKey, map[string]any{"status": "TERMINATED,CANCELLED", "group_id": projectID}},
			{"by name", superKey, map[string]any{"filter": `name ilike "%0077%"`, "order": "-created_at"}},
			{"last page of all", superKey, map[string]any{"offset": rows - 50}},
		} {
			b.Run(fmt.Sprintf("%d rows/%s", rows, poll.name), func(b *testing.B) {
				caller := w.caller(b, poll.key)
				variables := map[string]any{"limit": 50, "offset": 0}
				for k, v := range poll.variables {
					variables[k] = v
				}
				b.ReportAllocs()
				for b.Loop() {
					response := w.gql.Execute(b.Context(), caller, listQuery, variables, "")
					if len(response.Errors) > 0 {
						b.Fatal(response.Errors[0])
					}
				}
			})
		}
	}
}

// fill writes many sessions quickly; one in a hundred lives.
func (w *world) fill(b *testing.B, rows int) {
	b.Helper()
	id, err := w.store.Identify(b.Context(), userKey)
	require.NoError(b, err)
	require.NoError(b, w.store.AddSession(b.Context(), newSession(0, id.User, userKey, projectID, model.StatusTerminated)))
	other := people()[3]
	w.exec(b, fmt.Sprintf(`
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		INSERT INTO sessions (id, name, type, priority, domain_name, project_id, user_id, access_key, scaling_group, image, registry, architecture,
			status, status_history, status_changed, created_at, terminated_at, requested_slots, occupying_slots)
		SELECT printf('00000000-0000-4000-8000-%%012d', i), printf('s-%%06d', i), type, priority, domain_name, project_id,
			CASE i %% 2 WHEN 0 THEN user_id ELSE ?1 END, CASE i %% 2 WHEN 0 THEN access_key ELSE ?2 END, scaling_group, image, registry, architecture,
			CASE WHEN i %% 100 < 2 THEN 'RUNNING' ELSE 'TERMINATED' END, status_history, status_changed, created_at + i * 1000000,
			CASE WHEN i %% 100 < 2 THEN NULL ELSE created_at + i * 1000000 + 60000000 END, requested_slots, occupying_slots
		FROM n, sessions WHERE sessions.seq = 1`, rows-1), other.id, other.key)
	w.exec(b, `INSERT INTO kernels (id, session_id, image, registry, architecture, status, status_history, created_at, agent, occupied_slots, resource_opts)
		SELECT replace(id, '00000000-', '10000000-'), id, image, registry, architecture, status, '{}', created_at, 'i-dummy-1', occupying_slots, '{}'
		FROM sessions WHERE seq > 1`)
	_, total, err := w.store.Sessions(b.Context(), store.SessionQuery{Page: store.Page{Limit: 1}})
	require.NoError(b, err)
	require.Equal(b, rows, total)
}
