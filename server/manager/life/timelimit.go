package life

import (
	"context"
	"sync"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// reasonTimeLimit is why a batch session ends at its own time limit. It is none
// of manager 24.09's reasons, which has no such limit.
const reasonTimeLimit = "task-timeout"

// timeLimits wake the engine when a session reaches its own time limit, and some
// time before, to warn. The zero value is ready.
type timeLimits struct {
	mu     sync.Mutex
	timers map[string]*limitTimer // by session
}

type limitTimer struct {
	*time.Timer
	warned bool
}

// stop forgets a session.
func (l *timeLimits) stop(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.timers[id]; t != nil {
		t.Stop()
		delete(l.timers, id)
	}
}

// stopAll forgets all sessions.
func (l *timeLimits) stopAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.timers {
		t.Stop()
	}
	l.timers = nil
}

// start has f called after a time, once, unless the session is known already.
func (l *timeLimits) start(id string, after time.Duration, f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timers[id] != nil {
		return
	}
	if l.timers == nil {
		l.timers = map[string]*limitTimer{}
	}
	l.timers[id] = &limitTimer{Timer: time.AfterFunc(after, f)}
}

// warn reports whether it is the first time that a session is to be warned, and
// has f called again after the time that is left to it.
func (l *timeLimits) warn(id string, after time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.timers[id]
	if t == nil {
		return false // it ended a moment ago
	}
	if after > 0 {
		t.Reset(after)
	}
	first := !t.warned
	t.warned = true
	return first
}

// limited reports whether the time of a session is running out.
func limited(s *store.Session) bool {
	return s.TimeLimit > 0 && (s.Status == model.StatusRunning || s.Status == model.StatusRunningDegraded)
}

// watchLimit sets the timer of a session that has a time limit and runs, and
// takes it away from one that does no more. Limits count from when the session
// was scheduled, which is stored: a restart of the server gives no time away.
func (e *Engine) watchLimit(s *store.Session) {
	if !limited(s) {
		e.limits.stop(s.ID)
		return
	}
	e.limits.start(s.ID, e.untilWarning(s), func() {
		e.spawn(func(ctx context.Context) { e.reachLimit(ctx, s.ID) })
	})
}

// untilLimit and untilWarning are the times left. The owner is warned five
// minutes before, or a fifth of a short limit.
func (e *Engine) untilLimit(s *store.Session) time.Duration {
	return s.ScheduledAt.Add(s.TimeLimit).Sub(e.now())
}

func (e *Engine) untilWarning(s *store.Session) time.Duration {
	return e.untilLimit(s) - min(5*time.Minute, s.TimeLimit/5)
}

// reachLimit warns of the end of a session, or ends it. What fails is tried again
// when the store is next compared with the node.
func (e *Engine) reachLimit(ctx context.Context, id string) {
	s, err := e.store.Session(ctx, id)
	if err != nil || !limited(s) {
		e.limits.stop(id)
		if err != nil && !store.IsNotFound(err) {
			e.problem(ctx, "reading a session at its time limit failed", id, err)
		}
		return
	}
	left := e.untilLimit(s)
	if e.limits.warn(id, left) {
		e.log.Info("a session reaches its time limit", "session", id)
		e.Warn(s, reasonTimeLimit)
	}
	if left > 0 {
		return
	}
	if err := e.Expire(ctx, id, reasonTimeLimit); err != nil {
		e.limits.stop(id)
		e.problem(ctx, "ending a session at its time limit failed", id, err)
	}
}
