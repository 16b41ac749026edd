package client

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

// The defaults of a [Config].
const (
	DefaultTimeout = 30 * time.Second
	DefaultMaxBody = 32 << 20 // bytes
)

// Config says how to reach a manager. Only Mode and Endpoint are always needed.
type Config struct {
	// Mode: ModeAPI signs with KeyPair; ModeSession relies on the cookie of a web
	// server and puts /func before each path.
	Mode model.ConnectionMode
	// Endpoint is the address of the manager (ModeAPI) or of the web server
	// (ModeSession), with a base path if there is one.
	Endpoint string
	KeyPair  signing.KeyPair
	// Presigned, in ModeAPI without a KeyPair, gives the signature that was made
	// beforehand for a method and a path with its query. A request it has none for
	// is not sent and fails as KindForbidden. See [Client.Presign].
	Presigned func(method, path string) (Signed, bool)
	// HTTP sends the requests; nil means a client of its own. For ModeSession on
	// a host it needs a cookie jar.
	HTTP *http.Client
	// Timeout is the deadline of one attempt; 0 means DefaultTimeout.
	Timeout time.Duration
	// MaxBody is the largest accepted answer in bytes; 0 means DefaultMaxBody.
	MaxBody int64
	// Log is told of every request; nil means nobody.
	Log Logger
	// Changed is told when the manager turned out to be another version than it
	// was, from the goroutine of a request, which goes on as the new one's; nil
	// means nobody.
	Changed func(before, now Version)
	// Now is the clock for dates and stamps; nil means time.Now.
	Now func() time.Time
	// UserAgent names the program; browsers send their own instead.
	UserAgent string
}

// Logger is told of every request after its answer or failure. Log is called
// from the request's goroutine and must not block for long. See [LogStore].
type Logger interface {
	Log(Entry)
}

// Client is a connection to one manager under one identity. It is safe for use
// by several goroutines.
type Client struct {
	config Config
	base   *url.URL
	http   *http.Client

	connecting chan struct{} // holds one token; its holder may connect
	mu         sync.Mutex
	connected  bool
	doubts     int // times there was a reason to think that the manager is another version by now
	resolved   int // of them those before the version was asked for
	version    Version
}

// New checks the configuration and makes a client. It sends nothing; see
// [Client.Connect]. The error is an [*Error] of KindInvalid.
func New(config Config) (*Client, error) {
	invalid := func(message string) (*Client, error) {
		return nil, &Error{Kind: KindInvalid, Title: "invalid configuration", Message: message}
	}
	switch config.Mode {
	case model.ModeAPI:
		if config.Presigned == nil && (config.KeyPair.AccessKey == "" || config.KeyPair.SecretKey == "") {
			return invalid("API mode needs an access key and a secret key")
		}
	case model.ModeSession:
	default:
		return invalid("connection mode must be API or SESSION")
	}
	base, err := url.Parse(strings.TrimSpace(config.Endpoint))
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.RawQuery != "" || base.User != nil {
		return invalid("endpoint must be an http or https address without user and query")
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = strings.TrimRight(base.RawPath, "/")
	base.Fragment = ""
	if config.Timeout <= 0 {
		config.Timeout = DefaultTimeout
	}
	if config.MaxBody <= 0 {
		config.MaxBody = DefaultMaxBody
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.UserAgent == "" {
		config.UserAgent = "baiui"
	}
	c := &Client{config: config, base: base, http: &http.Client{}, connecting: make(chan struct{}, 1)}
	if config.HTTP != nil {
		own := *config.HTTP
		c.http = &own
	}
	if c.http.CheckRedirect == nil {
		// A signature is good for one address, and a redirected POST arrives as a
		// GET: no manager redirects, so the redirect itself is the answer.
		c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	return c, nil
}

// Mode is the connection mode.
func (c *Client) Mode() model.ConnectionMode { return c.config.Mode }

// Endpoint is the address of the manager or web server, without a final slash.
func (c *Client) Endpoint() string { return c.base.String() }

// Connect asks the manager for its version (GET /) unless that is known already.
// Every other method does so by itself when needed, and once more after a failure
// that may mean that the manager was replaced by another version: see
// [Client.Recheck]. Errors: KindNotManager when
// something else answers, KindVersion when the manager is older than 23.09, and
// those of any request. After an error the next call asks again.
func (c *Client) Connect(ctx context.Context) error {
	if c.settled() {
		return nil
	}
	select {
	case c.connecting <- struct{}{}:
		defer func() { <-c.connecting }()
	case <-ctx.Done():
		return c.contextError(ctx, Request{Method: http.MethodGet, Path: "/"})
	}
	if c.settled() { // another goroutine was faster
		return nil
	}
	c.mu.Lock()
	doubts := c.doubts // one that comes while the answer is on its way stays
	c.mu.Unlock()
	version, err := c.fetchVersion(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	before, again := c.version, c.connected
	c.version, c.connected, c.resolved = version, true, doubts
	c.mu.Unlock()
	if again && before != version && c.config.Changed != nil {
		c.config.Changed(before, version)
	}
	return nil
}

// Recheck makes the next request ask for the manager's version first: the manager
// was away, and may have come back as another one. The client does so by itself
// after a request that nobody answered, at the end of a stream, and after an answer
// that does not know a field.
func (c *Client) Recheck() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.doubts++
}

func (c *Client) settled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connected && c.resolved == c.doubts
}

// fetchVersion asks with a signature where there are keys: managers from 26.x
// count requests without one by address, which many people may share.
func (c *Client) fetchVersion(ctx context.Context) (Version, error) {
	keys := c.config.Mode == model.ModeAPI && c.config.Presigned == nil
	request := Request{Method: http.MethodGet, Path: "/", anonymous: !keys}
	var version Version
	err := c.do(ctx, request, &version)
	notManager := func(cause error) error {
		e := c.newError(request, KindNotManager)
		e.Title = "not a Backend.AI manager"
		e.Message = c.Endpoint() + " answers, but not as a manager does"
		e.Cause = cause
		return e
	}
	switch {
	case KindOf(err) == KindBadAnswer, KindOf(err) == KindNotFound, KindOf(err) == KindInvalid:
		return version, notManager(err)
	case err != nil:
		return version, err
	case version.API == "" || version.Manager == "":
		return version, notManager(nil)
	case !version.Supported():
		e := c.newError(request, KindVersion)
		e.Title = "unsupported manager version"
		e.Message = "manager " + version.Manager + " (API " + version.API + "); 23.09 or later is needed"
		return version, e
	}
	return version, nil
}

func (c *Client) knownVersion() (Version, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.version, c.connected
}

// Version is what the manager said about itself; the zero value before
// [Client.Connect].
func (c *Client) Version() Version {
	version, _ := c.knownVersion()
	return version
}

// Supports reports whether the manager has feature f; false before
// [Client.Connect].
func (c *Client) Supports(f Feature) bool {
	version, connected := c.knownVersion()
	return connected && version.Supports(f)
}
