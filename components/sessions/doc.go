// Package sessions is the session list: the place where a person sees which
// sessions there are, in which state, and what they use.
//
// It has the three layers that every place of the page has:
//
//   - [List] is plain Go: what is asked of the manager, what an answer changes,
//     and when to ask again. condition.go holds the choice of statuses and
//     fields, query.go what of it stands in the URL.
//   - package facts turns a model.Session into a row, the values that are shown,
//     without a language and without a surprise in them.
//   - [View] is the go-app component: rows in, elements out.
//
// The shell mounts one View and tells it who is signed in:
//
//	&sessions.View{
//		Texts:      texts,
//		Active:     path == sessions.Path,
//		Connection: connection,
//		Account:    account,
//		Project:    project,
//	}
//
// The rules come from the seminar deck on requesting and receiving session
// lists by role: activation (package page), refreshJobData with its guards and
// timers, statuses by condition, fields by mode, role and feature, columns by
// role and mode. Where this list does something else, the function says so.
package sessions
