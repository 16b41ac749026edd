// Package login is the sign-in form, for both connection modes: with an account
// of the web server (SESSION), which keeps the keys, or with a key pair (API),
// with which the page itself signs its requests to a manager.
//
// [Form] shows the form and posts [ActionSignIn] with an [Input]; it sends
// nothing itself. The owner signs in, and hands back [Form.Sending] and, if it
// failed, a [Failure] made by [FailureOf]. Where that says so, the form goes on
// to ask for a one-time password, or for a new password in place of one that has
// expired.
//
// The prerendered form is plain HTML that works without the program: it posts
// user name and password to /server/login. When the program arrives it replaces
// the elements of the page; what was typed until then, and where the cursor
// was, is carried over.
package login
