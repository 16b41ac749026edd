package session

import (
	"context"
	"slices"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
)

const (
	// undoFor is how long the end of sessions can be taken back before it is asked
	// of the manager.
	undoFor = 5 * time.Second
	// endAtOnce is how many sessions are ended at the same time.
	endAtOnce = 4
)

// ending are the sessions whose end was confirmed: in their undo window, being
// asked for, or refused.
type ending struct {
	loop  page.Loop
	store *live.Store
	// accepted is called with the sessions whose end the manager accepted.
	accepted func([]*model.Session)

	manager manager
	who     Who
	batches []*endBatch
	last    int
}

// endBatch are sessions whose end was asked for together. It is replaced, not
// changed, so that what is drawn of it can be compared.
type endBatch struct {
	Number  int
	Targets []*model.Session
	Forced  bool
	Until   time.Time // the end of the undo window
	Sending bool
	Left    int // answers that are still to come
	Failed  []endFailure
}

// endFailure is a session that could not be ended, and why.
type endFailure struct {
	Session *model.Session
	Err     error
}

// begin opens the undo window for sessions. Those that are in one already, or on
// their way, are left out, so that nothing is asked for twice.
func (e *ending) begin(targets []*model.Session, forced bool) {
	var fresh []*model.Session
	for _, s := range targets {
		if !e.under(idOf(s)) && !slices.ContainsFunc(fresh, func(other *model.Session) bool { return idOf(other) == idOf(s) }) {
			fresh = append(fresh, s)
		}
	}
	if len(fresh) == 0 {
		return
	}
	e.last++
	number := e.last
	e.batches = append(slices.Clip(e.batches), &endBatch{
		Number: number, Targets: fresh, Forced: forced, Until: time.Now().Add(undoFor),
	})
	e.store.End(ids(fresh)...)
	time.AfterFunc(undoFor, func() { e.loop.Dispatch(func() { e.send(number) }) })
}

// under reports whether the end of a session is in its undo window or on its way.
func (e *ending) under(id string) bool {
	return slices.ContainsFunc(e.batches, func(b *endBatch) bool {
		open := !b.Sending && len(b.Failed) == 0 || b.Left > 0
		return open && slices.ContainsFunc(b.Targets, func(s *model.Session) bool { return idOf(s) == id })
	})
}

// waiting is the batch of a session in its undo window, nil if there is none.
func (e *ending) waiting(id string) *endBatch {
	for _, b := range e.batches {
		if !b.Sending && len(b.Failed) == 0 && slices.ContainsFunc(b.Targets, func(s *model.Session) bool { return idOf(s) == id }) {
			return b
		}
	}
	return nil
}

// busy reports whether something counts down.
func (e *ending) busy() bool {
	return slices.ContainsFunc(e.batches, func(b *endBatch) bool { return !b.Sending && len(b.Failed) == 0 })
}

func (e *ending) at(number int) int {
	return slices.IndexFunc(e.batches, func(b *endBatch) bool { return b.Number == number })
}

// undo takes a batch back that was not sent yet; it reports whether it could.
func (e *ending) undo(number int) bool {
	i := e.at(number)
	if i < 0 || e.batches[i].Sending || len(e.batches[i].Failed) > 0 {
		return false
	}
	e.store.Keep(ids(e.batches[i].Targets)...)
	e.drop(i)
	return true
}

// dismiss forgets what could not be ended.
func (e *ending) dismiss(number int) {
	if i := e.at(number); i >= 0 && len(e.batches[i].Failed) > 0 && e.batches[i].Left == 0 {
		e.drop(i)
	}
}

// retry asks again for what could not be ended, at once: it was confirmed.
func (e *ending) retry(number int, forced bool) {
	i := e.at(number)
	if i < 0 || e.batches[i].Left > 0 || len(e.batches[i].Failed) == 0 {
		return
	}
	again := *e.batches[i]
	again.Targets, again.Forced, again.Sending, again.Failed = nil, again.Forced || forced, false, nil
	for _, f := range e.batches[i].Failed {
		again.Targets = append(again.Targets, f.Session)
	}
	e.replace(i, &again)
	e.store.End(ids(again.Targets)...)
	e.send(number)
}

func (e *ending) drop(i int) { e.batches = slices.Delete(slices.Clone(e.batches), i, i+1) }

func (e *ending) replace(i int, b *endBatch) {
	e.batches = slices.Clone(e.batches)
	e.batches[i] = b
}

// send asks the manager for the end of each session of a batch.
func (e *ending) send(number int) {
	i := e.at(number)
	if i < 0 || e.batches[i].Sending {
		return // taken back, or sent when the page seemed to go
	}
	b := *e.batches[i]
	b.Sending, b.Left = true, len(b.Targets)
	e.replace(i, &b)
	m, who := e.manager, e.who
	queue := make(chan *model.Session, len(b.Targets))
	for _, s := range b.Targets {
		queue <- s
	}
	close(queue)
	for range min(endAtOnce, len(b.Targets)) {
		e.loop.Async(func() {
			for s := range queue {
				err := endOne(m, who, s, b.Forced)
				e.loop.Dispatch(func() { e.answer(number, s, err) })
			}
		})
	}
}

// endOne ends one session. One that is gone already is what was wanted.
func endOne(m manager, who Who, s *model.Session, forced bool) error {
	if m == nil {
		return errNotSignedIn()
	}
	ctx := context.Background()
	owner, err := ownerOf(ctx, m, s, who)
	if err == nil {
		_, err = m.Destroy(ctx, idOf(s), client.DestroyRequest{Forced: forced, OwnerAccessKey: owner})
	}
	if client.KindOf(err) == client.KindNotFound {
		return nil
	}
	return err
}

// answer notes how it went for one session.
func (e *ending) answer(number int, s *model.Session, err error) {
	i := e.at(number)
	if i < 0 {
		return
	}
	b := *e.batches[i]
	b.Left--
	if err != nil {
		b.Failed = append(slices.Clip(b.Failed), endFailure{s, err})
		e.store.Keep(idOf(s))
	} else {
		e.store.Settled(idOf(s))
		if e.accepted != nil {
			e.accepted([]*model.Session{s})
		}
	}
	e.replace(i, &b)
	if b.Left == 0 && len(b.Failed) == 0 {
		e.drop(i)
	}
}

// flush sends what is in an undo window at once, because the page goes away.
func (e *ending) flush() {
	for i, batch := range e.batches {
		if batch.Sending || len(batch.Failed) > 0 || e.manager == nil {
			continue
		}
		b := *batch
		b.Sending = true
		e.replace(i, &b)
		for _, s := range b.Targets {
			owner := ""
			if !e.who.Mine(s) {
				owner = s.AccessKey
			}
			e.manager.DestroyOnLeave(idOf(s), client.DestroyRequest{Forced: b.Forced, OwnerAccessKey: owner})
		}
		e.store.Settled(ids(b.Targets)...)
	}
	e.batches = slices.DeleteFunc(slices.Clone(e.batches), func(b *endBatch) bool {
		return b.Sending && b.Left == 0 && len(b.Failed) == 0
	})
}

func ids(sessions []*model.Session) []string {
	list := make([]string, len(sessions))
	for i, s := range sessions {
		list[i] = idOf(s)
	}
	return list
}
