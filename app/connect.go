package app

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/components/login"
)

// connected is a ready client and whose it is.
type connected struct {
	client  *client.Client
	account *model.Account
}

// closeTimeout is how long signing out waits for apps to be closed.
const closeTimeout = 5 * time.Second

// connector makes connections.
type connector struct {
	origin string // of the web server this page came from
	log    client.Logger
	// changed is told when the manager became another version: see client.Config.
	changed func(before, now client.Version)
}

// signIn signs in with what the form was sent with. From Enter to here it costs
// the manager three requests: the check of the password (by the web server), the
// version, and the account; changing an expired password costs one more.
func (c connector) signIn(ctx context.Context, in login.Input) (connected, error) {
	if in.Mode == model.ModeAPI {
		return c.withKeys(ctx, in.Endpoint, signing.KeyPair{AccessKey: in.AccessKey, SecretKey: in.SecretKey})
	}
	options := []client.LoginOption{client.WithConfig(client.Config{Log: c.log})}
	if in.NewPassword == "" {
		return c.withPassword(ctx, in, options)
	}
	if err := client.ChangePassword(ctx, nil, c.origin, in.Username, in.Password, in.NewPassword, options...); err != nil {
		return connected{}, err
	}
	in.Password = in.NewPassword
	result, err := c.withPassword(ctx, in, options)
	if err != nil {
		return connected{}, &login.Changed{Err: err}
	}
	return result, nil
}

// withPassword signs in at the web server and connects with its cookie.
func (c connector) withPassword(ctx context.Context, in login.Input, options []client.LoginOption) (connected, error) {
	if in.OTP != "" {
		options = append(options, client.WithOTP(in.OTP))
	}
	if _, err := client.Login(ctx, nil, c.origin, in.Username, in.Password, options...); err != nil {
		return connected{}, err
	}
	return c.withCookie(ctx)
}

// withCookie connects in SESSION mode with the cookie the browser has.
func (c connector) withCookie(ctx context.Context) (connected, error) {
	return c.connect(ctx, client.Config{Mode: model.ModeSession, Endpoint: c.origin, Log: c.log})
}

// withKeys connects in API mode.
func (c connector) withKeys(ctx context.Context, endpoint string, keys signing.KeyPair) (connected, error) {
	return c.connect(ctx, client.Config{Mode: model.ModeAPI, Endpoint: endpoint, KeyPair: keys, Log: c.log})
}

func (c connector) connect(ctx context.Context, config client.Config) (connected, error) {
	config.Changed = c.changed
	ready, err := client.New(config)
	if err != nil {
		return connected{}, err
	}
	if err := ready.Connect(ctx); err != nil {
		return connected{}, err
	}
	account, err := ready.Account(ctx)
	if err != nil {
		return connected{}, err
	}
	if account.Role == model.RoleMonitor {
		return connected{}, login.ErrMonitor
	}
	return connected{client: ready, account: &account}, nil
}

// signOut ends the sign-in at the web server. In API mode there is none, but apps
// may be open that the page has signed for; were closing them to fail they would
// close when the signatures run out. A sign-in that is over already is signed out.
func (c connector) signOut(ctx context.Context, mode model.ConnectionMode) error {
	if mode == model.ModeAPI {
		if opener, err := client.NewAppOpener(c.origin, client.Config{Log: c.log, Timeout: closeTimeout}); err == nil {
			_ = opener.EndAll(ctx)
		}
		return nil
	}
	err := client.Logout(ctx, nil, c.origin, client.WithConfig(client.Config{Log: c.log}))
	if client.KindOf(err) == client.KindAuth {
		return nil
	}
	return err
}

// info asks the web server which ways of signing in it offers.
func (c connector) info(ctx context.Context) (*login.Info, error) {
	anonymous, err := client.New(client.Config{Mode: model.ModeSession, Endpoint: c.origin, Log: c.log})
	if err != nil {
		return nil, err
	}
	var info login.Info
	if err := anonymous.Do(ctx, client.Request{Path: "/server/info"}, &info); err != nil {
		return nil, err
	}
	return &info, nil
}

// watch is the logger of all clients of the page: it keeps every entry in the
// log store, and notices when a request was refused because the sign-in is over.
type watch struct {
	store   *client.LogStore
	expired func(code string) // called from any goroutine, with why if that was said
	closed  atomic.Bool
}

// Log implements [client.Logger].
func (w *watch) Log(entry client.Entry) {
	if w.closed.Load() {
		return
	}
	w.store.Log(entry)
	if entry.Type == client.KindAuth.String() && !strings.HasPrefix(entry.RequestURL, "/server/") && w.expired != nil {
		w.expired(entry.Code)
	}
}

// close clears the log and keeps nothing from now on.
func (w *watch) close() {
	w.closed.Store(true)
	w.store.Clear()
}

// flush writes what is not written yet.
func (w *watch) flush() {
	if !w.closed.Load() {
		w.store.Flush()
	}
}
