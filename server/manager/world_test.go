package manager_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/nodetest"
	"github.com/baiui/baiui/server/manager/store"
)

// The accounts of the recorded manager: sample keys that its makers publish.
func recordedKeys() map[string]signing.KeyPair {
	return map[string]signing.KeyPair{
		"super":   {AccessKey: "AKIAIOSFODNN7EXAMPLE", SecretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
		"admin":   {AccessKey: "AKIAHUKCHDEZGEXAMPLE", SecretKey: "cWbsM_vBB4CzTW7JdORRMx8SjGI3-wEXAMPLEKEY"},
		"user":    {AccessKey: "AKIANABBDUSEREXAMPLE", SecretKey: "C8qnIo29EZvXkPK_MXcuAakYTy4NYrxwmCEyNPlf"},
		"user2":   {AccessKey: "AKIANATWOUSEREXAMPLE", SecretKey: "P7oxTDdzHbEpUSs5v7r7EWj9yKstp8VpZ7SEyA-g"},
		"monitor": {AccessKey: "AKIANAMONITOREXAMPLE", SecretKey: "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"},
	}
}

// world is a whole manager on a node without processes, with the accounts and
// images of the recorded one.
type world struct {
	*testing.T
	store   *store.Store
	node    *nodetest.Node
	manager *manager.Manager
	clock   atomic.Int64 // nanoseconds since 1970
	folders string       // where files of folders are kept
	stop    func()
}

// inWorld runs f in a fresh world whose clock f sets itself.
func inWorld(t *testing.T, f func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
		require.NoError(t, err)
		w := &world{T: t, store: s, node: nodetest.New("63", "273804165120"), folders: filepath.Join(t.TempDir(), "folders")}
		w.set(time.Date(2026, 11, 22, 3, 5, 0, 0, time.UTC))
		w.plant()
		w.start()
		defer func() {
			w.stop()
			require.NoError(t, w.node.Close())
			require.NoError(t, s.Close())
		}()
		f(w)
	})
}

// now is the manager's clock, set sets it.
func (w *world) now() time.Time    { return time.Unix(0, w.clock.Load()).UTC() }
func (w *world) set(now time.Time) { w.clock.Store(now.UnixNano()) }

