package launcher

import (
	"reflect"
	"slices"

	"github.com/baiui/baiui/client/model"
)

// Form is what a person has filled in. The zero value is not useful; see
// [NewForm]. It is kept as JSON in the URL, in the draft and in the history, so
// the names of its keys are not changed.
type Form struct {
	Type      model.SessionType `json:"type"`
	Name      string            `json:"name,omitempty"`
	Batch     Batch             `json:"batch"`
	Bootstrap string            `json:"bootstrap,omitempty"` // script; never shown as a field, announced on the review

	Image     string     `json:"image,omitempty"`  // full name of a listed image
	Manual    string     `json:"manual,omitempty"` // image name as typed, used instead if not empty
	Variables []Variable `json:"env,omitempty"`

	Group       string `json:"group,omitempty"`
	Preset      string `json:"preset"`          // a name, or one of the Preset constants
	CPU         int    `json:"cpu,omitempty"`   // cores of one container
	Memory      int64  `json:"mem,omitempty"`   // bytes of one container, shared memory included
	Shared      int64  `json:"shmem,omitempty"` // bytes of it that are shared memory
	ManualShare bool   `json:"manual_shmem,omitempty"`
	// Accelerator is the slot, "cuda.shares"; empty for none.
	Accelerator       string  `json:"accelerator,omitempty"`
	AcceleratorAmount float64 `json:"accelerator_amount,omitempty"`
	Sessions          int     `json:"sessions"`
	Agent             string  `json:"agent,omitempty"` // empty: the scheduler decides
	ClusterMode       string  `json:"cluster_mode"`
	ClusterSize       int     `json:"cluster_size"`
	Threads           Threads `json:"threads"`

	Mounts []Mount  `json:"mounts,omitempty"`
	Ports  []string `json:"ports,omitempty"` // as typed, so that a wrong one can be shown

	// Owner is never kept: it names another person.
	Owner Owner `json:"-"`
}

// Owner is for whom an administrator makes the session.
type Owner struct {
	Enabled   bool
	Email     string
	AccessKey string
	Project   string // name
	Domain    string
}

// Threads are the numbers of threads that parallel programs start with. Left to
// the manager they are the number of cores.
type Threads struct {
	Manual   bool `json:"manual,omitempty"`
	OMP      int  `json:"omp"`
	OpenBLAS int  `json:"openblas"`
}

// The cluster modes.
const (
	SingleNode = "single-node"
	MultiNode  = "multi-node"
)

// The presets that are no presets: choose the first that fits, the least that
// the image takes, or amounts of one's own.
const (
	PresetAuto    = "auto-select"
	PresetMinimum = "minimum-required"
	PresetCustom  = "custom"
)

// NewForm is the form as it is before anything is filled in.
func NewForm() Form {
	return Form{
		Type: model.TypeInteractive, Preset: PresetAuto, Sessions: 1,
		ClusterMode: SingleNode, ClusterSize: 1, Threads: Threads{OMP: 1, OpenBLAS: 1},
		Batch: Batch{LimitUnit: UnitSecond},
	}
}

// Clone is a copy that shares nothing with f.
func (f Form) Clone() Form {
	f.Variables = slices.Clone(f.Variables)
	f.Mounts = slices.Clone(f.Mounts)
	f.Ports = slices.Clone(f.Ports)
	return f
}

// Equal reports whether two forms say the same.
func (f Form) Equal(other Form) bool { return reflect.DeepEqual(f, other) }

// length is no more than the number of bytes that [Encode] needs: that of the
// texts which may be long.
func (f Form) length() int {
	n := len(f.Bootstrap) + len(f.Batch.Command)
	for _, v := range f.Variables {
		n += len(v.Name)
		if !v.hidden() {
			n += len(v.Value)
		}
	}
	return n
}

// Containers is how many containers all sessions of the form have together.
func (f Form) Containers() int { return max(f.ClusterSize, 1) * max(f.Sessions, 1) }

// Step is one of the five parts of the form.
type Step int

// The steps, in the order of the guide.
const (
	StepType Step = iota
	StepEnvironment
	StepData
	StepNetwork
	StepReview
)

// Steps lists the steps in their order.
func Steps() []Step { return []Step{StepType, StepEnvironment, StepData, StepNetwork, StepReview} }

// String is the step's name in URLs and in the keys of its texts.
func (s Step) String() string {
	switch s {
	case StepEnvironment:
		return "environment"
	case StepData:
		return "data"
	case StepNetwork:
		return "network"
	case StepReview:
		return "review"
	}
	return "type"
}

// ParseStep reads a step's name; anything else is the first step.
func ParseStep(name string) Step {
	for _, s := range Steps() {
		if s.String() == name {
			return s
		}
	}
	return StepType
}
