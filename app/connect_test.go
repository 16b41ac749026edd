package app

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/login"
)

// server is a web server with a manager behind it, and what it was asked.
type server struct {
	*httptest.Server
	role  model.Role
	asked []string
	// refuse answers every request to the manager with this status.
	refuse int
}

func newServer(t *testing.T, role model.Role) *server {
	t.Helper()
	s := &server{role: role}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.Method+" "+r.URL.Path)
	answer := func(text string) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, text)
	}
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/func")
	switch {
	case path == "/server/login" && strings.Contains(string(body), "right"):
		answer(`{"authenticated": true, "data": {"access_key": "AKIA", "role": "user", "status": "active"}}`)
	case path == "/server/login":
		answer(`{"authenticated": false, "data": {"type": "https://api.backend.ai/probs/unauthorized", "title": "No", "details": "User credential mismatch."}}`)
	case path == client.ChangePasswordPath:
		answer(`{"data": null, "password_changed_at": "2026-01-02T03:04:05+00:00"}`)
	case path == "/server/logout":
		if s.refuse != 0 {
			w.WriteHeader(s.refuse)
		}
	case path == "/server/info":
		answer(`{"version": "1.2.3", "manager": "http://127.0.0.1:8091", "endpoints": [{"url": "http://127.0.0.1:8091", "label": "here"}], "modes": ["SESSION", "API"]}`)
	case s.refuse != 0:
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(s.refuse)
		io.WriteString(w, `{"type": "https://api.backend.ai/probs/auth-failed", "title": "Unauthorized access"}`)
	case path == "/":
		answer(`{"version": "v8.20240915", "manager": "24.09.14"}`)
	default:
		answer(`{"data": {"user": {"uuid": "1", "email": "user@example.com", "role": "` + string(s.role) + `", "domain_name": "default", "groups": [{"id": "g", "name": "default"}]}, "keypair": {"access_key": "AKIA"}}}`)
	}
}

func (s *server) connector() connector {
	return connector{origin: s.URL, log: &watch{store: client.NewLogStore(client.NewBrowserStorage())}}
}

func TestSignInWithAnAccount(t *testing.T) {
	s := newServer(t, model.RoleUser)
	c, err := s.connector().signIn(context.Background(), login.Input{Mode: model.ModeSession, Username: "user@example.com", Password: "right"})
	require.NoError(t, err)
	assert.Equal(t, "user@example.com", c.account.Email)
	assert.Equal(t, "24.09.14", c.client.Version().Manager)
	assert.Equal(t, []string{"POST /server/login", "GET /func/", "POST /func/admin/gql"}, s.asked, "three requests, and the list is the fourth")
}

func TestSignInWithAnExpiredPassword(t *testing.T) {
	s := newServer(t, model.RoleUser)
	in := login.Input{Mode: model.ModeSession, Username: "user@example.com", Password: "old", NewPassword: "right"}
	_, err := s.connector().signIn(context.Background(), in)
	require.NoError(t, err)
	assert.Equal(t, []string{"POST " + client.ChangePasswordPath, "POST /server/login", "GET /func/", "POST /func/admin/gql"}, s.asked)

	in.NewPassword = "other"
	_, err = s.connector().signIn(context.Background(), in)
	var changed *login.Changed
	assert.ErrorAs(t, err, &changed, "what fails after the change does not undo it")
	assert.Equal(t, client.KindCredentials, client.KindOf(err))
}

func TestSignInWithAKeyPair(t *testing.T) {
	s := newServer(t, model.RoleUser)
	c, err := s.connector().signIn(context.Background(), login.Input{Mode: model.ModeAPI, AccessKey: "AKIA", SecretKey: "s3cret", Endpoint: s.URL})
	require.NoError(t, err)
	assert.Equal(t, model.ModeAPI, c.client.Mode())
	assert.Equal(t, []string{"GET /", "POST /admin/gql"}, s.asked, "the web server is not asked")
}

func TestSignInRefused(t *testing.T) {
	s := newServer(t, model.RoleUser)
	_, err := s.connector().signIn(context.Background(), login.Input{Mode: model.ModeSession, Username: "user@example.com", Password: "wrong"})
	assert.Equal(t, client.KindCredentials, client.KindOf(err))

	_, err = s.connector().signIn(context.Background(), login.Input{Mode: model.ModeAPI, Endpoint: s.URL})
	assert.Equal(t, client.KindInvalid, client.KindOf(err), "an empty key pair")

	_, err = newServer(t, model.RoleMonitor).connector().withCookie(context.Background())
	assert.ErrorIs(t, err, login.ErrMonitor)
}

func TestSignOut(t *testing.T) {
	s := newServer(t, model.RoleUser)
	require.NoError(t, s.connector().signOut(context.Background(), model.ModeSession))
	assert.Equal(t, []string{"POST /server/logout"}, s.asked)

	require.NoError(t, s.connector().signOut(context.Background(), model.ModeAPI))
	assert.Equal(t, []string{"POST /server/logout", "POST /server/apps/end"}, s.asked, "in API mode there is no sign-in, but there may be apps")

	s.refuse = http.StatusBadGateway
	assert.Error(t, s.connector().signOut(context.Background(), model.ModeSession))
}

func TestInfo(t *testing.T) {
	info, err := newServer(t, model.RoleUser).connector().info(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "1.2.3", info.Version)
	assert.Equal(t, []login.Endpoint{{URL: "http://127.0.0.1:8091", Label: "here"}}, info.Endpoints)
}

func TestWatch(t *testing.T) {
	expired, why := 0, ""
	w := &watch{store: client.NewLogStore(client.NewBrowserStorage()), expired: func(code string) { expired, why = expired+1, code }}
	auth := client.Entry{IsError: true, Type: client.KindAuth.String(), RequestURL: "/admin/gql", Code: client.CodePasswordChanged}

	w.Log(client.Entry{RequestURL: "/"})
	w.Log(client.Entry{IsError: true, Type: client.KindForbidden.String(), RequestURL: "/admin/gql"})
	assert.Equal(t, 0, expired, "not being allowed does not end a sign-in")
	w.Log(client.Entry{IsError: true, Type: client.KindAuth.String(), RequestURL: "/server/login"})
	assert.Equal(t, 0, expired, "a refused sign-in does not end one")
	w.Log(auth)
	assert.Equal(t, 1, expired)
	assert.Equal(t, client.CodePasswordChanged, why)
	assert.Len(t, w.store.Entries(), 4)

	w.close()
	w.Log(auth)
	w.flush()
	assert.Empty(t, w.store.Entries(), "nothing is kept after sign-out")
	assert.Equal(t, 1, expired)
}
