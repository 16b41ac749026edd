package resolve

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// recordedNodes are the session nodes of a recorded answer.
func recordedNodes(data map[string]any) (nodes []map[string]any) {
	if node, ok := data["compute_session_node"].(map[string]any); ok {
		nodes = append(nodes, node)
	}
	if list, ok := data["compute_session_nodes"].(map[string]any); ok {
		for _, e := range list["edges"].([]any) {
			nodes = append(nodes, e.(map[string]any)["node"].(map[string]any))
		}
	}
	return nodes
}

// classic puts a recorded session node into the shape of the classic type.
func classic(node map[string]any) map[string]any {
	item := map[string]any{"id": node["row_id"], "user_email": "user@lablup.com", "occupying_slots": node["occupied_slots"], "type": "INTERACTIVE",
		"domain_name": "default", "access_key": userKey, "created_at": "2026-11-22T03:05:13+00:00", "result": "UNDEFINED", "status_history": "{}"}
	for key, value := range node {
		if key != "id" {
			item[key] = value
		}
	}
	item["type"] = strings.ToUpper(item["type"].(string))
	item["status_changed"] = item["created_at"]
	kernels := []any{}
	for _, e := range node["kernel_nodes"].(map[string]any)["edges"].([]any) {
		kernel := map[string]any{"role": "main"}
		for key, value := range e.(map[string]any)["node"].(map[string]any) {
			kernel[strings.NewReplacer("row_id", "id", "cluster_role", "role", "agent_id", "agent").Replace(key)] = value
		}
		kernels = append(kernels, kernel)
	}
	item["containers"] = kernels
	return item
}

// page is the answer to a query of session nodes in words: names, count, flags.
func (w *world) page(t *testing.T, key, args string) (text, start, end string) {
	t.Helper()
	answer := w.ask(t, key, `{ compute_session_nodes(project_id: "`+projectID+`" `+args+`) { count pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { name } } } }`, nil)
	if errs, ok := answer["errors"].([]any); ok {
		return "!" + errs[0].(map[string]any)["message"].(string), "", ""
	}
	c := answer["data"].(map[string]any)["compute_session_nodes"].(map[string]any)
	names := []string{}
	for _, e := range c["edges"].([]any) {
		names = append(names, strings.TrimPrefix(e.(map[string]any)["node"].(map[string]any)["name"].(string), "s-00000"))
	}
	info := c["pageInfo"].(map[string]any)
	text = strings.Join(names, " ") + fmt.Sprint(" of ", c["count"])
	if info["hasNextPage"] == true {
		text += " >"
	}
	if info["hasPreviousPage"] == true {
		text += " <"
	}
	start, _ = info["startCursor"].(string)
	end, _ = info["endCursor"].(string)
	return text, start, end
}

