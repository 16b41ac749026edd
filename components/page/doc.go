// Package page is the activation contract of everything that a person can open
// in the menu: which page is active, when it may ask the manager, and when it
// must be quiet. It is the port of the original's BackendAIPage.
//
// The rule, as the seminar deck gives it for the session list:
//
//	active set or removed → viewStateChanged(active), once per real change
//	  not active          → nothing more
//	  client not ready    → once-only subscription to backend-ai-connected, then refreshJobData
//	  client ready        → refreshJobData at once
//
// A [Page] holds this rule as plain Go. Its owner, a go-app component, tells it
// what its parent and the browser say ([Page.SetActive], [Page.SetConnection],
// [Page.SetVisible]) and gets back the calls in [Hooks]. The shell owns one
// [Connection] and tells it when sign-in has finished; every page waits there.
//
// Two things go beyond the original. A browser tab in the background counts as
// a page that must be quiet (Hooks.Shown is called when it comes back), and a
// subscription that was not used is taken back at deactivation, so that they
// never add up.
//
// Nothing here is safe for concurrent use except [Connection]: all other calls
// belong to the UI goroutine.
package page
