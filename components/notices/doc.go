// Package notices is the bell in the header: the list of what happened while the
// person looked elsewhere, kept for the browser tab, and the progress of what
// runs in the background.
//
// Any part of the page posts a notification, from any goroutine:
//
//	ctx.NewActionWithValue(notices.ActionAdd, notices.Notice{
//		Key:  "commit " + id,          // the same key again replaces it in place
//		Text: "session.commit.begun",  // key of a text of the catalogue
//		Args: []any{"name", name},
//		Session: id,                   // the notification leads to it
//		Task: taskID,                  // followed to its end by the bell itself
//		Done: "session.commit.done", Failed: "session.commit.failed",
//	})
//	ctx.NewActionWithValue(notices.ActionRemove, "commit "+id)
//
// What a [Center] holds is plain data, so that it survives a reload. Sessions of
// the person that start, or that end by themselves, are told of by the bell: it
// listens to the page's [live.Store]. One thing has one notification, which
// follows it (waiting, being prepared, running); several sessions that start
// together have one with a count.
//
// What matters is also shown as a toast, and, if the person allowed it by a
// click, on the desktop while no one looks at the page.
package notices
