package tasks

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
)

// keep is how long a finished task can still be asked about, as in manager 24.09.
const keep = 24 * time.Hour

// Status is how far a task is.
type Status string

// The statuses of a task, as the wire spells them.
const (
	Started   Status = "started"
	Done      Status = "done"
	Failed    Status = "failed"
	Cancelled Status = "cancelled" // by the end of the server
)

// State is a task at one moment.
type State struct {
	Status         Status
	Message        string
	Current, Total float64
}

// Finished reports whether the state is the last.
func (s State) Finished() bool { return s.Status != Started }

// Tasks are the background tasks of a server.
type Tasks struct {
	now     func() time.Time
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu   sync.Mutex
	byID map[string]*task
}

type task struct {
	owner   string
	ended   time.Time // zero while it runs
	mu      sync.Mutex
	state   State
	changed chan struct{} // closed at the next change
}

// New has no tasks; now is the clock.
func New(now func() time.Time) *Tasks {
	ctx, cancel := context.WithCancel(context.Background())
	return &Tasks{now: now, ctx: ctx, cancel: cancel, byID: map[string]*task{}}
}

// Progress is how a task tells how far it is. The first number is what is done
// of the second.
type Progress func(current, total float64, message string)

// Start runs work as a task of an owner and returns its id. What work returns
// is the last message.
func (t *Tasks) Start(owner string, work func(ctx context.Context, progress Progress) (string, error)) string {
	id := uuid.NewString()
	k := &task{owner: owner, state: State{Status: Started}, changed: make(chan struct{})}
	t.mu.Lock()
	t.forget()
	t.byID[id] = k
	t.mu.Unlock()
	t.running.Go(func() {
		message, err := work(t.ctx, func(current, total float64, message string) {
			k.set(func(s *State) { s.Current, s.Total, s.Message = current, total, message })
		})
		status := Done
		switch {
		case errors.Is(err, context.Canceled) && t.ctx.Err() != nil:
			status, message = Cancelled, "The server was stopped."
		case err != nil:
			status, message = Failed, err.Error()
		}
		t.mu.Lock()
		k.ended = t.now()
		t.mu.Unlock()
		k.set(func(s *State) { s.Status, s.Message = status, message })
	})
	return id
}

func (k *task) set(change func(*State)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(&k.state)
	close(k.changed)
	k.changed = make(chan struct{})
}

// forget drops what finished long ago. The caller holds the lock.
func (t *Tasks) forget() {
	for id, k := range t.byID {
		if !k.ended.IsZero() && t.now().Sub(k.ended) > keep {
			delete(t.byID, id)
		}
	}
}

// State is a task as it is now, with a channel that is closed when it changes.
// ok is false if there is no such task, and owner says whose it is.
func (t *Tasks) State(id string) (state State, changed <-chan struct{}, owner string, ok bool) {
	t.mu.Lock()
	t.forget()
	k := t.byID[id]
	t.mu.Unlock()
	if k == nil {
		return State{}, nil, "", false
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state, k.changed, k.owner, true
}

// Close cancels what runs and waits for it.
func (t *Tasks) Close() {
	t.cancel()
	t.running.Wait()
}
