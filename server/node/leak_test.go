//go:build linux

package node

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/procfs"
)

func openFilesNow(t *testing.T) []string {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	require.NoError(t, err)
	var files []string
	for _, link := range links {
		if to, err := os.Readlink(link); err == nil {
			files = append(files, to)
		}
	}
	return files
}

// mountsBelow lists what is mounted below a folder, as this process sees it.
func mountsBelow(t *testing.T, dir string) []string {
	t.Helper()
	data, err := os.ReadFile("/proc/self/mountinfo")
	require.NoError(t, err)
	return slices.DeleteFunc(strings.Split(string(data), "\n"), func(line string) bool { return !strings.Contains(line, dir) })
}

// assertNoGroups checks that no control group of a node's kernels is left.
func assertNoGroups(t *testing.T, l *Local) {
	t.Helper()
	if l.groups == nil {
		return
	}
	for _, pattern := range []string{"/sys/fs/cgroup/*/", "/sys/fs/cgroup/*/*/*/", "/sys/fs/cgroup/*/*/", "/sys/fs/cgroup/"} {
		left, err := filepath.Glob(pattern + l.groupName() + "/*/")
		require.NoError(t, err)
		assert.Empty(t, left)
	}
}

func TestFiftyKernelsLeaveNothingBehind(t *testing.T) {
	l := openNode(t, Options{})
	// The first one opens what stays open.
	runToEnd(t, l, shell("warm", "true"))
	files := openFilesNow(t)
	var slowest time.Duration
	var mu sync.Mutex
	var work sync.WaitGroup
	for worker := range 2 {
		work.Go(func() {
			for i := range 25 {
				id := fmt.Sprintf("k%d-%d", worker, i)
				started := time.Now()
				if !assert.NoError(t, l.Create(t.Context(), shell(id, "(setsid sleep 1000 &); exec sleep 1000"))) {
					return
				}
				took := time.Since(started)
				_, err := l.Destroy(t.Context(), id, 0)
				assert.NoError(t, err)
				assert.NoError(t, l.Remove(t.Context(), id))
				mu.Lock()
				slowest = max(slowest, took)
				mu.Unlock()
			}
		})
	}
	work.Wait()
	t.Logf("slowest create: %v", slowest)
	assert.Len(t, l.Kernels(), 1)
	eventually(t, "no file stays open", func() bool { return len(openFilesNow(t)) <= len(files) })
	assert.Empty(t, mountsBelow(t, l.dir))
	all, err := procfs.Processes()
	require.NoError(t, err)
	for _, process := range all {
		assert.NotEqual(t, os.Getpid(), process.Parent, "a child is left: %+v", process)
	}
	if l.groups != nil {
		assertNoGroups(t, l)
	}
}

func BenchmarkCreateAndDestroy(b *testing.B) {
	l, err := Open(Options{Dir: b.TempDir()})
	require.NoError(b, err)
	defer l.Close()
	for i := 0; b.Loop(); i++ {
		id := fmt.Sprintf("k%d", i)
		require.NoError(b, l.Create(b.Context(), Spec{ID: id}))
		_, err := l.Destroy(b.Context(), id, 0)
		require.NoError(b, err)
		require.NoError(b, l.Remove(b.Context(), id))
	}
}
