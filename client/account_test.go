package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// accountAnswer puts the recorded answers about user and key pair together, as
// one query gets them.
func accountAnswer(t *testing.T, version string) string {
	t.Helper()
	merged := map[string]json.RawMessage{}
	for name, fields := range map[string][]string{
		"user":    {"uuid", "email", "username", "full_name", "role", "domain_name", "groups"},
		"keypair": {"access_key"},
	} {
		var recording struct {
			Data map[string]map[string]any `json:"data"`
		}
		require.NoError(t, json.Unmarshal([]byte(recordedBody(t, version, name)), &recording))
		asked := map[string]any{}
		for _, field := range fields {
			asked[field] = recording.Data[name][field]
		}
		raw, err := json.Marshal(asked)
		require.NoError(t, err)
		merged[name] = raw
	}
	raw, err := json.Marshal(map[string]any{"data": merged})
	require.NoError(t, err)
	return string(raw)
}

func TestAccountIsOneRequest(t *testing.T) {
	for _, version := range []string{old, recent} {
		for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
			body := accountAnswer(t, version)
			server, log := manager(t, version, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, body)
			})
			account, err := newClient(t, server.URL, func(config *Config) { config.Mode = mode }).Account(context.Background())
			require.NoError(t, err)
			assert.Equal(t, 2, log.count(), "GET / and one query")
			assert.Equal(t, "user@lablup.com", account.Email)
			assert.Equal(t, model.RoleUser, account.Role)
			assert.Equal(t, "default", account.DomainName)
			assert.Equal(t, "AKIANABBDUSEREXAMPLE", account.AccessKey)
			require.NotEmpty(t, account.Projects)
			for i := 1; i < len(account.Projects); i++ {
				assert.LessOrEqual(t, account.Projects[i-1].Name, account.Projects[i].Name)
			}
			request, sent := log.last(t)
			assert.Equal(t, mode == model.ModeAPI, request.Header.Get("Authorization") != "")
			assert.JSONEq(t, `{"query": "{user{uuid,email,username,full_name,role,domain_name,groups{id,name}},keypair{access_key}}"}`, sent)
		}
	}
}

func TestAccountFailures(t *testing.T) {
	tests := []struct {
		name, body string
		kind       Kind
	}{
		{"an error of the manager", `{"data": null, "errors": [{"message": "Forbidden operation."}]}`, KindForbidden},
		{"nobody", `{"data": {"user": null, "keypair": null}}`, KindBadAnswer},
		{"another shape", `{"data": {"user": [1]}}`, KindBadAnswer},
		{"an unasked field", `{"data": {"nobody": 1}}`, KindBadAnswer},
		{"HTML", `<html>`, KindBadAnswer},
		{"no data", `{}`, KindBadAnswer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
				return answer(200, "application/json", tt.body), nil
			})))
			_, err := c.Account(context.Background())
			failure(t, err, tt.kind)
		})
	}
	server, _ := manager(t, old, answering(t, old, "error-unknown-access-key"))
	_, err := newClient(t, server.URL).Account(context.Background())
	e := failure(t, err, KindAuth)
	assert.Equal(t, "/admin/gql", e.Path)
	assert.Equal(t, http.StatusUnauthorized, e.Status)
}

func TestAgents(t *testing.T) {
	pages := []string{
		`{"data": {"agent_list": {"items": [{"id": "i-1", "status": "ALIVE", "scaling_group": "default", "schedulable": true,
			"available_slots": "{\"cpu\": \"63\", \"mem\": \"273804165120\"}", "occupied_slots": "{\"cpu\": \"27\"}",
			"version": "26.9.6", "architecture": "x86_64"}], "total_count": 2}}, "errors": null}`,
		`{"data": {"agent_list": {"items": [{"id": "i-2", "status": "ALIVE", "scaling_group": null, "schedulable": null,
			"available_slots": null, "occupied_slots": "{}", "version": null, "architecture": "aarch64"}], "total_count": 2}}}`,
	}
	asked := 0
	c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
		asked++
		return answer(200, "application/json", pages[asked-1]), nil
	})))
	agents, err := c.Agents(context.Background())
	require.NoError(t, err)
	require.Len(t, agents, 2)
	assert.Equal(t, model.Agent{ID: "i-1", Status: "ALIVE", ScalingGroup: "default", Schedulable: true,
		AvailableSlots: model.ResourceSlots{"cpu": "63", "mem": "273804165120"},
		OccupiedSlots:  model.ResourceSlots{"cpu": "27"}, Version: "26.9.6", Architecture: "x86_64"}, agents[0])
	assert.Equal(t, "i-2", agents[1].ID)

	server, _ := manager(t, old, answering(t, old, "error-gql-agents-as-user"))
	_, err = newClient(t, server.URL).Agents(context.Background())
	failure(t, err, KindForbidden)
}
