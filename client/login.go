package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/baiui/baiui/client/model"
)

// LoginResult is who signed in at a web server.
type LoginResult struct {
	AccessKey string     `json:"access_key"`
	Role      model.Role `json:"role"`
	Status    string     `json:"status"` // of the user, "active"
}

// LoginOption changes a sign-in.
type LoginOption func(*loginCall)

type loginCall struct {
	config Config
	fields map[string]any
}

// WithOTP adds the one-time password of a second factor.
func WithOTP(code string) LoginOption { return func(l *loginCall) { l.fields["otp"] = code } }

// WithForce ends a sign-in of the same user elsewhere (managers from 26.x, which
// otherwise answer KindConflict).
func WithForce() LoginOption { return func(l *loginCall) { l.fields["force"] = true } }

// WithConfig sets what else a call needs: Log, Now, Timeout, UserAgent. Mode,
// Endpoint and HTTP are those of the call.
func WithConfig(config Config) LoginOption { return func(l *loginCall) { l.config = config } }

// loginAnswer is the answer of login and login-check. When authenticated is
// false, data holds a problem, or is null.
type loginAnswer struct {
	Authenticated bool            `json:"authenticated"`
	Data          json.RawMessage `json:"data"`
}

// Login signs in at the web server at origin, whose cookie httpc (nil: the
// browser's) keeps. Failures: KindCredentials, KindSecondFactor,
// KindPasswordExpired, KindConflict (signed in elsewhere), KindRateLimit
// (blocked after too many failures), KindUnavailable (the web server does not
// reach its manager), and those of any request. The password is never logged.
func Login(ctx context.Context, httpc *http.Client, origin, username, password string, options ...LoginOption) (LoginResult, error) {
	fields := map[string]any{"username": username, "password": password}
	result, authenticated, err := callLogin(ctx, httpc, origin, "/server/login", fields, options)
	if err == nil && !authenticated {
		err = &Error{Kind: KindCredentials, Title: "not signed in", Method: http.MethodPost, Path: "/server/login"}
	}
	return result, err
}

// LoginCheck asks the web server whether the cookie of httpc is still signed in;
// false is no error.
func LoginCheck(ctx context.Context, httpc *http.Client, origin string, options ...LoginOption) (LoginResult, bool, error) {
	return callLogin(ctx, httpc, origin, "/server/login-check", map[string]any{}, options)
}

// Logout ends the sign-in session of httpc's cookie.
func Logout(ctx context.Context, httpc *http.Client, origin string, options ...LoginOption) error {
	c, call, err := newLoginCall(httpc, origin, map[string]any{}, options)
	if err != nil {
		return err
	}
	return c.Do(ctx, Request{Method: http.MethodPost, Path: "/server/logout", Body: call.fields}, nil)
}

// ChangePasswordPath is where [ChangePassword] asks.
const ChangePasswordPath = "/server/update-password-no-auth"

// ChangePassword replaces a password that has expired, for somebody who therefore
// cannot sign in; it does not sign in. Failures: KindCredentials where the present
// password is wrong, KindInvalid with the manager's words where it does not accept
// the new one, KindRateLimit, KindUnavailable, and those of any request. The
// passwords are never logged.
func ChangePassword(ctx context.Context, httpc *http.Client, origin, username, present, next string, options ...LoginOption) error {
	fields := map[string]any{"username": username, "current_password": present, "new_password": next}
	c, call, err := newLoginCall(httpc, origin, fields, options)
	if err != nil {
		return err
	}
	return c.Do(ctx, Request{Method: http.MethodPost, Path: ChangePasswordPath, Body: call.fields}, nil)
}

// changePasswordError is the failure that a successful answer without the time of
// the change stands for: why there was none is in data.
func (c *Client) changePasswordError(r Request, resp *http.Response, data []byte) *Error {
	var answer struct {
		Data      problem `json:"data"`
		ChangedAt *string `json:"password_changed_at"`
	}
	if resp.StatusCode > 299 || json.Unmarshal(data, &answer) == nil && answer.ChangedAt != nil {
		return nil
	}
	p := answer.Data
	e := c.newError(r, KindInvalid).withStatus(resp)
	e.Title, e.Message, e.Type, e.Code = p.Title, p.message(), p.suffix(), p.ErrorCode
	if e.Title == "" {
		e.Title = "the password was not changed"
	}
	if e.Type == "auth-failed" || e.Type == "unauthorized" {
		e.Kind = KindCredentials
	}
	return e
}

func newLoginCall(httpc *http.Client, origin string, fields map[string]any, options []LoginOption) (*Client, loginCall, error) {
	call := loginCall{fields: fields}
	for _, option := range options {
		option(&call)
	}
	call.config.Mode, call.config.Endpoint, call.config.HTTP = model.ModeSession, origin, httpc
	c, err := New(call.config)
	return c, call, err
}

func callLogin(ctx context.Context, httpc *http.Client, origin, path string, fields map[string]any, options []LoginOption) (LoginResult, bool, error) {
	c, call, err := newLoginCall(httpc, origin, fields, options)
	if err != nil {
		return LoginResult{}, false, err
	}
	var answer loginAnswer
	request := Request{Method: http.MethodPost, Path: path, Body: call.fields}
	if err := c.Do(ctx, request, &answer); err != nil {
		return LoginResult{}, false, err
	}
	var result LoginResult
	if answer.Authenticated {
		if err := json.Unmarshal(answer.Data, &result); err != nil {
			e := c.newError(request, KindBadAnswer)
			e.Title, e.Message, e.Cause = "the answer is not what was expected", err.Error(), err
			return LoginResult{}, false, e
		}
	}
	return result, answer.Authenticated, nil
}

// loginError is the failure that a login answer with "authenticated": false and
// a problem stands for. Web servers up to 25.x send it with status 200, later
// ones with the manager's status.
func (c *Client) loginError(r Request, resp *http.Response, data []byte) *Error {
	switch resp.StatusCode {
	case http.StatusConflict, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable:
		return nil // nothing about the credentials
	}
	var answer struct {
		Authenticated *bool    `json:"authenticated"`
		Data          *problem `json:"data"`
	}
	if json.Unmarshal(data, &answer) != nil || answer.Authenticated == nil || *answer.Authenticated || answer.Data == nil {
		return nil
	}
	p := *answer.Data
	e := c.newError(r, KindCredentials).withStatus(resp)
	e.Title, e.Message, e.Type, e.Code = p.Title, p.message(), p.suffix(), p.ErrorCode
	e.Cause = errors.New("the web server refused the sign-in")
	switch e.Type {
	case "require-totp-authentication", "require-totp-registration":
		e.Kind = KindSecondFactor
	case "password-expired":
		e.Kind = KindPasswordExpired
	case "rejected-by-hook", "generic-forbidden":
		e.Kind = KindForbidden
	case "bad-gateway", "service-unavailable":
		e.Kind = KindUnavailable
	}
	return e
}
