package settings

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

const (
	projectID = "2de2b969-1d04-48a6-af16-0bc8adb3c831"
	farID     = "11111111-2222-4333-8444-555555555555"
)

// world is the calls on a store of their own: two domains, "default" with a
// user of each role and a second one, "far" with a user and an admin.
type world struct {
	*testing.T
	*Settings
	store *store.Store
	mux   *http.ServeMux
	users map[string]api.Caller
	ended int // how often all sessions were ended
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, users: map[string]api.Caller{"nobody": {}}, mux: http.NewServeMux()}
	var err error
	w.store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	w.plant("default", projectID, map[string]model.Role{"super": model.RoleSuperadmin, "admin": model.RoleAdmin, "user": model.RoleUser, "user2": model.RoleUser})
	w.plant("far", farID, map[string]model.Role{"far": model.RoleUser, "far-admin": model.RoleAdmin})
	require.NoError(t, w.store.PutAgent(t.Context(), store.Agent{ID: "i-1", Status: store.AgentAlive, ScalingGroup: "default", Schedulable: true,
		Architecture: "x86_64", FirstContact: w.now()}))
	w.Settings = New(Options{Store: w.store, Now: w.now, EndSessions: func(context.Context) error { w.ended++; return nil }})
	for pattern, methods := range w.Routes() {
		w.mux.HandleFunc(pattern, func(rw http.ResponseWriter, r *http.Request) {
			caller := w.users[r.Header.Get("Test-User")]
			route, ok := methods[r.Method]
			require.True(t, ok, "%s %s", r.Method, r.URL.Path)
			require.True(t, route.Open || caller.UserID != "", "%s %s needs a signature", r.Method, r.URL.Path)
			if err := route.Handle(rw, r, caller); err != nil {
				problem.Of(err).Write(rw)
			}
		})
	}
	return w
}

func (w *world) now() time.Time { return time.Date(2026, 11, 22, 3, 5, 42, 0, time.UTC) }

func (w *world) plant(domain, project string, users map[string]model.Role) {
	w.Helper()
	at := w.now()
	seed := store.Seed{
		Domain:        store.Domain{Name: domain, IsActive: true, CreatedAt: at, ModifiedAt: at},
		KeyPairPolicy: store.KeyPairPolicy{Name: domain, CreatedAt: at, DefaultForUnspecified: "UNLIMITED"},
		UserPolicy:    store.UserPolicy{Name: domain, CreatedAt: at},
		ProjectPolicy: store.ProjectPolicy{Name: domain, CreatedAt: at},
		Project: store.Project{ID: project, Name: domain, IsActive: true, CreatedAt: at, ModifiedAt: at, DomainName: domain,
			ResourcePolicy: domain, Type: "GENERAL"},
		ScalingGroup: store.ScalingGroup{Name: domain, IsActive: true, CreatedAt: at},
	}
	for name, role := range users {
		u := store.User{ID: "id-" + name, Username: name, Email: name + "@example.test", PasswordHash: "-", Status: store.UserActive, CreatedAt: at,
			ModifiedAt: at, DomainName: domain, Role: role, ResourcePolicy: domain, MainAccessKey: "AK-" + name}
		seed.Users = append(seed.Users, u)
		seed.KeyPairs = append(seed.KeyPairs, store.KeyPair{AccessKey: u.MainAccessKey, SecretKey: "s", UserID: u.ID, IsActive: true, ResourcePolicy: domain, CreatedAt: at})
		w.users[name] = api.Caller{UserID: u.ID, Email: u.Email, Role: role, DomainName: domain, AccessKey: u.MainAccessKey}
	}
	require.NoError(w, w.store.Plant(w.Context(), seed))
}

// call sends a request of a user and gives status and body.
func (w *world) call(user, method, target, body string) (int, string) {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Test-User", user)
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	w.mux.ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// object decodes an answer.
func object(t testing.TB, body string) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &out), body)
	return out
}
