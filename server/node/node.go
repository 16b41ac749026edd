package node

import (
	"context"
	"os"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Node is one machine that runs kernels. All methods may be called from several
// goroutines. Kernels outlive the process that created them: after a restart
// [Node.Kernels] lists those that are still there, and how the others ended.
type Node interface {
	// Info describes the machine and how well it isolates.
	Info() Info

	// Create starts a kernel and returns when its init process is ready, or
	// with the reason it could not start. Creating an identifier that exists is
	// an error.
	Create(ctx context.Context, spec Spec) error

	// Restart ends all processes of a kernel and starts its command again with
	// the same spec and home.
	Restart(ctx context.Context, id string) error

	// Destroy ends every process of a kernel: first politely, after grace by
	// force. It returns how the kernel ended. Destroying an ended kernel
	// returns how it had ended.
	Destroy(ctx context.Context, id string, grace time.Duration) (Exit, error)

	// Remove forgets an ended kernel and deletes its files.
	Remove(ctx context.Context, id string) error

	// Kernels lists every kernel the node knows, running or ended.
	Kernels() []Kernel

	// Stats returns the last metrics of a kernel, nil before the first sample.
	Stats(id string) model.Metrics

	// Log returns what the kernel's processes wrote, at most limit bytes from
	// the end; cut reports that there was more.
	Log(ctx context.Context, id string, limit int64) (log []byte, cut bool, err error)

	// Events delivers changes in order. One reader; closed by Close.
	Events() <-chan Event

	// Close stops watching. Kernels keep running.
	Close() error
}

// Info describes the machine.
type Info struct {
	ID           string // stable agent name, for example "i-hostname"
	Architecture string // x86_64 or aarch64
	Isolation    Isolation
	// Reason says in English why the isolation is not stronger; empty at the strongest.
	Reason string
	// Levels says of every isolation level, strongest first, whether it could be
	// used.
	Levels []Level
	// Landlock is the version of Landlock that kernels are kept to their places
	// with besides; 0 without it, and then LandlockReason says in English why.
	Landlock       int
	LandlockReason string
	// Mounts and Clusters say whether kernels can have mounts and be in clusters.
	Mounts, Clusters bool
	// Overlay says that kernels can change the machine's tools for themselves, and
	// that the changes can be kept.
	Overlay bool
	// Limits names what enforces limits: "cgroup2", "cgroup1" or "watchdog".
	Limits string
	// LimitsReason says in English why the limits are only kept by the watchdog;
	// empty with control groups.
	LimitsReason string
	// Slots is what the machine offers: cpu in cores, mem in bytes.
	Slots model.ResourceSlots
}

// Spec is everything a node needs to start a kernel.
type Spec struct {
	ID       string // kernel UUID
	Hostname string // main1, sub1 ...
	// Command is the process to run as the kernel's work. Empty: only the init
	// process runs and the kernel lives until it is destroyed.
	Command []string
	Env     map[string]string
	// Resources are the limits: cpu in cores (may be fractional), mem in bytes.
	CPU    float64
	Memory int64
	// Shm is the size of /dev/shm in bytes.
	Shm int64
	// Processes limits processes and threads; 0 means DefaultProcesses.
	Processes int
	// Disk limits the size of the home and of what was changed in overlays in bytes,
	// not counting mounts; 0 means no limit. It is looked at now and then: a kernel
	// that is over it is ended.
	Disk int64
	// Mounts are directories of the host to show.
	Mounts []Mount
	// Overlay lets the kernel's user change the machine's tools: /usr/local, /srv
	// and the trees of [Options].ReadOnly, for this kernel alone. Where
	// [Info].Overlay is false they stay as they are.
	Overlay bool
	// Layer is a file that [Layers].Commit wrote: changes to begin with. It takes
	// Overlay and [Info].Overlay.
	Layer string
	// Cluster is the private network the kernel is in; nil for none.
	Cluster *Cluster
	// Tmux says that terminals run in tmux where it is installed.
	Tmux bool
	// Files are put into the home before anything runs, in this order. They are
	// not kept beside it: after a restart they are what the kernel made of them.
	Files []HomeFile `json:"-"`
}

// HomeFile is a small file that a home begins with.
type HomeFile struct {
	// Path is below the home: relative, clean, without "..". The directories it
	// takes are made; they are the user's alone below a path that begins with a
	// dot, and readable by all otherwise.
	Path string
	// Mode are the permissions, as in chmod. What they do not give the user, the
	// kernel's user can still give himself.
	Mode os.FileMode
	Data []byte
}

// State is what a kernel is doing.
type State string

// The states of a kernel on a node.
const (
	StateRunning State = "running"
	StateEnded   State = "ended"
)

// Kernel is what a node knows about one kernel.
type Kernel struct {
	ID        string
	State     State
	StartedAt time.Time
	Exit      *Exit // set when ended
}

// EndReason says why a kernel ended.
type EndReason string

// The reasons a kernel can end for.
const (
	EndSelf      EndReason = "self-terminated" // its command ended
	EndDestroyed EndReason = "destroyed"       // Destroy was called
	EndMemory    EndReason = "out-of-memory"   // over its memory limit
	// EndProcesses: it kept starting processes at its limit, as fork bombs do.
	EndProcesses EndReason = "too-many-processes"
	EndDisk      EndReason = "out-of-disk" // over the limit of its home
	EndLost      EndReason = "lost"        // gone while nobody watched, cause unknown
)

// Exit is how a kernel ended.
type Exit struct {
	Code   int // exit code of the command; 128+n for signal n; -1 unknown
	Reason EndReason
	At     time.Time
	Stats  model.Metrics // last metrics, may be nil
}

// Event is a change the node noticed by itself.
type Event struct {
	KernelID string
	Exit     Exit
}
