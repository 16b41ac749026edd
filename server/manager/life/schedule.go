package life

import (
	"context"
	"fmt"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// schedule looks at the queue once, starts what can start, and notes of the rest
// why it waits.
func (e *Engine) schedule(ctx context.Context) error {
	queue, err := e.store.Queue(ctx)
	if err != nil || len(queue) == 0 {
		return err
	}
	if queue, err = e.giveUp(ctx, queue); err != nil {
		return err
	}
	e.setAlarm(queue)
	w, err := e.look(ctx)
	if err != nil {
		return err
	}
	decisions, err := w.decide(ctx, queue)
	if err != nil {
		return err
	}
	var notes []store.Waiting
	for _, d := range decisions {
		switch s := d.session; {
		case d.agent != nil:
			if err := e.place(ctx, s, d.agent); err != nil {
				return err
			}
			e.spawnFor(s.ID, func(ctx context.Context) { e.start(ctx, s.ID) })
		case len(d.failed) > 0:
			notes = e.note(notes, s, reasonPredicates, "", d.failed, d.passed, w.now)
		case !d.held:
			msg := fmt.Sprintf("Could not find a contiguous resource region in any agent big enough to host the session "+
				"(id: %s, resource group: %s)", s.ID, s.ScalingGroup)
			notes = e.note(notes, s, reasonNoInstances, msg, d.failed, d.passed, w.now)
		}
	}
	if len(notes) == 0 {
		return nil
	}
	err = e.store.NoteWaiting(ctx, notes)
	e.changed.notify()
	return err
}

// setAlarm has the queue looked at again when the next session's start time has
// come.
func (e *Engine) setAlarm(queue []*store.Session) {
	now := e.now()
	var next time.Time
	for _, s := range queue {
		if s.StartsAt.After(now) && (next.IsZero() || s.StartsAt.Before(next)) {
			next = s.StartsAt
		}
	}
	if !next.IsZero() {
		e.alarm.Reset(next.Sub(now))
	}
}

// decision is what one pass does with a waiting session.
type decision struct {
	session        *store.Session
	agent          *store.Agent // where it starts; nil while it waits
	failed, passed []verdict
	holds          bool // it waits for room, and all behind it in its queue wait for it
	held           bool // it stands behind one that holds its queue, and was not judged
}

// decide looks through the queue. In each resource group the sessions come in
// order (priority, then arrival). One whose key pair, user, project or domain is
// at its limit is passed over. One that no agent has room for now, but that one
// will have room for when others end, holds all behind it, so that a large one is
// not starved by small ones. One that is larger than every agent as a whole can
// only wait for a larger machine: it keeps its place and holds nobody, or the
// queue behind it would stand still for ever.
//
// The world is kept up: what starts takes its room.
func (w *world) decide(ctx context.Context, queue []*store.Session) ([]decision, error) {
	decisions := make([]decision, 0, len(queue))
	blocked := map[string]bool{}
	for _, s := range queue {
		d := decision{session: s, held: blocked[s.ScalingGroup]}
		if !d.held {
			wanted, err := slots.FromJSON(string(s.RequestedSlots))
			if err != nil {
				return nil, err
			}
			if d.failed, d.passed, err = w.judge(ctx, s, wanted); err != nil {
				return nil, err
			}
			if len(d.failed) == 0 {
				d.agent = w.room(s.ScalingGroup, wanted)
				d.holds = d.agent == nil && w.possible(s.ScalingGroup, wanted)
				blocked[s.ScalingGroup] = d.holds
			}
			if d.agent != nil {
				w.take(s, d.agent.ID, wanted)
			}
		}
		decisions = append(decisions, d)
	}
	return decisions, nil
}

// room is the first schedulable agent of the group that has what is wanted free.
func (w *world) room(group string, wanted slots.Slots) *store.Agent {
	for i := range w.agents {
		a := &w.agents[i]
		if a.ScalingGroup != group || !a.Schedulable {
			continue
		}
		total, err := slots.FromModel(a.AvailableSlots)
		if err != nil {
			continue
		}
		if wanted.Fits(total.Sub(w.held.Agents[a.ID].Slots)) {
			return a
		}
	}
	return nil
}

// possible reports whether an agent of the group could hold what is wanted if it
// held nothing else. An agent that takes no sessions just now may do so again.
func (w *world) possible(group string, wanted slots.Slots) bool {
	for _, a := range w.agents {
		if a.ScalingGroup != group {
			continue
		}
		if total, err := slots.FromModel(a.AvailableSlots); err == nil && wanted.Fits(total) {
			return true
		}
	}
	return false
}

// take keeps the world up after a session was placed.
func (w *world) take(s *store.Session, agent string, wanted slots.Slots) {
	use := w.held.Agents[agent]
	use.Slots = use.Slots.Add(wanted)
	use.Kernels += len(s.Kernels)
	w.held.Agents[agent] = use
	key := w.held.KeyPairs[s.AccessKey]
	key.Pending--
	key.PendingSlots = key.PendingSlots.Sub(wanted)
	if s.Type != model.TypeSystem {
		key.Slots = key.Slots.Add(wanted)
		key.Sessions++
		w.held.Users[s.UserID] = w.held.Users[s.UserID].Add(wanted)
		w.held.Projects[s.ProjectID] = w.held.Projects[s.ProjectID].Add(wanted)
		w.held.Domains[s.DomainName] = w.held.Domains[s.DomainName].Add(wanted)
	}
	w.held.KeyPairs[s.AccessKey] = key
}

// place gives a session its agent: PENDING becomes SCHEDULED.
func (e *Engine) place(ctx context.Context, s *store.Session, agent *store.Agent) error {
	_, err := e.update(ctx, s.ID, func(s *store.Session) error {
		if s.Status != model.StatusPending {
			return store.ErrUnchanged // cancelled a moment ago
		}
		at := e.instant()
		if err := move(s, model.StatusScheduled, at); err != nil {
			return err
		}
		say(s, reasonScheduled)
		s.StatusData, s.OccupyingSlots = "{}", s.RequestedSlots
		for i := range s.Kernels {
			k := &s.Kernels[i]
			k.Agent, k.AgentAddr, k.StatusData = agent.ID, agent.Addr, "{}"
		}
		return moveKernels(s, model.StatusScheduled, reasonScheduled, at)
	})
	return err
}

// schedulerData is the "scheduler" object of status_data.
type schedulerData struct {
	Msg     string    `json:"msg,omitempty"`
	Retries int       `json:"retries,omitempty"`
	LastTry string    `json:"last_try"`
	Failed  []verdict `json:"failed_predicates"`
	Passed  []verdict `json:"passed_predicates"`
}

type waitingData struct {
	Scheduler schedulerData `json:"scheduler"`
}

// note adds why a session still waits to the notes of this pass. A pass that
// was set off by something else soon after the last try says nothing new, and
// is not written down: with a long queue that would be all the disk does.
func (e *Engine) note(notes []store.Waiting, s *store.Session, info, msg string, failed, passed []verdict, now time.Time) []store.Waiting {
	var before waitingData
	if err := s.StatusData.Decode(&before); err != nil {
		before = waitingData{}
	}
	last, err := time.Parse(time.RFC3339Nano, before.Scheduler.LastTry)
	same := s.StatusInfo != nil && *s.StatusInfo == info && before.Scheduler.Msg == msg &&
		len(before.Scheduler.Failed) == len(failed)
	if same && err == nil && now.Sub(last) < e.tick/2 {
		return notes
	}
	data := schedulerData{Msg: msg, Retries: before.Scheduler.Retries + 1, LastTry: api.ISO(now), Failed: failed, Passed: passed}
	kernel := data
	kernel.Msg, kernel.Retries = "", 0
	return append(notes, store.Waiting{SessionID: s.ID, Info: info,
		Data: store.ToJSON(waitingData{data}), KernelData: store.ToJSON(waitingData{kernel})})
}
