package folders_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
	"github.com/baiui/baiui/server/storage"
)

// Who the recorded users were, and the project.
const (
	userID    = "dfa9da54-4b28-432f-be29-c0d680c7a412"
	projectID = "2de2b969-1d04-48a6-af16-0bc8adb3c831"
)

// world is the calls on a store and a volume of their own.
type world struct {
	*testing.T
	calls *folders.Folders
	mux   *http.ServeMux
	users map[string]api.Caller
	clock clock
}

// clock moves on by a microsecond each time it is read: lists are by age.
type clock struct{ at atomic.Int64 } // microseconds since 1970

func (c *clock) tick() time.Time { return time.UnixMicro(c.at.Add(1)).UTC() }
func (c *clock) now() time.Time  { return time.UnixMicro(c.at.Load()).UTC() }

func newWorld(t *testing.T, change ...func(*store.Seed)) *world {
	w := &world{T: t, users: map[string]api.Caller{}}
	w.clock.at.Store(time.Date(2026, 11, 22, 3, 5, 41, 209696000, time.UTC).UnixMicro())
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	seed := w.seed()
	for _, f := range change {
		f(&seed)
	}
	require.NoError(t, s.Plant(t.Context(), seed))
	v, err := storage.Open(storage.Options{Dir: filepath.Join(t.TempDir(), "volume"), Quota: folders.QuotaOf(s), Entitled: folders.Entitled(s), Now: w.clock.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	background := tasks.New(w.clock.now)
	t.Cleanup(background.Close)
	w.calls = folders.New(folders.Options{Store: s, Volume: v, Tasks: background, Now: w.clock.tick, Log: slog.New(slog.DiscardHandler),
		URL: func(*http.Request) string { return "http://127.0.0.1:17621" }})
	w.mux = http.NewServeMux()
	for pattern, methods := range w.calls.Routes() {
		w.mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			call := methods[r.Method]
			require.NotNil(t, call, "%s %s", r.Method, r.URL.Path)
			if err := call(rw, r, w.users[r.Header.Get("Test-User")]); err != nil {
				problem.Of(err).Write(rw)
			}
		})
	}
	return w
}

// seed is what the recorded manager had, with one user of another domain's.
func (w *world) seed() store.Seed {
	at := w.clock.now().Add(-time.Hour)
	seed := store.Seed{
		Domain:        store.Domain{Name: "default", IsActive: true, CreatedAt: at, ModifiedAt: at},
		KeyPairPolicy: store.KeyPairPolicy{Name: "default", CreatedAt: at, DefaultForUnspecified: "UNLIMITED", AllowedVFolderHosts: store.AllHostAccess()},
		UserPolicy:    store.UserPolicy{Name: "default", CreatedAt: at, MaxQuotaScopeSize: -1},
		ProjectPolicy: store.ProjectPolicy{Name: "default", CreatedAt: at, MaxQuotaScopeSize: -1},
		Project: store.Project{ID: projectID, Name: "default", IsActive: true, CreatedAt: at, ModifiedAt: at, DomainName: "default",
			ResourcePolicy: "default", Type: "GENERAL"},
		ScalingGroup: store.ScalingGroup{Name: "default", IsActive: true, CreatedAt: at},
	}
	for i, u := range []struct {
		name, email string
		role        model.Role
	}{{"super", "admin@lablup.com", model.RoleSuperadmin}, {"admin", "domain-admin@lablup.com", model.RoleAdmin},
		{"user", "user@lablup.com", model.RoleUser}, {"user2", "user2@lablup.com", model.RoleUser}} {
		id := "00000000-0000-4000-8000-00000000000" + string(rune('0'+i))
		if u.name == "user" {
			id = userID
		}
		key := "AK" + strings.ToUpper(u.name)
		seed.Users = append(seed.Users, store.User{ID: id, Username: u.name, Email: u.email, Status: store.UserActive, CreatedAt: at,
			ModifiedAt: at, DomainName: "default", Role: u.role, ResourcePolicy: "default", MainAccessKey: key})
		seed.KeyPairs = append(seed.KeyPairs, store.KeyPair{AccessKey: key, SecretKey: "s", UserID: id, IsActive: true,
			ResourcePolicy: "default", CreatedAt: at})
		w.users[u.name] = api.Caller{UserID: id, Email: u.email, Role: u.role, DomainName: "default", AccessKey: key,
			ResourcePolicy: "default", UserPolicy: "default"}
	}
	return seed
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) json(t testing.TB) any {
	if len(a.body) == 0 {
		return nil
	}
	var v any
	require.NoError(t, json.Unmarshal(a.body, &v), "%s", a.body)
	return v
}

