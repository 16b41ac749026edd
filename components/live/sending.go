package live

import (
	"slices"
	"strconv"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Pending is a session that was asked for and is in no list yet.
type Pending struct {
	// Key names it until the manager has given it an id.
	Key string
	// ID is the manager's; empty while the request is on its way.
	ID string
	// Session is what was asked for, with the name that the manager was told;
	// it has no status.
	Session *model.Session
	// At is when it was asked for, and Answered when the manager accepted.
	At, Answered time.Time
}

// unseen is how long an accepted session is shown as on its way at most: one
// that no answer brings by then is on another page, or filtered out.
const unseen = 15 * time.Second

// skew is by how much the clocks of the manager and of this machine may differ
// where a session is recognised by its name alone.
const skew = 5 * time.Minute

// Send notes a session that is being asked for, and returns the key for what
// follows.
func (s *Store) Send(session *model.Session) (key string) {
	s.sent++
	key = "sending-" + strconv.Itoa(s.sent)
	s.sending = append(slices.Clip(s.sending), Pending{Key: key, Session: session, At: time.Now()})
	s.tell(Change{Kind: Waiting, ID: key})
	return key
}

// Sent notes that the manager accepted it under this id.
func (s *Store) Sent(key, id string) {
	for i, p := range s.sending {
		if p.Key == key {
			s.sending = slices.Clone(s.sending)
			s.sending[i].ID, s.sending[i].Answered = id, time.Now()
			if _, there := s.at(id); there { // a list was faster than the answer
				s.sending = slices.Delete(s.sending, i, i+1)
			}
			s.tell(Change{Kind: Waiting, ID: key})
			return
		}
	}
}

// NotSent notes that it will not come, and why: it is not shown any more.
func (s *Store) NotSent(key string, err error) {
	before := len(s.sending)
	s.sending = slices.DeleteFunc(slices.Clone(s.sending), func(p Pending) bool { return p.Key == key })
	if len(s.sending) < before {
		s.tell(Change{Kind: Waiting, ID: key, Err: err})
	}
}

// Sending are the sessions on their way, in the order they were asked for. The
// slice is not changed afterwards.
func (s *Store) Sending() []Pending { return s.sending }

// Expects reports whether a session is one of those on their way.
func (s *Store) Expects(session *model.Session) bool {
	return slices.ContainsFunc(s.sending, func(p Pending) bool {
		if p.ID != "" {
			return p.ID == session.ID
		}
		return isThat(p, session)
	})
}

// reconcile drops the sessions on their way that have arrived in the list.
func (s *Store) reconcile(now time.Time) {
	if len(s.sending) == 0 {
		return
	}
	before := len(s.sending)
	s.sending = slices.DeleteFunc(slices.Clone(s.sending), func(p Pending) bool {
		if p.ID != "" {
			_, there := s.at(p.ID)
			return there || now.Sub(p.Answered) > unseen
		}
		return slices.ContainsFunc(s.order, func(row *model.Session) bool { return isThat(p, row) })
	})
	if len(s.sending) < before {
		s.tell(Change{Kind: Waiting})
	}
}

// isThat reports whether a row is the session on its way, which has no id yet:
// names are unique among an owner's sessions that are not over.
func isThat(p Pending, row *model.Session) bool {
	switch {
	case row.Name != p.Session.Name, row.Status.Ended():
		return false
	case p.Session.AccessKey != "" && row.AccessKey != "" && p.Session.AccessKey != row.AccessKey,
		p.Session.UserEmail != "" && row.UserEmail != "" && p.Session.UserEmail != row.UserEmail:
		return false
	}
	return row.CreatedAt.IsZero() || row.CreatedAt.After(p.At.Add(-skew))
}

// End notes that the end of sessions was asked for and can still be taken back.
func (s *Store) End(ids ...string) {
	if s.ending == nil {
		s.ending = map[string]struct{}{}
	}
	for _, id := range ids {
		s.ending[id] = struct{}{}
	}
	s.tell(Change{Kind: Ending})
}

// Keep notes that sessions do not end after all.
func (s *Store) Keep(ids ...string) {
	for _, id := range ids {
		delete(s.ending, id)
	}
	s.tell(Change{Kind: Ending})
}

// Ending reports whether the end of a session was asked for. It stays so until
// the stream says that the session ends, or Keep or Settled is called.
func (s *Store) Ending(id string) bool {
	_, ok := s.ending[id]
	return ok
}

// Settled notes that the manager accepted the end of sessions, for managers
// whose stream does not say so: their status is TERMINATING from now on.
func (s *Store) Settled(ids ...string) {
	for _, id := range ids {
		delete(s.ending, id)
		known, ok := s.Known(id)
		if !ok || !later(model.StatusTerminating, known.Status) {
			continue
		}
		next := *known
		next.Status = model.StatusTerminating
		s.put(&next, true)
	}
	s.tell(Change{Kind: Ending})
}
