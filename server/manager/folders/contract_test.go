package folders_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// recording is a request to a manager 24.09.14 and its answer.
type recording struct {
	Role    string `json:"role"`
	Request struct {
		Method string          `json:"method"`
		Path   string          `json:"path"`
		Body   json.RawMessage `json:"body"`
	} `json:"request"`
	Response struct {
		Status  int         `json:"status"`
		Headers [][2]string `json:"headers"`
		Body    any         `json:"body"`
	} `json:"response"`
}

func readRecording(t testing.TB, name string) recording {
	data, err := os.ReadFile(filepath.Join("testdata", "24.09.14", name))
	require.NoError(t, err)
	var r recording
	require.NoError(t, json.Unmarshal(data, &r))
	return r
}

func (r recording) header(name string) string {
	for _, h := range r.Response.Headers {
		if strings.EqualFold(h[0], name) {
			return h[1]
		}
	}
	return ""
}

// masker replaces what differs from run to run by what it is.
type masker struct{ id, hex, when *regexp.Regexp }

func newMasker() masker {
	return masker{regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`), regexp.MustCompile(`^[0-9a-f]{32}$`),
		regexp.MustCompile(`^2\d{3}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d{6}\+00:00$`)}
}

func (m masker) mask(key string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, value := range v {
			out[k] = m.mask(k, value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = m.mask(key, value)
		}
		return out
	case string:
		switch {
		case key == "files": // JSON in a text
			var inner any
			if json.Unmarshal([]byte(v), &inner) == nil {
				return m.mask("", inner)
			}
		case key == "token":
			return m.claims(v)
		case v == userID:
		case m.id.MatchString(v):
			return "<uuid>"
		case m.hex.MatchString(v):
			return "<hex>"
		case m.when.MatchString(v):
			return "<time>"
		}
	case float64:
		switch key {
		case "ctime", "mtime", "exp", "percentage", "max_files":
			return "<number>" // max_files: see the package's documentation
		}
	}
	return v
}

// claims are what a token says, but for its bearer, who is only here a part of it.
func (m masker) claims(token string) any {
	parts := strings.Split(token, ".")
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err.Error()
	}
	var v map[string]any
	if err := json.Unmarshal(data, &v); err != nil {
		return err.Error()
	}
	folder, _ := v["vfid"].(string)
	v["vfid"], _, _ = strings.Cut(folder, "/")
	delete(v, "bearer")
	return m.mask("", v)
}

// replay sends a recorded request and compares the answers.
func (w *world) replay(name string) {
	r := readRecording(w, name)
	body := string(r.Request.Body)
	if body == "null" || body == `""` {
		body = ""
	}
	got := w.as(r.Role, r.Request.Method, r.Request.Path, body)
	assert.Equal(w.T, r.Response.Status, got.status, "%s: %s", name, got.body)
	assert.Equal(w.T, r.header("Content-Type"), got.header.Get("Content-Type"), name)
	want, have := r.Response.Body, got.json(w)
	if text, ok := want.(string); ok && text == "" {
		want = nil // no body
	}
	m := newMasker()
	assert.Equal(w.T, m.mask("", want), m.mask("", have), name)
	assert.Equal(w.T, keysOf(name), orderOf(got.body, keysOf(name)), "%s: keys in the order of the recorded answer", name)
}

// keysOf are the keys of a recorded answer's object, in their order.
func keysOf(name string) []string {
	data, err := os.ReadFile(filepath.Join("testdata", "24.09.14", name))
	if err != nil {
		return nil
	}
	var r struct {
		Response struct {
			Body json.RawMessage `json:"body"`
		} `json:"response"`
	}
	if json.Unmarshal(data, &r) != nil {
		return nil
	}
	var object map[string]any
	if json.Unmarshal(r.Response.Body, &object) != nil {
		return nil
	}
	return orderOf(r.Response.Body, slices.Collect(maps.Keys(object)))
}

// orderOf sorts keys by where they first appear.
func orderOf(body []byte, keys []string) []string {
	out := slices.Clone(keys)
	slices.SortFunc(out, func(a, b string) int {
		return strings.Index(string(body), `"`+a+`"`) - strings.Index(string(body), `"`+b+`"`)
	})
	return out
}

// before puts the folders of a recorded list in place, without those that the
// recording goes on to make.
func (w *world) before(name, without string) {
	list, _ := readRecording(w, name).Response.Body.([]any)
	for _, item := range list {
		x, _ := item.(map[string]any)
		text := func(key string) string { s, _ := x[key].(string); return s }
		if strings.HasPrefix(text("name"), without) {
			continue
		}
		at, err := time.Parse("2006-01-02 15:04:05.999999-07:00", text("created_at"))
		require.NoError(w, err)
		require.NoError(w, w.calls.Store.AddFolder(w.Context(), store.Folder{ID: dashed(text("id")), Name: text("name"), Host: text("host"),
			QuotaScope: text("quota_scope_id"), UsageMode: "general", Permission: text("permission"), DomainName: "default",
			UserID: userID, Creator: text("creator"), Cloneable: x["cloneable"] == true, Status: text("status"), StatusChanged: at,
			CreatedAt: at}, store.Viewer{UserID: userID}, 0))
	}
}

// The life of a folder, call by call as it was recorded.
func TestALifeOfAFolderIsThatOfTheRealManager(t *testing.T) {
	files, err := filepath.Glob("testdata/24.09.14/vfolder-life-*.json")
	require.NoError(t, err)
	require.Len(t, files, 18)
	w := newWorld(t)
	w.before("vfolder-life-17-list-with-trash.json", "life-030435")
	for _, file := range files {
		name := filepath.Base(file)
		if name == "vfolder-life-18-info-of-trashed.json" {
			// There an upload that never came is counted as files of the folder.
			r := readRecording(t, name)
			got, want := w.ok(r.Role, r.Request.Method, r.Request.Path, "").json(t), r.Response.Body
			for _, v := range []any{got, want} {
				object, _ := v.(map[string]any)
				for _, key := range []string{"numFiles", "num_files", "used_bytes"} {
					object[key] = 0
				}
			}
			assert.Equal(t, newMasker().mask("", want), newMasker().mask("", got))
			continue
		}
		w.replay(name)
	}
}

func TestOtherAnswersAreThoseOfTheRealManager(t *testing.T) {
	w := newWorld(t)
	w.before("vfolder-list.json", "data-030435")
	w.replay("vfolder-create.json")
	for _, name := range []string{"vfolder-hosts.json", "vfolder-list-admin.json", "error-vfolder-not-found.json", "error-vfolder-other-users.json",
		"error-vfolder-mkdir-existing.json"} {
		w.replay(name)
	}
	list, _ := w.ok("user", http.MethodGet, "/folders", "").json(t).([]any)
	want, _ := readRecording(t, "vfolder-list.json").Response.Body.([]any)
	m := newMasker()
	require.NotEmpty(t, list)
	assert.Equal(t, m.mask("", want), m.mask("", list))
}
