package client

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// graphQLPath serves GraphQL on every supported manager. (The original's
// /admin/graphql is deprecated and wraps its answers differently.)
const graphQLPath = "/admin/gql"

// Option changes how one query is sent.
type Option func(*Request)

// WithTimeout sets the deadline of one attempt.
func WithTimeout(d time.Duration) Option { return func(r *Request) { r.Timeout = d } }

// WithRetries sets how often a failed attempt is repeated; see
// [Request.Retries].
func WithRetries(n int) Option { return func(r *Request) { r.Retries = n } }

// graphQLRequest is the body of a query. The manager refuses any other key.
type graphQLRequest struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
}

// graphQLAnswer is the answer. 24.09 leaves "errors" out, 26.x sends null.
type graphQLAnswer struct {
	Data   any            `json:"data"`
	Errors []GraphQLError `json:"errors"`
}

// Query sends a GraphQL query or mutation and decodes its data into out, a
// pointer to a struct with a field for each root field. An answer that carries
// errors is an [*Error] although its status is 200; what the manager could
// answer is in out all the same.
func (c *Client) Query(ctx context.Context, text string, variables map[string]any, out any, options ...Option) error {
	if variables == nil {
		variables = map[string]any{}
	}
	request := Request{Method: http.MethodPost, Path: graphQLPath, Body: graphQLRequest{text, variables}}
	for _, option := range options {
		option(&request)
	}
	return c.Do(ctx, request, &graphQLAnswer{Data: out})
}

// graphQLError is the failure that the errors of an answer stand for; nil if
// there are none. The first error decides.
func (c *Client) graphQLError(r Request, resp *http.Response, list []GraphQLError) *Error {
	if len(list) == 0 {
		return nil
	}
	first := list[0]
	e := c.newError(r, graphQLKind(first)).withStatus(resp)
	e.Title, e.Code, e.Errors = first.Message, first.Extensions.Code, list
	if len(list) > 1 {
		messages := make([]string, len(list))
		for i, entry := range list {
			messages[i] = entry.Message
		}
		e.Message = strings.Join(messages, "; ")
	}
	return e
}

// graphQLKind sorts an error by its code (managers from 25.x on) or by the text
// that all managers share: the problem title, then its message in brackets.
func graphQLKind(e GraphQLError) Kind {
	code, message := e.Extensions.Code, e.Message
	switch {
	case strings.HasSuffix(code, "_forbidden"),
		strings.HasPrefix(message, "Forbidden operation."),
		strings.Contains(message, "nsufficient privilege"),
		strings.Contains(message, "Unknown client role"):
		return KindForbidden
	case strings.HasSuffix(code, "_not-found"), strings.HasPrefix(message, "No such "), strings.HasPrefix(message, "Entity not found."):
		return KindNotFound
	case strings.HasPrefix(message, "Missing or invalid API parameters."),
		strings.HasPrefix(message, "Query filter parsing error"),
		strings.HasPrefix(message, "Query ordering parsing error"):
		return KindInvalid
	case strings.Contains(message, "frozen"):
		return KindUnavailable
	}
	return KindGraphQL
}
