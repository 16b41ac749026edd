package app

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/launcher"
	"github.com/baiui/baiui/components/login"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// phase is how far the sign-in is.
type phase int

const (
	// phaseSignedOut shows the sign-in form in place of the frame; the URL stays,
	// so that one arrives where one wanted to go.
	phaseSignedOut phase = iota
	// phaseStarting shows the frame while the client gets ready: the browser
	// brought a cookie, or this browser keeps a key pair.
	phaseStarting
	// phaseUnreachable is phaseStarting after it failed for a reason that may
	// pass; it is tried again.
	phaseUnreachable
	// phaseConnected is the normal one.
	phaseConnected
	// phaseExpired shows the form in a dialog over the page: the sign-in ended
	// while the page was used, and nothing of the page is lost.
	phaseExpired
)

// signin is the state of the sign-in. It knows nothing of the browser.
type signin struct {
	phase   phase
	attempt int // number of the last attempt; answers to earlier ones are dropped
	sending bool
	failure *login.Failure
	trouble error // why it is unreachable
	retries int
	retryAt time.Time // when it is tried again
	hidden  bool      // the person closed the dialog of phaseExpired

	client  *client.Client
	account *model.Account
}

// begin starts an attempt and returns its number.
func (s *signin) begin() int {
	s.attempt++
	s.sending = true
	s.failure = nil
	return s.attempt
}

// succeed applies a successful attempt. stranger is whether somebody else
// signed in than whose page this was.
func (s *signin) succeed(c connected) (stranger bool) {
	stranger = s.phase == phaseExpired && s.account != nil && s.account.UUID != c.account.UUID
	s.phase, s.sending, s.hidden, s.retries = phaseConnected, false, false, 0
	s.client, s.account = c.client, c.account
	return stranger
}

// fail applies a failed attempt.
func (s *signin) fail(err error, mode model.ConnectionMode) {
	s.sending = false
	if s.phase != phaseStarting && s.phase != phaseUnreachable {
		s.failure = login.FailureOf(err, mode)
		return
	}
	kind := client.KindOf(err)
	switch {
	case kind == client.KindAuth:
		s.phase = phaseSignedOut
		s.failure = &login.Failure{Reason: login.ReasonExpired}
	case kind == client.KindForbidden, errors.Is(err, login.ErrMonitor):
		s.phase = phaseSignedOut
		s.failure = login.FailureOf(err, mode)
	default:
		s.phase, s.trouble = phaseUnreachable, err
		s.retries++
		s.retryAt = time.Now().Add(s.retryAfter())
	}
}

// expire notes that the manager or the web server does not know the sign-in any
// more; code is why, where that was said. It reports whether that is news.
func (s *signin) expire(code string) bool {
	if s.phase != phaseConnected {
		return false
	}
	s.phase, s.hidden = phaseExpired, false
	s.failure = &login.Failure{Reason: login.ReasonEnded(code)}
	return true
}

// retryAfter is the pause before an unreachable manager is tried again: 2 s, then
// twice as long each time, up to 30 s, and no shorter than the manager wants it.
func (s *signin) retryAfter() time.Duration {
	pause := min(30*time.Second, time.Second<<min(s.retries, 10))
	var e *client.Error
	if errors.As(s.trouble, &e) {
		return max(pause, e.RetryAfter)
	}
	return pause
}

// start connects at the start of the program, if there is something to connect
// with.
func (s *Shell) start(ctx goapp.Context) {
	arrived()
	keys, kept := login.KeptKeys(ctx.LocalStorage())
	if s.signin.phase != phaseUnreachable && (s.Initial.SignedIn || kept) {
		s.signin.phase = phaseStarting
	}
	switch {
	case s.Initial.SignedIn:
		storage := ctx.LocalStorage()
		s.try(ctx, model.ModeSession, func(c context.Context) (connected, error) {
			result, err := s.connector.withCookie(c)
			if err == nil { // the form may have been posted without the program
				tellTabs(storage, keySignedIn)
			}
			return result, err
		})
	case kept:
		s.tryKeys(ctx, keys)
	}
}

// tryKeys connects with the key pair that this browser keeps.
func (s *Shell) tryKeys(ctx goapp.Context, keys login.Keys) {
	s.try(ctx, model.ModeAPI, func(c context.Context) (connected, error) {
		return s.connector.withKeys(c, keys.Endpoint, keys.KeyPair)
	})
}

// try runs one attempt to connect and applies its outcome.
func (s *Shell) try(ctx goapp.Context, mode model.ConnectionMode, connect func(context.Context) (connected, error)) {
	number := s.signin.begin()
	ui.Go(ctx, func() {
		result, err := connect(context.Background())
		ctx.Dispatch(func(ctx goapp.Context) {
			if number != s.signin.attempt {
				return
			}
			if err != nil {
				s.failed(ctx, mode, err)
				return
			}
			s.succeeded(ctx, result)
		})
	})
}

func (s *Shell) succeeded(ctx goapp.Context, c connected) {
	if stranger := s.signin.succeed(c); stranger {
		ctx.Reload()
		return
	}
	s.project = s.currentProject(ctx)
	showRole(c.account.Role)
	if s.connection.Client() != nil {
		s.connection = new(page.Connection)
	}
	s.connection.Connected(c.client)
	s.follow()
	s.setTitle(ctx)
	if next := afterPost(ctx.Page().URL()); next != "" {
		ctx.Navigate(next)
	}
}

