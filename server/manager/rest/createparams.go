package rest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/callback"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
)

// create is a request for a session as it was written.
type create struct {
	name         string
	image        string
	architecture string
	kind         model.SessionType
	project      string
	domain       string
	clusterSize  int
	clusterMode  string
	priority     int
	tag          *string
	enqueueOnly  bool
	maxWait      int // seconds
	startsAt     time.Time
	startsText   *string
	timeLimit    time.Duration // of a batch session; 0: none
	bootstrap    string        // script
	depends      []string      // names or ids
	reuse        bool
	command      *string
	ownerKey     *string
	callback     string // URL
	config       config
}

// config is the nested object of the same name.
type config struct {
	environ   map[string]string
	group     *string
	resources map[string]any
	shmem     any // nil: not given
	agents    []string
	mounts    folders.MountRequest
	preopen   []int
}

// nameRule is the complaint about a bad session name.
const nameRule = `does not match pattern ^(?=.{4,64}$)\w[\w.-]*\w$`

// validName applies nameRule; "word" characters are ASCII letters, digits and
// the underscore.
func validName(name string) bool {
	if len(name) < 4 || len(name) > 64 {
		return false
	}
	for i, c := range []byte(name) {
		word := c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
		inside := i > 0 && i < len(name)-1
		if !word && (!inside || c != '.' && c != '-') {
			return false
		}
	}
	return true
}

// maxCluster bounds what is taken as a number of kernels at all.
const maxCluster = 10_000

// createKeys are the keys of a request for a session that templates know, too.
type createKeys struct {
	name, image, architecture, kind, project, domain, tag, command, bootstrap, config params.Key
	// Inside config:
	group, mounts, mountMap, environ, resources, agents params.Key
}

func newCreateKeys() createKeys {
	return createKeys{
		name:         params.Names("name", "session_name", "clientSessionToken").As("session_name"),
		image:        params.Names("image", "lang"),
		architecture: params.Names("arch", "architecture").As("architecture"),
		kind:         params.Names("type", "sessionType").As("session_type"),
		project:      params.Names("group", "groupName", "group_name"),
		domain:       params.Names("domain", "domainName", "domain_name"),
		tag:          params.Names("tag"),
		command:      params.Names("startupCommand").As("startup_command"),
		bootstrap:    params.Names("bootstrap_script", "bootstrapScript"),
		config:       params.Names("config"),
		group:        params.Names("scaling_group", "scalingGroup"),
		mounts:       params.Names("mounts"),
		mountMap:     params.Names("mount_map", "mountMap"),
		environ:      params.Names("environ"),
		resources:    params.Names("resources"),
		agents:       params.Names("agent_list", "agentList"),
	}
}

// readCreate checks the shape of a request. Every key that the manager knows is
// checked; those whose effect this manager cannot give are remembered, never
// ignored.
func readCreate(r *http.Request, architecture string) (*create, error) {
	p, config, err := createValues(r)
	if err != nil {
		return nil, err
	}
	return createOf(p, config, architecture)
}

// createValues are the parameters of a request for a session, and those of its
// config.
func createValues(r *http.Request) (p, config *params.Values, err error) {
	if major, _ := revision(r); major < 6 {
		return nil, nil, problem.NotImplemented("Sessions can be created with API version v6.20200815 or later.")
	}
	if p, err = params.Read(r, maxBody); err != nil {
		return nil, nil, err
	}
	return p, params.Of(p.Object(newCreateKeys().config)), nil
}

