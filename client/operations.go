package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// restartTimeout: managers answer once the session runs again.
const restartTimeout = time.Minute

// ownedBy is the parameter that names the owner of a session, for admins who
// act on somebody else's; empty for one's own.
func ownedBy(accessKey string) url.Values {
	if accessKey == "" {
		return nil
	}
	return url.Values{"owner_access_key": {accessKey}}
}

// Rename gives a live session another name. It is named by its id, because two
// owners may have sessions of the same name. Managers refuse a session that does
// not run (KindInvalid); a name in use by another of the owner's sessions is
// KindConflict, or with 24.09 KindServer without a word about it.
func (s *Sessions) Rename(ctx context.Context, id, name, ownerAccessKey string) error {
	return s.client.Do(ctx, Request{
		Method: http.MethodPost, Path: "/session/" + PathEscape(id) + "/rename",
		Query: ownedBy(ownerAccessKey), Body: map[string]string{"name": name},
	}, nil)
}

// Restart starts the processes of a session again, in the same container; see
// [FeatureRestart].
func (s *Sessions) Restart(ctx context.Context, id, ownerAccessKey string) error {
	return s.client.Do(ctx, Request{
		Method: http.MethodPatch, Path: "/session/" + PathEscape(id),
		Query: ownedBy(ownerAccessKey), Timeout: restartTimeout,
	}, nil)
}

// Interrupt stops what a session's kernel executes at the moment, as Ctrl-C
// does.
func (s *Sessions) Interrupt(ctx context.Context, id, ownerAccessKey string) error {
	return s.client.Do(ctx, Request{
		Method: http.MethodPost, Path: "/session/" + PathEscape(id) + "/interrupt", Query: ownedBy(ownerAccessKey),
	}, nil)
}

// DestroyOnLeave asks for the end of a session while the page goes away: the
// request outlives the page, and nobody is left to hear its answer. It must be
// called on the goroutine of the event that announces the end of the page.
func (s *Sessions) DestroyOnLeave(nameOrID string, r DestroyRequest) {
	s.client.sendOnLeave(destroyRequest(nameOrID, r))
}
