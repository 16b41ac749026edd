package model

import (
	"encoding/json"
	"slices"
	"time"
)

// FullSession is all that a manager says about one session: what a list holds,
// and what only the question for this one brings.
type FullSession struct {
	Session
	// Kernels are the session's, with more than Session.Containers holds.
	Kernels []FullKernel `json:"containers"`

	MainKernelID   string    `json:"main_kernel_id"`
	Tag            string    `json:"tag"`
	Priority       int       `json:"priority"` // 0 to 100; managers from 24.09 on
	DomainName     string    `json:"domain_name"`
	ProjectID      string    `json:"group_id"`
	UserID         string    `json:"user_id"`
	FullName       string    `json:"full_name"`
	StatusChanged  Time      `json:"status_changed"`
	ScheduledAt    Time      `json:"scheduled_at"`
	StatusHistory  RawObject `json:"status_history"`
	StartupCommand string    `json:"startup_command"`
	ResourceOpts   RawObject `json:"resource_opts"`
	Dependencies   []Linked  `json:"dependencies"`
	// QueuePosition is the session's place in the queue of its resource group,
	// from 0; -1 where the manager does not say (before 25.13, and once it is
	// scheduled).
	QueuePosition int `json:"-"`
}

// Linked is a session that another one depends on.
type Linked struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Status Status `json:"status"`
}

// FullKernel is one container of a session.
type FullKernel struct {
	Kernel
	ID           string    `json:"id"`
	ClusterRole  string    `json:"cluster_role"` // main, sub
	ClusterIndex int       `json:"cluster_idx"`
	Hostname     string    `json:"cluster_hostname"` // main1, sub1
	Status       Status    `json:"status"`
	StatusInfo   string    `json:"status_info"`
	StatusData   RawObject `json:"status_data"`
	CreatedAt    Time      `json:"created_at"`
	TerminatedAt Time      `json:"terminated_at"`
}

// UnmarshalJSON fills Session.Containers from the kernels, so that the session
// can be shown as one of a list.
func (f *FullSession) UnmarshalJSON(data []byte) error {
	type plain FullSession
	if err := json.Unmarshal(data, (*plain)(f)); err != nil {
		return err
	}
	f.QueuePosition = -1
	f.Containers = make([]Kernel, len(f.Kernels))
	for i := range f.Kernels {
		k := &f.Kernels[i]
		if k.KernelID == "" {
			k.KernelID = k.ID
		}
		f.Containers[i] = k.Kernel
	}
	return nil
}

// Step is one entry into a status.
type Step struct {
	Status Status
	At     time.Time
}

// History lists the statuses a session went through, in order of time: the last
// entry into each, which is all that a manager keeps.
func (f *FullSession) History() []Step {
	var entries map[Status]Time
	if len(f.StatusHistory) == 0 || json.Unmarshal(f.StatusHistory, &entries) != nil {
		return nil
	}
	steps := make([]Step, 0, len(entries))
	for status, at := range entries {
		if !at.IsZero() {
			steps = append(steps, Step{Status: status, At: at.Time})
		}
	}
	slices.SortFunc(steps, func(a, b Step) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.Status.Phase()) - int(b.Status.Phase())
	})
	return steps
}

// SharedMemory is the shared memory of the main kernel in bytes; 0 where the
// manager does not say.
func (f *FullSession) SharedMemory() int64 {
	var byKernel map[string]struct {
		Shmem json.Number `json:"shmem"`
	}
	if len(f.ResourceOpts) == 0 || json.Unmarshal(f.ResourceOpts, &byKernel) != nil {
		return 0
	}
	for _, name := range []string{"main1", "main"} {
		if n, err := byKernel[name].Shmem.Int64(); err == nil {
			return n
		}
	}
	return 0
}
