// Package gateway keeps people signed in and relays their requests to a manager.
//
// It speaks the protocol of Backend.AI's own web server, so that its clients in
// session mode work unchanged: POST /server/login exchanges a password for a
// cookie, POST /server/login-check and /server/logout do what they say, and
// whatever is asked under /func/ is signed with the key pair of whoever the
// cookie belongs to and sent on, body and answer streaming. The browser never
// sees a secret key.
//
// The main types are [Gateway], the HTTP handler; [Signins], the table of who is
// signed in, kept encrypted in a folder; and [Peers], which knows the proxies
// whose X-Forwarded-* headers may be believed.
//
// Where it differs from the official server on purpose:
//
//   - The cookie is SameSite=Lax, and Secure when the browser came over TLS.
//     Writing requests of other origins are refused, and so is anything under
//     /func/ that a page of another origin asks for. No other origin is given
//     leave to read answers, whatever the manager's own CORS headers say.
//   - Each sign-in has a new token; signing in again ends the one before.
//   - The header X-BackendAI-SessionID stands in for the cookie only in requests
//     that no browser made (they carry neither Origin nor Sec-Fetch-Site) and that
//     have no cookie. A page is told a name of its sign-in that opens nothing, in
//     the place of the token: a script that can read the token could carry it away,
//     which is what HttpOnly is there to prevent.
//   - /server/extend-login-session renews the idle limit, but never moves the
//     absolute one.
//   - Failed sign-ins are counted per user and address, and per address, in a fixed
//     window: nobody can lock another person out from elsewhere, and trying during
//     a block does not prolong it.
//   - Every answer has a content security policy that lets nothing run, and
//     Cache-Control: no-store, whatever the manager says of caching.
//   - What the embedded manager keeps in folders is transferred through this
//     server too, under /storage/: an answer that names the manager's own address
//     for a transfer is changed to name the one the browser came by. The official
//     server answers nothing there. A storage proxy elsewhere keeps its address.
//   - A websocket is closed with status 1001 when its sign-in or the server ends.
//   - The version document is signed for somebody who is signed in, so that the
//     manager counts it with that person's requests and not with this address's.
//   - A new password that the manager accepts ends the person's other sign-ins. Of
//     other changes of accounts the embedded manager tells. An error_code of the
//     refusal then says why: see [client.CodePasswordChanged]. To the manager a
//     sign-in is named, by a name that opens nothing, so that it can be spared.
//   - A refusal because of the date says in a header by how much this machine's
//     clock is ahead of the manager's: see [client.SkewHeader].
//   - No cookies travel to or from the manager. Cookies belong to a host and not to
//     a port, so those of every other program on this host would go along.
package gateway
