package manager

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/baiui/baiui/server/manager/accounts"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/callback"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/idle"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/machine"
	"github.com/baiui/baiui/server/manager/resolve"
	"github.com/baiui/baiui/server/manager/rest"
	"github.com/baiui/baiui/server/manager/settings"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
	"github.com/baiui/baiui/server/node"
	"github.com/baiui/baiui/server/storage"
)

// saveEvery is how often the counters of key pairs and sessions are written.
const saveEvery = 10 * time.Second

// Options are what a manager is made of. Store and Node are needed; whoever
// opened them closes them, after [Manager.Run] has returned.
type Options struct {
	Store *store.Store
	Node  node.Node
	Log   *slog.Logger     // nil: nothing is logged
	Now   func() time.Time // nil: time.Now
	// Folders is where the files of folders are kept; empty: there are none.
	Folders string
	// Layers is where the changes of customised images are kept; empty: sessions
	// cannot be kept as images.
	Layers string
	// MaxHome is how many bytes a session may hold on disk, folders aside; 0: no
	// limit.
	MaxHome int64
	// Path is where environments are looked for; empty: the PATH of this
	// process.
	Path string
	// KeepAccounts is called at the first start with the accounts that are about
	// to be made, before they are stored: it writes the only copy of their
	// passwords. Its error stops the start.
	KeepAccounts func([]accounts.Account) error
}

// Manager is a manager in service.
type Manager struct {
	engine  *life.Engine
	handler *rest.Handler
	tasks   *tasks.Tasks
	idle    *idle.Checker
	calls   *callback.Sender
	volume  *storage.Volume  // nil without folders
	folders *folders.Folders // nil without folders
	log     *slog.Logger
	// look is the function of that name.
	look func(ctx context.Context, patience time.Duration) (all bool, err error)
	// looked: it was done already, before anything could be asked for.
	looked bool
}

// New prepares a manager: at the first start the accounts are made and the
// environments of this machine are found. At later starts those of the last time
// are there at once, and [Manager.Run] looks for them again; some tools take
// seconds to say what they are.
func New(ctx context.Context, o Options) (*Manager, error) {
	if o.Store == nil || o.Node == nil {
		return nil, errors.New("manager: a store and a node are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Path == "" {
		o.Path = os.Getenv("PATH")
	}
	hasher := accounts.NewHasher(runtime.NumCPU())
	made, err := accounts.Bootstrap(ctx, o.Store, hasher, o.Now(), o.KeepAccounts)
	if err != nil {
		return nil, fmt.Errorf("first accounts: %w", err)
	}
	if made != nil {
		o.Log.Info("first accounts made", "accounts", len(made))
	}
	info := o.Node.Info()
	if err := o.Store.PutAgent(ctx, agentOf(info, o.Now())); err != nil {
		return nil, err
	}
	m := &Manager{log: o.Log, look: func(ctx context.Context, patience time.Duration) (bool, error) {
		return look(ctx, o, info.Architecture, patience)
	}}
	installed := true
	known, _, err := o.Store.Images(ctx, store.ImageQuery{Installed: &installed, Page: store.Page{Limit: 1}})
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		if m.looked, err = m.look(ctx, firstPatience); err != nil {
			return nil, err
		}
	}

	engine := life.New(life.Options{Store: o.Store, Node: o.Node, Log: o.Log, Now: o.Now, Layers: o.Layers, MaxHome: o.MaxHome})
	if err := engine.SweepLayers(ctx); err != nil {
		o.Log.Warn("looking for layers of deleted images failed", "error", err)
	}
	activity := idle.NewActivity(o.Now)
	m.idle = idle.New(idle.Options{Store: o.Store, Activity: activity, Metrics: engine.Metrics, Warn: engine.Warn, End: engine.Expire,
		Log: o.Log, Now: o.Now})
	m.calls = callback.New(callback.Options{Listen: engine.Listen, URL: o.Store.CallbackURL, Log: o.Log, Now: o.Now,
		Internal: func(ctx context.Context) bool {
			on, err := o.Store.Enabled(ctx, callback.SettingInternal)
			return err == nil && on
		}})
	live := &liveValues{Engine: engine, idle: m.idle}
	m.tasks = tasks.New(o.Now)
	if err := m.openFolders(o); err != nil {
		return nil, err
	}
	resolving := resolve.Options{Store: o.Store, Live: live, Hasher: hasher, Now: o.Now, Log: o.Log, Layers: engine,
		Nodes: machine.New(machine.Options{AgentID: info.ID, Disk: o.Folders, Now: o.Now}),
		Rescan: func(userID string) string {
			return m.tasks.Start(userID, func(ctx context.Context, _ tasks.Progress) (string, error) {
				_, err := m.look(ctx, patience)
				return "", err
			})
		}}
	if m.folders != nil {
		resolving.Folders = m.folders
	}
	graphql, err := resolve.New(resolving)
	if err != nil {
		return nil, fmt.Errorf("graphql: %w", err)
	}
	options := rest.Options{Store: o.Store, Engine: engine, GraphQL: graphql, Hasher: hasher,
		Tasks: m.tasks, Activity: activity, Idle: m.idle, Settings: settings.New(settings.Options{Store: o.Store, Now: o.Now, EndSessions: engine.EndAll}), AgentID: info.ID, Architecture: info.Architecture, Slots: info.Slots,
		Log: o.Log, Now: o.Now}
	if m.folders != nil {
		options.Folders, options.Storage = m.folders, m.volume.Handler()
	}
	m.engine, m.handler = engine, rest.New(options)
	live.rolling = m.handler.RollingCount
	return m, nil
}

