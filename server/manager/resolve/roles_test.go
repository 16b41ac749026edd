package resolve

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
)

// TestWhatEachRoleSees is the scoping table: for each query what comes back, or
// the error. Names stand for the rows; "-" is an empty list, null is null.
func TestWhatEachRoleSees(t *testing.T) {
	const (
		forbidden    = "!Forbidden operation."
		super        = "!Forbidden operation. (superadmin privilege required)"
		insufficient = "!Insufficient privilege."
		unknown      = "!Missing or invalid API parameters. (Unknown client role)"
	)
	const nearID, farID = "00000000-0000-4000-8000-000000000003", "00000000-0000-4000-8000-000000000005"
	list := func(args string) string {
		return `{ compute_session_list(limit: 20, offset: 0, order: "name" ` + args + `) { items { name } } }`
	}
	// Sessions: 1 of the superadmin, 2 of the admin, 3 of user, 4 of user2, 5 of the far user.
	tests := []struct {
		name, query                             string
		superadmin, admin, user, monitor, other string // other: user of the second domain
	}{
		{"sessions", list(""), "1 2 3 4 5", "1 2 3 4", "3", unknown, "5"},
		{"sessions of one's own key", list(`access_key: "OWN"`), "1", "2", "3", unknown, "5"},
		{"sessions of user's key", list(`access_key: "` + userKey + `"`), "3", "3", "3", unknown, forbidden},
		{"sessions of user2's key", list(`access_key: "` + user2Key + `"`), "4", "4", forbidden, unknown, forbidden},
		{"sessions of a key of another domain", list(`access_key: "` + farKey + `"`), "5", "-", forbidden, unknown, "5"},
		{"sessions of another domain", list(`domain_name: "far"`), "5", forbidden, forbidden, unknown, "5"},
		{"sessions of the first domain", list(`domain_name: "default"`), "1 2 3 4", "1 2 3 4", "3", unknown, forbidden},
		{"sessions of a project", list(`group_id: "` + projectID + `"`), "1 2 3 4", "1 2 3 4", "3", unknown, "-"},
		{"sessions of a project of another domain", list(`group_id: "` + farProjectID + `"`), "5", "-", "-", unknown, "5"},
		{"a filter widens nothing", list(`filter: "access_key == \"` + farKey + `\" | name like \"%\""`), "1 2 3 4 5", "1 2 3 4", "3", unknown, "5"},
		{"a filter that breaks out of its parentheses", list(`filter: "name like \"%\") | (name like \"%\""`), "!Query filter", "!Query filter", "!Query filter", unknown, "!Query filter"},
		{"user's session", `{ compute_session(id: "` + nearID + `") { name } }`, "3", "3", "3", unknown, "null"},
		{"a session of another domain", `{ compute_session(id: "` + farID + `") { name } }`, "5", "null", "null", unknown, "5"},
		{"kernels of user's session", `{ compute_container_list(limit: 9, offset: 0, session_id: "` + nearID + `") { items { session_id } } }`, nearID, nearID, nearID, unknown, "-"},
		{"kernels of a session of another domain", `{ compute_container_list(limit: 9, offset: 0, session_id: "` + farID + `") { items { session_id } } }`, farID, "-", "-", unknown, farID},
		{"user's kernel", `{ compute_container(id: "10000000-0000-4000-8000-000000000003") { session_id } }`, nearID, nearID, nearID, unknown, "null"},
		{"oneself", `{ user { username } }`, "admin", "domain-admin", "user", unknown, "far"},
		{"user by e-mail", `{ user(email: "user@lablup.com") { username } }`, "user", "user", "user", unknown, forbidden},
		{"user2 by e-mail", `{ user(email: "user2@lablup.com") { username } }`, "user2", "user2", forbidden, unknown, forbidden},
		{"a user of another domain", `{ user(email: "far@example.test") { username } }`, "far", "null", forbidden, unknown, "far"},
		{"user2 by id", `{ user_from_uuid(user_id: "009fb1a4-487c-4f6e-9b1b-228b94b1d040") { username } }`, "user2", "user2", forbidden, unknown, forbidden},
		{"users", `{ users { username } }`, "admin domain-admin far far-admin monitor user user2", "admin domain-admin monitor user user2", insufficient, unknown, insufficient},
		{"users of another domain", `{ users(domain_name: "far") { username } }`, "far far-admin", forbidden, insufficient, unknown, insufficient},
		{"the list of users", `{ user_list(limit: 9, offset: 0) { items { username } } }`, "admin domain-admin far far-admin monitor user user2", "admin domain-admin monitor user user2", insufficient, unknown, insufficient},
		{"one's own key pair", `{ keypair { user_id } }`, "admin@lablup.com", "domain-admin@lablup.com", "user@lablup.com", unknown, "far@example.test"},
		{"user2's secret key", `{ keypair(access_key: "` + user2Key + `") { secret_key } }`, "secret-of-user2", "secret-of-user2", forbidden, unknown, forbidden},
		{"the superadmin's secret key", `{ keypair(access_key: "` + superKey + `") { secret_key } }`, "secret-of-admin", "-", forbidden, unknown, forbidden},
		{"a key pair of another domain", `{ keypair(access_key: "` + farKey + `") { secret_key } }`, "secret-of-far", "null", forbidden, unknown, "secret-of-far"},
		{"key pairs", `{ keypairs { user_id } }`, "admin@lablup.com domain-admin@lablup.com far-admin@example.test far@example.test monitor@lablup.com user2@lablup.com user@lablup.com", "admin@lablup.com domain-admin@lablup.com monitor@lablup.com user2@lablup.com user@lablup.com", "user@lablup.com", unknown, "far@example.test"},
		{"the list of key pairs of user2", `{ keypair_list(limit: 9, offset: 0, email: "user2@lablup.com") { items { user_id } } }`, "user2@lablup.com", "user2@lablup.com", forbidden, unknown, forbidden},
		{"projects", `{ groups { name } }`, "default far", "default", "default", unknown, "far"},
		{"projects of every type", `{ groups(type: ["GENERAL", "MODEL_STORE"]) { name } }`, "default far model-store", "default model-store", "default model-store", unknown, "far"},
		{"projects of another domain", `{ groups(domain_name: "far") { name } }`, "far", forbidden, forbidden, unknown, "far"},
		{"a project", `{ group(id: "` + projectID + `") { name } }`, "default", "default", "default", unknown, insufficient},
		{"a project of another domain", `{ group(id: "` + farProjectID + `") { name } }`, "far", insufficient, insufficient, unknown, "far"},
		{"a project that is not there", `{ group(id: "11111111-1111-4111-8111-111111111111") { name } }`, "null", insufficient, insufficient, unknown, insufficient},
		{"projects by name", `{ groups_by_name(name: "default") { name } }`, "default", "default", "default", unknown, "-"},
		{"one's own domain", `{ domain { name } }`, "default", "default", "default", "default", "far"},
		{"another domain", `{ domain(name: "far") { name } }`, "far", "!No such domain.", "!No such domain.", "!No such domain.", "far"},
		{"domains", `{ domains { name } }`, "default far", super, super, super, super},
		{"resource groups", `{ scaling_groups { name } }`, "default far", super, super, super, super},
		{"a resource group", `{ scaling_group(name: "default") { name } }`, "default", super, super, super, super},
		{"resource groups of a domain", `{ scaling_groups_for_domain(domain: "far") { name } }`, "far", super, super, super, super},
		{"resource groups of a project", `{ scaling_groups_for_user_group(user_group: "` + projectID + `") { name } }`, "-", super, super, super, super},
		{"resource groups of a key pair", `{ scaling_groups_for_keypair(access_key: "` + userKey + `") { name } }`, "-", super, super, super, super},
		{"agents", `{ agents { id } }`, "i-dummy-1", super, super, super, super},
		{"the list of agents", `{ agent_list(limit: 9, offset: 0) { items { id } } }`, "i-dummy-1", super, super, super, super},
		{"an agent", `{ agent(agent_id: "i-dummy-1") { id } }`, "i-dummy-1", super, super, super, super},
		{"summaries of agents", `{ agent_summary_list(limit: 9, offset: 0) { items { id } } }`, "i-dummy-1", "i-dummy-1", "i-dummy-1", unknown, "-"},
		{"a summary", `{ agent_summary(agent_id: "i-dummy-1") { id } }`, "i-dummy-1", "i-dummy-1", "i-dummy-1", unknown, "null"},
		{"summaries of a resource group", `{ agent_summary_list(limit: 9, offset: 0, scaling_group: "far") { items { id } } }`, "-", "-", "-", unknown, "-"},
		{"images", `{ images { name } }`, "community/r-base stable/filebrowser stable/python stable/python stable/python-pytorch", "community/r-base stable/filebrowser stable/python stable/python stable/python-pytorch", "community/r-base stable/filebrowser stable/python stable/python stable/python-pytorch", "community/r-base stable/filebrowser stable/python stable/python stable/python-pytorch", "-"},
		{"an image", `{ image(reference: "python") { tag } }`, "3.9-ubuntu20.04", "3.9-ubuntu20.04", "3.9-ubuntu20.04", "3.9-ubuntu20.04", "null"},
		{"key pair policies", `{ keypair_resource_policies { name } }`, "default far", "default far", "default", unknown, "far"},
		{"a key pair policy by name", `{ keypair_resource_policy(name: "far") { name } }`, "far", "far", "far", "far", "far"},
		{"one's own key pair policy", `{ keypair_resource_policy { name } }`, "default", "default", "default", "default", "far"},
		{"user policies", `{ user_resource_policies { name } }`, "default far", "default far", "default", unknown, "far"},
		{"one's own user policy", `{ user_resource_policy { name } }`, "default", "default", "default", "default", "far"},
		{"project policies", `{ project_resource_policies { name } }`, "default far", unknown, unknown, unknown, unknown},
		{"a project policy", `{ project_resource_policy(name: "far") { name } }`, "far", "far", "far", "far", "far"},
	}
	w := newWideWorld(t)
	for i, key := range []string{superKey, adminKey, userKey, user2Key, farKey} {
		w.addSession(t, i+1, key, model.StatusRunning)
	}
	for _, tt := range tests {
		for _, who := range []struct{ role, key, want string }{
			{"superadmin", superKey, tt.superadmin}, {"admin", adminKey, tt.admin}, {"user", userKey, tt.user},
			{"monitor", monitorKey, tt.monitor}, {"user of another domain", farKey, tt.other},
		} {
			t.Run(tt.name+" as "+who.role, func(t *testing.T) {
				got := seen(t, w.ask(t, who.key, strings.ReplaceAll(tt.query, "OWN", who.key), nil))
				if strings.HasPrefix(tt.query, "{ compute_session") {
					got = strings.ReplaceAll(got, "s-00000", "")
				}
				if who.want == "!Query filter" {
					assert.True(t, strings.HasPrefix(got, who.want), got)
					return
				}
				assert.Equal(t, who.want, got)
			})
		}
	}
}

