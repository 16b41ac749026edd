package manager

import (
	"strconv"
	"time"

	"github.com/baiui/baiui/server/manager/rest"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// part is one entry of an agent's hardware_metadata in the form of manager 24.09.
type part struct {
	Status   string            `json:"status"` // healthy or unavailable
	Info     string            `json:"status_info"`
	Metadata map[string]string `json:"metadata"`
}

// partOf is an entry for what can be used, or cannot for a reason.
func partOf(reason string, metadata map[string]string) part {
	if reason != "" {
		return part{"unavailable", reason, metadata}
	}
	return part{"healthy", "", metadata}
}

// agentOf describes the node as the one agent of this manager.
//
// Its hardware_metadata says how sessions are kept apart: "sandbox" and "limits"
// what is in use and, as status_info, why it is not stronger;
// "isolation.<level>" and "landlock" of each thing there is, whether this machine
// has it.
func agentOf(info node.Info, now time.Time) store.Agent {
	parts := map[string]part{
		"sandbox": {"healthy", info.Reason, map[string]string{"isolation": string(info.Isolation),
			"mounts": strconv.FormatBool(info.Mounts), "clusters": strconv.FormatBool(info.Clusters), "commit": strconv.FormatBool(info.Overlay)}},
		"limits":   {"healthy", info.LimitsReason, map[string]string{"enforced_by": info.Limits}},
		"landlock": partOf(info.LandlockReason, map[string]string{"version": strconv.Itoa(info.Landlock)}),
	}
	for _, level := range info.Levels {
		parts["isolation."+string(level.Isolation)] = partOf(level.Reason, map[string]string{})
	}
	return store.Agent{ID: info.ID, Status: store.AgentAlive, StatusChanged: now, Region: "local", ScalingGroup: "default",
		Schedulable: true, AvailableSlots: info.Slots, Addr: "local://" + info.ID, Architecture: info.Architecture,
		FirstContact: now, Version: rest.ManagerVersion,
		ComputePlugins: store.ToJSON(map[string]map[string]string{
			"cpu": {"version": rest.ManagerVersion}, "mem": {"version": rest.ManagerVersion}}),
		HardwareMetadata: store.ToJSON(parts),
	}
}
