package api

import (
	"context"
	"encoding/json"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
)

// Caller is the user behind an authenticated request.
type Caller struct {
	UserID     string // uuid
	Email      string
	Username   string
	FullName   string
	Role       model.Role
	DomainName string
	AccessKey  string // of the key pair that signed
	// KeyAdmin is the key pair's own is_admin flag: what handlers for admins
	// check, while those for superadmins look at Role.
	KeyAdmin bool
	// ResourcePolicy is the key pair's policy, UserPolicy that of the user.
	ResourcePolicy string
	UserPolicy     string
}

// CallerOf is a key pair and its user as the ones behind a request.
func CallerOf(id store.Identity) Caller {
	return Caller{UserID: id.User.ID, Email: id.User.Email, Username: id.User.Username, FullName: id.User.FullName,
		Role: id.User.Role, DomainName: id.User.DomainName, AccessKey: id.KeyPair.AccessKey, KeyAdmin: id.KeyPair.IsAdmin,
		ResourcePolicy: id.KeyPair.ResourcePolicy, UserPolicy: id.User.ResourcePolicy}
}

// signinKey is the key of [WithSignin].
type signinKey struct{}

// WithSignin notes the name of the sign-in that a request comes from.
func WithSignin(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, signinKey{}, name)
}

// SigninOf is the name of the sign-in that a request comes from, "" for none.
func SigninOf(ctx context.Context) string {
	name, _ := ctx.Value(signinKey{}).(string)
	return name
}

// IsSuperadmin reports whether the caller administers the whole cluster.
func (c Caller) IsSuperadmin() bool { return c.Role.IsSuperadmin() }

// IsAdmin reports whether the caller administers at least a domain.
func (c Caller) IsAdmin() bool { return c.Role.IsAdmin() }

// GraphQL answers one GraphQL request. Numbers in variables are json.Number.
// It never fails as a whole: every fault is in the answer's Errors.
type GraphQL interface {
	Execute(ctx context.Context, caller Caller, query string, variables map[string]any, operation string) Response
}

// Response is a GraphQL answer, spelled as manager 24.09 spells it: no "errors"
// key without errors. Data is null when the request was refused as a whole.
type Response struct {
	Data   json.RawMessage `json:"data"`
	Errors []Error         `json:"errors,omitempty"`
}

// Error is one entry of a GraphQL answer's errors.
type Error struct {
	Message   string     `json:"message"`
	Locations []Location `json:"locations,omitempty"`
	Path      []any      `json:"path,omitempty"`
}

// Location is a place in the query text, both counted from 1.
type Location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Live is what the running manager knows and the store does not.
type Live interface {
	// Metrics are the current ones of a kernel, nil when it has none (yet).
	Metrics(kernelID string) model.Metrics
	// IdleChecks is the report of the idle checkers on a session, as an object.
	IdleChecks(sessionID string) json.RawMessage
	// Committing reports whether a kernel is being kept as an image.
	Committing(kernelID string) bool
	// RollingCount is how many calls of the key pair the current rate window
	// holds.
	RollingCount(accessKey string) int
}
