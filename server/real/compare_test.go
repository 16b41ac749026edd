//go:build real

package real

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// call is one that both managers are asked.
type call struct {
	name, role   string
	method, path string // SESSION stands for the name of a running session
	body         any
}

// graphQL is the body of a query.
func graphQL(text string, variables map[string]any) map[string]any {
	if variables == nil {
		variables = map[string]any{}
	}
	return map[string]any{"query": text, "variables": variables}
}

// calls are asked of both; id is that of a running session.
func calls(manager client.Version, id string) []call {
	const gql = "/admin/gql"
	list := func(r client.ListRequest) map[string]any { return graphQL(client.ListQuery(manager, r)) }
	group := map[string]any{"group": "default", "scaling_group": "default"}
	session := func(change map[string]any) map[string]any {
		body := map[string]any{"clientSessionToken": "compared", "lang": "IMAGE", "type": "interactive", "group_name": "default",
			"domain": "default", "enqueueOnly": true, "reuseIfExists": false, "config": map[string]any{}}
		for key, value := range change {
			if body[key] = value; value == nil {
				delete(body, key)
			}
		}
		return body
	}
	return []call{
		{"version", "user", "GET", "/", nil},
		{"role", "user", "GET", "/auth/role", nil},
		{"role of a superadmin", "superadmin", "GET", "/auth/role", nil},
		{"resource groups", "user", "GET", "/scaling-groups?group=default", nil},
		{"room", "user", "POST", "/resource/check-presets", group},
		{"folders", "user", "GET", "/folders", nil},
		{"volumes", "user", "GET", "/folders/_/hosts", nil},
		{"session", "user", "GET", "/session/SESSION", nil},
		{"log", "user", "GET", "/session/SESSION/logs", nil},
		{"session that is there already", "user", "POST", "/session", session(nil)},
		{"session reused", "user", "POST", "/session", session(map[string]any{"reuseIfExists": true})},
		{"list", "user", "POST", gql, list(client.ListRequest{})},
		{"list of a superadmin", "superadmin", "POST", gql, list(client.ListRequest{Fields: []string{"id", "type", "user_email", "access_key",
			"status_data", "status_history", "result", "mounts", "service_ports", "idle_checks", "occupied_slots", "requested_slots", "cluster_size",
			"containers {container_id agent live_stat last_stat}"}})},
		{"detail", "user", "POST", gql, graphQL(client.ShowQuery(manager, id, model.RoleUser))},
		{"detail of a superadmin", "superadmin", "POST", gql, graphQL(client.ShowQuery(manager, id, model.RoleSuperadmin))},
		{"detail of none", "user", "POST", gql, graphQL(client.ShowQuery(manager, "00000000-0000-4000-8000-000000000000", model.RoleUser))},
		{"account", "user", "POST", gql, graphQL("{ user { uuid email username full_name role domain_name groups { id name } } keypair { access_key } }", nil)},
		{"policy", "user", "POST", gql, graphQL("{ keypair_resource_policy { name total_resource_slots default_for_unspecified max_concurrent_sessions max_containers_per_session } }", nil)},
		{"images", "user", "POST", gql, graphQL("{ images { id name humanized_name tag registry architecture digest installed labels { key value } resource_limits { key min max } supported_accelerators } }", nil)},
		{"agents", "superadmin", "POST", gql, graphQL(`{ agent_list(limit: 10, offset: 0, status: "ALIVE") { items { id status scaling_group schedulable available_slots occupied_slots version architecture } total_count } }`, nil)},
		{"agents as a user", "user", "POST", gql, graphQL(`{ agent_list(limit: 10, offset: 0) { items { id } total_count } }`, nil)},
		{"list of somebody else", "user", "POST", gql, list(client.ListRequest{AccessKey: "AKIANOSUCHKEYEXAMPLE"})},
		{"list with a wrong filter", "user", "POST", gql, list(client.ListRequest{Filter: "name ilike"})},
		{"list with an unknown status", "user", "POST", gql, list(client.ListRequest{Statuses: []model.Status{"NOSUCH"}})},
		{"unknown field", "user", "POST", gql, graphQL("{ nosuch }", nil)},
		{"wrong syntax", "user", "POST", gql, graphQL("{", nil)},
		{"unknown session", "user", "GET", "/session/no-such-session", nil},
		{"end of an unknown session", "user", "DELETE", "/session/no-such-session", nil},
		{"unknown path", "user", "GET", "/no/such/path", nil},
		{"wrong method", "user", "DELETE", "/auth/role", nil},
		{"session without a name", "user", "POST", "/session", session(map[string]any{"clientSessionToken": nil})},
		{"session of an unknown image", "user", "POST", "/session", session(map[string]any{"clientSessionToken": "compared-2", "lang": "cr.example/no/such:image"})},
		{"session in an unknown resource group", "user", "POST", "/session",
			session(map[string]any{"clientSessionToken": "compared-3", "config": map[string]any{"scaling_group": "no-such-group"}})},
		{"for superadmins only", "user", "POST", "/config/get", map[string]any{"key": "volumes", "prefix": true}},
		{"wrong signature", "nobody", "GET", "/auth/role", nil},
		{"unknown key", "stranger", "GET", "/auth/role", nil},
	}
}

