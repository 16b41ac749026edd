package life

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

func TestWhatAKernelRunsByItself(t *testing.T) {
	command := "echo work; exit 3"
	main, sub := &store.Kernel{ClusterRole: roleMain}, &store.Kernel{ClusterRole: "sub"}
	batch := &store.Session{Type: model.TypeBatch, StartupCommand: &command}
	assert.Nil(t, commandOf(batch, sub), "only the main kernel does the work")
	assert.Nil(t, commandOf(&store.Session{Type: model.TypeInteractive}, main))

	for name, test := range map[string]struct{ bootstrap, want string }{
		"a command alone":              {"", "work\n"},
		"a script before it":           {"echo first", "first\nwork\n"},
		"a script that fails":          {"echo first; exit 9", "first\nwork\n"},
		"a script with quotes in it":   {`echo "it's"`, "it's\nwork\n"},
		"a script that ends the shell": {"exec true", "work\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := *batch
			s.BootstrapScript = test.bootstrap
			argv := commandOf(&s, main)
			out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).Output()
			assert.Equal(t, test.want, string(out))
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit)
			assert.Equal(t, 3, exit.ExitCode(), "the exit code is the command's")
		})
	}
	s := &store.Session{Type: model.TypeInteractive, BootstrapScript: "echo hi"}
	assert.Equal(t, []string{"/bin/sh", "-c", runScript, "echo hi"}, commandOf(s, sub))
}

func TestWhatAKernelIsTold(t *testing.T) {
	s := &store.Session{ID: "s", Name: "work", ClusterSize: 3, Environ: map[string]string{"OMP_NUM_THREADS": "7", "A": "1"},
		Kernels: []store.Kernel{
			{ID: "m", ClusterRole: "main", ClusterIdx: 1, ClusterHostname: "main1", PreopenPorts: []int{5000, 5001}},
			{ID: "a", ClusterRole: "sub", ClusterIdx: 1, LocalRank: 1, ClusterHostname: "sub1"},
			{ID: "b", ClusterRole: "sub", ClusterIdx: 2, LocalRank: 2, ClusterHostname: "sub2"},
		}}
	image := store.Image{Labels: map[string]string{"ai.backend.runtime-path": "/opt/x/bin/python"}}
	offered := []apps.App{apps.Make("ttyd", apps.HTTP, 7681), apps.Make("5000", apps.Preopen, 5000)}
	env := environOf(s, &s.Kernels[2], image, offered, slots.Whole(3)/2)
	for name, want := range map[string]string{
		"BACKENDAI_CLUSTER_SIZE": "3", "BACKENDAI_CLUSTER_REPLICAS": "main:1,sub:2", "BACKENDAI_CLUSTER_HOSTS": "main1,sub1,sub2",
		"BACKENDAI_CLUSTER_ROLE": "sub", "BACKENDAI_CLUSTER_IDX": "2", "BACKENDAI_CLUSTER_LOCAL_RANK": "2",
		"BACKENDAI_CLUSTER_HOST": "sub2", "BACKENDAI_KERNEL_ID": "b", "BACKENDAI_SERVICE_PORTS": "ttyd:http:7681",
		"BACKENDAI_PREOPEN_PORTS": "", "NPROC": "2", "OMP_NUM_THREADS": "7", "A": "1",
		"PATH": "/opt/x/bin:" + standardPath,
	} {
		assert.Equal(t, want, env[name], name)
	}
	assert.Equal(t, "5000,5001", environOf(s, &s.Kernels[0], image, offered, slots.Whole(1))["BACKENDAI_PREOPEN_PORTS"])
}
