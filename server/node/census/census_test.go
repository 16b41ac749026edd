//go:build linux

package census

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain lets a test start this program again, as a kernel of itself.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "wait" {
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is closed
		return
	}
	os.Exit(m.Run())
}

func TestOtherProcessesOfTheProgramAreCounted(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	s := Server{Binary: self, Data: t.TempDir(), PID: os.Getpid()}
	before, err := s.Take()
	require.NoError(t, err)
	assert.Zero(t, before.Processes)
	assert.Positive(t, before.Descriptors)

	other := exec.Command(self, "wait")
	input, err := other.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	kernels, err := s.Kernels()
	require.NoError(t, err)
	assert.Equal(t, []string{self, "wait"}, kernels[other.Process.Pid])
	during, err := s.Take()
	require.NoError(t, err)
	assert.Equal(t, 1, during.Processes)
	assert.False(t, during.NoMoreThan(before))
	require.NoError(t, input.Close())
	require.NoError(t, other.Wait())
	after, err := s.Take()
	require.NoError(t, err)
	assert.True(t, after.NoMoreThan(before), "%+v, %+v", before, after)
}

func TestMountsOfOthersAreNotCounted(t *testing.T) {
	const info = "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n" +
		"40 22 0:33 / /data/node/k1/home rw - overlay overlay rw,upperdir=/data/node/k1/up\n" +
		"41 22 0:34 / /data rw - tmpfs tmpfs rw\n" +
		"42 22 0:35 / /database rw - tmpfs tmpfs rw\n"
	assert.Equal(t, 2, mountsBelow(info, "/data"))
}
