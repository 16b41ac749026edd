package life

import (
	"context"
	"slices"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// Foresee tells what the next pass of the scheduler would do with count sessions
// like s, if they were asked for now. It runs the pass itself over the queue with
// the sessions in it, and writes nothing. Dependencies are not looked at: only
// sessions that exist can depend on others.
func (e *Engine) Foresee(ctx context.Context, s *store.Session, count int) (model.Forecast, error) {
	queue, err := e.store.Queue(ctx)
	if err != nil {
		return model.Forecast{}, err
	}
	w, err := e.look(ctx)
	if err != nil {
		return model.Forecast{}, err
	}
	wanted, err := slots.FromJSON(string(s.RequestedSlots))
	if err != nil {
		return model.Forecast{}, err
	}
	key := w.held.KeyPairs[s.AccessKey]
	for range count {
		key.Pending++
		key.PendingSlots = key.PendingSlots.Add(wanted)
	}
	w.held.KeyPairs[s.AccessKey] = key

	place := len(queue)
	for i, other := range queue {
		if other.ScalingGroup == s.ScalingGroup && other.Priority < s.Priority {
			place = i
			break
		}
	}
	queue = slices.Insert(queue, place, slices.Repeat([]*store.Session{s}, count)...)
	decisions, err := w.decide(ctx, queue)
	if err != nil {
		return model.Forecast{}, err
	}
	return w.forecast(ctx, s, wanted, decisions)
}

// forecast sums up what was decided about the sessions like s.
func (w *world) forecast(ctx context.Context, s *store.Session, wanted slots.Slots, decisions []decision) (model.Forecast, error) {
	f := model.Forecast{Outcome: model.OutcomeStarts}
	var waits *decision
	for i, d := range decisions {
		switch {
		case d.session != s && waits == nil && f.Now == 0 && (d.holds || d.held) && d.session.ScalingGroup == s.ScalingGroup:
			f.Ahead++
		case d.session == s && d.agent != nil:
			f.Now++
		case d.session == s && waits == nil:
			waits = &decisions[i]
		}
	}
	if waits == nil {
		return f, nil
	}
	f.Outcome = model.OutcomeWaits
	for _, v := range waits.failed {
		f.Reasons = append(f.Reasons, v.Msg)
	}
	policy, err := w.policy(ctx, s.AccessKey)
	if err != nil {
		return f, err
	}
	bounds, err := w.bounds(ctx, s, policy, wanted)
	if err != nil {
		return f, err
	}
	for _, l := range bounds {
		if never := wanted.Exceeds(l.limit); len(never) > 0 {
			return model.Forecast{Outcome: model.OutcomeNever, Shortages: shortages(l.whose, never, wanted, l.limit)}, nil
		}
		f.Shortages = append(f.Shortages, shortages(l.whose, l.held.Add(wanted).Exceeds(l.limit), wanted, left(l.limit, l.held))...)
	}
	if !w.possible(s.ScalingGroup, wanted) {
		largest := w.nearest(s.ScalingGroup, wanted, func(total, _ slots.Slots) slots.Slots { return total })
		return model.Forecast{Outcome: model.OutcomeNever,
			Shortages: shortages(model.WhoseAgent, wanted.Exceeds(largest), wanted, largest)}, nil
	}
	if w.room(s.ScalingGroup, wanted) == nil {
		free := w.nearest(s.ScalingGroup, wanted, left)
		f.Shortages = append(f.Shortages, shortages(model.WhoseAgent, wanted.Exceeds(free), wanted, free)...)
	}
	return f, nil
}

// nearest is what the agent of a resource group has that is short of the fewest
// slots, by a measure of its total and what is held there.
func (w *world) nearest(group string, wanted slots.Slots, measure func(total, held slots.Slots) slots.Slots) slots.Slots {
	var best slots.Slots
	for _, a := range w.agents {
		if a.ScalingGroup != group {
			continue
		}
		total, err := slots.FromModel(a.AvailableSlots)
		if err != nil {
			continue
		}
		here := measure(total, w.held.Agents[a.ID].Slots)
		if best == nil || len(wanted.Exceeds(here)) < len(wanted.Exceeds(best)) {
			best = here
		}
	}
	return best
}

// shortages spells what is too little of the named slots.
func shortages(whose string, names []string, wanted, have slots.Slots) []model.Shortage {
	var list []model.Shortage
	for _, name := range names {
		list = append(list, model.Shortage{Slot: name, Whose: whose, Wanted: wanted[name].String(), Have: have[name].String()})
	}
	return list
}
