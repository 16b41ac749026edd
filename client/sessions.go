package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/baiui/baiui/client/model"
)

// CreateRequest describes a session to create. Name and Image are always needed.
// It is sent in the spelling that managers from 23.09 to 26.x understand: the
// newer one ("session_type", "reuse" …) is refused by 24.09.
type CreateRequest struct {
	Name         string            `json:"clientSessionToken"` // 4 to 64 letters, digits, "_", "-", "."
	Image        string            `json:"lang"`               // full reference, registry/path:tag
	Architecture string            `json:"architecture,omitempty"`
	Type         model.SessionType `json:"-"`                    // sent in lower case; empty means interactive
	Project      string            `json:"group_name,omitempty"` // name, not id
	Domain       string            `json:"domain,omitempty"`
	ClusterSize  int               `json:"cluster_size,omitempty"`
	ClusterMode  string            `json:"cluster_mode,omitempty"` // single-node or multi-node
	Priority     *int              `json:"priority,omitempty"`     // 0 to 100; managers from 24.09 on
	Tag          string            `json:"tag,omitempty"`
	// EnqueueOnly answers at once with PENDING; otherwise the manager waits until
	// the session runs, at most MaxWaitSeconds (0: without end, so the request's
	// deadline ends first).
	EnqueueOnly    bool `json:"enqueueOnly"`
	MaxWaitSeconds int  `json:"maxWaitSeconds,omitempty"`
	// ReuseIfExists gives back a live session of the same name and image instead
	// of KindConflict.
	ReuseIfExists   bool     `json:"reuseIfExists"`
	StartupCommand  string   `json:"startupCommand,omitempty"` // batch only, and needed there
	StartsAt        string   `json:"starts_at,omitempty"`      // batch only
	BootstrapScript string   `json:"bootstrap_script,omitempty"`
	Dependencies    []string `json:"dependencies,omitempty"`
	CallbackURL     string   `json:"callback_url,omitempty"`
	OwnerAccessKey  string   `json:"owner_access_key,omitempty"` // admins, for somebody else
	// BatchTimeout is a duration such as "30m". It is left out for managers
	// before 24.12, which refuse the key.
	BatchTimeout string       `json:"batch_timeout,omitempty"`
	Config       CreateConfig `json:"config"`
}

// CreateConfig is the "config" part of a [CreateRequest].
type CreateConfig struct {
	// Resources by slot name: numbers or texts such as "4g"; a missing cpu or mem
	// means the image's minimum.
	Resources     map[string]any       `json:"resources,omitempty"`
	ResourceOpts  map[string]any       `json:"resource_opts,omitempty"` // shmem
	ScalingGroup  string               `json:"scaling_group,omitempty"` // resource group; empty: the first allowed
	Mounts        []string             `json:"mounts,omitempty"`
	MountMap      map[string]string    `json:"mount_map,omitempty"`
	MountOptions  map[string]MountOpts `json:"mount_options,omitempty"`
	Environ       map[string]string    `json:"environ,omitempty"`
	PreopenPorts  []int                `json:"preopen_ports,omitempty"`
	AgentList     []string             `json:"agent_list,omitempty"`
	AttachNetwork string               `json:"attach_network,omitempty"` // managers from 24.12 on
}

// MountOpts are the options of one mount.
type MountOpts struct {
	Type       string `json:"type,omitempty"`       // bind
	Permission string `json:"permission,omitempty"` // ro, rw, wd
}

// Created is the manager's answer to a [CreateRequest].
type Created struct {
	ID     string       `json:"sessionId"`
	Name   string       `json:"sessionName"`
	Status model.Status `json:"status"` // may also be "TIMEOUT": the session goes on
	// Created is false when a live session was given back.
	Created bool `json:"created"`
}

// createTimeout is how long creating may take, as in the original's dialog.
const createTimeout = 20 * time.Second

