//go:build linux

package node

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/cgroup"
	"github.com/baiui/baiui/server/node/pid1"
	"github.com/baiui/baiui/server/node/procfs"
)

// launch starts the init process of a kernel whose files are in place, and
// returns when it is ready. The caller holds k.launching.
//
// The order makes a kill of this process harmless at any point: the init
// process waits for a byte before it does anything, which is sent only after
// its process ID is on record; if the byte can no longer come it ends.
func (l *Local) launch(ctx context.Context, k *kernel) (err error) {
	now := record{BootID: l.bootID, StartedAt: l.now(), Isolation: l.info.Isolation, Created: k.record.Created}
	if l.groups != nil {
		now.Group, err = l.groups.Create(k.id, cgroup.Limits{CPU: cpuToStart(k.spec.CPU), Memory: k.spec.Memory, Processes: k.spec.processes()})
		if err != nil {
			return err
		}
	}
	defer func() {
		if err != nil && now.Group != nil {
			err = errors.Join(err, now.Group.Remove())
		}
	}()
	if err := save(k.path(fileState), now, false); err != nil {
		return err
	}
	files, sync, config, err := l.open(k)
	defer func() { closeFiles(files) }()
	if err != nil {
		return err
	}
	defer sync.Close()
	started, err := l.fork(k, config, files, now.Group)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			l.disconnect(k)
			started.kill()
			if started.wait() == nil {
				started.reap()
			}
			started.close()
		}
	}()
	if now.Group != nil && now.Group.Version == cgroup.V1 {
		if err := now.Group.Add(started.pid); err != nil {
			return fmt.Errorf("cannot limit the kernel: %w", err)
		}
	}
	stat, err := procfs.Read(started.pid)
	if err != nil {
		return fmt.Errorf("the init process ended at once: %w", err)
	}
	now.PID, now.StartTicks = started.pid, stat.StartTicks
	if err := save(k.path(fileState), now, false); err != nil {
		return err
	}
	// Only the child's copies may keep its end of the socket open.
	files[pid1.FDSync].Close()
	if err := begin(ctx, sync); err != nil {
		return err
	}
	// The init process has all it needs. Copies here would keep its control socket
	// open when it has ended, and leave whoever asks there without an answer.
	closeFiles(files)
	files = nil
	// A command may end as soon as it has begun, and the init process with it:
	// then there is nothing left to connect.
	if err := l.connect(ctx, k); err != nil && !started.endsWithin(talk) {
		return err
	}
	if err := now.limitCPU(k.spec.CPU); err != nil {
		return err
	}
	now.Created = true
	if err := save(k.path(fileState), now, false); err != nil {
		return err
	}
	k.mu.Lock()
	k.record, k.exit, k.restart = now, nil, false
	k.life = &life{process: started, done: make(chan struct{})}
	k.series, k.stats = series{}, nil
	k.mu.Unlock()
	l.watch(k)
	return nil
}

// leastCPUToStart is how many processors a kernel may use until it is ready, even
// if it is to have less: making its surroundings is the node's work, and takes ten
// seconds of a hundredth of a processor.
const leastCPUToStart = 1.0

// cpuToStart is the limit on the processors of a kernel that is being started; 0
// for none.
func cpuToStart(cores float64) float64 {
	if cores <= 0 {
		return 0
	}
	return max(cores, leastCPUToStart)
}

// limitCPU gives a kernel that is ready the processors it is to have.
func (r record) limitCPU(cores float64) error {
	if r.Group == nil || cores == cpuToStart(cores) {
		return nil
	}
	return r.Group.SetCPU(cores)
}

// begin lets the init process go on and waits for its answer.
func begin(ctx context.Context, sync *os.File) error {
	stop := context.AfterFunc(ctx, func() { _ = sync.SetReadDeadline(time.Now()) })
	defer stop()
	if _, err := sync.Write([]byte{1}); err != nil {
		return fmt.Errorf("cannot reach the init process: %w", err)
	}
	line, err := bufio.NewReader(io.LimitReader(sync, 64<<10)).ReadBytes('\n')
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return errors.New("the init process ended before it was ready")
	}
	var reply pid1.Reply
	if err := json.Unmarshal(line, &reply); err != nil {
		return fmt.Errorf("answer of the init process: %w", err)
	}
	if reply.Error != "" {
		return errors.New(reply.Error)
	}
	return nil
}

// fork starts the init process with the files given.
func (l *Local) fork(k *kernel, config pid1.Config, files []*os.File, group *cgroup.Group) (*process, error) {
	if l.info.Isolation == IsolationBubblewrap {
		return l.forkInBubble(k, config, files, group)
	}
	pidfd := -1
	attributes := &syscall.SysProcAttr{Setsid: true, PidFD: &pidfd}
	if l.info.Isolation == IsolationNamespaces {
		l.namespaces(attributes)
	}
	if group != nil && group.Version == cgroup.V2 {
		dir, err := os.Open(group.Dirs[""])
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		attributes.UseCgroupFD, attributes.CgroupFD = true, int(dir.Fd())
	}
	descriptors := make([]uintptr, len(files))
	for i, file := range files {
		descriptors[i] = file.Fd()
	}
	binary := fmt.Sprintf("/proc/self/fd/%d", pid1.FDBinary)
	pid, err := syscall.ForkExec(binary, []string{pid1.Argv0, pid1.StageSetup, k.id}, &syscall.ProcAttr{
		Env: initEnvironment(), Files: descriptors, Sys: attributes,
	})
	runtime.KeepAlive(files)
	if err != nil {
		return nil, fmt.Errorf("cannot start the init process: %w", err)
	}
	if pidfd < 0 {
		_ = syscall.Kill(pid, syscall.SIGKILL)
		_, _ = syscall.Wait4(pid, nil, 0, nil)
		return nil, errors.New("this Linux is too old: it has no pidfd")
	}
	return newProcess(pid, pidfd)
}

// initEnvironment is that of the init process, which has little to do: few
// threads, small heap.
func initEnvironment() []string { return []string{"GOMAXPROCS=2", "GOGC=50"} }

// namespaces asks for namespaces of its own for the init process.
func (l *Local) namespaces(attributes *syscall.SysProcAttr) {
	attributes.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWNS |
		syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS | syscall.CLONE_NEWNET
	if l.root {
		// Even root's kernels run as users that mean nothing on the host.
		ids := []syscall.SysProcIDMap{
			{ContainerID: 0, HostID: l.idBase, Size: 1},
			{ContainerID: workID, HostID: l.idBase + 1, Size: 1},
		}
		attributes.UidMappings, attributes.GidMappings = ids, ids
		attributes.GidMappingsEnableSetgroups = true
		attributes.Credential = &syscall.Credential{}
		return
	}
	attributes.UidMappings = []syscall.SysProcIDMap{{ContainerID: workID, HostID: os.Getuid(), Size: 1}}
	attributes.GidMappings = []syscall.SysProcIDMap{{ContainerID: workID, HostID: os.Getgid(), Size: 1}}
	// A user other than 0 loses its capabilities at exec unless they are
	// ambient. These are all in the new namespace only, and the setup stage
	// gives them up.
	attributes.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_SETPCAP, unix.CAP_SYS_RESOURCE}
}