// createOf makes a request of its parameters.
func createOf(p, nested *params.Values, architecture string) (*create, error) {
	var (
		k           = newCreateKeys()
		mode        = params.Names("cluster_mode", "clusterMode")
		startsAt    = params.Names("starts_at", "startsAt")
		depends     = params.Names("dependencies")
		callbackURL = params.Names("callback_url", "callbackUrl", "callbackURL")
		// Of later managers; 24.09 has no time limit of its own for batch sessions.
		limit = params.Names("batch_timeout", "batchTimeout")
		err   error
	)
	c := &create{
		name:         p.Required(k.name),
		image:        p.Required(k.image),
		architecture: p.Text(k.architecture, architecture),
		project:      p.Text(k.project, "default"),
		domain:       p.Text(k.domain, "default"),
		clusterSize:  p.Int(params.Names("cluster_size", "clusterSize"), 1, 1, maxCluster),
		clusterMode:  p.Text(mode, "single-node"),
		priority:     p.Int(params.Names("priority"), 10, 0, 100),
		tag:          p.Nullable(k.tag),
		enqueueOnly:  p.Bool(params.Names("enqueueOnly").As("enqueue_only"), false),
		maxWait:      p.Int(params.Names("maxWaitSeconds").As("max_wait_seconds"), 0, 0, 7*24*3600),
		startsText:   p.Nullable(startsAt),
		reuse:        p.Bool(params.Names("reuseIfExists").As("reuse"), true),
		command:      p.Nullable(k.command),
		ownerKey:     p.Nullable(params.Names("owner_access_key")),
	}
	if p.Has(k.name) && !validName(c.name) {
		p.Fail(k.name, nameRule)
	}
	switch text := p.Text(k.kind, "interactive"); text {
	case "interactive", "batch", "inference", "system":
		c.kind = model.SessionType(strings.ToUpper(text))
	default:
		p.Fail(k.kind, "value is not any of interactive, batch, inference, system")
	}
	if c.clusterMode != "single-node" && c.clusterMode != "multi-node" {
		p.Fail(mode, "value is not any of single-node, multi-node")
	}
	if script := p.Nullable(k.bootstrap); script != nil {
		if c.bootstrap, err = readScript(*script); err != nil {
			p.Fail(k.bootstrap, err.Error())
		}
	}
	if text := p.Nullable(limit); text != nil && *text != "" {
		d, ok := readDuration(*text)
		if !ok || d == 0 {
			p.Fail(limit, "value is not a duration")
		}
		c.timeLimit = d
	}
	c.depends = p.Texts(depends)
	if len(c.depends) > maxDependencies {
		p.Fail(depends, fmt.Sprintf("a session can wait for at most %d others", maxDependencies))
	}
	if url := p.Nullable(callbackURL); url != nil && *url != "" {
		if err := callback.Check(*url); err != nil {
			p.Fail(callbackURL, err.Error())
		}
		c.callback = *url
	}
	c.readConfig(nested, k)
	faults := p.Faults()
	if inner := nested.Faults(); inner != nil {
		if faults == nil {
			faults = map[string]any{}
		}
		faults["config"] = inner
	}
	if faults != nil {
		return nil, problem.InvalidFields(faults)
	}
	return c, nil
}

func (c *create) readConfig(p *params.Values, k createKeys) {
	opts := params.Names("resource_opts", "resourceOpts")
	preopen := params.Names("preopen_ports", "preopenPorts")
	mounts := p.Texts(k.mounts)
	mountMap := p.Map(k.mountMap)
	optionsKey := params.Names("mount_options", "mountOptions")
	mountOptions := p.Object(optionsKey)
	c.config = config{
		environ:   p.Map(k.environ),
		group:     p.Nullable(k.group),
		resources: p.Object(k.resources),
		agents:    p.Texts(k.agents),
		mounts:    folders.MountRequest{Mounts: mounts, Map: mountMap, Permissions: map[string]string{}},
	}
	for entry, value := range mountOptions {
		options, ok := value.(map[string]any)
		if !ok {
			p.Fail(optionsKey, "value is not a dict")
			continue
		}
		for _, name := range []string{"permission", "perm"} { // what else is in there has no meaning here
			if text, ok := options[name].(string); ok {
				c.config.mounts.Permissions[entry] = text
			}
		}
	}
	for variable, value := range c.config.environ {
		if variable == "" || strings.ContainsAny(variable, "=\x00") || strings.Contains(value, "\x00") || len(value) > 100<<10 {
			p.Fail(k.environ, "environment variables have names without '=' and values of at most 100 KiB")
		}
	}
	if given := p.Object(opts); given != nil {
		inner := params.Of(given)
		c.config.shmem = given["shmem"]
		inner.Has(params.Names("shmem"))
		inner.Bool(params.Names("allow_fractional_resource_fragmentation"), false)
		if inner.Faults() != nil {
			p.Fail(opts, "only shmem can be given here")
		}
	}
	for _, value := range p.List(preopen) {
		number, ok := value.(json.Number)
		port, err := strconv.Atoi(number.String())
		if !ok || err != nil || port < 1024 || port > 65535 {
			p.Fail(preopen, "ports are numbers from 1024 to 65535")
			continue
		}
		c.config.preopen = append(c.config.preopen, port)
	}
}

// maxDependencies bounds what one session waits for.
const maxDependencies = 100

// maxScript is how large a bootstrap script can be: it is handed to a shell as
// one argument.
const maxScript = 64 << 10

// readScript decodes a bootstrap script.
func readScript(text string) (string, error) {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\r' || r == ' ' {
			return -1
		}
		return r
	}, text)
	script, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil || bytes.IndexByte(script, 0) >= 0 || !utf8.Valid(script):
		return "", errors.New("value is not text in base64")
	case len(script) > maxScript:
		return "", fmt.Errorf("a bootstrap script has at most %d KiB", maxScript>>10)
	}
	return string(script), nil
}

// readDuration reads how long: "30m", "1h30m", "2d", or a number of seconds.
func readDuration(text string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n >= 0 && n <= 3650
	}
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(n) * time.Second, n >= 0 && n <= 3650*24*3600
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d >= 0
}

// startTime reads the time a batch session may start at: a date, or how long
// from now ("1h", "30m").
func startTime(text string, now time.Time) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	if _, err := strconv.Atoi(text); err == nil {
		return time.Time{}, false // a year, perhaps; not an hour
	}
	if d, ok := readDuration(text); ok {
		return now.Add(d), true
	}
	return time.Time{}, false
}
