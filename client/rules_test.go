package client

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// The rules for a client that talks to managers 24.09 and 26.9 alike, each
// against answers recorded from both.

func TestRuleCreateUsesTheSpellingThatBothUnderstand(t *testing.T) {
	server, log := manager(t, old, answering(t, old, "session-create"))
	created, err := newClient(t, server.URL).Sessions().Create(context.Background(), CreateRequest{
		Name: "train-01", Image: "cr.example/stable/python:3.11", Type: model.TypeBatch, Project: "default", Domain: "default",
		EnqueueOnly: true, ReuseIfExists: true, StartupCommand: "python main.py", BatchTimeout: "30m",
		Config: CreateConfig{Resources: map[string]any{"cpu": 2, "mem": "4g"}},
	})
	require.NoError(t, err)
	assert.Equal(t, model.StatusPending, created.Status)
	assert.True(t, created.Created)
	assert.NotEmpty(t, created.ID)

	request, body := log.last(t)
	assert.Equal(t, "POST /session", request.Method+" "+request.URL.Path)
	assert.JSONEq(t, `{"clientSessionToken": "train-01", "lang": "cr.example/stable/python:3.11", "type": "batch",
		"group_name": "default", "domain": "default", "enqueueOnly": true, "reuseIfExists": true,
		"startupCommand": "python main.py", "config": {"resources": {"cpu": 2, "mem": "4g"}}}`, body,
		"and batch_timeout is not sent to 24.09, which refuses the key")
}

func TestRuleVersionHeaderComesFromTheManager(t *testing.T) {
	for version, want := range map[string]string{old: "v8.20240915", recent: "v9.20250722"} {
		server, log := manager(t, version, answering(t, version, "session-delete"))
		_, err := newClient(t, server.URL).Sessions().Destroy(context.Background(), "x", DestroyRequest{})
		require.NoError(t, err)
		request, _ := log.last(t)
		assert.Equal(t, want, request.Header.Get("X-BackendAI-Version"))
	}
	server, _ := manager(t, old, answering(t, old, "error-bad-version"))
	err := newClient(t, server.URL).Do(context.Background(), Request{Path: "/auth"}, nil)
	failure(t, err, KindVersion)
}

func TestRuleErrorsMayBeAbsentOrNull(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, _ := manager(t, version, answering(t, version, "compute_session_list-super-alive"))
		page, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{})
		require.NoError(t, err, version)
		assert.NotEmpty(t, page.Items)
	}
}

func TestRuleKindsFollowFromStatusAndNotFromTitles(t *testing.T) {
	tests := []struct {
		recording string
		kind      Kind
	}{
		{"error-session-not-found", KindNotFound}, // "No such session." and "Entity not found."
		{"error-unknown-path", KindNotFound},
		{"error-method-not-allowed", KindNotFound},
		{"error-unknown-image", KindNotFound},
		{"error-missing-field", KindInvalid},
		{"error-body-not-json", KindInvalid},
		{"error-no-version", KindInvalid},
		{"error-session-create-duplicate-name", KindConflict},
		{"error-owner-access-key-as-user", KindForbidden},
		{"error-bad-signature", KindAuth},
		{"error-unknown-access-key", KindAuth},
		{"error-login-wrong-password", KindCredentials},
		{"error-date-too-old", KindClock},
		{"error-malformed-authorization", KindServer},
		{"session-start-service", KindServer},
	}
	for _, tt := range tests {
		for _, version := range []string{old, recent} {
			t.Run(tt.recording+" of "+version, func(t *testing.T) {
				server, _ := manager(t, version, answering(t, version, tt.recording))
				e := failure(t, newClient(t, server.URL).Do(context.Background(), Request{Path: "/x"}, nil), tt.kind)
				assert.NotEmpty(t, e.Title)
				assert.NotEmpty(t, e.Type)
				assert.Equal(t, recorded(t, version, tt.recording).StatusCode, e.Status)
				assert.Equal(t, version == recent, e.Code != "", "only later managers send a code")
			})
		}
	}
}

