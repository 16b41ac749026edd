package manager_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type reports struct {
	Logs  []map[string]any `json:"logs"`
	Count int              `json:"count"`
}

func (w *world) reports(role, query string) (out reports) {
	got := w.as(role, http.MethodGet, "/logs/error"+query, "")
	require.Equal(w, 200, got.status, "%s", got.body)
	require.NoError(w, json.Unmarshal(got.body, &out))
	return out
}

func TestClientsReportTheirFailures(t *testing.T) {
	inWorld(t, func(w *world) {
		report := func(role, message string) answer {
			w.set(w.now().Add(time.Second))
			return w.as(role, http.MethodPost, "/logs/error", `{"severity": "ERROR", "source": "webui", "message": "`+message+`",
				"context_lang": "ko", "context_env": "{\"page\": \"/sessions\"}", "request_url": "/func/", "request_status": 502}`)
		}
		assert.JSONEq(w.T, `{"logs": [], "count": 0}`, string(w.as("user", http.MethodGet, "/logs/error", "").body), "as recorded")
		for _, r := range [][2]string{{"user", "first"}, {"user", "second"}, {"user2", "other"}} {
			got := report(r[0], r[1])
			require.Equal(w, 200, got.status, "%s", got.body)
			assert.JSONEq(w.T, `{"success": true}`, string(got.body))
		}
		own := w.reports("user", "?mark_read=true&page_size=1&page_no=1")
		assert.Equal(w.T, 2, own.Count)
		require.Len(w, own.Logs, 1)
		assert.Equal(w.T, "second", own.Logs[0]["message"], "the newest first")
		assert.Equal(w.T, "error", own.Logs[0]["severity"])
		assert.Equal(w.T, map[string]any{"page": "/sessions"}, own.Logs[0]["context_env"])
		assert.InDelta(w.T, 502, own.Logs[0]["request_status"], 0)
		assert.NotContains(w.T, own.Logs[0], "is_cleared")
		assert.Equal(w.T, "first", w.reports("user", "?page_size=1&page_no=2").Logs[0]["message"])
		assert.Equal(w.T, true, w.reports("user", "").Logs[0]["is_read"])

		id := own.Logs[0]["log_id"].(string)
		assert.Equal(w.T, 404, w.as("user2", http.MethodPost, "/logs/error/"+id+"/clear", "").status, "another's")
		assert.Equal(w.T, 200, w.as("user", http.MethodPost, "/logs/error/"+id+"/clear", "").status)
		assert.Equal(w.T, 1, w.reports("user", "").Count)
		all := w.reports("super", "")
		assert.Equal(w.T, 3, all.Count)
		assert.Equal(w.T, true, all.Logs[1]["is_cleared"])
		assert.Equal(w.T, 3, w.reports("admin", "").Count)

		w.set(w.now().Add(91 * 24 * time.Hour))
		report("user", "late")
		assert.Equal(w.T, 1, w.reports("super", "").Count, "after 90 days they are forgotten")
	})
}

func TestReportsThatAreRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		for body, says := range map[string]string{
			`{}`: "is required",
			`{"severity": "loud", "source": "a", "message": "b", "context_lang": "c", "context_env": "{}"}`:   "LogLevel",
			`{"severity": "error", "source": "a", "message": "b", "context_lang": "c", "context_env": "{oo"}`: "not a valid JSON string",
		} {
			got := w.as("user", http.MethodPost, "/logs/error", body)
			assert.Equal(w.T, 400, got.status, body)
			assert.Contains(w.T, string(got.body), says)
		}
		assert.Equal(w.T, 400, w.as("user", http.MethodGet, "/logs/error?page_size=101", "").status)
	})
}

// mutate runs a mutation as a superadmin.
func (w *world) mutate(text string) string {
	body, err := json.Marshal(map[string]string{"query": "mutation { " + text + " }"})
	require.NoError(w, err)
	return string(w.as("super", http.MethodPost, "/admin/gql", string(body)).body)
}

func TestPeopleAndProjectsGoWithTheirFolders(t *testing.T) {
	inWorld(t, func(w *world) {
		make := func(role, body string) string {
			got := w.as(role, http.MethodPost, "/folders", body)
			require.Equal(w, 201, got.status, "%s", got.body)
			return got.text(w, "id")
		}
		make("user", `{"name": "alone"}`)
		shared := make("user", `{"name": "shared"}`)
		make("super", `{"name": "shared"}`)
		require.Equal(w, 201, w.as("user", http.MethodPost, "/folders/"+shared+"/invite", `{"perm": "ro", "emails": ["user2@lablup.com"]}`).status)
		var sent struct{ Invitations []struct{ ID string } }
		require.NoError(w, json.Unmarshal(w.as("user2", http.MethodGet, "/folders/invitations/list", "").body, &sent))
		require.Equal(w, 200, w.as("user2", http.MethodPost, "/folders/invitations/accept", `{"inv_id": "`+sent.Invitations[0].ID+`"}`).status)

		id := w.create("user", "busy")
		purge := `purge_user(email: "user@lablup.com", props: {}) { ok msg }`
		assert.Contains(w.T, w.mutate(purge), "terminate them first")
		assert.Equal(w.T, 2, len(w.folderNames("user")), "nothing went")
		w.as("user", http.MethodDelete, "/session/"+id, "")
		assert.Contains(w.T, w.mutate(purge), `"ok":true`)
		assert.Equal(w.T, 401, w.as("user", http.MethodGet, "/folders", "").status, "the user is gone")
		names := w.folderNames("super")
		require.Len(w, names, 2, "what was shared has a new owner, under another name: %s", names)
		assert.Len(w.T, w.folderNames("user2"), 1, "and is still shared")
	})
}

func (w *world) folderNames(role string) (names []string) {
	var list []struct{ Name string }
	require.NoError(w, json.Unmarshal(w.as(role, http.MethodGet, "/folders", "").body, &list))
	for _, f := range list {
		names = append(names, f.Name)
	}
	return names
}
