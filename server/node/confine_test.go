//go:build linux

package node

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestTheStrongestLevelThatWorksIsUsed(t *testing.T) {
	info := openNode(t, Options{}).Info()
	require.Equal(t, IsolationNamespaces, info.Isolation, info.Reason)
}

func TestAKernelSeesNothingOfTheHostAndOfOthers(t *testing.T) {
	atEachLevel(t, Options{}, kernelSeesNothing)
}

func kernelSeesNothing(t *testing.T, l *Local) {
	require.NoError(t, l.Create(t.Context(), shell("other", "umask 0; echo secret > file; echo up; exec sleep 1000")))
	waitLog(t, l, "other", "up")
	other, err := l.find("other")
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	abstract, err := net.Listen("unix", "@node-test")
	require.NoError(t, err)
	defer abstract.Close()
	hostFile := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(hostFile, []byte("secret"), 0o666))

	for i, test := range []struct{ name, script string }{
		{"a file of the host", "cat " + hostFile},
		{"the host's users", "grep -q daemon /etc/passwd"},
		{"the host's shadow file", "cat /etc/shadow"},
		{"the server's data", "ls " + l.dir},
		{"its own record", "ls " + l.dir + "/*/state.json"},
		{"another kernel's home", "cat " + other.path(dirHome) + "/file"},
		{"another kernel's process", fmt.Sprintf("kill -0 %d", other.record.PID)},
		{"the host's processes", fmt.Sprintf("test -d /proc/%d", os.Getpid())},
		{"more processes than its own", "test $(ls -d /proc/[0-9]* | wc -l) -gt 6"},
		{"a loopback port of the host", fmt.Sprintf("bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d'", listener.Addr().(*net.TCPAddr).Port)},
		{"an abstract socket of the host", "grep node-test /proc/net/unix"},
		{"the outside network", "bash -c 'exec 3<>/dev/tcp/192.0.2.1/80'"},
		{"the host's control groups", "ls /sys/fs/cgroup/*"},
		{"its place in the control groups", "grep -q baiui /proc/self/cgroup"},
		{"disks", "ls /dev | grep -E '^(sd|vd|nvme|loop|mem|kmsg|fuse)'"},
		{"the files of its init process", "ls -l /proc/1/fd/ && readlink /proc/1/root"},
		{"root's home", "ls /root/.bashrc /root/.ssh /root/.profile"},
	} {
		t.Run("it cannot see "+test.name, func(t *testing.T) {
			exit, log := runToEnd(t, l, shell(fmt.Sprintf("k%d", i), test.script+" && echo REACHED"))
			assert.NotZero(t, exit.Code)
			assert.NotContains(t, log, "REACHED")
			assert.NotContains(t, log, "secret\n")
		})
	}
}

func TestAKernelCannotWriteOutsideItsOwnPlaces(t *testing.T) {
	atEachLevel(t, Options{}, kernelWritesInItsPlaces)
}

func kernelWritesInItsPlaces(t *testing.T, l *Local) {
	exit, log := runToEnd(t, l, shell("k1", `
		for place in / /etc /usr /usr/local /bin /lib /opt /dev /proc /proc/sys/kernel /sys/devices/system/cpu /var /home; do
			touch $place/new 2>/dev/null && echo "WROTE $place"
		done
		(echo 1 > /proc/sys/kernel/core_pattern) 2>/dev/null && echo "WROTE core_pattern"
		(echo x >> /etc/passwd) 2>/dev/null && echo "WROTE passwd"
		for place in /home/work /tmp /dev/shm /run /var/tmp; do
			touch $place/new || echo "FAILED $place"
		done
		cp /bin/sh sh && chmod 4755 sh && ./sh -c 'id -u'
		true`))
	assert.Zero(t, exit.Code)
	assert.Equal(t, "1000\n", log)
}