func TestNodesArePagedByOffsetAndByCursor(t *testing.T) {
	w := newWorld(t)
	for n := 1; n <= 5; n++ {
		w.addSession(t, n, userKey, map[bool]model.Status{true: model.StatusTerminated, false: model.StatusRunning}[n == 2])
	}
	w.addSession(t, 9, user2Key, model.StatusRunning)
	page := func(args, want string) (start, end string) {
		got, start, end := w.page(t, userKey, args)
		assert.Equal(t, want, got, args)
		return start, end
	}
	page(``, "1 2 3 4 5 of 5")
	page(`first: 2, offset: 1`, "2 3 of 5")
	page(`first: 0`, " of 5 >")
	page(`filter: "status == \"running\"", order: "-created_at", first: 2`, "5 4 of 4 >")

	for _, order := range []string{`order: "-created_at"`, `order: "-terminated_at"`, `order: "terminated_at"`, `order: "status,-name"`, ``} {
		// Going through page by page gives what one page gives, in both directions.
		all, _, _ := w.page(t, userKey, order)
		want := strings.Fields(strings.TrimSuffix(all, " of 5"))
		forwards, cursor := []string{}, ""
		for range 3 {
			text, _, end := w.page(t, userKey, fmt.Sprintf("%s first: 2, after: %q", order, cursor))
			names, _, _ := strings.Cut(text, " of ")
			forwards, cursor = append(forwards, strings.Fields(names)...), end
		}
		assert.Equal(t, want, forwards, order)
		backwards, cursor := []string{}, ""
		for range 3 {
			text, start, _ := w.page(t, userKey, fmt.Sprintf("%s last: 2, before: %q", order, cursor))
			names, _, _ := strings.Cut(text, " of ")
			backwards, cursor = append(strings.Fields(names), backwards...), start
		}
		assert.Equal(t, want, backwards, order)
	}
	_, end := page(`order: "-created_at", first: 2`, "5 4 of 5 >")
	page(`order: "-created_at", first: 2, after: "`+end+`"`, "3 2 of 3 >")
	page(`order: "-created_at", first: 5, after: "`+end+`"`, "3 2 1 of 3")
	page(`order: "-created_at", last: 2, before: "00000000-0000-4000-8000-000000000001"`, "3 2 of 4 <")
	page(`first: 2, after: "nothing"`, " of 0")
	// That one is another user's, whose name this would tell.
	page(`order: "-name", after: "00000000-0000-4000-8000-000000000009"`, " of 0")
	page(`order: "name", before: "00000000-0000-4000-8000-000000000009"`, " of 0")

	const invalid = "!Missing or invalid API parameters. ("
	page(`first: 1, last: 1`, invalid+"You can only paginate with single direction, forwards or backwards. Please set only one of (after, first) or (before, last).)")
	page(`offset: 1, after: "x"`, invalid+"You can only use one of pagination by offset and by cursor.)")
	page(`first: -1`, invalid+"The size and the offset of a page must not be negative.)")
	page(`last: 100000`, invalid+"A page holds at most 5000 nodes.)")
	page(`permission: "fly"`, "!Expected value of type 'SessionPermissionValueField', found \"fly\"; 'delete_session', 'read_attribute', 'update_attribute', 'execute', 'start_app', 'convert_to_image' are the permissions on sessions")
	page(`filter: "project_id == \"`+projectID+`\"", first: 1`, "1 of 5 >")
}

func TestWhatEachRoleSeesOfNodes(t *testing.T) {
	w := newWideWorld(t)
	for i, key := range []string{superKey, adminKey, userKey, user2Key, farKey} {
		w.addSession(t, i+1, key, model.StatusRunning)
	}
	const unknown = "!Missing or invalid API parameters. (Unknown client role)"
	node := func(n int, project string) string {
		return fmt.Sprintf(`{ compute_session_node(id: "00000000-0000-4000-8000-%012d", project_id: %q) { name } }`, n, project)
	}
	for _, line := range []struct{ query, superadmin, admin, user, monitor, far string }{
		{`{ compute_session_nodes(project_id: "` + projectID + `", order: "name") { edges { node { name } } } }`, "s-000001 s-000002 s-000003 s-000004", "s-000001 s-000002 s-000003 s-000004", "s-000003", unknown, "-"},
		{`{ compute_session_nodes(project_id: "` + farProjectID + `") { edges { node { name } } } }`, "s-000005", "-", "-", unknown, "s-000005"},
		{node(4, projectID), "s-000004", "s-000004", "null", unknown, "null"},
		{node(5, farProjectID), "s-000005", "null", "null", unknown, "s-000005"},
		{`{ user_nodes { edges { node { username } } } }`, "admin domain-admin far far-admin monitor user user2", "!Forbidden operation. (superadmin privilege required)",
			"!Forbidden operation. (superadmin privilege required)", "!Forbidden operation. (superadmin privilege required)", "!Forbidden operation. (superadmin privilege required)"},
		{`{ user_node(id: "` + userID + `") { username } }`, "user", "user", "user", "null", "null"},
		{`{ user_node(id: "` + globalID(userNode, farUser) + `") { username } }`, "far", "null", "null", "null", "far"},
		{`{ group_nodes { edges { node { name } } } }`, "default far model-store", "default model-store", "default model-store", unknown, "far"},
		{`{ group_node(id: "` + farProjectID + `") { name } }`, "far", "null", "null", unknown, "far"},
		{`{ group_node(id: "` + projectID + `") { user_nodes(filter: "username == \"user\"") { edges { node { username } } } } }`, "user", "user", "!Forbidden operation.", unknown, "null"},
		{`{ customized_images { name } }`, "-", "-", "-", "-", "-"},
	} {
		for _, who := range []struct{ key, want string }{{superKey, line.superadmin}, {adminKey, line.admin}, {userKey, line.user}, {monitorKey, line.monitor}, {farKey, line.far}} {
			answer := w.ask(t, who.key, line.query, nil)
			if errs, ok := answer["errors"].([]any); ok {
				assert.Equal(t, who.want, "!"+errs[0].(map[string]any)["message"].(string), line.query)
				continue
			}
			assert.Equal(t, who.want, seen(t, answer), "%s as %s", line.query, who.key)
		}
	}
}