func (w *world) start() {
	m, err := manager.New(w.Context(), manager.Options{Store: w.store, Node: w.node, Path: "/nonexistent",
		Folders: w.folders, Layers: w.folders + "-layers", Now: w.now})
	require.NoError(w, err)
	w.manager = m
	ctx, cancel := context.WithCancel(w.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	w.stop = func() {
		cancel()
		require.NoError(w, <-done)
		require.NoError(w, m.Close())
	}
	synctest.Wait()
}

// plant makes what the recorded manager had.
func (w *world) plant() {
	at := w.now()
	hasher := accounts.NewHasher(1)
	hasher.Iterations = 1
	seed := store.Seed{
		Domain: store.Domain{Name: "default", IsActive: true, CreatedAt: at, ModifiedAt: at, AllowedDockerRegistries: []string{"cr.backend.ai"},
			AllowedVFolderHosts: store.AllHostAccess()},
		KeyPairPolicy: store.KeyPairPolicy{Name: "default", CreatedAt: at, DefaultForUnspecified: "UNLIMITED", MaxConcurrentSessions: 100, MaxContainersPerSession: 8},
		UserPolicy:    store.UserPolicy{Name: "default", CreatedAt: at},
		ProjectPolicy: store.ProjectPolicy{Name: "default", CreatedAt: at},
		Project: store.Project{ID: "2de2b969-1d04-48a6-af16-0bc8adb3c831", Name: "default", IsActive: true, CreatedAt: at,
			ModifiedAt: at, DomainName: "default", ResourcePolicy: "default", Type: "GENERAL"},
		ScalingGroup: store.ScalingGroup{Name: "default", IsActive: true, IsPublic: true, CreatedAt: at, Driver: "static", Scheduler: "fifo",
			SchedulerOpts: `{"allowed_session_types": ["interactive", "batch"]}`},
	}
	emails := map[string]string{"super": "admin@lablup.com", "admin": "domain-admin@lablup.com", "user": "user@lablup.com",
		"user2": "user2@lablup.com", "monitor": "monitor@lablup.com"}
	roles := map[string]model.Role{"super": model.RoleSuperadmin, "admin": model.RoleAdmin, "user": model.RoleUser,
		"user2": model.RoleUser, "monitor": model.RoleMonitor}
	for name, key := range recordedKeys() {
		hash, err := hasher.Hash(w.Context(), key.SecretKey[:8]) // the recorded passwords
		require.NoError(w, err)
		limit := 30000
		if name == "monitor" {
			limit = 4
		}
		seed.Users = append(seed.Users, store.User{ID: uuid.NewSHA1(uuid.Nil, []byte(name)).String(), Username: name,
			Email: emails[name], PasswordHash: hash, Status: store.UserActive, CreatedAt: at, ModifiedAt: at, DomainName: "default",
			Role: roles[name], ResourcePolicy: "default", MainAccessKey: key.AccessKey})
		seed.KeyPairs = append(seed.KeyPairs, store.KeyPair{AccessKey: key.AccessKey, SecretKey: key.SecretKey,
			UserID: seed.Users[len(seed.Users)-1].ID, IsActive: true, IsAdmin: roles[name].IsAdmin(), ResourcePolicy: "default",
			CreatedAt: at, RateLimit: limit})
	}
	require.NoError(w, w.store.Plant(w.Context(), seed))
	image := func(id, name, tag, role string, aliases ...string) store.Image {
		return store.Image{ID: id, Registry: "cr.backend.ai", Project: "stable", Name: "stable/" + name, Tag: tag,
			Architecture: "x86_64", Installed: true, CreatedAt: at, Labels: map[string]string{"ai.backend.role": role},
			Resources: map[string]store.Range{"cpu": {Min: "1"}, "mem": {Min: "256m"}}, Aliases: aliases}
	}
	jupyter := image("5d0b4a57-8b61-42f1-8d6d-1c0a01a0b0c0", "jupyter", "3.9-ubuntu20.04", "COMPUTE", "jupyter")
	jupyter.Labels["ai.backend.service-ports"] = "jupyter:http:8091"
	jupyter.Labels["ai.backend.runtime-path"] = "/usr/bin/python3"
	jupyter.Labels["ai.backend.runtime-type"] = "python"
	require.NoError(w, w.store.ReplaceImages(w.Context(), []store.Image{
		image("b2b2d65b-3be3-51c5-99e2-71b5d15d2701", "python", "3.9-ubuntu20.04", "COMPUTE", "python"),
		jupyter,
		image("823a6012-c5d5-55b0-8cfc-715247961898", "filebrowser", "21.02-ubuntu20.04", "SYSTEM"),
	}))
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

// text is a value inside a JSON answer, by its keys.
func (a answer) text(t testing.TB, keys ...string) string {
	v := a.json(t)
	for _, key := range keys {
		object, ok := v.(map[string]any)
		require.True(t, ok, "%s in %s", key, a.body)
		v = object[key]
	}
	text, _ := v.(string)
	return text
}

// send gives a request to the manager and lets everything that follows happen.
func (w *world) send(r *http.Request) answer {
	rec := httptest.NewRecorder()
	w.manager.Handler().ServeHTTP(rec, r)
	synctest.Wait()
	return answer{rec.Code, rec.Header(), rec.Body.Bytes()}
}

// as sends a request that a role signs now; the body may be JSON text or "".
func (w *world) as(role, method, target, body string) answer {
	r := newRequest(method, target, strings.NewReader(body))
	if body == "" {
		r = newRequest(method, target, nil)
	}
	r.Header.Set("Content-Type", "application/json")
	sign(w, r, recordedKeys()[role], w.now())
	return w.send(r)
}

func newRequest(method, target string, body io.Reader) *http.Request {
	r := httptest.NewRequest(method, target, body)
	r.Host = "127.0.0.1:17081"
	r.RequestURI = target
	return r
}

func sign(t testing.TB, r *http.Request, key signing.KeyPair, now time.Time) {
	r.Header.Set("Date", now.Format("2006-01-02T15:04:05.000000-07:00"))
	r.Header.Set("X-BackendAI-Version", "v8.20240915")
	value, err := key.Authorization(signing.Request{Method: r.Method, Target: r.RequestURI, Date: r.Header.Get("Date"), Host: r.Host,
		ContentType: r.Header.Get("Content-Type"), Version: r.Header.Get("X-BackendAI-Version")})
	require.NoError(t, err)
	r.Header.Set("Authorization", value)
}

// newBody is a request for a session of that name.
func newBody(name string) string {
	return `{"name": "` + name + `", "image": "python", "enqueueOnly": true, "config": {"resources": {"cpu": 1, "mem": "512m"}}}`
}

// create makes a session and returns its id.
func (w *world) create(role, name string) string {
	a := w.as(role, http.MethodPost, "/session", newBody(name))
	require.Equal(w, http.StatusCreated, a.status, "%s", a.body)
	return a.text(w, "sessionId")
}

func (w *world) session(id string) *store.Session {
	s, err := w.store.Session(w.Context(), id)
	require.NoError(w, err)
	return s
}
