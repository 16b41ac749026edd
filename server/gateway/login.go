package gateway

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
)

// loginAnswer is the body of /server/login.
type loginAnswer struct {
	Authenticated bool `json:"authenticated"`
	Data          any  `json:"data"`
}

// login exchanges a password for a sign-in. It takes JSON from programs and the
// form that the page posts while its own program has not arrived; a form is
// answered with redirects.
func (g *Gateway) login(w http.ResponseWriter, r *http.Request) {
	if isForm(r) {
		g.loginForm(w, r)
		return
	}
	fields, ok := g.readFields(w, r, "username", "password")
	if !ok {
		return
	}
	account, err := g.signIn(r, fields)
	var refused *refusal
	var blocked errBlocked
	switch {
	case err == nil:
		g.startSignin(w, r, account, func(in *signin) {
			if !fromBrowser(r) {
				w.Header().Set("X-BackendAI-SessionID", in.token)
			}
			writeJSON(w, loginAnswer{true, account})
		})
	case errors.As(err, &blocked):
		writeBlocked(w, time.Duration(blocked))
	case errors.As(err, &refused) && refused.status == http.StatusTooManyRequests:
		if refused.retryAfter != "" {
			w.Header().Set("Retry-After", refused.retryAfter)
		}
		WriteProblem(w, http.StatusTooManyRequests, "too-many-requests", refused.Title, refused.Details)
	case errors.As(err, &refused):
		writeJSON(w, loginAnswer{false, refused})
	default:
		g.writeUnreachable(w, err)
	}
}

// errBlocked refuses an attempt for a while.
type errBlocked time.Duration

func (e errBlocked) Error() string { return "too many failed sign-ins" }

// signIn asks the manager for an account. fields are those of the login request
// and hold a username and a password. The error is an errBlocked, a [*refusal], or
// one that says why the manager could not be asked.
func (g *Gateway) signIn(r *http.Request, fields map[string]any) (Account, error) {
	username, _ := fields["username"].(string)
	client := g.Peers.Client(r)
	attempt, wait := g.limits.Attempt(username, client)
	if wait > 0 {
		g.Log.Warn("sign-in blocked after too many failures", "client", client, "wait", wait)
		return Account{}, errBlocked(wait)
	}
	account, err := g.authorize(r.Context(), client, fields)
	var refused *refusal
	switch {
	case err == nil:
		attempt.Succeeded()
	case errors.As(err, &refused) && refused.status == http.StatusUnauthorized:
		g.Log.Info("sign-in refused", "client", client, "reason", refused.Type)
	default:
		attempt.Excused()
		g.Log.Warn("sign-in failed", "client", client, "error", err)
	}
	return account, err
}

// startSignin stores a sign-in, ends the one that the browser had, sets the
// cookie and calls answer.
func (g *Gateway) startSignin(w http.ResponseWriter, r *http.Request, account Account, answer func(*signin)) {
	in, err := g.Signins.create(account)
	if err != nil {
		g.Log.Error("a sign-in cannot be stored", "error", err)
		WriteProblem(w, http.StatusServiceUnavailable, "service-unavailable", "The sign-in cannot be stored.",
			"The server's data folder cannot be written; perhaps its disk is full.")
		return
	}
	g.endCookies(r)
	http.SetCookie(w, cookie(in, g.Peers.Secure(r)))
	answer(in)
}

// endCookies signs out whatever the request's cookies open.
func (g *Gateway) endCookies(r *http.Request) {
	for _, token := range tokensOf(r) {
		if err := g.Signins.end(token); err != nil {
			g.Log.Error("a sign-in cannot be removed", "error", err)
		}
	}
}

// loginCheck says who is signed in.
func (g *Gateway) loginCheck(w http.ResponseWriter, r *http.Request) {
	answer := struct {
		loginAnswer
		SessionID *string `json:"session_id"`
	}{}
	if in := g.Signins.of(r); in != nil {
		id := in.token
		if fromBrowser(r) {
			id = in.publicName()
		}
		answer.Authenticated, answer.Data, answer.SessionID = true, in.account, &id
	}
	writeJSON(w, answer)
}

