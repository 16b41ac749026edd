package facts

import (
	"time"

	"github.com/baiui/baiui/client/model"
)

// Row is one session as the list shows it: every value already derived, none of
// them in a language. A Row is never changed after it was made; a refresh
// replaces the pointer of those rows whose values differ, and only of those.
type Row struct {
	ID     string
	Index  int // from 1, counted over all pages
	Name   string
	Owner  string // access key in API mode, e-mail in SESSION mode; admins only
	Type   model.SessionType
	Status model.Status
	Info   Info
	Detail Detail
	// Result is SUCCESS or FAILURE for finished batch sessions, else empty.
	Result        string
	Environment   Environment
	Cluster       Cluster
	ResourceGroup string
	Slots         []Slot
	Mounts        []string
	Usage         []Usage // bars; running-type tabs only
	IO            IO
	CPUTime       time.Duration // used so far; finished tab only, zero for no data
	CreatedAt     time.Time     // zero if the manager did not say
	EndedAt       time.Time     // zero while the session lives
	Agents        []Agent       // superadmins only
}

// Tone is the meaning a colour carries.
type Tone string

// The tones. The empty tone is neutral.
const (
	ToneNeutral Tone = ""
	ToneGood    Tone = "good"
	ToneBusy    Tone = "busy"
	ToneWait    Tone = "wait"
	ToneBad     Tone = "bad"
)

// Info is the short reason beside a status, as the manager worded it.
type Info struct {
	Text string
	Tone Tone
}

// Environment is what can be read out of an image reference.
type Environment struct {
	Image        string // the whole reference
	Name         string // "Python", or namespace/name for images without a known label
	Version      string // first part of the tag
	Requirements []string
}

// Cluster describes a session of several kernels. Size is 0 for a single one.
type Cluster struct {
	Size      int
	MultiNode bool
}

// SlotKind tells in which unit a slot is counted.
type SlotKind int

// The slot kinds.
const (
	SlotCount  SlotKind = iota // whole devices or cores
	SlotBytes                  // GiB
	SlotShares                 // fractions of a device
)

// Slot is an amount of one resource.
type Slot struct {
	Name   string // as on the wire: cpu, mem, cuda.shares
	Kind   SlotKind
	Amount float64 // cores, GiB, devices or shares; +Inf for unlimited
}

// Usage is one bar: how much of a limit is used.
type Usage struct {
	// Name is cpu, mem, or a metric of an accelerator such as cuda_util.
	Name  string
	Used  float64 // cores, bytes, or percent of one device
	Limit float64 // in the same unit; 0 if there is none that means anything
}

// Ratio is Used/Limit, cut to 0…1; 0 without a limit.
func (u Usage) Ratio() float64 {
	if !(u.Limit > 0) || !(u.Used > 0) {
		return 0
	}
	return min(u.Used/u.Limit, 1)
}

// IO is the bytes read and written by all kernels since their start.
type IO struct {
	Known       bool
	Read, Write float64
}

// Agent names a node and the container on it.
type Agent struct {
	ID        string
	Container string // first four characters of the container id
}

// Detail is what status_data says about a status.
type Detail struct {
	Message  string // of the scheduler
	Retries  int
	LastTry  time.Time
	Failed   []Predicate
	Passed   []string
	Errors   []Fault
	ExitCode *int
}

// Predicate is a check of the scheduler that a session did not pass.
type Predicate struct{ Name, Message string }

// Fault is an error that an agent or the manager met.
type Fault struct{ Name, Message, Agent string }

// Empty reports whether there is nothing to show.
func (d Detail) Empty() bool {
	return d.Message == "" && d.Retries == 0 && len(d.Failed) == 0 && len(d.Passed) == 0 && len(d.Errors) == 0 && d.ExitCode == nil
}
