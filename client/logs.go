package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// LogRequest says which log is wanted.
type LogRequest struct {
	Session string // id, or name
	// Kernel is the id of one of the session's kernels; "" for the main one.
	// Managers before 24.03.7 know only that.
	Kernel         string
	OwnerAccessKey string // the owner's, for admins who read somebody else's log
	// From is how many bytes are known already. A manager that can leaves them out,
	// all but the last, which shows whether it still is the same log.
	From int64
}

// LogPart is a log, or the end of one.
type LogPart struct {
	Data []byte
	// From is the position of the first byte of Data; 0 for the whole log.
	From int64
}

const (
	// logTimeout is how long a log may take; they can be large.
	logTimeout = time.Minute
	// maxLog is the largest log that is taken, in bytes.
	maxLog = 512 << 20
)

// Logs asks for what a kernel wrote. The embedded manager of this project hands
// out the bytes as they were written, and only those from r.From on; others give
// the whole log as text each time.
func (s *Sessions) Logs(ctx context.Context, r LogRequest) (LogPart, error) {
	if err := s.client.Connect(ctx); err != nil {
		return LogPart{}, err
	}
	query := url.Values{}
	if r.OwnerAccessKey != "" {
		query.Set("owner_access_key", r.OwnerAccessKey)
	}
	if r.Kernel != "" && s.client.Supports(FeaturePerKernelLogs) {
		query.Set("kernel_id", r.Kernel)
	}
	var answer logAnswer
	request := Request{
		Path: "/session/" + PathEscape(r.Session) + "/logs", Query: query, Timeout: logTimeout,
		maxBody: maxLog, accept: "text/plain, application/json;q=0.9", from: max(0, r.From-1),
	}
	err := s.client.Do(ctx, request, &answer)
	if failure := new(Error); errors.As(err, &failure) && failure.Status == http.StatusRequestedRangeNotSatisfiable {
		// The log is shorter than it was: another one has begun.
		request.from = 0
		err = s.client.Do(ctx, request, &answer)
	}
	return answer.part, err
}

// logAnswer decodes a log in either form.
type logAnswer struct{ part LogPart }

// fill takes over an answer.
func (a *logAnswer) fill(c *Client, r Request, resp *http.Response, data []byte) *Error {
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		a.part = LogPart{Data: data}
		if resp.StatusCode == http.StatusPartialContent {
			a.part.From = r.from
		}
		return nil
	}
	var text struct {
		Result struct{ Logs *string }
	}
	if failure := c.decode(r, resp, data, &text); failure != nil {
		return failure
	}
	if text.Result.Logs == nil {
		e := c.newError(r, KindBadAnswer).withStatus(resp)
		e.Title, e.Message = "the answer is not what was expected", "no log in it"
		return e
	}
	a.part = LogPart{Data: []byte(*text.Result.Logs)}
	return nil
}
