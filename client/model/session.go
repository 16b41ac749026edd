package model

import (
	"encoding/json"
	"strings"
	"time"
)

// SessionType is what a session is for.
type SessionType string

// The session types, in the upper case that GraphQL answers with.
const (
	TypeInteractive SessionType = "INTERACTIVE"
	TypeBatch       SessionType = "BATCH"
	TypeInference   SessionType = "INFERENCE"
	TypeSystem      SessionType = "SYSTEM"
)

// Lower is the lower-case spelling that REST requests use.
func (t SessionType) Lower() string { return strings.ToLower(string(t)) }

// Session is one compute session as compute_session_list reports it. Which
// fields are filled depends on what the query asked for; the zero value means
// "not asked or not set".
type Session struct {
	ID             string        `json:"id"`
	SessionID      string        `json:"session_id"`
	Name           string        `json:"name"`
	Type           SessionType   `json:"type"`
	Image          string        `json:"image"`
	Architecture   string        `json:"architecture"`
	Status         Status        `json:"status"`
	StatusInfo     string        `json:"status_info"`
	StatusData     RawObject     `json:"status_data"`
	Result         string        `json:"result"`
	CreatedAt      Time          `json:"created_at"`
	StartsAt       Time          `json:"starts_at"`
	TerminatedAt   Time          `json:"terminated_at"`
	ServicePorts   ServicePorts  `json:"service_ports"`
	Mounts         []string      `json:"mounts"`
	OccupiedSlots  ResourceSlots `json:"occupied_slots"`
	RequestedSlots ResourceSlots `json:"requested_slots"`
	AccessKey      string        `json:"access_key"`
	UserEmail      string        `json:"user_email"`
	ScalingGroup   string        `json:"scaling_group"` // the resource group
	ClusterSize    int           `json:"cluster_size"`
	ClusterMode    string        `json:"cluster_mode"` // single-node or multi-node
	MainKernelRole string        `json:"main_kernel_role"`
	IdleChecks     RawObject     `json:"idle_checks"`
	CommitStatus   string        `json:"commit_status"`
	Containers     []Kernel      `json:"containers"`
}

// Kernel is one container of a session; the wire calls it a container.
type Kernel struct {
	ContainerID   string        `json:"container_id"`
	KernelID      string        `json:"kernel_id"`
	Agent         string        `json:"agent"` // null for others than superadmins where agents are hidden
	Role          string        `json:"role"`
	LocalRank     int           `json:"local_rank"`
	OccupiedSlots ResourceSlots `json:"occupied_slots"`
	LiveStat      Metrics       `json:"live_stat"`
	LastStat      Metrics       `json:"last_stat"`
}

// ServicePort is an app a session offers.
type ServicePort struct {
	Name           string `json:"name"`
	Protocol       string `json:"protocol"` // http, tcp, preopen, internal
	ContainerPorts []int  `json:"container_ports"`
	IsInference    bool   `json:"is_inference"`
	// What the image lets a person choose when the app is started: names, or names
	// with what they stand for. nil where it says nothing.
	AllowedArguments RawObject `json:"allowed_arguments"`
	AllowedEnvs      RawObject `json:"allowed_envs"`
}

// ServicePorts is the list inside the JSONString service_ports. A manager may
// send something that is not a list; then there are none.
type ServicePorts []ServicePort

// UnmarshalJSON accepts a list or a JSONString that holds one.
func (p *ServicePorts) UnmarshalJSON(data []byte) error {
	*p = nil
	raw := unwrapJSONString(data)
	var list []ServicePort
	if raw != nil && raw[0] == '[' && json.Unmarshal(raw, &list) == nil {
		*p = list
	}
	return nil
}

// RawObject is JSON inside a JSONString that is decoded where it is needed.
// It is nil for null, for empty text and for an empty object.
type RawObject json.RawMessage

// UnmarshalJSON unwraps the string.
func (o *RawObject) UnmarshalJSON(data []byte) error {
	*o = nil
	if raw := unwrapJSONString(data); raw != nil && string(raw) != "{}" {
		*o = RawObject(append([]byte(nil), raw...))
	}
	return nil
}

// Time is an instant as the manager writes it; the zero value stands for null.
type Time struct{ time.Time }

// timeLayouts: GraphQL writes a T between date and time, most REST handlers a
// space; a date without a zone is in UTC.
var timeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
}

// UnmarshalJSON accepts the spellings above; null, empty text, "None" (Python's
// null, which some REST handlers print) and anything else is the zero value: see
// the package comment.
func (t *Time) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	var text string
	if json.Unmarshal(data, &text) != nil {
		return nil
	}
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			t.Time = at
			break
		}
	}
	return nil
}
