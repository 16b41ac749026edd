//go:build linux

package node

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/node/cgroup"
	"github.com/baiui/baiui/server/node/pid1"
)

// MaybeInit must be the first call in main: if this process was started as the
// init process of a kernel it does that work and never returns.
func MaybeInit() { pid1.Maybe() }

// Local is a [Node] that runs kernels as processes of this machine.
type Local struct {
	dir      string // where the kernels are
	log      *slog.Logger
	now      func() time.Time
	binary   *os.File
	lock     *os.File
	groups   *cgroup.Hierarchy // nil: limits are kept by the watchdog
	readOnly []string
	path     string // PATH of kernels
	logLimit int64
	bootID   string
	root     bool // the server may use other users' IDs
	idBase   int
	memory   int64 // of the machine, bytes
	info     Info
	// bubblewrap is the path of bwrap; empty without it.
	bubblewrap string
	owners     owners
	networks   networks

	skeletons skeletons

	mu      sync.Mutex
	kernels map[string]*kernel
	closed  bool

	events  *queue
	work    sync.WaitGroup
	quit    chan struct{} // closed by Close
	sampled time.Duration
}

var _ Node = (*Local)(nil)

// Open sets the node up: it finds out how well it can isolate and limit by
// running a tiny kernel, and takes over the kernels an earlier server left.
func Open(options Options) (*Local, error) {
	l, err := prepare(options)
	if err != nil {
		return nil, err
	}
	if err := l.choose(options); err != nil {
		l.release()
		return nil, err
	}
	if err := l.adoptAll(); err != nil {
		l.release()
		return nil, err
	}
	l.background(l.sample)
	return l, nil
}

// prepare fills in everything but how kernels are isolated and limited.
func prepare(options Options) (*Local, error) {
	if options.Dir == "" {
		return nil, errors.New("the node needs a directory")
	}
	base, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, err
	}
	l := &Local{
		dir: filepath.Join(base, "kernels"), log: options.Log, now: options.Now,
		readOnly: options.ReadOnly, root: os.Geteuid() == 0,
		logLimit: cmp.Or(options.LogLimit, defaultLogLimit),
		sampled:  cmp.Or(options.SampleEvery, defaultSampleEvery),
		kernels:  make(map[string]*kernel), events: newQueue(), quit: make(chan struct{}),
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.now == nil {
		l.now = time.Now
	}
	if l.readOnly == nil {
		l.readOnly = ToolTrees(os.Getenv("PATH"))
	}
	l.path = kernelPath(os.Getenv("PATH"), l.readOnly)
	if l.bootID, err = bootID(); err != nil {
		return nil, err
	}
	if l.idBase, err = chooseIDs(options.IDBase); err != nil {
		return nil, err
	}
	if l.info, l.memory, err = machine(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return nil, err
	}
	if l.lock, err = lockDir(base); err != nil {
		return nil, err
	}
	binary := options.Binary
	if binary == "" {
		binary = "/proc/self/exe"
	}
	if l.binary, err = openLeader(binary, base, l.root); err != nil {
		l.lock.Close()
		return nil, err
	}
	return l, nil
}

// lockPatience is how long Open waits for the directory.
const lockPatience = time.Second

// lockDir keeps a second server out.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "node.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	// A server that was killed while it started a kernel can leave the lock with
	// the child for the moment until that notices.
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(lockPatience / 100) {
		err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) || time.Now().After(deadline) {
			break
		}
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = ErrInUse
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return file, nil
}

// machine describes this machine.
func machine() (Info, int64, error) {
	var system unix.Sysinfo_t
	if err := unix.Sysinfo(&system); err != nil {
		return Info{}, 0, err
	}
	host, err := os.Hostname()
	if err != nil {
		return Info{}, 0, err
	}
	memory := int64(system.Totalram) * int64(system.Unit)
	if limit := cgroup.MemoryLimit(); limit > 0 {
		memory = min(memory, limit) // the server's, and with it its kernels'
	}
	architecture := runtime.GOARCH
	switch architecture {
	case "amd64":
		architecture = "x86_64"
	case "arm64":
		architecture = "aarch64"
	}
	return Info{
		ID: "i-" + host, Architecture: architecture,
		Slots: model.ResourceSlots{"cpu": strconv.Itoa(runtime.NumCPU()), "mem": strconv.FormatInt(memory, 10)},
	}, memory, nil
}

// Info describes the machine and how well it isolates.
func (l *Local) Info() Info { return l.info }

// neighbours is how many kernels there are beside one.
func (l *Local) neighbours(k *kernel) int {
	count := 0
	for _, other := range l.known() {
		if other != k && other.ended() == nil {
			count++
		}
	}
	return count
}

// known are the kernels of this moment, in no order.
func (l *Local) known() []*kernel {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.kernels))
}

// Kernels lists every kernel the node knows, the oldest first.
func (l *Local) Kernels() []Kernel {
	var kernels []Kernel
	for _, k := range l.known() {
		if described := k.describe(); !described.StartedAt.IsZero() || described.Exit != nil {
			kernels = append(kernels, described)
		}
	}
	slices.SortFunc(kernels, func(a, b Kernel) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID))
	})
	return kernels
}

// Stats returns the last metrics of a kernel, nil before the first sample.
func (l *Local) Stats(id string) model.Metrics {
	k, err := l.find(id)
	if err != nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stats
}

// Events delivers the ends of kernels that nobody asked for.
func (l *Local) Events() <-chan Event { return l.events.out }

// Close stops watching. Kernels keep running.
func (l *Local) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	known := make([]*kernel, 0, len(l.kernels))
	for _, k := range l.kernels {
		known = append(known, k)
	}
	l.mu.Unlock()
	close(l.quit)
	for _, k := range known {
		k.mu.Lock()
		if k.life != nil {
			k.life.process.close()
		}
		k.mu.Unlock()
	}
	l.networks.close()
	l.work.Wait()
	l.release()
	return nil
}

// background runs a piece of work that Close waits for; false if the node is
// closed and the work was not begun.
func (l *Local) background(work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.work.Go(work)
	}
	return !l.closed
}

func (l *Local) release() {
	l.events.close()
	if l.groups != nil {
		l.groups.Close()
	}
	l.owners.close()
	l.binary.Close()
	l.lock.Close()
}

// find gives a kernel by its identifier.
func (l *Local) find(id string) (*kernel, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, ErrClosed
	}
	k, known := l.kernels[id]
	if !known {
		return nil, fmt.Errorf("kernel %s: %w", id, ErrUnknown)
	}
	return k, nil
}

// workUID is the host user that kernels' commands run as.
func (l *Local) workUID() int {
	if l.root {
		return l.idBase + 1
	}
	return os.Getuid()
}
