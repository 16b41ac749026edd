package life

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/nodetest"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// bench is an engine on a store and a node of its own, in a world whose clock
// stands still unless everybody waits.
type bench struct {
	*testing.T
	store  *store.Store
	node   *nodetest.Node
	engine *Engine
	user   store.User
	stop   func() // ends Run and waits for it
}

const testImage = "local/native/bash:5.2-debian12"

// run runs f in such a world; the machine has 4 cores and 8 GiB.
func run(t *testing.T, f func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "state.db"), store.LoseOnPowerCut())
		require.NoError(t, err)
		b := &bench{T: t, store: s, node: nodetest.New("4", "8589934592")}
		hasher := accounts.NewHasher(1)
		hasher.Iterations = 1
		made, err := accounts.Bootstrap(t.Context(), s, hasher, time.Now(), nil)
		require.NoError(t, err)
		b.user, err = s.UserByEmail(t.Context(), made[2].Email)
		require.NoError(t, err)
		require.NoError(t, s.ReplaceImages(t.Context(), []store.Image{{ID: uuid.NewString(), Registry: "local",
			Project: "native", Name: "native/bash", Tag: "5.2-debian12", Architecture: "x86_64", IsLocal: true, Installed: true,
			Labels: map[string]string{"ai.backend.runtime-path": "/opt/bash/bin/bash"}, CreatedAt: time.Now()}}))
		info := b.node.Info()
		require.NoError(t, s.PutAgent(t.Context(), store.Agent{ID: info.ID, Status: store.AgentAlive, ScalingGroup: "default",
			Schedulable: true, AvailableSlots: info.Slots, Architecture: "x86_64", FirstContact: time.Now()}))
		b.startEngine()
		defer func() {
			b.stop()
			require.NoError(t, b.node.Close())
			require.NoError(t, s.Close())
		}()
		f(b)
	})
}

// startEngine starts an engine on what is there, as a start of the server does.
func (b *bench) startEngine() {
	b.engine = New(Options{Store: b.store, Node: b.node, Log: slog.New(slog.DiscardHandler), Tick: 5 * time.Second, MaxHome: 1 << 30})
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- b.engine.Run(ctx) }()
	b.stop = func() {
		cancel()
		require.NoError(b, <-done)
	}
}

// session makes a session that asks for that many cores.
func (b *bench) session(name, cpu string, kind model.SessionType) *store.Session {
	id, kernel := uuid.NewString(), uuid.NewString()
	wanted := store.ToJSON(model.ResourceSlots{"cpu": cpu, "mem": "536870912"})
	s := &store.Session{ID: id, Name: name, Type: kind, Priority: 10, DomainName: "default", ProjectID: b.project(),
		UserID: b.user.ID, AccessKey: b.user.MainAccessKey, ScalingGroup: "default", Image: testImage, Registry: "local",
		Architecture: "x86_64", ClusterMode: "single-node", ClusterSize: 1, RequestedSlots: wanted,
		Environ: map[string]string{"A": "1"},
		Kernels: []store.Kernel{{ID: kernel, SessionID: id, ClusterRole: "main", ClusterIdx: 1, ClusterHostname: "main1",
			Image: testImage, Registry: "local", Architecture: "x86_64", OccupiedSlots: wanted, RequestedSlots: wanted,
			ResourceOpts: `{"shmem":67108864}`}}}
	if kind == model.TypeBatch {
		command := "echo hi"
		s.StartupCommand = &command
	}
	return s
}

func (b *bench) project() string {
	projects, _, err := b.store.Projects(b.Context(), store.ProjectQuery{})
	require.NoError(b, err)
	return projects[0].ID
}

// enqueue accepts a session and lets everything that follows happen.
func (b *bench) enqueue(s *store.Session) *store.Session {
	require.NoError(b, b.engine.Enqueue(b.Context(), s))
	synctest.Wait()
	return b.read(s)
}

func (b *bench) read(s *store.Session) *store.Session {
	got, err := b.store.Session(b.Context(), s.ID)
	require.NoError(b, err)
	return got
}

func (b *bench) destroy(s *store.Session, forced bool) map[string]any {
	stats, err := b.engine.Destroy(b.Context(), s.ID, forced)
	require.NoError(b, err)
	synctest.Wait()
	return stats
}

// end lets the main kernel of a session end by itself.
func (b *bench) end(s *store.Session, code int, reason node.EndReason) *store.Session {
	b.node.End(s.Kernels[0].ID, code, reason)
	synctest.Wait()
	return b.read(s)
}

func info(s *store.Session) string {
	if s.StatusInfo == nil {
		return "null"
	}
	return *s.StatusInfo
}

func history(b *bench, s *store.Session) map[model.Status]string {
	out := map[model.Status]string{}
	require.NoError(b, s.StatusHistory.Decode(&out))
	return out
}
