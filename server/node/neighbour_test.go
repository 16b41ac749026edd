//go:build linux

package node

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// attack is a helper program of a kernel that goes for processes, ports and files
// whose places on the host it is told, and reports what it reaches.
func attack() {
	var pid int
	_, _ = fmt.Sscan(os.Getenv("VICTIM"), &pid)
	attempts := map[string]func() error{
		"signal":           func() error { return unix.Kill(pid, 0) },
		"trace":            func() error { return unix.PtraceAttach(pid) },
		"open a handle":    func() error { fd, err := unix.PidfdOpen(pid, 0); closeFD(fd); return err },
		"read the memory":  func() error { _, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid)); return err },
		"enter the root":   func() error { _, err := os.ReadDir(fmt.Sprintf("/proc/%d/root/", pid)); return err },
		"read the home":    func() error { _, err := os.ReadFile(filepath.Join(os.Getenv("HOME_OF_VICTIM"), "secret")); return err },
		"write the home":   func() error { return os.WriteFile(filepath.Join(os.Getenv("HOME_OF_VICTIM"), "planted"), nil, 0o600) },
		"list all kernels": func() error { _, err := os.ReadDir(os.Getenv("KERNELS")); return err },
		"call its init":    func() error { return reach("unix", os.Getenv("CONTROL")) },
		"an abstract name": func() error { return reach("unix", "@node-neighbour") },
		"its port":         func() error { return reach("tcp", "127.0.0.1:18080") },
		"the server":       func() error { return reach("tcp", os.Getenv("SERVER")) },
	}
	for name, attempt := range attempts {
		if attempt() == nil {
			fmt.Println("REACHED:", name)
		}
	}
	fmt.Println("tried", len(attempts))
}

func closeFD(fd int) {
	if fd >= 0 {
		unix.Close(fd)
	}
}

func reach(network, address string) error {
	connection, err := net.Dial(network, address)
	if err == nil {
		connection.Close()
	}
	return err
}

// victims starts a kernel with a secret and a port, and gives the spec of another
// that goes for it, for a listener of the server's and for its data.
func victims(t *testing.T, l *Local, binary string) Spec {
	t.Helper()
	victim := echo("victim", binary, "127.0.0.1:18080")
	victim.Files = []HomeFile{{Path: "secret", Mode: 0o644, Data: []byte("secret")}}
	require.NoError(t, l.Create(t.Context(), victim))
	waitLog(t, l, "victim", "up")
	server, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })
	abstract, err := net.Listen("unix", "@node-neighbour")
	require.NoError(t, err)
	t.Cleanup(func() { abstract.Close() })
	k, err := l.find("victim")
	require.NoError(t, err)
	pids := processesOf(t, "victim")
	require.NotEmpty(t, pids)
	return Spec{ID: "attacker", Command: []string{binary}, Memory: 512 << 20, Env: map[string]string{
		"NODE_TEST_HELPER": "attack", "VICTIM": fmt.Sprint(pids[0]), "HOME_OF_VICTIM": k.path(dirHome), "KERNELS": l.dir,
		"CONTROL": k.path(fileControl), "SERVER": server.Addr().String(),
	}}
}

func TestANeighbourCannotBeReached(t *testing.T) {
	binary := ownBinary(t)
	atEachLevel(t, Options{ReadOnly: []string{filepath.Dir(binary)}}, func(t *testing.T, l *Local) {
		exit, log := runToEnd(t, l, victims(t, l, binary))
		assert.Zero(t, exit.Code)
		assert.Equal(t, "tried 12\n", log)
	})
}

// watchAll is a helper program that takes as many watches as it gets.
func watchAll() {
	for n := 0; ; n++ {
		if _, err := unix.InotifyInit1(unix.IN_CLOEXEC); err != nil {
			fmt.Println("taken", n)
			_ = unix.Pause()
		}
	}
}

func TestKernelsLeaveWatchesToEachOther(t *testing.T) {
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_user_instances")
	require.NoError(t, err)
	var most int
	_, err = fmt.Sscan(string(text), &most)
	require.NoError(t, err)
	binary := ownBinary(t)
	l := openNode(t, Options{Isolation: IsolationNamespaces, ReadOnly: []string{filepath.Dir(binary)}})
	taken := func(id string) (n int) {
		require.NoError(t, l.Create(t.Context(), Spec{ID: id, Command: []string{binary}, Memory: 512 << 20,
			Env: map[string]string{"NODE_TEST_HELPER": "watch"}}))
		eventually(t, "it has got what it gets", func() bool { return strings.Contains(logOf(t, l, id), "taken") })
		_, err = fmt.Sscanf(logOf(t, l, id), "taken %d", &n)
		require.NoError(t, err)
		return n
	}
	first := taken("greedy")
	assert.LessOrEqual(t, first, most/16)
	assert.NotZero(t, first)
	second := taken("greedy-too")
	assert.Less(t, second, first, "the more there are, the less for each")
	assert.NotZero(t, second)
}

