//go:build real

package real

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/e2e"
)

// side is one of the managers, with our server before it.
type side struct {
	name     string
	server   *e2e.Server
	accounts map[string]e2e.Account
}

// world is what the tests share: they change only what is theirs.
var world struct{ embedded, real side }

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	address := os.Getenv(e2e.ManagerVariable)
	if address == "" {
		return 0, errors.New("no manager: run `make test-real`")
	}
	dir, err := os.MkdirTemp("", "baiui-real-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for _, s := range []struct {
		side *side
		name string
		args []string
	}{
		{&world.embedded, "embedded", nil},
		{&world.real, "real", []string{"--manager", address}},
	} {
		s.side.name = s.name
		if s.side.server, err = e2e.StartServer(ctx, dir+"/"+s.name, s.args...); err != nil {
			return 0, err
		}
		if s.side.accounts, err = s.side.server.Accounts(); err != nil {
			return 0, errors.Join(err, s.side.server.Stop())
		}
		defer func() {
			err = errors.Join(err, s.side.server.EndSessions(ctx, s.side.accounts["superadmin"]), s.side.server.Stop())
		}()
		if err := s.side.server.EndSessions(ctx, s.side.accounts["superadmin"]); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// eachSide runs a test against both managers, with a key pair and through our
// server.
func eachSide(t *testing.T, f func(*testing.T, side, model.ConnectionMode)) {
	for _, s := range []side{world.embedded, world.real} {
		for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
			t.Run(s.name+" in "+string(mode)+" mode", func(t *testing.T) { f(t, s, mode) })
		}
	}
}

// client signs in as one of the roles.
func (s side) client(t *testing.T, role string, mode model.ConnectionMode) *client.Client {
	t.Helper()
	account := s.accounts[role]
	config := client.Config{Mode: model.ModeAPI, Endpoint: s.server.Manager, KeyPair: signing.KeyPair{
		AccessKey: account.AccessKey, SecretKey: account.SecretKey,
	}}
	if mode == model.ModeSession {
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		httpc := &http.Client{Jar: jar}
		result, err := client.Login(t.Context(), httpc, s.server.UI, account.Email, account.Password)
		require.NoError(t, err)
		require.Equal(t, account.AccessKey, result.AccessKey)
		config = client.Config{Mode: model.ModeSession, Endpoint: s.server.UI, HTTP: httpc}
	}
	c, err := client.New(config)
	require.NoError(t, err)
	require.NoError(t, c.Connect(t.Context()))
	return c
}
