package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/baiui/baiui/server/node"
)

// checkNode sets up a node in a folder of its own and asks it what it can do.
func checkNode() []finding {
	fail := func(err error) []finding {
		return []finding{{what: "isolation of sessions", is: err.Error(), advice: "use a manager elsewhere with --manager", fatal: true}}
	}
	dir, err := os.MkdirTemp("", "baiui-doctor-")
	if err != nil {
		return fail(err)
	}
	n, err := node.Open(node.Options{Dir: dir})
	if err != nil {
		return fail(errors.Join(err, os.RemoveAll(dir)))
	}
	info := n.Info()
	if err := errors.Join(n.Close(), os.RemoveAll(dir)); err != nil {
		return fail(err)
	}
	return nodeFindings(info)
}

// gives says what an isolation level gives.
func gives(level node.Isolation) string {
	switch level {
	case node.IsolationNamespaces:
		return "own files, processes and network; folders, clusters, customised images"
	case node.IsolationBubblewrap:
		return "own files, processes and network; folders"
	}
	return "ordinary processes with limits"
}

// nodeFindings says how sessions are kept apart, and what else there would be.
func nodeFindings(info node.Info) []finding {
	used := finding{what: "isolation of sessions", is: fmt.Sprintf("%s: %s", info.Isolation, gives(info.Isolation))}
	if info.Isolation == node.IsolationNone {
		used.advice = "only for your own sessions; the server will refuse to listen on anything but this machine"
	}
	findings := []finding{used}
	for _, level := range info.Levels {
		if level.Isolation == info.Isolation {
			continue
		}
		other := finding{what: "  level " + string(level.Isolation), is: "not needed: " + gives(level.Isolation)}
		if level.Reason != "" {
			other.is, other.advice = "not here: "+gives(level.Isolation), level.Reason
		}
		findings = append(findings, other)
	}
	landlock := finding{what: "  Landlock", is: fmt.Sprintf("version %d, keeps sessions to their files besides", info.Landlock)}
	if info.Landlock == 0 {
		landlock.is, landlock.advice = "not here: keeps sessions to their files besides", info.LandlockReason
	}
	can := finding{what: "  sessions can", is: fmt.Sprintf("have folders: %s, be clusters: %s, be kept as images: %s",
		yes(info.Mounts), yes(info.Clusters), yes(info.Overlay))}
	limits := finding{what: "limits of sessions", is: info.Limits, advice: info.LimitsReason}
	slots := finding{what: "machine", is: fmt.Sprintf("%s, %s, %v", info.ID, info.Architecture, info.Slots)}
	return append(findings, landlock, can, limits, slots)
}

func yes(can bool) string {
	if can {
		return "yes"
	}
	return "no"
}