// openFolders opens the storage of folders, if there shall be one.
func (m *Manager) openFolders(o Options) (err error) {
	if o.Folders == "" {
		return nil
	}
	m.volume, err = storage.Open(storage.Options{Dir: o.Folders, Quota: folders.QuotaOf(o.Store), Entitled: folders.Entitled(o.Store), Now: o.Now, Log: o.Log})
	if err != nil {
		return fmt.Errorf("the storage of folders: %w", err)
	}
	m.folders = folders.New(folders.Options{Store: o.Store, Volume: m.volume, URL: rest.StorageURL, Tasks: m.tasks, Log: o.Log, Now: o.Now})
	return nil
}

// liveValues is what resolvers ask the running manager for.
type liveValues struct {
	*life.Engine
	idle    *idle.Checker
	rolling func(accessKey string) int
}

var _ api.Live = (*liveValues)(nil)

// RollingCount is how many calls of a key pair the current rate window holds.
func (l *liveValues) RollingCount(accessKey string) int { return l.rolling(accessKey) }

// IdleChecks is what the idle checkers report on a session.
func (l *liveValues) IdleChecks(sessionID string) json.RawMessage { return l.idle.Report(sessionID) }

// Handler answers HTTP requests. It limits bodies and headers itself; time
// limits for reading are the server's.
func (m *Manager) Handler() http.Handler { return m.handler }

// Run schedules and follows sessions until ctx ends. What an earlier run left
// is taken up first. Sessions go on running afterwards.
func (m *Manager) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return m.engine.Run(ctx) })
	group.Go(func() error {
		m.idle.Run(ctx)
		return nil
	})
	group.Go(func() error {
		m.calls.Run(ctx)
		return nil
	})
	if m.volume != nil {
		if err := m.folders.Recover(ctx); err != nil && ctx.Err() == nil {
			m.log.Warn("what was being done with folders could not be brought to its end", "error", err)
		}
		group.Go(func() error { return m.volume.Run(ctx) })
	}
	if !m.looked {
		group.Go(func() error {
			if _, err := m.look(ctx, patience); err != nil && ctx.Err() == nil {
				m.log.Warn("finding the environments of this machine failed; those of the last start are offered", "error", err)
			}
			return nil
		})
	}
	group.Go(func() error {
		ticker := time.NewTicker(saveEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
				if err := m.handler.SaveUses(ctx); err != nil && ctx.Err() == nil {
					m.log.Warn("saving the counters of key pairs and sessions failed", "error", err)
				}
			}
		}
	})
	return group.Wait()
}

// Close writes what is still in memory. Call it after Run has returned and the
// last request was answered, before the store is closed.
func (m *Manager) Close() error {
	m.tasks.Close()
	m.handler.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := m.handler.SaveUses(ctx)
	if m.volume != nil {
		err = errors.Join(err, m.volume.Close())
	}
	return err
}