func TestWhoMayChangeSessions(t *testing.T) {
	w := newWideWorld(t)
	w.addSession(t, 1, userKey, model.StatusRunning)
	w.addSession(t, 2, userKey, model.StatusRunning)
	change := func(key, input string) string {
		answer := w.ask(t, key, `mutation { modify_compute_session(input: {id: "00000000-0000-4000-8000-000000000001", `+input+`}) { item { name priority } clientMutationId } }`, nil)
		if errs, ok := answer["errors"].([]any); ok {
			return errs[0].(map[string]any)["message"].(string)
		}
		return fmt.Sprint(answer["data"].(map[string]any)["modify_compute_session"])
	}
	assert.Equal(t, "no permission to execute modify_compute_session", change(userKey, `priority: 5`))
	assert.Equal(t, "Session (id=00000000-0000-4000-8000-000000000001) does not exist.", change(farBossKey, `priority: 5`))
	assert.Equal(t, "map[clientMutationId:<nil> item:map[name:s-000001 priority:5]]", change(adminKey, `priority: 5`))
	assert.Equal(t, "map[clientMutationId:m item:map[name:renamed priority:5]]", change(superKey, `name: "renamed", clientMutationId: "m"`))
	assert.Equal(t, "The priority must be between 0 and 100.", change(superKey, `priority: 101`))
	assert.Equal(t, "invalid name format. slug format required.", change(superKey, `name: "a b"`))
	assert.Equal(t, "Duplicate session name: s-000002", change(superKey, `name: "s-000002"`))
}

func TestNodesOfDependenciesStayWithinTheScope(t *testing.T) {
	w := newWorld(t)
	for i, key := range []string{userKey, userKey, user2Key, userKey} {
		w.addSession(t, i+1, key, model.StatusRunning)
	}
	id := func(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }
	for _, pair := range [][2]int{{2, 1}, {3, 2}, {4, 2}} { // 2 waits for 1, 3 and 4 for 2
		w.exec(t, "INSERT INTO session_dependencies (session_id, depends_on) VALUES (?, ?)", id(pair[0]), id(pair[1]))
	}
	names := func(key, field string) []string {
		answer := w.ask(t, key, `{ compute_session_node(id: "`+id(2)+`", project_id: "`+projectID+`") { `+field+` { edges { node { name } } } } }`, nil)
		require.Nil(t, answer["errors"])
		out := leaves(answer["data"])
		slices.Sort(out)
		return out
	}
	assert.Equal(t, []string{"s-000001"}, names(userKey, "dependees"))
	assert.Equal(t, []string{"s-000004"}, names(userKey, "dependents"))
	assert.Equal(t, []string{"s-000003", "s-000004"}, names(adminKey, "dependents"))
	assert.Equal(t, []string{"s-000001", "s-000002", "s-000004"}, names(userKey, "graph"))
	answer := w.ask(t, userKey, `{ compute_session(id: "`+id(2)+`") { dependencies { name } } }`, nil)
	assert.Equal(t, []string{"s-000001"}, leaves(answer["data"]))
}