// afterPost is where to go after signing in when the form had been posted
// without the program and came back: the address then is that of the failure,
// and names the one that was wanted. It is "" when the address is the right one.
// Only paths of this site are followed.
func afterPost(address *url.URL) string {
	query := address.Query()
	if !query.Has("signin") {
		return ""
	}
	next := query.Get("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, `\`) {
		return PathHome
	}
	return next
}

func (s *Shell) failed(ctx goapp.Context, mode model.ConnectionMode, err error) {
	s.signin.fail(err, mode)
	switch s.signin.phase {
	case phaseSignedOut:
		if mode == model.ModeAPI && client.KindOf(err) == client.KindAuth {
			login.ForgetKeys(ctx.LocalStorage())
		}
		s.setTitle(ctx)
		s.askInfo(ctx)
	case phaseUnreachable:
		number := s.signin.attempt
		ctx.After(time.Until(s.signin.retryAt), func(ctx goapp.Context) {
			if s.signin.phase == phaseUnreachable && number == s.signin.attempt {
				s.start(ctx)
			}
		})
	}
}

// onSignIn is the form sent.
func (s *Shell) onSignIn(ctx goapp.Context, action goapp.Action) {
	in, ok := action.Value.(login.Input)
	if !ok || s.signin.sending {
		return
	}
	storage := ctx.LocalStorage()
	s.try(ctx, in.Mode, func(c context.Context) (connected, error) {
		result, err := s.connector.signIn(c, in)
		switch {
		case err != nil:
		case in.Mode == model.ModeAPI:
			keep(storage, in)
		default:
			tellTabs(storage, keySignedIn)
		}
		return result, err
	})
}

// keep stores the key pair if the person asked for that, and else deletes the
// one that may be there.
func keep(storage goapp.BrowserStorage, in login.Input) {
	if !in.Remember {
		login.ForgetKeys(storage)
		return
	}
	keys := login.Keys{Endpoint: in.Endpoint}
	keys.KeyPair.AccessKey, keys.KeyPair.SecretKey = in.AccessKey, in.SecretKey
	login.KeepKeys(storage, keys)
}

// expire opens the dialog, and gives the pages a connection to wait at.
func (s *Shell) expire(code string) {
	if s.signin.expire(code) {
		s.connection = new(page.Connection)
		s.follow()
	}
}

// What is written to the shared storage at sign-out, and at a sign-in whose cookie
// all tabs of the browser have: the other tabs notice.
const (
	keySignedOut = "baiui.signed-out"
	keySignedIn  = "baiui.signed-in"
)

func tellTabs(storage goapp.BrowserStorage, key string) {
	if err := storage.Set(key, time.Now().UnixMilli()); err != nil {
		goapp.Log(err) // they find out at their next request, or are signed in again by hand
	}
}

// onStorage is called when another tab has changed something in the storage.
func (s *Shell) onStorage(ctx goapp.Context, key string) {
	switch {
	case key == keySignedOut && s.signin.phase != phaseSignedOut: // nothing is left to show
		s.watch.close()
		ctx.Reload()
	case s.signin.sending: // its own answer is on the way
	case key == keySignedIn && s.signin.followsCookie():
		s.try(ctx, model.ModeSession, s.connector.withCookie)
	case key == login.KeyKeys && s.signin.phase == phaseSignedOut:
		if keys, kept := login.KeptKeys(ctx.LocalStorage()); kept {
			s.tryKeys(ctx, keys)
		}
	}
}

// followsCookie reports whether the cookie of a sign-in in another tab is wanted
// here, too: the form stands in place of the page, or over one of this mode.
func (s *signin) followsCookie() bool {
	return s.phase == phaseSignedOut || s.phase == phaseExpired && s.client.Mode() == model.ModeSession
}

// onSignOut ends the sign-in at the server first: were that to fail after the
// page had forgotten everything, the cookie would sign in again.
func (s *Shell) onSignOut(ctx goapp.Context, _ goapp.Action) {
	mode := model.ModeSession
	if s.signin.client != nil {
		mode = s.signin.client.Mode()
	}
	// The stream goes on until then: were it to end before, another tab would take
	// its place with a sign-in that is about to end.
	ui.Go(ctx, func() {
		err := s.connector.signOut(context.Background(), mode)
		ctx.Dispatch(func(ctx goapp.Context) {
			if err != nil {
				ui.ShowToast(ctx, ui.Toast{Tone: ui.Danger, Key: "app.sign_out.failed", Detail: s.texts.T("error." + client.KindOf(err).String())})
				return
			}
			s.forget(ctx)
			ctx.Defer(leave)
		})
	})
}

// forget leaves nothing of the person behind in this browser.
func (s *Shell) forget(ctx goapp.Context) {
	storage := ctx.LocalStorage()
	// Before the stream ends: the tab that takes it over has a sign-in that is over.
	tellTabs(storage, keySignedOut)
	s.connection.Disconnected()
	s.live.Forget()
	s.signin = signin{attempt: s.signin.attempt}
	s.follow()
	s.watch.close()
	login.ForgetKeys(storage)
	forgetProjects(storage)
	launcher.Forget(storage)
	storage.Del(keyRole)
	storage.Del(keySignedIn)
	ctx.SessionStorage().Clear()
}

// leave loads the page anew, so that nothing is left in memory either.
func leave(goapp.Context) {
	goapp.Window().Get("location").Call("replace", PathHome)
}
