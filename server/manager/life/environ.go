package life

import (
	"maps"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// standardPath are the folders where programs are looked for anyway.
const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environOf is the environment of a kernel: what every kernel is told about
// itself, and above that what the session asked for.
func environOf(s *store.Session, k *store.Kernel, image store.Image, offered []apps.App, cpu slots.Amount) map[string]string {
	// Numeric libraries start a thread per core of the machine unless told how
	// many the kernel has.
	threads := strconv.Itoa(max(1, int(math.Ceil(cpu.Float()))))
	env := map[string]string{
		"BACKENDAI_USER_UUID":          s.UserID,
		"BACKENDAI_USER_EMAIL":         s.UserEmail,
		"BACKENDAI_USER_NAME":          s.FullName,
		"BACKENDAI_SESSION_ID":         s.ID,
		"BACKENDAI_SESSION_NAME":       s.Name,
		"BACKENDAI_ACCESS_KEY":         s.AccessKey,
		"BACKENDAI_CLUSTER_SIZE":       strconv.Itoa(s.ClusterSize),
		"BACKENDAI_CLUSTER_REPLICAS":   replicas(s),
		"BACKENDAI_CLUSTER_HOSTS":      hosts(s),
		"BACKENDAI_CLUSTER_ROLE":       k.ClusterRole,
		"BACKENDAI_CLUSTER_IDX":        strconv.Itoa(k.ClusterIdx),
		"BACKENDAI_CLUSTER_LOCAL_RANK": strconv.Itoa(k.LocalRank),
		"BACKENDAI_CLUSTER_HOST":       k.ClusterHostname,
		"BACKENDAI_KERNEL_ID":          k.ID,
		"BACKENDAI_KERNEL_IMAGE":       k.Image,
		"BACKENDAI_SERVICE_PORTS":      apps.Environ(offered),
		"BACKENDAI_PREOPEN_PORTS":      numbers(k.PreopenPorts),
		"NPROC":                        threads,
		"OMP_NUM_THREADS":              threads,
		"OPENBLAS_NUM_THREADS":         threads,
	}
	if runtime := image.Labels[labelRuntime]; runtime != "" {
		dir := path.Dir(runtime)
		if !strings.Contains(":"+standardPath+":", ":"+dir+":") {
			env["PATH"] = dir + ":" + standardPath
		}
	}
	maps.Copy(env, s.Environ)
	return env
}

// labelRuntime is the image label with the path of its interpreter,
// labelRuntimeType the one that says what it interprets.
const (
	labelRuntime     = "ai.backend.runtime-path"
	labelRuntimeType = "ai.backend.runtime-type"
)

// replicas counts the kernels of each role: "main:1,sub:2".
func replicas(s *store.Session) string {
	if n := len(s.Kernels) - 1; n > 0 {
		return "main:1,sub:" + strconv.Itoa(n)
	}
	return "main:1"
}

func hosts(s *store.Session) string {
	names := make([]string, len(s.Kernels))
	for i, k := range s.Kernels {
		names[i] = k.ClusterHostname
	}
	return strings.Join(names, ",")
}

func numbers(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}

// Scripts for /bin/sh. People write "source venv/bin/activate", so what they
// write runs in bash where the machine has one. A bootstrap script that fails, or
// is interrupted, is seen in the log; the session goes on, as in manager 24.09.
// What then keeps the kernel waiting for apps hears no interrupt.
const (
	shell     = `run() { if [ -x /bin/bash ]; then exec /bin/bash -c "$1"; else exec /bin/sh -c "$1"; fi; }; `
	runBatch  = shell + `if [ -n "$1" ]; then (run "$1"); fi; run "$0"`
	runScript = shell + `trap : INT; (run "$0"); trap "" INT; exec tail -f /dev/null`
)

// commandOf is what a kernel runs by itself: the main one of a batch session its
// start-up command, each the bootstrap script first. Nil: nothing, the kernel
// waits for apps.
func commandOf(s *store.Session, k *store.Kernel) []string {
	switch {
	case s.Type == model.TypeBatch && k.ClusterRole == roleMain && s.StartupCommand != nil:
		return []string{"/bin/sh", "-c", runBatch, *s.StartupCommand, s.BootstrapScript}
	case s.BootstrapScript != "":
		return []string{"/bin/sh", "-c", runScript, s.BootstrapScript}
	}
	return nil
}

// roleMain is the cluster role of a session's first kernel.
const roleMain = "main"
