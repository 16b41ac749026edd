package manager_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// recording is a request to a manager 24.09.14 and its answer.
type recording struct {
	Role    string `json:"role"`
	Request struct {
		Method  string          `json:"method"`
		Path    string          `json:"path"`
		Headers [][2]string     `json:"headers"`
		Body    json.RawMessage `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers [][2]string `json:"headers"`
		Body    any         `json:"body"`
	} `json:"response"`
}

func readRecording(t testing.TB, name string) recording {
	data, err := os.ReadFile(filepath.Join("testdata", "24.09.14", name+".json"))
	require.NoError(t, err)
	var r recording
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

func (r recording) header(name string) string {
	for _, h := range r.Response.Headers {
		if http.CanonicalHeaderKey(h[0]) == http.CanonicalHeaderKey(name) {
			return h[1]
		}
	}
	return ""
}

// replay sends the request byte for byte, with the recorded signature, at the
// time of the recording.
func (w *world) replay(r recording) answer {
	at, err := time.Parse(time.RFC1123, r.header("Date"))
	require.NoError(w, err)
	w.set(at)
	body := string(r.Request.Body)
	var text string
	if json.Unmarshal(r.Request.Body, &text) == nil {
		body = text // not JSON, or none
	}
	req := newRequest(r.Request.Method, r.Request.Path, strings.NewReader(body))
	if body == "" {
		req = newRequest(r.Request.Method, r.Request.Path, nil)
	}
	for _, h := range r.Request.Headers {
		if h[0] != "Host" && h[0] != "Content-Length" {
			req.Header.Set(h[0], h[1])
		}
	}
	return w.send(req)
}

// shape reduces a value to its keys and types; null fits everything, and lists
// are as their first element. What is below "stats" depends on the node.
func shape(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			if key == "stats" || key == "lastStat" {
				value = nil
			}
			out[key] = shape(value)
		}
		return out
	case []any:
		if len(v) == 0 {
			return []any{}
		}
		return []any{shape(v[0])}
	case nil:
		return nil
	}
	return fmt.Sprintf("%T", v)
}

// sameShape compares two shapes, null fitting everything.
func sameShape(t *testing.T, path string, want, got any) {
	if want == nil || got == nil {
		return
	}
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		if !assert.True(t, ok, "%s: an object", path) {
			return
		}
		assert.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(object)), "%s: keys", path)
		for key := range want {
			sameShape(t, path+"."+key, want[key], object[key])
		}
	case []any:
		list, ok := got.([]any)
		if !assert.True(t, ok, "%s: a list", path) {
			return
		}
		if len(want) > 0 && len(list) > 0 {
			sameShape(t, path+"[0]", want[0], list[0])
		}
	default:
		assert.Equal(t, want, got, "%s: type", path)
	}
}

// sameHeaders: rate headers where the recording has them, and only there.
func sameHeaders(t *testing.T, of string, want recording, got answer) {
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Window", "Content-Type", "Allow", "Server",
		"Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers"} {
		if name == "Content-Type" && len(got.body) == 0 {
			continue
		}
		assert.Equal(t, want.header(name), got.header.Get(name), "%s: %s", of, name)
	}
	assert.Equal(t, want.header("X-RateLimit-Remaining") != "", got.header.Get("X-RateLimit-Remaining") != "", "%s: X-RateLimit-Remaining", of)
	assert.Empty(t, got.header.Get("Access-Control-Allow-Credentials"))
}

// Every recorded refusal must come back word for word.
func TestRefusalsAreThoseOfTheRealManager(t *testing.T) {
	names, err := filepath.Glob("testdata/24.09.14/error-*.json")
	require.NoError(t, err)
	before := map[string]func(w *world){
		"error-other-users-session":           func(w *world) { w.create("user2", "s-user2-030435-00") },
		"error-session-create-duplicate-name": func(w *world) { w.create("user", "s-user-030435-00") },
		"error-rate-limited-keypair":          func(w *world) { exhaust(w) },
	}
	require.NotEmpty(t, names)
	inWorld(t, func(w *world) {
		for _, file := range names {
			name := strings.TrimSuffix(filepath.Base(file), ".json")
			r := readRecording(w, name)
			at, err := time.Parse(time.RFC1123, r.header("Date"))
			require.NoError(w, err)
			w.set(at)
			if prepare := before[name]; prepare != nil {
				prepare(w)
			}
			got := w.replay(r)
			assert.Equal(w.T, r.Response.Status, got.status, name)
			body, _ := got.json(w).(map[string]any)
			want, _ := r.Response.Body.(map[string]any)
			switch name {
			case "error-session-create-duplicate-name": // ids differ
				want["data"], body["data"] = shape(want["data"]), shape(body["data"])
			case "error-admin-graphql": // suggestions depend on how much of the schema there is
				cutSuggestion(want)
				cutSuggestion(body)
			}
			assert.Equal(w.T, want, body, name)
			sameHeaders(w.T, name, r, got)
		}
	})
}

// cutSuggestion takes "Did you mean" from the message of the first GraphQL error.
func cutSuggestion(body map[string]any) {
	list, _ := body["data"].([]any)
	first, _ := list[0].(map[string]any)
	message, _ := first["message"].(string)
	first["message"], _, _ = strings.Cut(message, " Did you mean")
}

// exhaust uses up the rate limit of the monitor's key pair.
func exhaust(w *world) {
	for range 4 {
		require.Equal(w, http.StatusOK, w.as("monitor", http.MethodGet, "/auth/role", "").status)
	}
}

// recordable is an answer without what this manager says of itself beyond the
// original: GET / names its extensions.
func recordable(answer any) any {
	if object, ok := answer.(map[string]any); ok && object["manager"] != nil {
		delete(object, "extensions")
	}
	return answer
}

// Answers must have the status, the keys and the types of the recorded ones.
func TestAnswersAreThoseOfTheRealManager(t *testing.T) {
	check := func(w *world, name string) {
		r := readRecording(w, name)
		got := w.replay(r)
		assert.Equal(w.T, r.Response.Status, got.status, "%s: %s", name, got.body)
		sameShape(w.T, name, shape(r.Response.Body), shape(recordable(got.json(w))))
		sameHeaders(w.T, name, r, got)
	}
	inWorld(t, func(w *world) {
		for _, name := range []string{
			"root", "root-signed", "root-unsigned-1101st", "auth-test", "auth-echo", "auth-echo-missing",
			"auth-authorize-keypair", "auth-authorize-keypair-admin", "auth-role-user", "auth-role-admin", "auth-role-super",
			"options-preflight", "scaling-groups", "config-resource-slots", "config-resource-slots-unsigned",
			"config-resource-slots-details", "config-vfolder-types", "resource-slots-details-sgroup", "resource-presets",
			"resource-check-presets", "resource-check-presets-no-body", "manager-status", "manager-status-unsigned",
			"manager-announcement", "manager-announcement-unsigned", "admin-graphql", "gql-operationName", "session-match",
			"session-create", "session-create-batch", "session-create-batch-failing", "session-create-cluster", "session-create-webui-shape", "session-status-history",
			"resource-stats-user-month", // the first and the last of its bins
		} {
			check(w, name)
		}
	})
	for name, session := range map[string]string{ // which one there must be
		"session-create-reuse":                "s-user-030435-00",
		"session-get":                         "s-user-030435-00",
		"session-logs":                        "s-user-030435-00",
		"session-logs-by-admin":               "s-user-030435-00",
		"session-rename":                      "s-user-030435-00",
		"session-restart-PATCH":               "s-user-030435-01",
		"session-delete":                      "s-user-030435-03",
		"session-delete-forced":               "s-user-030435-04",
		"session-delete-by-admin":             "s-user-030435-05",
		"session-get-with-owner-key-as-super": "s-user-030435-vf",
		"session-dependency-graph":            "s-user-030435-00",
		"session-commit-status":               "s-user-030435-00",
		"session-abusing-report":              "s-user-030435-00",
		"session-direct-access-info":          "s-user-030435-00",
		"session-files-with-body":             "s-user-030435-00",
		"session-apps":                        "s-user-030435-vf",
		"session-shutdown-service":            "s-user-030435-02",
		"session-interrupt":                   "s-user-030435-02",
	} {
		inWorld(t, func(w *world) {
			w.create("user", session)
			check(w, name)
		})
	}
}

func TestFixedAnswersAreWordForWord(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, name := range []string{"root", "auth-role-user", "auth-role-admin", "auth-role-super", "auth-authorize-keypair",
			"config-resource-slots", "config-resource-slots-details", "scaling-groups", "session-match", "manager-announcement",
			"session-status-history", "acl", "services"} {
			r := readRecording(w, name)
			assert.Equal(w.T, r.Response.Body, recordable(w.replay(r).json(w)), name)
		}
	})
}

func TestACancelledSessionAnswersAsRecorded(t *testing.T) {
	inWorld(t, func(w *world) {
		created := w.replay(readRecording(w, "session-create-too-big-pending"))
		id := created.text(w, "sessionId")
		assert.Equal(w.T, model.StatusPending, w.session(id).Status)
		assert.Equal(w.T, "no-available-instances", *w.session(id).StatusInfo)
		r := readRecording(w, "session-delete-pending")
		got := w.replay(r)
		assert.Equal(w.T, r.Response.Status, got.status)
		assert.Equal(w.T, r.Response.Body, got.json(w))
		assert.Equal(w.T, model.StatusCancelled, w.session(id).Status)
	})
}