// logout ends the sign-in on this server, so that a copy of the cookie opens
// nothing either.
func (g *Gateway) logout(w http.ResponseWriter, r *http.Request) {
	g.endCookies(r)
	http.SetCookie(w, cookie(nil, g.Peers.Secure(r)))
	if isForm(r) {
		redirect(w, "/")
		return
	}
	setOwnHeaders(w.Header())
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "200: OK") // the client may be gone; there is nobody to tell
}

// extend renews the idle limit, as every request does, and tells when the sign-in
// ends if nothing more happens.
func (g *Gateway) extend(w http.ResponseWriter, r *http.Request) {
	in := g.Signins.of(r)
	if in == nil {
		writeSignedOut(w, g.Signins.ended(r))
		return
	}
	expires := time.Now().Add(g.Signins.idle)
	if in.deadline.Before(expires) {
		expires = in.deadline
	}
	writeJSON(w, struct {
		Status  int    `json:"status"`
		Expires string `json:"expires"`
	}{http.StatusCreated, expires.UTC().Format("2006-01-02T15:04:05.000000+00:00")})
}

// updatePassword changes a password that has expired, for somebody who therefore
// cannot sign in. It tells right passwords from wrong ones, so the same limits
// hold as for signing in.
func (g *Gateway) updatePassword(w http.ResponseWriter, r *http.Request) {
	fields, ok := g.readFields(w, r, "username", "current_password", "new_password")
	if !ok {
		return
	}
	username, _ := fields["username"].(string)
	client := g.Peers.Client(r)
	attempt, wait := g.limits.Attempt(username, client)
	if wait > 0 {
		writeBlocked(w, wait)
		return
	}
	var answer struct {
		ChangedAt string `json:"password_changed_at"`
	}
	err := g.call(r.Context(), client, "/auth/update-password-no-auth", map[string]any{
		"domain": g.Domain, "username": username,
		"current_password": fields["current_password"], "new_password": fields["new_password"],
	}, &answer)
	body := struct {
		Data      any     `json:"data"`
		ChangedAt *string `json:"password_changed_at"`
	}{}
	var refused *refusal
	switch {
	case err == nil:
		attempt.Succeeded()
		body.ChangedAt = &answer.ChangedAt
	case errors.As(err, &refused):
		if refused.status != http.StatusUnauthorized {
			attempt.Excused()
		}
		body.Data = refused
	default:
		attempt.Excused()
		g.writeUnreachable(w, err)
		return
	}
	writeJSON(w, body)
}

func (g *Gateway) writeUnreachable(w http.ResponseWriter, err error) {
	WriteProblem(w, http.StatusBadGateway, "bad-gateway", "The proxy target server is inaccessible.", reason(err))
}

// readFields reads the JSON object of a request and checks that the named fields
// are texts that are not empty. When it returns false it has answered.
func (g *Gateway) readFields(w http.ResponseWriter, r *http.Request, required ...string) (map[string]any, bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err) // it is in memory, see readServerBody
	}
	if r.Header.Get("X-Backendai-Encoded") == "true" {
		if body, err = g.decode(r, body); err != nil {
			WriteProblem(w, http.StatusBadRequest, "generic-bad-request", "The encoded body cannot be read.", "")
			return nil, false
		}
	}
	var fields map[string]any
	if err := json.Unmarshal(body, &fields); err != nil {
		WriteProblem(w, http.StatusBadRequest, "invalid-api-params", "The request body is not a JSON object.", "")
		return nil, false
	}
	for _, name := range required {
		if text, ok := fields[name].(string); !ok || text == "" {
			WriteProblem(w, http.StatusBadRequest, "invalid-api-params", "You must provide the "+name+" field.", "")
			return nil, false
		}
	}
	return fields, true
}

// decode undoes the payload encoding. Its key depends on the scheme that the
// client believes to use; behind a proxy that ends TLS and is not trusted, that
// is the other one.
func (g *Gateway) decode(r *http.Request, body []byte) ([]byte, error) {
	host := g.Peers.Host(r)
	plain, err := decodeBody("http://"+host, body)
	if err != nil || !json.Valid(plain) {
		plain, err = decodeBody("https://"+host, body)
	}
	return plain, err
}

func isForm(r *http.Request) bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/x-www-form-urlencoded"
}