func TestRuleNotAllowedDoesNotSignOut(t *testing.T) {
	// 24.09 answers 401, 26.9 answers 403.
	for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
		for _, version := range []string{old, recent} {
			server, _ := manager(t, version, answering(t, version, "error-superadmin-only"))
			c := newClient(t, server.URL, func(config *Config) { config.Mode = mode })
			failure(t, c.Do(context.Background(), Request{Path: "/config/get"}, nil), KindForbidden)
		}
	}
	// The web server's own 401 does.
	for _, version := range []string{old, recent} {
		server, _ := manager(t, version, answering(t, version, "web-func-gql-before-login"))
		failure(t, newClient(t, server.URL, inSession).Do(context.Background(), Request{Path: "/x"}, nil), KindAuth)
	}
	// So does a 401 that no manager wrote, in front of a web server.
	server, _ := manager(t, old, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	failure(t, newClient(t, server.URL, inSession).Do(context.Background(), Request{Path: "/x"}, nil), KindAuth)
	failure(t, newClient(t, server.URL).Do(context.Background(), Request{Path: "/x"}, nil), KindForbidden)
}

func TestRuleTheListIsTheClassicOneThatBothHave(t *testing.T) {
	// Session nodes have no text that is valid on both; the classic list has.
	server, log := manager(t, recent, answering(t, recent, "compute_session_list-super-alive"))
	_, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{})
	require.NoError(t, err)
	_, body := log.last(t)
	assert.Contains(t, body, "compute_session_list(")
	assert.NotContains(t, body, "compute_session_nodes")
}

func TestRuleLaterStatusesAreNotSentToOlderManagers(t *testing.T) {
	asked := []model.Status{model.StatusRunning, model.StatusPrepared, model.StatusCreating, model.StatusPreempted}
	for version, want := range map[string]string{old: "RUNNING", recent: "RUNNING,PREPARED,CREATING,PREEMPTED"} {
		server, log := manager(t, version, answering(t, version, "compute_session_list-super-alive"))
		_, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{Statuses: asked})
		require.NoError(t, err)
		_, body := log.last(t)
		assert.Equal(t, want, variables(t, body)["status"])
	}
	t.Run("and when none is left nothing is asked", func(t *testing.T) {
		server, log := manager(t, old, answering(t, old, "error-gql-later-statuses"))
		page, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{Statuses: asked[1:]})
		require.NoError(t, err)
		assert.Empty(t, page.Items)
		assert.Equal(t, 1, log.count(), "only GET /")
	})
}

func variables(t *testing.T, body string) map[string]any {
	t.Helper()
	var request graphQLRequest
	require.NoError(t, json.Unmarshal([]byte(body), &request))
	return request.Variables
}

func TestRuleTheReasonOfWaitingMayBeAbsent(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, _ := manager(t, version, answering(t, version, "compute_session_list-super-alive"))
		page, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{})
		require.NoError(t, err)
		require.NotEmpty(t, page.Items)
		session := page.Items[0]
		assert.Equal(t, model.StatusPending, session.Status)
		assert.Equal(t, version == old, session.StatusInfo != "")
		assert.Equal(t, version == old, session.StatusData != nil)
	}
}

func TestRuleRestartExistsOnlyOnOlderManagers(t *testing.T) {
	for version, want := range map[string]bool{old: true, recent: false} {
		server, _ := manager(t, version, answering(t, version, "session-restart-PATCH"))
		c := newClient(t, server.URL)
		require.NoError(t, c.Connect(context.Background()))
		assert.Equal(t, want, c.Supports(FeatureRestart))
		err := c.Do(context.Background(), Request{Method: http.MethodPatch, Path: "/session/x"}, nil)
		if want {
			assert.NoError(t, err)
		} else {
			assert.Equal(t, http.StatusNotImplemented, failure(t, err, KindServer).Status)
		}
	}
}

func TestRuleOccupiedSlotsStayAfterTheEnd(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, _ := manager(t, version, answering(t, version, "compute_session_list-user-terminated"))
		page, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{})
		require.NoError(t, err)
		for _, session := range page.Items {
			assert.True(t, session.Status.Ended(), "so resources are added up by status, not by the field")
			if session.Status == model.StatusTerminated {
				assert.Equal(t, version == old, len(session.OccupiedSlots) > 0)
			}
		}
	}
}