// seen puts an answer into the words of the table.
func seen(t *testing.T, answer map[string]any) string {
	t.Helper()
	data, _ := answer["data"].(map[string]any)
	require.Len(t, data, 1, "%v", answer)
	for _, value := range data {
		if errs, ok := answer["errors"].([]any); ok {
			assert.Nil(t, value, "an error comes without the value")
			return "!" + errs[0].(map[string]any)["message"].(string)
		}
		names := leaves(value)
		slices.Sort(names)
		switch {
		case value == nil:
			return "null"
		case len(names) == 0:
			return "-"
		}
		return strings.Join(names, " ")
	}
	return ""
}

func leaves(value any) []string {
	var out []string
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			out = append(out, leaves(item)...)
		}
	case []any:
		for _, item := range v {
			out = append(out, leaves(item)...)
		}
	case string:
		out = append(out, v)
	}
	return out
}

// TestCallersWithoutIdentitySeeNothing: the limits that scoping sets are the
// caller's own values, and an empty one would be no limit.
func TestCallersWithoutIdentitySeeNothing(t *testing.T) {
	w := newWorld(t)
	w.addSession(t, 1, userKey, model.StatusRunning)
	for name, strip := range map[string]func(*api.Caller){
		"no access key": func(c *api.Caller) { c.AccessKey = "" },
		"no domain":     func(c *api.Caller) { c.DomainName = "" },
		"no e-mail":     func(c *api.Caller) { c.Email = "" },
		"no user":       func(c *api.Caller) { c.UserID = "" },
	} {
		for _, key := range []string{superKey, adminKey, userKey} {
			t.Run(name+" "+key, func(t *testing.T) {
				caller := w.caller(t, key)
				strip(&caller)
				response := w.gql.Execute(t.Context(), caller, `{ compute_session_list(limit: 1, offset: 0) { items { id } } keypairs { secret_key } groups { id } users { id } }`, nil, "")
				assert.Equal(t, `{"compute_session_list":null,"keypairs":null,"groups":null,"users":null}`, string(response.Data))
			})
		}
	}
}

