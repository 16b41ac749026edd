package life

import (
	"sync"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// Event is a step in the life of a session, or of one of its kernels, as
// manager 24.09 tells it to those who listen.
type Event struct {
	Name       string // session_enqueued ... kernel_terminated
	Reason     string
	ExitCode   *int
	SessionID  string
	Session    string // its name
	AccessKey  string
	DomainName string
	ProjectID  string
	Kernel     *store.Kernel // nil for events of the session as a whole
}

// reasonUnknown is what events say that have no reason.
const reasonUnknown = "unknown"

// buffered is how many events a listener may be behind. One that is slower is
// cut off: it cannot be told what it missed.
const buffered = 1024

// events hands events to all who listen. The zero value is ready.
type events struct {
	mu        sync.Mutex
	listeners map[*Listener]struct{}
}

// Listener hears what it wants to. What it has not taken yet is kept for it, and
// nothing else: many people listen for hours to hear little.
type Listener struct {
	events *events
	wants  func(Event) bool
	// some holds one token while there is something to take.
	some chan struct{}

	// Guarded by events.mu:
	queue []Event
	cut   bool
}

// Listen hears the events from now on that are wanted; wants must be quick. Stop
// must be called in any case.
func (e *Engine) Listen(wants func(Event) bool) *Listener {
	l := &Listener{events: &e.events, wants: wants, some: make(chan struct{}, 1)}
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	if l.events.listeners == nil {
		l.events.listeners = map[*Listener]struct{}{}
	}
	l.events.listeners[l] = struct{}{}
	return l
}

// Some can be received from when there is something to take.
func (l *Listener) Some() <-chan struct{} { return l.some }

// Take takes what came since. ok is false once the listener has fallen too far
// behind, and stays so: it hears nothing any more.
func (l *Listener) Take() (list []Event, ok bool) {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	list, l.queue = l.queue, nil
	return list, !l.cut
}

// Stop hears no more.
func (l *Listener) Stop() {
	l.events.mu.Lock()
	defer l.events.mu.Unlock()
	delete(l.events.listeners, l)
}

func (e *events) publish(list ...Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for l := range e.listeners {
		l.hear(list)
	}
}

// hear keeps what is wanted; the caller holds events.mu.
func (l *Listener) hear(list []Event) {
	before := len(l.queue)
	for _, event := range list {
		if !l.wants(event) {
			continue
		}
		if len(l.queue) == buffered {
			l.cut, l.queue = true, nil
			delete(l.events.listeners, l)
			break
		}
		l.queue = append(l.queue, event)
	}
	if len(l.queue) == before && !l.cut {
		return
	}
	select {
	case l.some <- struct{}{}:
	default: // it knows already
	}
}

// stage is what of a session its events follow from.
type stage struct {
	status  model.Status
	result  string
	kernels map[string]model.Status
}

func stageOf(s *store.Session) stage {
	st := stage{s.Status, s.Result, map[string]model.Status{}}
	for _, k := range s.Kernels {
		st.kernels[k.ID] = k.Status
	}
	return st
}

// steps are the events of a change, in the order of manager 24.09: how a batch
// went, the beginning of an end, then the kernels, then the session.
func steps(before stage, s *store.Session) []Event {
	var out []Event
	reason := reasonOf(s)
	add := func(name, reason string, code *int, k *store.Kernel) {
		out = append(out, Event{name, reason, code, s.ID, s.Name, s.AccessKey, s.DomainName, s.ProjectID, k})
	}
	if s.Result != before.result && before.result == resultUndefined {
		var code *int
		if main := s.Main(); main != nil {
			code = main.ExitCode
		}
		add(map[string]string{resultSuccess: "session_success", resultFailure: "session_failure"}[s.Result], reason, code, nil)
	}
	if s.Status != before.status && s.Status == model.StatusTerminating {
		add("session_terminating", reason, nil, nil)
	}
	for i := range s.Kernels {
		k := s.Kernels[i]
		if k.Status == before.kernels[k.ID] {
			continue
		}
		code := k.ExitCode
		if code == nil {
			unknown := -1
			code = &unknown
		}
		switch k.Status {
		case model.StatusPreparing:
			add("kernel_preparing", "", nil, &k)
			add("kernel_creating", "", nil, &k)
		case model.StatusRunning:
			add("kernel_started", "", nil, &k)
		case model.StatusTerminating:
			add("kernel_terminating", reason, code, &k)
		case model.StatusTerminated:
			add("kernel_terminated", reason, code, &k)
		case model.StatusCancelled:
			add("kernel_cancelled", reason, nil, &k)
		}
	}
	if s.Status == before.status {
		return out
	}
	switch s.Status {
	case model.StatusScheduled:
		add("session_scheduled", reasonUnknown, nil, nil)
	case model.StatusRunning:
		if before.status != model.StatusRestarting {
			add("session_started", reasonUnknown, nil, nil)
		}
	case model.StatusTerminated:
		add("session_terminated", reason, nil, nil)
	case model.StatusCancelled:
		add("session_cancelled", reason, nil, nil)
	}
	return out
}

// reasonOf is why a session ends; its main kernel says it first.
func reasonOf(s *store.Session) string {
	if main := s.Main(); main != nil && main.StatusInfo != nil && *main.StatusInfo != "" {
		return *main.StatusInfo
	}
	return reasonUnknown
}
