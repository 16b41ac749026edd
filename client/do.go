package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// errDeadline is the cause of a request's own deadline, which tells it from one
// that the caller had set.
var errDeadline = errors.New("deadline of the request passed")

// Body is the answer as its content type says: exactly one of the fields is
// used.
type Body struct {
	ContentType string
	JSON        json.RawMessage // application/json, application/problem+json
	Text        string          // text/*
	Blob        []byte          // everything else, and answers without a type
}

// Do sends one request and decodes its answer into out: nil drops it, *Body
// takes any, *[]byte the raw bytes, everything else is decoded from JSON. Each
// attempt has a deadline, each answer a limit; every error is an [*Error]. The
// manager's version is asked for first if it is not known yet.
func (c *Client) Do(ctx context.Context, r Request, out any) error {
	if !r.anonymous && !strings.HasPrefix(r.Path, "/server/") {
		if err := c.Connect(ctx); err != nil {
			return err
		}
	}
	return c.do(ctx, r, out)
}

// do is Do on a client that may not know the manager's version yet.
func (c *Client) do(ctx context.Context, r Request, out any) error {
	body, err := r.encodeBody()
	if err != nil {
		e := c.newError(r, KindInvalid)
		e.Title, e.Message, e.Cause = "request cannot be encoded", err.Error(), err
		return e
	}
	for attempt := 0; ; attempt++ {
		failure := c.attempt(ctx, r, body, out)
		if failure == nil {
			return nil
		}
		if attempt >= r.Retries || !failure.Kind.mayPass() || !sleep(ctx, RetryWait) {
			return failure
		}
	}
}

// sleep waits for d; false if the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// attempt sends the request once, and tells the log.
func (c *Client) attempt(ctx context.Context, r Request, body []byte, out any) *Error {
	status, failure := c.exchange(ctx, r, body, out)
	if failure != nil && failure.mayBeAnother() && r.Path != "/" { // that asks for the version itself
		c.Recheck()
	}
	if c.config.Log != nil {
		c.config.Log.Log(newEntry(c, r, body, status, failure))
	}
	return failure
}

// exchange sends the request once and returns the HTTP status.
func (c *Client) exchange(ctx context.Context, r Request, body []byte, out any) (int, *Error) {
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = c.config.Timeout
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, errDeadline)
	defer cancel()

	req, err := c.newSignedRequest(ctx, r, body)
	if err != nil {
		if own := new(Error); errors.As(err, &own) {
			return 0, own
		}
		e := c.newError(r, KindInvalid)
		e.Title, e.Message, e.Cause = "request cannot be made", err.Error(), err
		return 0, e
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, c.transportError(ctx, r, err)
	}
	defer resp.Body.Close()

	data, failure := c.readBody(ctx, r, resp)
	if failure == nil {
		switch {
		case strings.HasPrefix(r.Path, "/server/login"):
			failure = c.loginError(r, resp, data)
		case r.Path == ChangePasswordPath:
			failure = c.changePasswordError(r, resp, data)
		}
	}
	if failure == nil && (resp.StatusCode < 200 || resp.StatusCode > 299) {
		failure = c.statusError(r, resp, data)
	}
	if failure == nil {
		failure = c.decode(r, resp, data, out)
	}
	return resp.StatusCode, failure
}

// readBody reads the whole answer, up to the limit.
func (c *Client) readBody(ctx context.Context, r Request, resp *http.Response) ([]byte, *Error) {
	limit := cmp.Or(r.maxBody, c.config.MaxBody)
	data, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, c.contextError(ctx, r)
	case err != nil:
		e := c.newError(r, KindTruncated).withStatus(resp)
		e.Title, e.Message, e.Cause = "the answer ended too early", err.Error(), err
		return nil, e
	case int64(len(data)) > limit:
		e := c.newError(r, KindTooLarge).withStatus(resp)
		e.Title = "the answer is too large"
		return nil, e
	}
	return data, nil
}

// decode puts a successful answer into out.
func (c *Client) decode(r Request, resp *http.Response, data []byte, out any) *Error {
	contentType := resp.Header.Get("Content-Type")
	switch out := out.(type) {
	case nil:
		return nil
	case *[]byte:
		*out = data
		return nil
	case *Body:
		*out = newBody(contentType, data)
		return nil
	case *logAnswer:
		return out.fill(c, r, resp, data)
	}
	bad := func(message string, cause error) *Error {
		e := c.newError(r, KindBadAnswer).withStatus(resp)
		e.Title, e.Message, e.Cause = "the answer is not what was expected", message, cause
		return e
	}
	if resp.StatusCode == http.StatusNoContent {
		return bad("empty where JSON was expected", nil)
	}
	if contentType != "" && !isJSON(contentType) {
		return bad(contentType+" where JSON was expected", nil)
	}
	if err := json.Unmarshal(data, out); err != nil {
		return bad("not the expected JSON: "+err.Error(), err)
	}
	if answer, ok := out.(*graphQLAnswer); ok {
		return c.graphQLError(r, resp, answer.Errors)
	}
	return nil
}

func newBody(contentType string, data []byte) Body {
	body := Body{ContentType: contentType}
	switch {
	case isJSON(contentType):
		body.JSON = data
	case strings.HasPrefix(contentType, "text/"):
		body.Text = string(data)
	default:
		body.Blob = data
	}
	return body
}

func isJSON(contentType string) bool {
	return strings.HasPrefix(contentType, "application/json") || strings.HasPrefix(contentType, "application/problem+json")
}
