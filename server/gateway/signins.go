package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/baiui/baiui/client/signing"
)

// CookieName is that of the official web server, for the sake of its clients.
const CookieName = "AIOHTTP_SESSION"

// maxTouch is how often the idle limit of a sign-in in use is written to disk.
const maxTouch = 5 * time.Minute

// sweepEvery is how often expired sign-ins are removed, at most.
const sweepEvery = time.Hour

// tokenLength is that of the tokens that scs makes: 32 bytes in base64.
const tokenLength = 43

// Account is what a sign-in knows of a person. SecretKey never leaves the server.
type Account struct {
	AccessKey string `json:"access_key"`
	SecretKey string `json:"-"`
	Role      string `json:"role"`
	Status    string `json:"status"`
}

// Signins is the table of who is signed in. The folder is the truth; what was
// used since the start is also in memory, so that a relayed request costs no
// reading. One process at a time may use a folder.
type Signins struct {
	sessions *scs.SessionManager
	store    *fileStore
	log      *slog.Logger
	idle     time.Duration
	touchGap time.Duration

	ctx    context.Context // ended by EndStreams; parent of every signin.ctx
	cancel context.CancelFunc

	live sync.Map // token → *signin

	mu    sync.Mutex // held while the folder changes
	swept time.Time
}

// signin is one person in one browser.
type signin struct {
	token    string
	account  Account
	keys     signing.KeyPair
	deadline time.Time    // absolute limit
	used     atomic.Int64 // last use, Unix nanoseconds
	touched  atomic.Int64 // last use that is on disk

	// ctx ends with the sign-in, and what streams for it ends with ctx.
	ctx    context.Context
	cancel context.CancelFunc
}

