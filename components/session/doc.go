// Package session is everything a person does with one session, or with several
// that are selected: the drawer that shows it, and the dialogs that rename it,
// end it, make an image of it, or say how a program would do the same.
//
// Other parts of the page (the list, the command palette, notifications) never
// call the client for these: they post [ActionCommand] with a [Command]. [Command.Allowed] tells them
// what to offer, [Link] how to get to a session's drawer.
//
//	ctx.NewActionWithValue(session.ActionCommand, session.Command{
//		Verb: session.Terminate, Targets: selected,
//	})
//
// The drawer has an address of its own: ?session=<id> beside the parameters of
// the list, &panel=<panel> for one of its panels.
package session
