//go:build linux

package node

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program that leads a kernel also serves SSH in it, as the kernel's user: who
// that is on the host may own the file.
func TestAKernelCannotChangeTheServersProgramOutside(t *testing.T) {
	binary := ownBinary(t)
	atEachLevel(t, Options{Binary: binary}, func(t *testing.T, l *Local) {
		before, err := os.Stat(binary)
		require.NoError(t, err)
		require.NoError(t, l.Create(t.Context(), shell("k1", `
			echo up
			while ! grep -lz '^guests$' /proc/[0-9]*/cmdline > served; do :; done
			chmod 4777 $(sed 's/cmdline/exe/' served)
			echo tried
			exec sleep 1000`)))
		waitLog(t, l, "k1", "up")
		connection, err := l.Dial(t.Context(), "k1", SSHPort)
		require.NoError(t, err)
		defer connection.Close()
		waitLog(t, l, "k1", "tried")
		after, err := os.Stat(binary)
		require.NoError(t, err)
		assert.Equal(t, before.Mode(), after.Mode())
	})
}