// OpenSignins opens the table in the folder dir, made if missing. key is 32
// bytes; idle and lifetime are the limits of a sign-in.
func OpenSignins(dir string, key []byte, idle, lifetime time.Duration, log *slog.Logger) (*Signins, error) {
	store, err := openFileStore(dir, key)
	if err != nil {
		return nil, fmt.Errorf("sign-ins: %w", err)
	}
	touchGap := min(maxTouch, idle/4)
	// Not scs.New: it starts a goroutine that nobody ends, for a store in memory.
	sessions := &scs.SessionManager{
		Store:            store,
		Codec:            jsonCodec{},
		HashTokenInStore: true,
		Lifetime:         lifetime,
		// What is on disk is behind by one gap, and must not end before what is in memory.
		IdleTimeout: idle + touchGap,
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &Signins{sessions: sessions, store: store, log: log, idle: idle, touchGap: touchGap, ctx: ctx, cancel: cancel}, nil
}

// EndStreams cuts what streams for anybody, now and from now on: websockets and
// event streams have no end of their own that a stopping server could wait for.
// People stay signed in.
func (s *Signins) EndStreams() { s.cancel() }

// Close gives the folder back; no request may use the table afterwards.
func (s *Signins) Close() error {
	s.cancel()
	return s.store.close()
}

// create signs an account in and returns the new sign-in.
func (s *Signins) create(account Account) (*signin, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	ctx, err := s.sessions.Load(context.Background(), "")
	if err != nil {
		return nil, err
	}
	s.sessions.Put(ctx, "access_key", account.AccessKey)
	s.sessions.Put(ctx, "secret_key", account.SecretKey)
	s.sessions.Put(ctx, "role", account.Role)
	s.sessions.Put(ctx, "status", account.Status)
	token, _, err := s.sessions.Commit(ctx)
	if err != nil {
		return nil, err
	}
	return s.keep(ctx, token), nil
}

// keep puts a stored sign-in into memory.
func (s *Signins) keep(stored context.Context, token string) *signin {
	account := Account{
		AccessKey: s.sessions.GetString(stored, "access_key"),
		SecretKey: s.sessions.GetString(stored, "secret_key"),
		Role:      s.sessions.GetString(stored, "role"),
		Status:    s.sessions.GetString(stored, "status"),
	}
	in := &signin{
		token:    token,
		account:  account,
		keys:     signing.KeyPair{AccessKey: account.AccessKey, SecretKey: account.SecretKey},
		deadline: s.sessions.Deadline(stored),
	}
	now := time.Now().UnixNano()
	in.used.Store(now)
	in.touched.Store(now)
	in.ctx, in.cancel = context.WithDeadline(s.ctx, in.deadline)
	s.live.Store(token, in)
	return in
}

// find returns the sign-in of a token and counts as a use of it; nil if there is
// none, or if it has ended.
func (s *Signins) find(token string) *signin {
	if len(token) != tokenLength {
		return nil
	}
	now := time.Now()
	if found, ok := s.live.Load(token); ok {
		in := found.(*signin)
		if s.expired(in, now) {
			if err := s.end(token); err != nil {
				s.log.Error("an expired sign-in cannot be removed", "error", err)
			}
			return nil
		}
		in.used.Store(now.UnixNano())
		if last := in.touched.Load(); now.UnixNano()-last > int64(s.touchGap) && in.touched.CompareAndSwap(last, now.UnixNano()) {
			s.touch(token)
		}
		return in
	}
	return s.load(token)
}

func (s *Signins) expired(in *signin, now time.Time) bool {
	return !now.Before(in.deadline) || now.UnixNano()-in.used.Load() >= int64(s.idle)
}

// load brings a sign-in of an earlier run into memory.
func (s *Signins) load(token string) *signin {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.live.Load(token); ok {
		return found.(*signin) // another request was faster
	}
	ctx, err := s.sessions.Load(context.Background(), token)
	if err != nil {
		s.log.Error("a stored sign-in cannot be read", "error", err)
		return nil
	}
	if s.sessions.Token(ctx) == "" || s.sessions.GetString(ctx, endedKey) != "" || !time.Now().Before(s.sessions.Deadline(ctx)) {
		return nil
	}
	in := s.keep(ctx, token)
	in.touched.Store(0) // the next use writes the new idle limit
	return in
}

// touch writes a new idle limit. It matters only after a restart, so a failure
// is no reason to refuse the request.
func (s *Signins) touch(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.live.Load(token); !ok {
		return // ended meanwhile; writing would bring it back
	}
	ctx, err := s.sessions.Load(context.Background(), token)
	if err == nil && s.sessions.Token(ctx) != "" {
		_, _, err = s.sessions.Commit(ctx)
	}
	if err != nil {
		s.log.Warn("the idle limit of a sign-in cannot be written", "error", err)
	}
}

// end signs out: the token opens nothing any more, here and on disk, and what
// streams for it is cut.
func (s *Signins) end(token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.live.LoadAndDelete(token); ok {
		found.(*signin).cancel()
	}
	ctx, err := s.sessions.Load(context.Background(), token)
	if err != nil {
		return err
	}
	if s.sessions.Token(ctx) == "" {
		return nil
	}
	return s.sessions.Destroy(ctx)
}

// sweep forgets what has expired, in memory and on disk; the caller holds mu.
func (s *Signins) sweep() {
	now := time.Now()
	if now.Sub(s.swept) < sweepEvery {
		return
	}
	s.swept = now
	s.live.Range(func(token, found any) bool {
		if in := found.(*signin); s.expired(in, now) {
			in.cancel()
			s.live.Delete(token)
		}
		return true
	})
	if err := s.store.sweep(); err != nil {
		s.log.Warn("expired sign-ins cannot be removed", "error", err)
	}
}

// of returns the sign-in that a request belongs to, nil if none. Several cookies
// of our name, which a page of a neighbouring host can plant, are tried one by
// one; when more than one is valid it is unknown whose request this is, so it is
// nobody's.
func (s *Signins) of(r *http.Request) *signin {
	var only *signin
	for _, token := range tokensOf(r) {
		in := s.find(token)
		if in == nil || in == only {
			continue
		}
		if only != nil {
			return nil
		}
		only = in
	}
	return only
}

// tokensOf are what a request brings that may be tokens: those of its cookies, or
// the header's. There are four at most.
func tokensOf(r *http.Request) []string {
	var tokens []string
	for _, c := range r.CookiesNamed(CookieName) {
		tokens = append(tokens, c.Value)
	}
	if len(tokens) == 0 && !fromBrowser(r) {
		tokens = r.Header["X-Backendai-Sessionid"]
	}
	tokens = tokens[:min(len(tokens), 4)]
	return slices.DeleteFunc(slices.Clone(tokens), func(token string) bool { return len(token) != tokenLength })
}

// publicName names a sign-in without opening it.
func (in *signin) publicName() string {
	sum := sha256.Sum256([]byte("name of a sign-in\n" + in.token))
	return hex.EncodeToString(sum[:16])
}

// cookie is what the browser keeps; nil means it shall forget it.
func cookie(in *signin, secure bool) *http.Cookie {
	c := &http.Cookie{Name: CookieName, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure}
	if in == nil {
		c.MaxAge = -1
		c.Expires = time.Unix(0, 0)
		return c
	}
	c.Value = in.token
	c.Expires = in.deadline
	c.MaxAge = max(1, int(time.Until(in.deadline)/time.Second))
	return c
}
