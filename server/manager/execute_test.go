package manager_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// coding makes a session of an image that runs code.
func (w *world) coding(name string) string {
	got := w.as("user", http.MethodPost, "/session", strings.Replace(newBody(name), `"python"`, `"jupyter"`, 1))
	require.Equal(w, http.StatusCreated, got.status, "%s", got.body)
	return got.text(w, "sessionId")
}

// result is the inner object of an answer about a run.
func (a answer) result(t testing.TB) map[string]any {
	out, ok := a.json(t).(map[string]any)["result"].(map[string]any)
	require.True(t, ok, "%s", a.body)
	return out
}

func TestARunIsAskedAboutUntilItIsOver(t *testing.T) {
	inWorld(t, func(w *world) {
		w.coding("coder")
		first := w.as("user", "POST", "/session/coder", `{"mode": "query", "code": "words", "runId": null}`)
		require.Equal(w, 200, first.status, "%s", first.body)
		got := first.result(w)
		assert.Equal(w.T, "continued", got["status"])
		assert.Equal(w.T, []any{[]any{"stdout", "words"}}, got["console"])
		assert.Nil(w.T, got["exitCode"])
		assert.Nil(w.T, got["options"])
		assert.Equal(w.T, []any{}, got["files"])
		id, _ := got["runId"].(string)
		require.Len(w, id, 32)

		quiet := w.as("user", "POST", "/session/coder", `{"mode": "continue", "code": "", "runId": "`+id+`"}`).result(w)
		assert.Equal(w.T, "continued", quiet["status"])
		assert.Equal(w.T, []any{}, quiet["console"])
		again := w.as("user", "POST", "/session/coder", `{"mode": "query", "code": "words", "runId": "`+id+`"}`)
		assert.Equal(w.T, 400, again.status, "it goes on")

		w.as("user", "POST", "/session/coder/interrupt", "")
		over := w.as("user", "POST", "/session/coder", `{"mode": "continue", "code": "", "runId": "`+id+`"}`).result(w)
		assert.Equal(w.T, "finished", over["status"])
		assert.InDelta(w.T, 130, over["exitCode"], 0)
		gone := w.as("user", "POST", "/session/coder", `{"mode": "continue", "code": "", "runId": "`+id+`"}`).result(w)
		assert.Equal(w.T, "finished", gone["status"], "and stays so")
	})
}

func TestWhatCannotBeRunIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		w.coding("coder")
		w.create("user", "mute")
		for name, test := range map[string]struct {
			role, session, body string
			status              int
			says                string
		}{
			"no mode":                  {"user", "coder", `{"code": "1", "runId": null}`, 400, "mode must be"},
			"a mode that is none":      {"user", "coder", `{"mode": "sing", "code": "1", "runId": null}`, 400, "mode must be"},
			"no JSON":                  {"user", "coder", `run it`, 400, "JSON"},
			"going on with nothing":    {"user", "coder", `{"mode": "continue", "code": ""}`, 400, "runId"},
			"an id that is too short":  {"user", "coder", `{"mode": "query", "code": "1", "runId": "a"}`, 400, "8 to 64"},
			"code that is too long":    {"user", "coder", `{"mode": "query", "code": "` + strings.Repeat("x", 130<<10) + `"}`, 400, "too long"},
			"an image without a word":  {"user", "mute", `{"mode": "query", "code": "1"}`, 400, "runs no code"},
			"a session of nobody":      {"user", "nobody", `{"mode": "query", "code": "1"}`, 404, ""},
			"a session of another one": {"user2", "coder", `{"mode": "query", "code": "1"}`, 404, ""},
		} {
			got := w.as(test.role, "POST", "/session/"+test.session, test.body)
			assert.Equal(w.T, test.status, got.status, "%s: %s", name, got.body)
			assert.Contains(w.T, string(got.body), test.says, name)
		}
		assert.Equal(w.T, []any{}, w.as("user", "POST", "/session/mute/complete", `{"code": "pri", "options": {}}`).result(w)["completions"])
	})
}
