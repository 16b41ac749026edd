// Package live is what the page knows about sessions between two answers of the
// manager: the values last seen, the changes that the event stream told since,
// the sessions that were asked for and are not there yet, and those whose end
// was asked for and can still be taken back.
//
// The shell makes one [Store] per page and hands it to everybody:
//
//	store.Remember(rows)                     // the list, after each answer
//	s, ok := store.Known(id)                 // the drawer, before its own answer
//	previous, next := store.Neighbours(id)   // the drawer's arrow keys
//	stop := store.Subscribe(func(c live.Change) { ctx.Update() })
//
//	key := store.Send(&model.Session{Name: "train"})   // the launcher
//	store.Sent(key, id)                                // or store.NotSent(key, err)
//
//	store.End(ids...)                        // the undo window of a termination begins
//	store.Keep(ids...)                       // it was taken back, or refused
//
// A list that should follow the stream asks again through a [Soon], which makes
// at most one request a second out of any number of changes:
//
//	soon := live.NewSoon(dispatch, list.refresh)
//	store.Subscribe(func(c live.Change) {
//		if c.Kind == live.Stepped || c.Kind == live.Reconnected {
//			soon.Ask()
//		}
//	})
//
// A [Stream] feeds the store with what the manager tells. The pages of one
// browser share one connection: one of them leads, and passes on what it hears.
// A page that nobody sees leaves the stream after a minute, unless somebody
// allowed it to tell of changes beyond its window. Where there is no stream
// nothing else changes: lists ask as often as they always did.
//
// All methods belong to the page's goroutine, and subscribers are called on it.
// Sessions are never changed in place: what an event changes is a copy, so that
// a pointer that stays the same means that nothing changed.
package live
