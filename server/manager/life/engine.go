package life

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// Options are what an engine works with.
type Options struct {
	Store *store.Store
	Node  node.Node
	Log   *slog.Logger
	Now   func() time.Time // nil: time.Now
	// Layers is where the changes of customised images are kept; empty: there are
	// none.
	Layers string
	// MaxHome is how many bytes a kernel may hold on disk, folders aside; 0: no
	// limit.
	MaxHome int64
	// Tick is how often sessions that wait are looked at when nothing happens;
	// zero: 5 s.
	Tick time.Duration
	// Grace is how long the processes of an ended kernel have to leave by
	// themselves; zero: 5 s.
	Grace time.Duration
}

// LogLimit is how many bytes of a kernel's output are kept after its end, from
// the end backwards.
const LogLimit = 16 << 20

// auditEvery is how often the store is compared with what the node has.
const auditEvery = 30 * time.Second

// parallelStarts is how many kernels are being started at a time.
const parallelStarts = 4

// Engine moves sessions. Its methods may be called from several goroutines.
type Engine struct {
	store *store.Store
	node  node.Node
	log   *slog.Logger
	now   func() time.Time
	tick  time.Duration
	grace time.Duration
	// layers is the folder of customised images; empty without any.
	layers  string
	maxHome int64 // bytes on disk of a kernel; 0: no limit

	wake    chan struct{} // the scheduler should look
	changed broadcast     // a session changed
	events  events        // what changed, for those who listen
	lasting lasting       // what ends with a session
	starts  chan struct{} // a place for each start under way
	locks   locks         // one step of a session at a time
	limits  timeLimits    // of batch sessions that run
	alarm   *time.Timer   // pokes the scheduler when the next start time has come

	mu      sync.Mutex
	work    context.Context // of background work; nil while not running
	workers sync.WaitGroup
	cancels map[string]context.CancelFunc // of starts under way, by session
	busy    map[string]int                // background steps under way, by session
	// committing counts the commits under way, by kernel.
	committing map[string]int
}

// New makes an engine; nothing moves before [Engine.Run].
func New(o Options) *Engine {
	e := &Engine{store: o.Store, node: o.Node, log: o.Log, now: o.Now, tick: o.Tick, grace: o.Grace, layers: o.Layers, maxHome: o.MaxHome, committing: map[string]int{},
		wake: make(chan struct{}, 1), starts: make(chan struct{}, parallelStarts), cancels: map[string]context.CancelFunc{},
		busy: map[string]int{}}
	if e.now == nil {
		e.now = time.Now
	}
	if e.tick == 0 {
		e.tick = 5 * time.Second
	}
	if e.grace == 0 {
		e.grace = 5 * time.Second
	}
	e.alarm = time.AfterFunc(time.Hour, e.poke)
	e.alarm.Stop()
	return e
}

// Run takes up what an earlier run left, then schedules and follows sessions
// until ctx ends. Kernels are left running. It returns the error that made it
// stop, nil for the end of ctx.
func (e *Engine) Run(ctx context.Context) error {
	e.mu.Lock()
	e.work = ctx
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		e.work = nil
		e.mu.Unlock()
		e.limits.stopAll()
		e.alarm.Stop()
		e.workers.Wait()
	}()
	if err := e.takeUp(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	audit := time.NewTicker(auditEvery)
	defer audit.Stop()
	ticker := time.NewTicker(e.tick)
	defer ticker.Stop()
	events := e.node.Events()
	e.poke()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event, open := <-events:
			if !open {
				events = nil // the node was closed; its kernels run on
				continue
			}
			e.spawn(func(ctx context.Context) { e.ended(ctx, event.KernelID, event.Exit) })
		case <-audit.C:
			// What a full disk kept from being written down is made up for.
			if err := e.takeUp(ctx); err != nil && ctx.Err() == nil {
				e.log.Error("comparing sessions with kernels failed", "error", err)
			}
		case <-e.wake:
			e.pass(ctx)
		case <-ticker.C:
			e.pass(ctx)
		}
	}
}

