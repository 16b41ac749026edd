//go:build linux

package node

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/node/cgroup"
	"github.com/baiui/baiui/server/node/pid1"
)

func TestTheReasonOfAnEndIsWhatHappenedFirst(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "memory.events"), []byte("oom_kill 1\n"), 0o600))
	starved := &cgroup.Group{Version: cgroup.V2, Dirs: map[string]string{"": dir}}
	bombDir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bombDir, "pids.events"), []byte("max 100\n"), 0o600))
	bomb := &cgroup.Group{Version: cgroup.V2, Dirs: map[string]string{"": bombDir}}
	crampedDir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(crampedDir, "pids.events"), []byte("max 1\n"), 0o600))
	cramped := &cgroup.Group{Version: cgroup.V2, Dirs: map[string]string{"": crampedDir}}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		name string
		now  record
		left *pid1.Exit
		want Exit
	}{
		{"the command ended", record{}, &pid1.Exit{Code: 3, At: at}, Exit{Code: 3, Reason: EndSelf, At: at}},
		{"the kernel was stopped", record{Ending: EndDestroyed}, &pid1.Exit{Code: 143, Stopped: true, At: at}, Exit{Code: 143, Reason: EndDestroyed, At: at}},
		{"the command ended before the stop came", record{Ending: EndDestroyed}, &pid1.Exit{Code: 3, At: at}, Exit{Code: 3, Reason: EndSelf, At: at}},
		{"the kernel was killed", record{Ending: EndDestroyed}, nil, Exit{Code: 137, Reason: EndDestroyed}},
		{"nobody knows", record{}, nil, Exit{Code: -1, Reason: EndLost}},
		{"the command was killed for memory", record{Group: starved}, &pid1.Exit{Code: 137, At: at}, Exit{Code: 137, Reason: EndMemory, At: at}},
		{"another process was", record{Group: starved, Ending: EndMemory}, &pid1.Exit{Stopped: true, At: at}, Exit{Code: 137, Reason: EndMemory, At: at}},
		{"the init process was", record{Group: starved}, nil, Exit{Code: 137, Reason: EndMemory}},
		{"it could not start processes any more", record{Group: bomb}, &pid1.Exit{Code: 254, At: at}, Exit{Code: 254, Reason: EndProcesses, At: at}},
		{"the init process got no thread any more", record{Group: cramped}, nil, Exit{Code: 137, Reason: EndProcesses}},
		{"it ended by itself near the limit", record{Group: cramped}, &pid1.Exit{Code: 3, At: at}, Exit{Code: 3, Reason: EndSelf, At: at}},
		{"its home was too large", record{Ending: EndDisk}, &pid1.Exit{Stopped: true, At: at}, Exit{Code: 137, Reason: EndDisk, At: at}},
		{"the watchdog killed it", record{Ending: EndMemory}, nil, Exit{Code: 137, Reason: EndMemory}},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, conclude(test.now, test.left)) })
	}
}
