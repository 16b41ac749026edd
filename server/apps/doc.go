// Package apps opens the apps of sessions in the browser: notebooks, terminals,
// whatever listens on a service port.
//
// Each opened app gets an origin of its own, so that no app can read another's
// pages, storage or cookies, nor those of the web interface: a name under
// localhost where the browser is on this machine, else one under the wildcard
// name of --apps-host. See [Place].
//
// The way of an app, from the click to its first byte:
//
//	page    POST /server/apps             is there such an app, and which way leads to it
//	page    POST /server/apps/{id}/start  start the program behind it
//	page    POST /server/apps/{id}/reach  does it listen; has the App Proxy a place for it
//	page    POST /server/apps/{id}/open   first byte; answers with an address
//	tab     GET  that address             a ticket, good once, is exchanged for a cookie
//	tab     GET  /                        the app, through the manager's tunnel
//
// Where the session's resource group has an App Proxy (version 2), the last
// address is one of that proxy, and nothing of the app comes by here.
//
// Who may: in SESSION mode whoever is signed in, and for as long as that lasts.
// In API mode the key pair stays in the browser, which signs the few requests
// that are needed beforehand ([client.Client.Presign]): each signature opens one
// path of one session for a bounded time, so this server can do with it what it
// was asked to do and nothing else. The manager decides in both modes whose the
// session is.
//
// What never passes: the cookies of this server to an app; cookies of an app for
// any other host than its own; headers with which an app could speak for more
// than its origin; requests that a page of another origin makes.
package apps
