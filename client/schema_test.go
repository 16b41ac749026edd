package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/baiui/baiui/client/model"
)

// federation declares what later managers use in their schema without declaring
// it.
const federation = `
directive @link(url: String!, import: [String]) repeatable on SCHEMA
directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT | INTERFACE
directive @shareable on OBJECT | FIELD_DEFINITION
`

// schema loads what a manager prints.
func schema(t testing.TB, version string) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", version, "schema.graphql"))
	require.NoError(t, err)
	loaded, err := gqlparser.LoadSchema(&ast.Source{Input: federation}, &ast.Source{Name: version, Input: string(text)})
	require.NoError(t, err)
	return loaded
}

// valid requires that a request is one that the schema allows.
func valid(t testing.TB, s *ast.Schema, body string) {
	t.Helper()
	var request graphQLRequest
	require.NoError(t, json.Unmarshal([]byte(body), &request))
	document, errs := gqlparser.LoadQueryWithRules(s, request.Query, nil)
	require.Nil(t, errs, request.Query)
	require.Len(t, document.Operations, 1)
	_, err := validator.VariableValues(s, document.Operations[0], request.Variables)
	require.NoError(t, err, "%s %v", request.Query, request.Variables)
}

// listFields are the fields that a session list may ask for, by mode and role.
func listFields(mode model.ConnectionMode, role model.Role) []string {
	fields := []string{"id", "session_id", "name", "type", "image", "architecture", "created_at", "starts_at", "terminated_at",
		"status", "status_info", "status_data", "result", "service_ports", "mounts", "occupied_slots", "requested_slots",
		"access_key", "cluster_size", "cluster_mode", "scaling_group", "main_kernel_role", "idle_checks", "commit_status"}
	if mode == model.ModeSession {
		fields = append(fields, "user_email")
	}
	if role.IsSuperadmin() {
		return append(fields, "containers {container_id kernel_id agent role local_rank occupied_slots live_stat last_stat}")
	}
	return append(fields, "containers {container_id kernel_id role local_rank occupied_slots live_stat last_stat}")
}

func TestEveryQueryIsValidOnBothManagers(t *testing.T) {
	for _, version := range []string{old, recent} {
		s := schema(t, version)
		server, log := manager(t, version, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"data": {"compute_session_list": {"items": [], "total_count": 0}}}`))
		})
		for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
			c := newClient(t, server.URL, func(config *Config) { config.Mode = mode })
			for _, role := range []model.Role{model.RoleUser, model.RoleAdmin, model.RoleSuperadmin} {
				for i, request := range []ListRequest{
					{},
					{Fields: listFields(mode, role)},
					{Fields: listFields(mode, role), Statuses: []model.Status{model.StatusRunning, model.StatusPrepared, model.StatusReserved}},
					{Fields: listFields(mode, role), Project: "2de2b969-1d04-48a6-af16-0bc8adb3c831", AccessKey: "AK"},
					{Fields: listFields(mode, role), Filter: `type == "batch"`, Order: "-created_at", Limit: 50, Offset: 50},
				} {
					t.Run(fmt.Sprintf("%s list %d as %s in %s mode", version, i, role, mode), func(t *testing.T) {
						_, err := c.Sessions().List(context.Background(), request)
						require.NoError(t, err)
						_, body := log.last(t)
						valid(t, s, body)
					})
				}
			}
		}
		typed := newClient(t, server.URL)
		t.Run(version+" account", func(t *testing.T) {
			_, _ = typed.Account(context.Background())
			_, body := log.last(t)
			valid(t, s, body)
		})
		t.Run(version+" agents", func(t *testing.T) {
			_, _ = typed.Agents(context.Background())
			_, body := log.last(t)
			valid(t, s, body)
		})
		t.Run(version+" parts of agents", func(t *testing.T) {
			_, _ = typed.Hardware(context.Background())
			_, body := log.last(t)
			valid(t, s, body)
		})
		for _, role := range []model.Role{model.RoleUser, model.RoleSuperadmin} {
			t.Run(fmt.Sprintf("%s one session as %s", version, role), func(t *testing.T) {
				_, _ = typed.Sessions().Show(context.Background(), someSession, role)
				_, body := log.last(t)
				valid(t, s, body)
			})
		}
		if typed.Supports(FeaturePendingList) {
			t.Run(version+" place in the queue", func(t *testing.T) {
				_ = typed.Sessions().queuePosition(context.Background(), someSession)
				_, body := log.last(t)
				valid(t, s, body)
			})
		}
		t.Run(version+" customised images", func(t *testing.T) {
			_, _ = typed.CustomImages(context.Background())
			_, body := log.last(t)
			valid(t, s, body)
		})
		t.Run(version+" limit of customised images", func(t *testing.T) {
			_, _ = typed.CustomImageLimit(context.Background())
			_, body := log.last(t)
			valid(t, s, body)
		})
	}
}