// Create creates a session. It is never repeated by itself. Failures besides
// those of any request: KindConflict (the name is taken), KindNotFound (image,
// resource group, folder), KindInvalid (with Error.Data per field), KindQuota.
func (s *Sessions) Create(ctx context.Context, r CreateRequest) (Created, error) {
	if err := s.client.Connect(ctx); err != nil {
		return Created{}, err
	}
	if !s.client.Supports(FeatureBatchTimeout) {
		r.BatchTimeout = ""
	}
	timeout := createTimeout
	if wait := time.Duration(r.MaxWaitSeconds) * time.Second; !r.EnqueueOnly {
		timeout = max(timeout, wait+createTimeout)
	}
	var created Created
	err := s.client.Do(ctx, Request{Method: http.MethodPost, Path: "/session", Body: r, Timeout: timeout}, &created)
	return created, err
}

// MarshalJSON adds the type in the lower case that REST wants.
func (r CreateRequest) MarshalJSON() ([]byte, error) {
	type plain CreateRequest
	sessionType := "interactive"
	if r.Type != "" {
		sessionType = r.Type.Lower()
	}
	return json.Marshal(struct {
		plain
		Type string `json:"type"`
	}{plain(r), sessionType})
}

// Detail is what GET /session/{name} says about a live session. The texts of
// slots and environment that it also holds are Python's and are left out; ask
// with GraphQL for those.
type Detail struct {
	DomainName   string          `json:"domainName"`
	ProjectID    string          `json:"groupId"`
	UserID       string          `json:"userId"`
	Image        string          `json:"image"`
	Architecture string          `json:"architecture"`
	ContainerID  string          `json:"containerId"` // "None" before there is one
	Status       model.Status    `json:"status"`
	StatusInfo   string          `json:"statusInfo"` // "None" is possible
	StatusData   model.RawObject `json:"statusData"`
	AgeMillis    int64           `json:"age"`
	CreatedAt    model.Time      `json:"creationTime"`
	TerminatedAt model.Time      `json:"terminationTime"`
	LastStat     model.Metrics   `json:"lastStat"`
	IdleChecks   model.RawObject `json:"idleChecks"`
}

// Get asks for one of the caller's own live sessions by name or id.
func (s *Sessions) Get(ctx context.Context, nameOrID string) (Detail, error) {
	var detail Detail
	err := s.client.Do(ctx, Request{Method: http.MethodGet, Path: "/session/" + PathEscape(nameOrID)}, &detail)
	return detail, err
}

// DestroyRequest says how to end a session.
type DestroyRequest struct {
	// Forced ends a session that is stuck; what its kernels held may be left
	// behind.
	Forced bool
	// OwnerAccessKey is the owner's, for admins who end somebody else's session.
	OwnerAccessKey string
}

const (
	destroyTimeout = 15 * time.Second
	destroyRetries = 2
)

// Destroy ends a session by name or id and returns once the manager has accepted
// it (status TERMINATING, or CANCELLED if it was still waiting). The result is
// the last metrics, where the manager sends them (24.09; later ones do not). A
// lost answer is asked for again twice, so that KindNotFound may mean that an
// earlier attempt had already ended it.
func (s *Sessions) Destroy(ctx context.Context, nameOrID string, r DestroyRequest) (model.Metrics, error) {
	var answer struct {
		Stats model.Metrics `json:"stats"`
	}
	err := s.client.Do(ctx, destroyRequest(nameOrID, r), &answer)
	return answer.Stats, err
}

func destroyRequest(nameOrID string, r DestroyRequest) Request {
	query := url.Values{}
	if r.Forced {
		query.Set("forced", strconv.FormatBool(r.Forced))
	}
	if r.OwnerAccessKey != "" {
		query.Set("owner_access_key", r.OwnerAccessKey)
	}
	return Request{
		Method: http.MethodDelete, Path: "/session/" + PathEscape(nameOrID), Query: query,
		Timeout: destroyTimeout, Retries: destroyRetries,
	}
}
