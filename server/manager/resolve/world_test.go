package resolve

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/store"
)

// The tests' world is the one the answers in testdata/recorded were taken from:
// one domain with two projects and five users, one resource group and one
// agent. A second domain, which the recorded cluster did not have, can be added
// to see that nobody sees across.

const (
	superKey   = "AKIAIOSFODNN7EXAMPLE"
	adminKey   = "AKIAHUKCHDEZGEXAMPLE"
	userKey    = "AKIANABBDUSEREXAMPLE"
	user2Key   = "AKIANATWOUSEREXAMPLE"
	monitorKey = "AKIANAMONITOREXAMPLE"
	farKey     = "AKIAFARDOMAINEXAMPLE"
	farBossKey = "AKIAFARADMINXEXAMPLE"

	projectID    = "2de2b969-1d04-48a6-af16-0bc8adb3c831"
	modelStoreID = "8e32dd28-d319-4e3b-8851-ea37837699a5"
	farProjectID = "11111111-2222-4333-8444-555555555555"
)

type person struct {
	id, email, name, fullName, key string
	role                           model.Role
}

func people() []person {
	return []person{
		{"f38dea23-50fa-42a0-b5ae-338f5f4693f4", "admin@lablup.com", "admin", "Super Admin", superKey, model.RoleSuperadmin},
		{"4f13d193-f646-425a-a340-270c4d2b9860", "domain-admin@lablup.com", "domain-admin", "Domain Admin", adminKey, model.RoleAdmin},
		{"dfa9da54-4b28-432f-be29-c0d680c7a412", "user@lablup.com", "user", "User One", userKey, model.RoleUser},
		{"009fb1a4-487c-4f6e-9b1b-228b94b1d040", "user2@lablup.com", "user2", "User Two", user2Key, model.RoleUser},
		{"2e10157d-20ca-4bd0-9806-3f909cbcd0e6", "monitor@lablup.com", "monitor", "Monitor", monitorKey, model.RoleMonitor},
	}
}