// open are the objects whose keys are data: slots, metrics, settings.
var open = map[string]bool{
	"keypair_limits": true, "keypair_using": true, "keypair_remaining": true, "group_limits": true, "group_using": true,
	"group_remaining": true, "scaling_group_remaining": true, "using": true, "remaining": true, "resource_slots": true,
	"volume_info": true, "status_data": true, "idleChecks": true, "statusData": true, "lastStat": true,
}

// asked is an answer as it came.
type asked struct {
	status int
	body   []byte
}

// RoundTrip sends a request and keeps its answer.
func (a *asked) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return nil, err
	}
	a.status, resp.Body = resp.StatusCode, io.NopCloser(bytes.NewReader(a.body))
	return resp, nil
}

// ask sends a call to a manager.
func (s side) ask(t *testing.T, c call, image string) asked {
	t.Helper()
	account := s.accounts[c.role]
	pair := signing.KeyPair{AccessKey: account.AccessKey, SecretKey: account.SecretKey}
	switch c.role {
	case "nobody":
		pair = signing.KeyPair{AccessKey: s.accounts["user"].AccessKey, SecretKey: strings.Repeat("x", 40)}
	case "stranger":
		pair = signing.KeyPair{AccessKey: "AKIANOSUCHKEYEXAMPLE", SecretKey: strings.Repeat("x", 40)}
	}
	var answer asked
	caller, err := client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: s.server.Manager, KeyPair: pair, HTTP: &http.Client{Transport: &answer},
	})
	require.NoError(t, err)
	request := client.Request{Method: c.method, Path: strings.ReplaceAll(c.path, "SESSION", "compared")}
	if path, query, found := strings.Cut(request.Path, "?"); found {
		name, value, _ := strings.Cut(query, "=")
		request.Path, request.Query = path, map[string][]string{name: {value}}
	}
	if c.body != nil {
		text, err := json.Marshal(c.body)
		require.NoError(t, err)
		request.Body = json.RawMessage(strings.ReplaceAll(string(text), `"IMAGE"`, fmt.Sprintf("%q", image)))
	}
	_ = caller.Do(t.Context(), request, nil) // a failure is an answer, too
	return answer
}

func TestBothManagersAnswerInTheSameShape(t *testing.T) {
	prepared := map[string]struct {
		id, image string
		manager   client.Version
	}{}
	for _, s := range []side{world.embedded, world.real} {
		c := s.client(t, "user", model.ModeAPI)
		r := s.request(t, c, "compared")
		created := create(t, c, r)
		waitFor(t, c, created.ID, model.StatusRunning)
		p := prepared[s.name]
		p.id, p.image, p.manager = created.ID, r.Image, c.Version()
		prepared[s.name] = p
	}
	embedded, real := prepared[world.embedded.name], prepared[world.real.name]
	used := map[difference]bool{}
	theirs := calls(real.manager, real.id)
	for i, c := range calls(embedded.manager, embedded.id) {
		t.Run(c.name, func(t *testing.T) {
			ours, their := world.embedded.ask(t, c, embedded.image), world.real.ask(t, theirs[i], real.image)
			var found []string
			if ours.status != their.status {
				found = append(found, fmt.Sprintf("status: embedded %d, real %d", ours.status, their.status))
			}
			var one, other any
			require.NoError(t, json.Unmarshal(ours.body, &one), "%s", ours.body)
			require.NoError(t, json.Unmarshal(their.body, &other), "%s", their.body)
			found = append(found, differences(shapeOf(one, open), shapeOf(other, open))...)
			for _, text := range append(found, problemTypes(one, other)...) {
				if by, ok := acceptedBy(c.name, text); ok {
					used[by] = true
					continue
				}
				t.Errorf("%s\nembedded %.600s\nreal     %.600s", text, ours.body, their.body)
			}
		})
	}
	for _, d := range accepted {
		assert.True(t, used[d], "a difference that is accepted and is none any more: %+v", d)
	}
}

// problemTypes compares the types of two problems.
func problemTypes(embedded, real any) []string {
	typeOf := func(value any) string {
		object, _ := value.(map[string]any)
		text, _ := object["type"].(string)
		return text
	}
	if e, r := typeOf(embedded), typeOf(real); e != r {
		return []string{fmt.Sprintf("type: embedded %q, real %q", e, r)}
	}
	return nil
}
