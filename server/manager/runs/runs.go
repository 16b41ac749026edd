package runs

import "sync"

// Runs are the runs of all sessions. The zero value is ready.
type Runs struct {
	mu  sync.Mutex
	all map[key]*Run
}

type key struct{ session, id string }

// Begin starts a run of a session; false if one of this id goes on.
func (r *Runs) Begin(session, id string, start Start, stages []Stage) (*Run, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := key{session, id}
	if r.all[k] != nil {
		return nil, false
	}
	if r.all == nil {
		r.all = map[key]*Run{}
	}
	run := begin(id, start, stages, func() { r.End(session, id) })
	r.all[k] = run
	return run, true
}

// Find is a run that goes on; nil if there is none.
func (r *Runs) Find(session, id string) *Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[key{session, id}]
}

// End ends a run and forgets it.
func (r *Runs) End(session, id string) {
	k := key{session, id}
	r.mu.Lock()
	run := r.all[k]
	delete(r.all, k)
	r.mu.Unlock()
	if run != nil {
		run.end()
	}
}

// Interrupt interrupts all runs of a session.
func (r *Runs) Interrupt(session string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, run := range r.all {
		if k.session == session {
			run.Interrupt()
		}
	}
}

// Close ends all runs.
func (r *Runs) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.all {
		run.end()
	}
	r.all = nil
}