func strangers() []person {
	return []person{
		{"aaaaaaaa-0000-4000-8000-000000000001", "far@example.test", "far", "Far User", farKey, model.RoleUser},
		{"aaaaaaaa-0000-4000-8000-000000000002", "far-admin@example.test", "far-admin", "Far Admin", farBossKey, model.RoleAdmin},
	}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// world is a store with the recorded cluster, and what only a running manager
// would know.
type world struct {
	store *store.Store
	path  string
	live  *live
	gql   *GraphQL
}

// live answers from what the test puts in.
type live struct {
	metrics    map[string]model.Metrics
	checks     map[string]json.RawMessage
	committing string // a kernel
}

func (l *live) Metrics(kernelID string) model.Metrics       { return l.metrics[kernelID] }
func (l *live) IdleChecks(sessionID string) json.RawMessage { return l.checks[sessionID] }
func (l *live) Committing(kernelID string) bool             { return kernelID == l.committing }
func (l *live) RollingCount(accessKey string) int           { return len(accessKey) }
func (l *live) NodeMetrics(string) model.Metrics            { return nil }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{path: filepath.Join(t.TempDir(), "state.db"), live: &live{metrics: map[string]model.Metrics{}, checks: map[string]json.RawMessage{}}}
	var err error
	w.store, err = store.Open(t.Context(), w.path, store.LoseOnPowerCut())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.store.Close()) })
	require.NoError(t, w.store.Plant(t.Context(), recordedSeed()))
	w.exec(t, `INSERT INTO projects (id, name, created_at, modified_at, domain_name, resource_policy, type) VALUES (?, 'model-store', 0, 0, 'default', 'default', 'MODEL_STORE')`, modelStoreID)
	w.exec(t, `INSERT INTO project_members SELECT ?, uuid FROM users WHERE domain_name = 'default'`, modelStoreID)
	w.exec(t, `UPDATE keypairs SET num_queries = 213, last_used = 1795316732050094 WHERE access_key = ?`, userKey)
	require.NoError(t, w.store.PutAgent(t.Context(), store.Agent{
		ID: "i-dummy-1", Status: store.AgentAlive, StatusChanged: at("2026-11-22T03:04:30.575953+00:00"), Region: "local",
		ScalingGroup: "default", Schedulable: true, AvailableSlots: model.ResourceSlots{"cpu": "63", "mem": "273804165120"},
		Addr: "tcp://127.0.0.1:17601", Architecture: "x86_64", FirstContact: at("2026-11-22T02:55:41.818205+00:00"),
		LostAt: at("2026-11-22T03:04:30.575953+00:00"), Version: "24.09.14",
		ComputePlugins: `{"cpu": {"version": "24.09.14"}, "mem": {"version": "24.09.14"}}`, HardwareMetadata: "{}",
	}))
	require.NoError(t, w.store.ReplaceImages(t.Context(), recordedImages()))
	for _, preset := range recordedPresets() {
		require.NoError(t, w.store.AddPreset(t.Context(), preset))
	}
	w.gql, err = New(Options{Store: w.store, Live: w.live, Nodes: w.live, Folders: recordedVolume{}, Hasher: quickHasher(), Now: w.now,
		Rescan: func(userID string) string { return "task-of-" + userID }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	require.NoError(t, err)
	return w
}

// quickHasher does not take a good part of a second.
func quickHasher() *accounts.Hasher {
	h := accounts.NewHasher(2)
	h.Iterations = 10
	return h
}

// now is when everything is asked for.
func (w *world) now() time.Time { return at("2026-11-22T03:20:00+00:00") }

// newWideWorld is newWorld with the second domain.
func newWideWorld(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	require.NoError(t, w.store.Plant(t.Context(), farSeed()))
	return w
}

// exec writes what the store has no method for yet.
func (w *world) exec(t testing.TB, text string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", w.path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), text, args...)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func recordedSeed() store.Seed {
	made := at("2026-11-22T02:55:31.538004+00:00")
	seed := store.Seed{
		Domain: store.Domain{Name: "default", Description: "The default domain", IsActive: true, CreatedAt: at("2026-11-22T03:13:29.876409+00:00"),
			ModifiedAt: made, TotalResourceSlots: "{}", AllowedVFolderHosts: "{}", AllowedDockerRegistries: []string{"cr.backend.ai"}},
		KeyPairPolicy: store.KeyPairPolicy{Name: "default", CreatedAt: made, DefaultForUnspecified: "UNLIMITED", TotalResourceSlots: "{}",
			MaxConcurrentSessions: 100000, MaxContainersPerSession: 8, MaxConcurrentSFTPSessions: 1,
			AllowedVFolderHosts: `{"local:volume1": ["delete-vfolder", "create-vfolder", "mount-in-session", "upload-file", "set-user-specific-permission", "invite-others", "modify-vfolder", "download-file"]}`},
		UserPolicy:    store.UserPolicy{Name: "default", CreatedAt: made, MaxQuotaScopeSize: -1, MaxSessionsPerModel: 10, MaxCustomizedImageCount: 3},
		ProjectPolicy: store.ProjectPolicy{Name: "default", CreatedAt: made, MaxQuotaScopeSize: -1},
		Project: store.Project{ID: projectID, Name: "default", Description: "The default project", IsActive: true,
			CreatedAt: at("2026-11-22T02:55:29.222943+00:00"), ModifiedAt: made, DomainName: "default", TotalResourceSlots: "{}",
			AllowedVFolderHosts: "{}", ResourcePolicy: "default", Type: "GENERAL"},
		ScalingGroup: store.ScalingGroup{Name: "default", Description: "The default resource group", IsActive: true, IsPublic: true,
			CreatedAt: at("2026-11-22T02:55:29.246959+00:00"), Driver: "static", DriverOpts: "{}", Scheduler: "fifo", WSProxyAddr: "http://127.0.0.1:5050",
			SchedulerOpts: `{"allowed_session_types": ["interactive", "batch"], "pending_timeout": 0.0, "config": {}, "agent_selection_strategy": "dispersed", "agent_selector_config": {}}`},
	}
	for _, p := range people() {
		addPerson(&seed, p, at("2026-11-22T02:55:31.505629+00:00"), at("2026-11-22T02:55:31.554114+00:00"))
	}
	return seed
}

func farSeed() store.Seed {
	made := at("2026-11-22T02:56:00+00:00")
	seed := store.Seed{
		Domain: store.Domain{Name: "far", CreatedAt: made, ModifiedAt: made, TotalResourceSlots: "{}", AllowedVFolderHosts: "{}"},
		KeyPairPolicy: store.KeyPairPolicy{Name: "far", CreatedAt: made, DefaultForUnspecified: "LIMITED", TotalResourceSlots: "{}",
			AllowedVFolderHosts: "{}", MaxContainersPerSession: 1},
		UserPolicy:    store.UserPolicy{Name: "far", CreatedAt: made, MaxQuotaScopeSize: 10737418240},
		ProjectPolicy: store.ProjectPolicy{Name: "far", CreatedAt: made},
		Project: store.Project{ID: farProjectID, Name: "far", IsActive: true, CreatedAt: made, ModifiedAt: made, DomainName: "far",
			TotalResourceSlots: "{}", AllowedVFolderHosts: "{}", ResourcePolicy: "far", Type: "GENERAL"},
		ScalingGroup: store.ScalingGroup{Name: "far", IsActive: true, CreatedAt: made, Driver: "static", DriverOpts: "{}", Scheduler: "fifo", SchedulerOpts: "{}"},
	}
	for _, p := range strangers() {
		addPerson(&seed, p, made, made)
	}
	return seed
}

func addPerson(seed *store.Seed, p person, user, key time.Time) {
	seed.Users = append(seed.Users, store.User{ID: p.id, Username: p.name, Email: p.email, PasswordHash: "-", FullName: p.fullName,
		Status: store.UserActive, CreatedAt: user, ModifiedAt: user, DomainName: seed.Domain.Name, Role: p.role,
		ResourcePolicy: seed.UserPolicy.Name, MainAccessKey: p.key})
	seed.KeyPairs = append(seed.KeyPairs, store.KeyPair{AccessKey: p.key, SecretKey: "secret-of-" + p.name, UserID: p.id, IsActive: true,
		IsAdmin: p.role.IsAdmin(), ResourcePolicy: seed.KeyPairPolicy.Name, CreatedAt: key, RateLimit: 30000})
}

func recordedImages() []store.Image {
	var out []store.Image
	for _, i := range [][4]string{
		{"b2b2d65b-3be3-51c5-99e2-71b5d15d2701", "stable/python", "3.9-ubuntu20.04", "python"},
		{"52cbf109-b9c7-579b-b508-23d02a1515f0", "stable/python", "3.13-ubuntu24.04", ""},
		{"66d7d78b-5b74-59b8-9dc7-240ca56256ae", "stable/python-pytorch", "2.1-py311-cuda12.1", ""},
		{"9afac7aa-fc4e-5617-a367-15e25bd13b74", "community/r-base", "4.3-ubuntu22.04", ""},
		{"823a6012-c5d5-55b0-8cfc-715247961898", "stable/filebrowser", "21.02-ubuntu20.04", ""},
	} {
		image := store.Image{ID: i[0], Registry: "cr.backend.ai", Project: "stable", Name: i[1], Tag: i[2], Architecture: "x86_64",
			Digest: "sha256:0", SizeBytes: 1 << 32, IsLocal: true, Installed: true, CreatedAt: at("2026-11-22T02:55:00+00:00"),
			Labels: map[string]string{"ai.backend.role": "COMPUTE"}, Resources: map[string]store.Range{"cpu": {Min: "1"}, "mem": {Min: "67108864", Max: "1g"}},
			Accelerators: []string{"cuda"}}
		if i[3] != "" {
			image.Aliases = []string{i[3]}
		}
		out = append(out, image)
	}
	return out
}

// recordedPresets are those that a new store does not offer by itself.
func recordedPresets() []store.Preset {
	one, two := int64(1<<30), int64(2<<30)
	return []store.Preset{
		{ID: "p1", Name: "cuda01-small", Slots: `{"cpu": "1", "mem": "4294967296", "cuda.device": "1", "cuda.shares": "0.5"}`},
		{ID: "p2", Name: "cuda02-medium", Slots: `{"cpu": "4", "mem": "17179869184", "cuda.device": "2", "cuda.shares": "2.0"}`, SharedMemory: &one},
		{ID: "p3", Name: "cuda03-large", Slots: `{"cpu": "8", "mem": "34359738368", "cuda.device": "4", "cuda.shares": "4.0"}`, SharedMemory: &two},
	}
}

// caller gives who signs with a key.
func (w *world) caller(t testing.TB, key string) api.Caller {
	t.Helper()
	id, err := w.store.Identify(t.Context(), key)
	require.NoError(t, err)
	u, k := id.User, id.KeyPair
	return api.Caller{UserID: u.ID, Email: u.Email, Username: u.Username, FullName: u.FullName, Role: u.Role, DomainName: u.DomainName,
		AccessKey: k.AccessKey, KeyAdmin: k.IsAdmin, ResourcePolicy: k.ResourcePolicy, UserPolicy: u.ResourcePolicy}
}

// ask answers a query for the owner of a key, as decoded JSON.
func (w *world) ask(t testing.TB, key, query string, variables map[string]any) map[string]any {
	t.Helper()
	text, err := json.Marshal(w.gql.Execute(t.Context(), w.caller(t, key), query, variables, ""))
	require.NoError(t, err)
	var out map[string]any
	require.NoError(t, json.Unmarshal(text, &out))
	return out
}

// addSession writes a session of the owner of a key.
func (w *world) addSession(t testing.TB, n int, key string, status model.Status) *store.Session {
	t.Helper()
	id, err := w.store.Identify(t.Context(), key)
	require.NoError(t, err)
	project := projectID
	if id.User.DomainName == "far" {
		project = farProjectID
	}
	s := newSession(n, id.User, key, project, status)
	require.NoError(t, w.store.AddSession(t.Context(), s))
	return s
}

func newSession(n int, owner store.User, key, project string, status model.Status) *store.Session {
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	made := at("2026-11-22T03:00:00+00:00").Add(time.Duration(n) * time.Second)
	const image = "cr.backend.ai/stable/python:3.9-ubuntu20.04"
	s := &store.Session{ID: id, Name: fmt.Sprintf("s-%06d", n), Type: model.TypeInteractive, Priority: 10, DomainName: owner.DomainName,
		ProjectID: project, UserID: owner.ID, AccessKey: key, ScalingGroup: "default", Image: image, Registry: "cr.backend.ai",
		Architecture: "x86_64", ClusterMode: "single-node", ClusterSize: 1, Status: status, StatusHistory: `{"PENDING": "x"}`,
		StatusChanged: made, Result: "UNDEFINED", CreatedAt: made, ResourceOpts: "{}", RequestedSlots: `{"cpu": "1"}`, OccupyingSlots: `{"cpu": "1"}`,
		Kernels: []store.Kernel{{ID: fmt.Sprintf("10000000-0000-4000-8000-%012d", n), SessionID: id, ClusterRole: "main", ClusterIdx: 1,
			ClusterHostname: "main1", Agent: "i-dummy-1", AgentAddr: "tcp://127.0.0.1:17601", ContainerID: "c", Image: image, Registry: "cr.backend.ai", Architecture: "x86_64",
			Status: status, StatusHistory: "{}", CreatedAt: made, OccupiedSlots: `{"cpu": "1"}`, RequestedSlots: `{"cpu": "1"}`, ResourceOpts: "{}"}}}
	if status.Ended() {
		s.TerminatedAt = made.Add(time.Hour)
	}
	return s
}