func (e *Engine) pass(ctx context.Context) {
	if err := e.schedule(ctx); err != nil && ctx.Err() == nil {
		e.log.Error("scheduling failed", "error", err)
	}
}

// poke makes the scheduler look soon.
func (e *Engine) poke() {
	select {
	case e.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// spawn runs f in the background until the engine stops. An engine that is not
// running drops it and says false: what it would do is taken up at the next
// start.
func (e *Engine) spawn(f func(ctx context.Context)) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.work == nil {
		return false
	}
	ctx := e.work
	e.workers.Add(1)
	go func() {
		defer e.workers.Done()
		f(ctx)
	}()
	return true
}

// spawnFor is spawn for a step of one session, which then counts as busy.
func (e *Engine) spawnFor(id string, f func(ctx context.Context)) {
	e.mu.Lock()
	e.busy[id]++
	e.mu.Unlock()
	done := func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.busy[id]--; e.busy[id] == 0 {
			delete(e.busy, id)
		}
	}
	if !e.spawn(func(ctx context.Context) {
		defer done()
		f(ctx)
	}) {
		done()
	}
}

func (e *Engine) isBusy(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.busy[id] > 0
}

// update is store.UpdateSession that tells those who wait for a change or
// listen, and ends what must not outlive the session.
func (e *Engine) update(ctx context.Context, id string, change func(*store.Session) error) (*store.Session, error) {
	var before stage
	s, err := e.store.UpdateSession(ctx, id, func(s *store.Session) error {
		before = stageOf(s)
		return change(s)
	})
	if err != nil {
		return s, err
	}
	if open(before.status) && !open(s.Status) {
		e.lasting.end(id)
	}
	if !before.status.Ended() && s.Status.Ended() {
		e.freeLayerOf(ctx, s)
	}
	e.watchLimit(s)
	e.changed.notify()
	e.events.publish(steps(before, s)...)
	return s, nil
}

// instant is now as columns can hold it.
func (e *Engine) instant() time.Time { return e.now().UTC().Truncate(time.Microsecond) }

// Enqueue accepts a session: it is stored as PENDING, durably, and the
// scheduler is told. A live session of the same name is a conflict.
func (e *Engine) Enqueue(ctx context.Context, s *store.Session) error {
	at := e.instant()
	s.Status, s.StatusChanged, s.CreatedAt, s.Result = model.StatusPending, at, at, resultUndefined
	s.StatusHistory, s.OccupyingSlots = "", "{}"
	history, err := withEntry("", model.StatusPending, at)
	if err != nil {
		return err
	}
	s.StatusHistory = history
	for i := range s.Kernels {
		k := &s.Kernels[i]
		k.Status, k.CreatedAt, k.StatusHistory = model.StatusPending, at, history
	}
	if err := e.store.AddSession(ctx, s); err != nil {
		return err
	}
	e.log.Info("session accepted", "session", s.ID, "name", s.Name, "access_key", s.AccessKey)
	e.changed.notify()
	e.events.publish(Event{Name: "session_enqueued", Reason: reasonUnknown, SessionID: s.ID, Session: s.Name,
		AccessKey: s.AccessKey, DomainName: s.DomainName, ProjectID: s.ProjectID})
	e.poke()
	return nil
}

// Wait returns a session as soon as it is no longer on its way to RUNNING, or
// as it is when limit (0: none) has passed.
func (e *Engine) Wait(ctx context.Context, id string, limit time.Duration) (*store.Session, error) {
	var timeout <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		timeout = timer.C
	}
	for {
		changed := e.changed.wait() // before reading, or a change slips through
		s, err := e.store.Session(ctx, id)
		if err != nil {
			return nil, err
		}
		if phase := s.Status.Phase(); phase != model.PhaseWaiting && phase != model.PhasePreparing {
			return s, nil
		}
		select {
		case <-changed:
		case <-timeout:
			return s, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Metrics are the current ones of a kernel, nil when it has none.
func (e *Engine) Metrics(kernelID string) model.Metrics { return e.node.Stats(kernelID) }
