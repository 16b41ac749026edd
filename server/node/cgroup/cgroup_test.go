//go:build linux

package cgroup

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const hybridMounts = `22 27 0:21 / /proc rw,relatime - proc proc rw
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
36 31 0:33 /box /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
not a line
`

const hybridOwn = `9:name=systemd:/
8:pids:/box/inner
4:memory:/user/session
2:cpu,cpuacct:/
0::/scope
`

func TestTheServersOwnGroupIsFoundInEveryHierarchy(t *testing.T) {
	assert.Equal(t, map[string]string{
		"":        "/sys/fs/cgroup/unified/scope",
		"cpu":     "/sys/fs/cgroup/cpu,cpuacct",
		"cpuacct": "/sys/fs/cgroup/cpu,cpuacct",
		"memory":  "/sys/fs/cgroup/memory/user/session",
		"pids":    "/sys/fs/cgroup/pids/inner",
	}, ownDirs(parseMounts(strings.NewReader(hybridMounts)), hybridOwn))
	assert.Empty(t, ownDirs(nil, hybridOwn))
	assert.Empty(t, ownDirs(parseMounts(strings.NewReader(hybridMounts)), "nonsense\n"))
}

// tree makes files as the kernel would; control files must exist to be written.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	}
	return dir
}

func content(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

func TestVersion2IsUsedWhereTheControllersAreGiven(t *testing.T) {
	dir := tree(t, map[string]string{
		"cgroup.controllers":          "cpuset cpu io memory pids\n",
		"cgroup.subtree_control":      "",
		"node/cgroup.subtree_control": "",
		"node/k1/cpu.max":             "max 100000\n",
		"node/k1/memory.max":          "max\n",
		"node/k1/memory.oom.group":    "0\n",
		"node/k1/memory.swap.max":     "max\n",
		"node/k1/pids.max":            "max\n",
		"node/k1/cgroup.procs":        "",
		"node/k1/cpu.stat":            "usage_usec 1500000\nuser_usec 1\n",
		"node/k1/memory.current":      "5000\n",
		"node/k1/memory.stat":         "anon 1\ninactive_file 2000\n",
		"node/k1/memory.events":       "low 0\noom 1\noom_kill 2\n",
		"node/unknown/cgroup.procs":   "",
	})
	h, err := prepare2(dir, "node", 1)
	require.NoError(t, err)
	assert.Equal(t, V2, h.Version)
	assert.Equal(t, "+cpu +memory +pids", content(t, dir, "cgroup.subtree_control"))
	assert.Equal(t, "+cpu +memory +pids", content(t, dir, "node/cgroup.subtree_control"))

	g, err := h.Create("k1", Limits{CPU: 1.5, Memory: 1 << 20, Processes: 7})
	require.NoError(t, err)
	assert.Equal(t, "150000 100000", content(t, dir, "node/k1/cpu.max"))
	assert.Equal(t, "1048576", content(t, dir, "node/k1/memory.max"))
	assert.Equal(t, "1", content(t, dir, "node/k1/memory.oom.group"))
	assert.Equal(t, "0", content(t, dir, "node/k1/memory.swap.max"))
	assert.Equal(t, "7", content(t, dir, "node/k1/pids.max"))

	usage, err := g.Usage()
	require.NoError(t, err)
	assert.Equal(t, Usage{CPU: 1500 * time.Millisecond, Memory: 3000}, usage)
	kills, err := g.OOMKills()
	require.NoError(t, err)
	assert.EqualValues(t, 2, kills)
	require.NoError(t, g.Add(42))
	pids, err := g.Processes()
	require.NoError(t, err)
	assert.Equal(t, []int{42}, pids)
}

func TestVersion2IsNotUsedWithoutWhatItNeeds(t *testing.T) {
	_, err := prepare2("", "node", 1)
	require.ErrorContains(t, err, "not mounted")
	dir := tree(t, map[string]string{"cgroup.controllers": "hugetlb\n"})
	_, err = prepare2(dir, "node", 1)
	require.ErrorContains(t, err, `"cpu" is not available`)
	assert.NoDirExists(t, filepath.Join(dir, "node"))
}

func TestAServerStepsDownOnlyFromAGroupThatItHasForItself(t *testing.T) {
	dir := tree(t, map[string]string{"cgroup.procs": "17\n", "leaf/cgroup.procs": ""})
	require.NoError(t, stepDown(dir, "leaf", 17))
	assert.Equal(t, "17", content(t, dir, "leaf/cgroup.procs"))
	require.Error(t, stepDown(dir, "leaf", 18))
	dir = tree(t, map[string]string{"cgroup.procs": "17\n99\n"})
	require.ErrorContains(t, stepDown(dir, "leaf", 17), "other processes")
}

func TestVersion1NeedsEveryController(t *testing.T) {
	dirs := map[string]string{"memory": t.TempDir(), "cpu": t.TempDir(), "cpuacct": t.TempDir()}
	_, err := prepare1(dirs, "node")
	require.ErrorContains(t, err, `"pids" is not mounted`)
	dirs["pids"] = t.TempDir()
	h, err := prepare1(dirs, "node")
	require.NoError(t, err)
	assert.DirExists(t, filepath.Join(dirs["pids"], "node"))
	_, err = h.Create("k1", Limits{Processes: 3})
	require.Error(t, err, "there are no control files")
	assert.NoDirExists(t, filepath.Join(dirs["pids"], "node", "k1"), "nothing is left of it")
	h.Close()
	assert.NoDirExists(t, filepath.Join(dirs["pids"], "node"))
}

func TestTheLowestMemoryLimitAboveTheServerCounts(t *testing.T) {
	v2 := tree(t, map[string]string{"memory.max": "4096\n", "a/memory.max": "max\n", "a/b/memory.max": "8192\n"})
	assert.EqualValues(t, 4096, memoryLimit(map[string]string{"": filepath.Join(v2, "a", "b")}))
	v1 := tree(t, map[string]string{"memory.stat": "cache 1\nhierarchical_memory_limit 2048\n"})
	assert.EqualValues(t, 2048, memoryLimit(map[string]string{"memory": v1}))
	free := tree(t, map[string]string{"memory.stat": "hierarchical_memory_limit 9223372036854771712\n"})
	assert.Zero(t, memoryLimit(map[string]string{"memory": free}))
	assert.Zero(t, memoryLimit(nil))
	MemoryLimit() // of whatever runs this test
}

func TestSweepRemovesGroupsOfUnknownKernels(t *testing.T) {
	base := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(base, "known"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(base, "unknown"), 0o755))
	h := &Hierarchy{Version: V2, bases: map[string]string{"": base}}
	h.Sweep(func(id string) bool { return id == "known" })
	assert.DirExists(t, filepath.Join(base, "known"))
	assert.NoDirExists(t, filepath.Join(base, "unknown"))
}

func TestAGroupOfThisMachineLimitsAndMeasures(t *testing.T) {
	h, err := Detect("baiui-test-" + strconv.Itoa(os.Getpid()))
	if err != nil {
		t.Log("no control groups here:", err)
		return
	}
	defer h.Close()
	g, err := h.Create("k1", Limits{CPU: 0.5, Memory: 32 << 20, Processes: 5})
	require.NoError(t, err)
	usage, err := g.Usage()
	require.NoError(t, err)
	assert.Zero(t, usage.CPU)
	kills, err := g.OOMKills()
	require.NoError(t, err)
	assert.Zero(t, kills)
	pids, err := g.Processes()
	require.NoError(t, err)
	assert.Empty(t, pids)
	require.NoError(t, g.Remove())
	require.NoError(t, g.Remove(), "removing twice is no error")
	_, err = g.Usage()
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestLinuxTakesNoSmallerQuotaThanAMillisecond(t *testing.T) {
	assert.Equal(t, "150000", quotaOf(1.5))
	assert.Equal(t, "1000", quotaOf(0.01))
	assert.Equal(t, "1000", quotaOf(0.004))
}
