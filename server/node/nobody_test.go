//go:build linux

package node

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAllThisWorksForAnOrdinaryUserToo runs the tests that matter for it again
// as nobody, if it is root that runs them.
func TestAllThisWorksForAnOrdinaryUserToo(t *testing.T) {
	asNobody(t, "ExitOf|Daemons|FindsItsHome|Sees|Outside|Escape|MemoryHog|ForkBomb|LaterServer|Statistics|APortInside|"+
		"KernelHasTerminals|ServiceIsReady|AMount|FilesOf|Cluster|ChangedBegins|HomeBegins|BySSH|SFTP|FileBrowser|Neighbour|Landlock|ALevelThat|BubblewrapThat")
}

// TestAllThisWorksWithBubblewrapToo does so with bubblewrap, where it is
// installed; what it cannot do is left out, and what is tried at each level too.
func TestAllThisWorksWithBubblewrapToo(t *testing.T) {
	if _, err := exec.LookPath("bwrap"); err != nil {
		return // the information page says so
	}
	asNobody(t, "ExitOf|Daemons|FindsItsHome|RestartRuns|Statistics|APortInside|KernelHasTerminals|ServiceIsReady|AMount|FilesOf|"+
		"ALog|HomeBegins|ReachedBySSH|SFTP|FileBrowser|LandlockLeaves", isolationOfTests+"="+string(IsolationBubblewrap))
}

func asNobody(t *testing.T, names string, environment ...string) {
	t.Helper()
	if os.Getuid() != 0 {
		return // the other tests have just shown it
	}
	const nobody = 65534
	binary := ownBinary(t)
	dir := filepath.Join(publicDir(t), "nobody")
	require.NoError(t, os.Mkdir(dir, 0o755))
	require.NoError(t, os.Chown(dir, nobody, nobody))
	tests := exec.Command(binary, "-test.run", names)
	tests.Dir = dir
	tests.Env = append(environment, "PATH="+os.Getenv("PATH"), "HOME="+dir, "TMPDIR="+dir)
	tests.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	output, err := tests.CombinedOutput()
	require.NoError(t, err, "%s", output)
}

// stop halts the process, as a debugger would, and returns when it has.
func (p *process) stop(t *testing.T) {
	t.Helper()
	require.NoError(t, syscall.Kill(p.pid, syscall.SIGSTOP))
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", p.pid))
	require.NoError(t, err)
	for _, thread := range threads {
		eventually(t, "the thread is stopped", func() bool {
			stat, err := os.ReadFile(thread)
			return err != nil || strings.Contains(string(stat), ") T ")
		})
	}
}