// escapes are system calls that must fail in a kernel. Each is given as a name
// and the error of the attempt.
func escapes() map[string]func() error {
	call := func(number uintptr, arguments ...uintptr) func() error {
		return func() error {
			var a [6]uintptr
			copy(a[:], arguments)
			if _, _, errno := unix.RawSyscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
				return errno
			}
			return nil
		}
	}
	socket := func(family int) func() error {
		return func() error { _, err := unix.Socket(family, unix.SOCK_DGRAM, 0); return err }
	}
	// Linux looks at the lower half of some arguments only.
	wide := func(value uint64) uintptr { return uintptr(1<<32 | value) }
	path, _ := unix.BytePtrFromString("/tmp")
	at := uintptr(unsafe.Pointer(path))
	return map[string]func() error{
		"mount a tmpfs":          func() error { return unix.Mount("tmpfs", "/tmp", "tmpfs", 0, "") },
		"unmount":                func() error { return unix.Unmount("/tmp", unix.MNT_DETACH) },
		"make / writable":        func() error { return unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND, "") },
		"open a file system":     call(unix.SYS_FSOPEN, at),
		"clone a mount":          call(unix.SYS_OPEN_TREE, 0, at, unix.OPEN_TREE_CLONE),
		"change the root":        func() error { return unix.PivotRoot("/tmp", "/tmp") },
		"chroot":                 func() error { return unix.Chroot("/tmp") },
		"a user namespace":       func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
		"a mount namespace":      func() error { return unix.Unshare(unix.CLONE_NEWNS) },
		"clone into a namespace": call(unix.SYS_CLONE, unix.CLONE_NEWUSER|uintptr(unix.SIGCHLD)),
		"clone3":                 call(unix.SYS_CLONE3, 0, 0),
		"enter a namespace":      call(unix.SYS_SETNS, 0, 0),
		"trace the init process": func() error { return unix.PtraceAttach(1) },
		"write to init's memory": func() error { _, err := os.OpenFile("/proc/1/mem", os.O_RDWR, 0); return err },
		"kill the init process":  func() error { return unix.Kill(1, 0) },
		"a device node":          func() error { return unix.Mknod("/tmp/disk", unix.S_IFBLK|0o666, int(unix.Mkdev(8, 0))) },
		"become root": func() error {
			if err := unix.Setuid(0); err != nil {
				return unix.EPERM // "invalid argument" where the namespace has no root
			}
			return nil
		},
		"become another group":            func() error { return unix.Setgroups([]int{0}) },
		"the key ring":                    call(unix.SYS_KEYCTL, 0),
		"a BPF program":                   call(unix.SYS_BPF, 0, 0, 0),
		"performance counters":            call(unix.SYS_PERF_EVENT_OPEN, 0, 0),
		"an io_uring":                     call(unix.SYS_IO_URING_SETUP, 1, 0),
		"userfaultfd":                     call(unix.SYS_USERFAULTFD, 0),
		"open by handle":                  call(unix.SYS_OPEN_BY_HANDLE_AT, 0, 0, 0),
		"load a module":                   call(unix.SYS_FINIT_MODULE, 0, 0, 0),
		"load a kernel":                   call(unix.SYS_KEXEC_LOAD, 0, 0, 0, 0),
		"set the clock":                   func() error { return unix.Settimeofday(&unix.Timeval{Sec: 1}) },
		"change the host name":            func() error { return unix.Sethostname([]byte("x")) },
		"reboot":                          func() error { return unix.Reboot(unix.LINUX_REBOOT_CMD_RESTART2) },
		"type into a terminal":            func() error { return unix.IoctlSetPointerInt(0, unix.TIOCSTI, 'x') },
		"type with a wide number":         call(unix.SYS_IOCTL, 0, wide(unix.TIOCSTI), at),
		"a vsock with a wide number":      call(unix.SYS_SOCKET, wide(unix.AF_VSOCK), unix.SOCK_DGRAM),
		"cryptography with a wide number": call(unix.SYS_SOCKET, wide(unix.AF_ALG), unix.SOCK_DGRAM),
		"a packet socket":                 socket(unix.AF_PACKET),
		"a vsock":                         socket(unix.AF_VSOCK),
		"kernel cryptography":             socket(unix.AF_ALG),
		"a raw socket":                    func() error { _, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW, 1); return err },
		"raise the file limit": func() error {
			return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20})
		},
	}
}

// tryToEscape is a helper program that reports what succeeds.
func tryToEscape() {
	for name, attempt := range escapes() {
		err := attempt()
		switch {
		case err == nil:
			fmt.Println("ESCAPED:", name)
		case errors.Is(err, unix.ENOTTY), errors.Is(err, unix.EFAULT), errors.Is(err, unix.EINVAL), errors.Is(err, unix.EBADF),
			errors.Is(err, unix.EAFNOSUPPORT), errors.Is(err, unix.ESOCKTNOSUPPORT):
			// Refused for a wrong argument, or for what this Linux lacks: the call
			// itself was let through.
			fmt.Println("ESCAPED:", name, err)
		}
	}
	fmt.Println("tried", len(escapes()))
}

func TestAKernelCannotEscape(t *testing.T) {
	binary := ownBinary(t)
	atEachLevel(t, Options{ReadOnly: []string{filepath.Dir(binary)}}, func(t *testing.T, l *Local) {
		exit, log := runToEnd(t, l, Spec{
			ID: "k1", Command: []string{binary}, Env: map[string]string{"NODE_TEST_HELPER": "escape"}, Memory: 512 << 20,
		})
		assert.Zero(t, exit.Code)
		if os.Getuid() != 0 {
			// With one user ID for both, a process may send signals to its init. It
			// can end its own kernel that way and nothing else.
			log = strings.ReplaceAll(log, "ESCAPED: kill the init process\n", "")
		}
		assert.Equal(t, fmt.Sprintf("tried %d\n", len(escapes())), log)
	})
}

func TestRootsKernelsRunAsUsersThatMeanNothingOnTheHost(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), shell("k1", "echo up; exec sleep 1000")))
	waitLog(t, l, "k1", "up")
	for _, pid := range append(processesOf(t, "k1"), l.kernels["k1"].record.PID) {
		var stat unix.Stat_t
		require.NoError(t, unix.Stat(fmt.Sprintf("/proc/%d/task", pid), &stat))
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		require.NoError(t, err)
		uid := strings.Fields(strings.SplitAfter(string(status), "Uid:")[1])[0]
		if os.Getuid() == 0 {
			assert.Contains(t, []string{fmt.Sprint(l.idBase), fmt.Sprint(l.idBase + 1)}, uid)
		} else {
			assert.Equal(t, fmt.Sprint(os.Getuid()), uid)
		}
		assert.Contains(t, string(status), "NoNewPrivs:\t1")
		assert.Contains(t, string(status), "Seccomp:\t2")
	}
}