// TestNestedObjectsDoNotWidenTheScope: what hangs on an object that one sees
// belongs to it.
func TestNestedObjectsDoNotWidenTheScope(t *testing.T) {
	w := newWideWorld(t)
	for i, key := range []string{superKey, userKey, user2Key, farKey} {
		w.addSession(t, i+1, key, model.StatusRunning)
	}
	answer := w.ask(t, userKey, `{ keypair { compute_sessions { name access_key containers { id } } projects user_info { email } } }`, nil)
	text, err := json.Marshal(answer)
	require.NoError(t, err)
	assert.JSONEq(t, `{"data":{"keypair":{"compute_sessions":[{"name":"s-000002","access_key":"`+userKey+`","containers":[{"id":"10000000-0000-4000-8000-000000000002"}]}],
		"projects":["default","model-store"],"user_info":{"email":"user@lablup.com"}}}}`, string(text))

	answer = w.ask(t, adminKey, `{ keypair_list(limit: 10, offset: 0) { items { user_id compute_sessions(status: "RUNNING") { name } } } }`, nil)
	got := map[string]string{}
	for _, item := range answer["data"].(map[string]any)["keypair_list"].(map[string]any)["items"].([]any) {
		o := item.(map[string]any)
		got[o["user_id"].(string)] = fmt.Sprint(leaves(o["compute_sessions"]))
	}
	assert.Equal(t, map[string]string{"admin@lablup.com": "[s-000001]", "domain-admin@lablup.com": "[]", "user@lablup.com": "[s-000002]",
		"user2@lablup.com": "[s-000003]", "monitor@lablup.com": "[]"}, got)
}
