package callback

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/life"
)

// SettingInternal is the configuration key that lets callbacks go to addresses
// that are not public, with the value "true".
const SettingInternal = "config/callbacks/allow-internal-addresses"

const (
	workers = 4
	waiting = 256 // callbacks that wait for a worker
	timeout = 5 * time.Second
)

// Options are what a sender works with.
type Options struct {
	// Listen hears the steps of sessions; see [life.Engine].
	Listen func(wants func(life.Event) bool) *life.Listener
	// URL is that of a session, empty without one.
	URL func(ctx context.Context, sessionID string) (string, error)
	// Internal reports whether addresses that are not public are spoken to, too.
	Internal func(ctx context.Context) bool
	Log      *slog.Logger
	Now      func() time.Time
	// Pauses are before the second try, the third, and so on; nil: 1 s and 5 s.
	Pauses []time.Duration
}

// Sender sends callbacks.
type Sender struct {
	Options
	queues [workers]chan call
	seed   maphash.Seed
}

// call is one callback.
type call struct {
	url  string
	body message
}

// message is what is posted, in 24.09's words.
type message struct {
	Type      string `json:"type"`
	Event     string `json:"event"`
	SessionID string `json:"session_id"`
	When      string `json:"when"`
}

// New makes a sender; nothing is sent before [Sender.Run].
func New(o Options) *Sender {
	if o.Pauses == nil {
		o.Pauses = []time.Duration{time.Second, 5 * time.Second}
	}
	s := &Sender{Options: o, seed: maphash.MakeSeed()}
	for i := range s.queues {
		s.queues[i] = make(chan call, waiting/workers)
	}
	return s
}

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	for _, queue := range s.queues {
		sending.Go(func() { s.work(ctx, queue) })
	}
	for ctx.Err() == nil {
		s.listen(ctx)
	}
}

// listen hears until ctx ends or too much has happened at once.
func (s *Sender) listen(ctx context.Context) {
	l := s.Listen(func(e life.Event) bool { return e.Kernel == nil })
	defer l.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.Some():
		}
		events, ok := l.Take()
		s.hear(ctx, events)
		if !ok {
			s.Log.Warn("callbacks were dropped: too much happened at once")
			return
		}
	}
}

// hear puts what sessions want told into the queues.
func (s *Sender) hear(ctx context.Context, events []life.Event) {
	when := api.ISO(s.Now())
	for _, e := range events {
		target, err := s.URL(ctx, e.SessionID)
		if err != nil || target == "" {
			if err != nil && ctx.Err() == nil {
				s.Log.Warn("looking for a callback URL failed", "session", e.SessionID, "error", err)
			}
			continue
		}
		c := call{target, message{"session_lifecycle", strings.TrimPrefix(e.Name, "session_"), e.SessionID, when}}
		select {
		case s.queues[maphash.String(s.seed, e.SessionID)%workers] <- c:
		default:
			s.Log.Warn("a callback was dropped: too many wait", "session", e.SessionID, "event", e.Name)
		}
	}
}

// work sends what is in a queue, one after the other.
func (s *Sender) work(ctx context.Context, queue <-chan call) {
	client := &http.Client{Timeout: timeout, Transport: s.transport(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-queue:
			if err := s.deliver(ctx, client, c); err != nil && ctx.Err() == nil {
				s.Log.Warn("a callback could not be delivered", "session", c.body.SessionID, "event", c.body.Event, "error", err)
			}
		}
	}
}

// transport connects to public addresses alone, without a proxy: one would be told
// the name and connect wherever it leads.
func (s *Sender) transport() *http.Transport {
	dialer := &net.Dialer{Timeout: timeout, ControlContext: func(ctx context.Context, _, address string, _ syscall.RawConn) error {
		if s.Internal(ctx) {
			return nil
		}
		return checkAddress(address)
	}}
	return &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
		TLSHandshakeTimeout: timeout}
}

// errForGood is a failure that another try would not mend.
var errForGood = errors.New("it is not tried again")

// deliver tries until it works, or would never.
func (s *Sender) deliver(ctx context.Context, client *http.Client, c call) error {
	for try := 0; ; try++ {
		err := post(ctx, client, c)
		if err == nil || errors.Is(err, ErrInternal) || errors.Is(err, errForGood) || try == len(s.Pauses) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.Pauses[try]):
		}
	}
}

func post(ctx context.Context, client *http.Client, c call) error {
	body, err := json.Marshal(c.body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return errors.Join(errForGood, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "baiui")
	answer, err := client.Do(r)
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		return wrapped.Err // without the URL, which may hold a secret
	}
	if err != nil {
		return err
	}
	_ = answer.Body.Close() // what it says is not looked at
	switch {
	case answer.StatusCode < 300:
		return nil
	case answer.StatusCode == http.StatusTooManyRequests, answer.StatusCode >= 500:
		return fmt.Errorf("answered with %s", answer.Status)
	}
	return fmt.Errorf("answered with %s: %w", answer.Status, errForGood)
}
