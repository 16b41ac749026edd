//go:build linux

package pid1

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func openLog(t *testing.T) *os.File {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(t.TempDir(), "log"), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	return file
}

func TestALogKeepsWhatSeveralWritersWrote(t *testing.T) {
	file := openLog(t)
	log, err := newCapped(file, 1<<20)
	require.NoError(t, err)
	for i := range 3 {
		writer, err := log.writer()
		require.NoError(t, err)
		_, err = fmt.Fprintf(writer, "line %d\n", i)
		require.NoError(t, err)
		require.NoError(t, writer.Close())
	}
	log.finish()
	data, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	assert.Len(t, data, 21)
	for i := range 3 {
		assert.Contains(t, string(data), fmt.Sprintf("line %d\n", i))
	}
	again, err := newCapped(file, 1<<20)
	require.NoError(t, err)
	assert.EqualValues(t, 21, again.written, "a restart goes on")
}

func TestALogGivesItsBeginningBackToTheDisk(t *testing.T) {
	file := openLog(t)
	log, err := newCapped(file, 64<<10)
	require.NoError(t, err)
	chunk := []byte(strings.Repeat("x", 32<<10))
	for range 200 {
		log.keep(chunk)
	}
	var stat unix.Stat_t
	require.NoError(t, unix.Fstat(int(file.Fd()), &stat))
	assert.EqualValues(t, 200*len(chunk), stat.Size)
	if !log.full { // the file system can
		assert.Less(t, stat.Blocks*512, int64(64<<10+2*freeStep))
	}
	last := make([]byte, 64<<10)
	_, err = file.ReadAt(last, stat.Size-int64(len(last)))
	require.NoError(t, err)
	assert.Equal(t, strings.Repeat("x", len(last)), string(last))
}

func TestALogThatCannotGiveBackSaysWhereItEnds(t *testing.T) {
	// A pipe cannot give back anything.
	from, to, err := os.Pipe()
	require.NoError(t, err)
	defer from.Close()
	log := &capped{file: to, limit: 0, written: freeStep}
	log.keep([]byte("last"))
	log.keep([]byte("lost"))
	require.NoError(t, to.Close())
	text := make([]byte, 1<<10)
	n, err := from.Read(text)
	require.NoError(t, err)
	assert.Equal(t, "last\n[the log ends here: it may not grow beyond 0 bytes]\n", string(text[:n]))
}

func TestTheSpecsEnvironmentWinsExceptForTheMark(t *testing.T) {
	list := environment(Config{KernelID: "k1", Dir: "/home/work", Isolated: true, Env: map[string]string{
		"HOME": "/elsewhere", "A": "b", "C": "spec", MarkVariable: "forged",
	}}, map[string]string{"C": "own"})
	assert.Contains(t, list, "HOME=/elsewhere")
	assert.Contains(t, list, "A=b")
	assert.Contains(t, list, "C=own")
	assert.NotContains(t, list, "C=spec")
	assert.Contains(t, list, "USER=work")
	assert.Contains(t, list, MarkVariable+"=k1")
}

func TestASignalIsAnExitCode(t *testing.T) {
	assert.Equal(t, 137, exitCode(syscall.WaitStatus(9)))
	assert.Equal(t, 3, exitCode(syscall.WaitStatus(3<<8)))
}

func TestRequestsOnTheControlSocketAreAnswered(t *testing.T) {
	k := &kernel{end: make(chan struct{}), childs: make(chan os.Signal, 1)}
	assert.Equal(t, Answer{}, k.answer(Request{Op: OpState}, nil))
	k.command = 1 << 30
	assert.Equal(t, Answer{Running: true}, k.answer(Request{Op: OpState}, nil))
	assert.Contains(t, k.answer(Request{Op: OpSignal, Signal: 0}, nil).Error, "no such process")
	k.command = 0
	assert.Contains(t, k.answer(Request{Op: OpSignal}, nil).Error, "no running command")
	assert.Contains(t, k.answer(Request{Op: "dance"}, nil).Error, "unknown request")
	assert.Equal(t, Answer{}, k.answer(Request{Op: OpStop}, nil))
	select {
	case <-k.end:
	case <-time.After(20 * time.Second):
		assert.Fail(t, "the kernel does not end")
	}
	assert.True(t, k.stopped)
}

func TestBindsAreShownWithAsLittleAsPossible(t *testing.T) {
	assert.EqualValues(t, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV|unix.MOUNT_ATTR_RDONLY, Bind{}.Flags())
	assert.EqualValues(t, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV, Bind{Writable: true}.Flags())
	assert.EqualValues(t, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC, Bind{Device: true}.Flags())
}

func TestTheConfigurationIsReadTwice(t *testing.T) {
	data, err := Config{KernelID: "k1", Command: []string{"true"}}.Encode()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	for range 2 {
		config, err := readConfig(file)
		require.NoError(t, err)
		assert.Equal(t, "k1", config.KernelID)
	}
	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err = readConfig(file)
	require.Error(t, err)
}
