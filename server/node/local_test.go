//go:build linux

package node

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQuick(t *testing.T) {
	start := time.Now()
	l, err := Open(Options{Dir: t.TempDir()})
	require.NoError(t, err)
	fmt.Println("open", time.Since(start), l.Info())
	defer l.Close()
	start = time.Now()
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1", Command: []string{"sh", "-c", "id; pwd; ls -la / /home/work /etc /dev /proc/1/ ; mount; cat /proc/self/status | grep -E 'Cap|Sec|NoN'; ulimit -a; ps ax; python3 -c 'print(1)'; cat /proc/self/cgroup; exit 7"}, CPU: 1, Memory: 256 << 20}))
	fmt.Println("create", time.Since(start))
	event := <-l.Events()
	fmt.Println(time.Since(start), event)
	log, _, err := l.Log(t.Context(), "k1", 0)
	require.NoError(t, err)
	fmt.Println(string(log))
	assert.Equal(t, 7, event.Exit.Code)
	require.NoError(t, l.Remove(t.Context(), "k1"))
}