// at is a value inside a JSON answer, by its keys.
func (a answer) at(t testing.TB, keys ...string) any {
	v := a.json(t)
	for _, key := range keys {
		object, ok := v.(map[string]any)
		require.True(t, ok, "%s in %s", key, a.body)
		v = object[key]
	}
	return v
}

// as sends a request of a user; the body may be empty.
func (w *world) as(user, method, target, body string) answer {
	r := httptest.NewRequest(method, target, bytes.NewReader([]byte(body)))
	r.Header.Set("Test-User", user)
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.Bytes()}
}

// ok sends a request that must succeed.
func (w *world) ok(user, method, target, body string) answer {
	got := w.as(user, method, target, body)
	require.Less(w, got.status, 300, "%s %s %s: %s", user, method, target, got.body)
	return got
}

// folder makes a folder and gives its id.
func (w *world) folder(user, name string, more ...string) string {
	body := `{"name": "` + name + `"`
	for i := 0; i < len(more); i += 2 {
		body += `, "` + more[i] + `": ` + more[i+1]
	}
	id, _ := w.ok(user, http.MethodPost, "/folders", body+"}").at(w, "id").(string)
	return id
}

// upload puts a file into a folder as a client does.
func (w *world) upload(user, folder, path, content string) answer {
	size, err := json.Marshal(len(content))
	require.NoError(w, err)
	ticket := w.ok(user, http.MethodPost, "/folders/"+folder+"/request-upload", `{"path": "`+path+`", "size": `+string(size)+`}`)
	token, _ := ticket.at(w, "token").(string)
	r := httptest.NewRequest(http.MethodPatch, "/upload?token="+token, strings.NewReader(content))
	r.Header.Set("Upload-Offset", "0")
	rec := httptest.NewRecorder()
	w.calls.Volume.Handler().ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.Bytes()}
}

// status is a folder's in the store.
func (w *world) status(id string) string {
	found, _, err := w.calls.Store.Folders(w.Context(), store.FolderQuery{IDs: []string{dashed(id)}})
	require.NoError(w, err)
	if len(found) == 0 {
		return ""
	}
	return found[0].Status
}

func dashed(id string) string {
	if len(id) != 32 {
		return id
	}
	return id[:8] + "-" + id[8:12] + "-" + id[12:16] + "-" + id[16:20] + "-" + id[20:]
}

// share lets another user take a share of a folder.
func (w *world) share(owner, folder, permission, email, other string) {
	w.ok(owner, http.MethodPost, "/folders/"+folder+"/invite", `{"perm": "`+permission+`", "emails": ["`+email+`"]}`)
	list, _ := w.ok(other, http.MethodGet, "/folders/invitations/list", "").at(w, "invitations").([]any)
	require.NotEmpty(w, list)
	last, _ := list[len(list)-1].(map[string]any)
	id, _ := last["id"].(string)
	w.ok(other, http.MethodPost, "/folders/invitations/accept", `{"inv_id": "`+id+`"}`)
}

// place is where the storage has a folder of the user.
func (w *world) place(id string) storage.FolderID {
	place, err := storage.ParseFolderID("user:" + userID + "/" + strings.ReplaceAll(id, "-", ""))
	require.NoError(w, err)
	return place
}
