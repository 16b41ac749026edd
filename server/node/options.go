package node

import (
	"errors"
	"log/slog"
	"time"
)

// Options say how [Open] sets a node up. Only Dir is needed.
type Options struct {
	// Dir is where the node keeps its kernels. It is made if it does not exist,
	// readable by the server alone. Two nodes cannot use the same directory at
	// the same time.
	Dir string
	// Binary is the program started as the first process of each kernel; its
	// main must call [MaybeInit]. Default: the running program.
	Binary string
	// Log receives what the node notices; default: nothing.
	Log *slog.Logger
	// Now gives the time written into records; default: time.Now.
	Now func() time.Time
	// ReadOnly are host directories shown in every kernel at the same place, for
	// language tools outside /usr. Default: [ToolTrees] of this process's PATH.
	ReadOnly []string
	// LogLimit is how much of each kernel's log is kept, in bytes; default 16 MiB.
	LogLimit int64
	// SampleEvery is the time between two measurements; default 2 s. Many
	// kernels are measured less often, up to every 5 s.
	SampleEvery time.Duration
	// IDBase is the first of the two host user and group IDs that kernels run
	// as when the server is root: the init process as IDBase, the command as
	// IDBase+1. They must belong to nobody. Default 524288, or 65533 where the
	// server's own user namespace has no such ID.
	IDBase int
	// Isolation is the only level to use; default: the strongest that works.
	// [IsolationNone] is not for other people's programs.
	Isolation Isolation
	// ForbidLandlock does without Landlock even where it can be used.
	ForbidLandlock bool
	// ForbidControlGroups limits kernels by a watchdog even where control groups
	// can be used.
	ForbidControlGroups bool
}

// The errors to test for with errors.Is.
var (
	ErrUnknown = errors.New("no such kernel")
	ErrExists  = errors.New("the kernel exists already")
	ErrRunning = errors.New("the kernel is still running")
	ErrEnding  = errors.New("the kernel is being ended")
	ErrClosed  = errors.New("the node is closed")
	// ErrNoMounts and ErrNoClusters: see [Info].
	ErrNoMounts   = errors.New("this machine does not isolate sessions, so they cannot have folders mounted")
	ErrNoClusters = errors.New("this machine cannot give sessions a private network, so they cannot be clusters")
	ErrInUse      = errors.New("the directory is used by another server")
)

// The defaults of a [Spec].
const (
	// DefaultProcesses is the limit on processes and threads of a kernel.
	DefaultProcesses = 4096
	// DefaultShm is the size of /dev/shm in bytes.
	DefaultShm = 64 << 20
)

const (
	defaultLogLimit    = 16 << 20
	defaultSampleEvery = 2 * time.Second
)
