package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/shurcooL/graphql"
)

// queryTyped sends the query that is written in the type of out, through
// shurcooL/graphql, and fills it. It is for small answers of a fixed shape; lists
// whose fields are chosen at run time are written by hand, and decode several
// times faster that way.
func (c *Client) queryTyped(ctx context.Context, out any, variables map[string]any, options ...Option) error {
	transport := &typedTransport{client: c, options: options}
	typed := graphql.NewClient(c.Endpoint()+graphQLPath, &http.Client{Transport: transport})
	err := typed.Query(ctx, out, variables)
	if err == nil {
		return nil
	}
	var own *Error
	if errors.As(err, &own) { // without the wrapping of net/http
		return own
	}
	e := c.newError(Request{Method: http.MethodPost, Path: graphQLPath}, KindBadAnswer)
	e.Title, e.Message, e.Cause = "the answer is not what was expected", err.Error(), err
	return e
}

// typedTransport hands the requests of shurcooL/graphql to the client, so that
// they are signed, bounded, logged and fail like all others.
type typedTransport struct {
	client  *Client
	options []Option
}

// RoundTrip implements http.RoundTripper.
func (t *typedTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if closeErr := req.Body.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return nil, err
	}
	request := Request{Method: http.MethodPost, Path: graphQLPath, Body: json.RawMessage(body)}
	for _, option := range t.options {
		option(&request)
	}
	var data json.RawMessage
	if err := t.client.Do(req.Context(), request, &graphQLAnswer{Data: &data}); err != nil {
		return nil, err
	}
	answer := append(append([]byte(`{"data":`), data...), '}')
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(bytes.NewReader(answer)),
		ContentLength: int64(len(answer)),
		Request:       req,
	}, nil
}