func TestAKernelMayHaveNoUserNamespaces(t *testing.T) {
	l := openNode(t, Options{Isolation: IsolationNamespaces})
	_, log := runToEnd(t, l, shell("plain", "cat /proc/sys/user/max_user_namespaces"))
	assert.Equal(t, "0\n", log)
}

// dataElsewhere is a directory for a node's data that is not among the places
// every kernel may use.
func dataElsewhere(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "node-test")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, removeAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return filepath.Join(dir, "data")
}

func TestWithoutIsolationLandlockStillProtectsFilesAndProcesses(t *testing.T) {
	binary := ownBinary(t)
	options := Options{Isolation: IsolationNone, Dir: dataElsewhere(t), ReadOnly: []string{filepath.Dir(binary)}}
	l := openNode(t, options)
	if l.Info().Landlock < 6 {
		require.NotEqual(t, l.Info().Landlock == 0, l.Info().LandlockReason == "")
		return // says in its documentation that it takes version 6
	}
	_, log := runToEnd(t, l, victims(t, l, binary))
	for _, kept := range []string{"signal", "trace", "read the memory", "enter the root", "read the home", "write the home", "list all kernels", "an abstract name"} {
		assert.NotContains(t, log, "REACHED: "+kept)
	}
	assert.Contains(t, log, "REACHED: its port\n", "ports are not kept apart, and the documentation says so")
	exit, log := runToEnd(t, l, shell("own", "echo mine > file; cat file; mkdir a b; echo x > a/x; mv a/x b/; ls b; echo t > $TMPDIR/node-own && rm $TMPDIR/node-own; touch /var/tmp/node-own"))
	assert.NotZero(t, exit.Code)
	assert.Contains(t, log, "mine\nx\n", "its own places are as ever")
}

func TestLandlockLeavesKernelsTheirOwnPlaces(t *testing.T) {
	for name, options := range map[string]Options{"with": {}, "without": {ForbidLandlock: true}} {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, options)
			assert.Equal(t, options.ForbidLandlock || l.Info().LandlockReason != "", l.Info().Landlock == 0)
			spec := shell("k1", `set -e
				mkdir a b; echo x > a/x; mv a/x b/; ln b/x a/hard; ln -s x b/soft; mkfifo pipe; truncate -s 1 b/x; rm -r a
				for place in /tmp /run /dev/shm data; do mkdir $place/d; echo y > $place/d/y; mv $place/d/y $place/; rm -r $place/d $place/y; done
				echo out > /dev/stdout; echo null > /dev/null; head -c1 /dev/urandom > /dev/null; python3 -c 'import pty; pty.openpty()' 2>&1 || true
				echo 100 > /proc/self/oom_score_adj; echo good`)
			spec.Mounts = []Mount{{Source: folder(t), Target: "/home/work/data"}}
			if !l.Info().Mounts {
				return // the level under test has none
			}
			exit, log := runToEnd(t, l, spec)
			assert.Zero(t, exit.Code, log)
			assert.Contains(t, log, "out\n")
			assert.Contains(t, log, "good\n")
			assert.NotContains(t, log, "Error")
		})
	}
}

func TestMountsAndClustersAreRefusedWithoutIsolation(t *testing.T) {
	l := openNode(t, Options{Isolation: IsolationNone})
	spec := shell("k1", "true")
	spec.Mounts = []Mount{{Source: folder(t), Target: "/home/work/data"}}
	require.ErrorIs(t, l.Create(t.Context(), spec), ErrNoMounts)
	spec = shell("k1", "true")
	spec.Hostname, spec.Cluster = "main1", &Cluster{ID: "a", Hosts: []string{"main1"}}
	require.ErrorIs(t, l.Create(t.Context(), spec), ErrNoClusters)
	assert.Empty(t, l.Kernels())
	for _, level := range l.Info().Levels[:2] {
		assert.Equal(t, "isolation is switched off", level.Reason)
	}
}

func TestALevelThatIsNotThereSaysWhy(t *testing.T) {
	t.Setenv("PATH", "/nonexistent")
	_, err := Open(Options{Dir: filepath.Join(publicDir(t), "data"), Isolation: IsolationBubblewrap})
	if os.Getuid() == 0 {
		require.ErrorContains(t, err, "not run as root")
		return
	}
	require.ErrorContains(t, err, "bubblewrap is not installed")
}

func TestBubblewrapThatFailsIsQuoted(t *testing.T) {
	if os.Getuid() == 0 {
		return // runs as nobody, see above
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bwrap"), []byte("#!/bin/sh\necho 'no permissions to create new namespace' >&2; exit 1\n"), 0o755))
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	l := openNode(t, Options{Isolation: IsolationNone})
	require.NoError(t, l.Close())
	_, err := Open(Options{Dir: filepath.Join(publicDir(t), "data"), Isolation: IsolationBubblewrap})
	require.ErrorContains(t, err, "no permissions to create new namespace")
}
