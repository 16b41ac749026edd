package sessions

import (
	"slices"
	"strings"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// Condition is a tab of the list, named as the original's attribute.
type Condition string

// The conditions. Those by type are offered where the manager reports types.
const (
	Running     Condition = "running"
	Finished    Condition = "finished"
	Others      Condition = "others"
	Interactive Condition = "interactive"
	Batch       Condition = "batch"
	Inference   Condition = "inference"
	System      Condition = "system"
)

// Conditions lists the tabs that are offered with a manager, in their order.
func Conditions(manager client.Version) []Condition { return conditionsOf(reportsTypes(manager)) }

func conditionsOf(types bool) []Condition {
	list := []Condition{Running, Finished, Others}
	if types {
		list = append(list, Interactive, Batch, Inference, System)
	}
	return list
}

// reportsTypes: sessions have had the field type for long; with inference the
// set of types became what the tabs offer.
func reportsTypes(manager client.Version) bool { return manager.Supports(client.FeatureInference) }

func (c Condition) known() bool {
	switch c {
	case Running, Finished, Others, Interactive, Batch, Inference, System:
		return true
	}
	return false
}

// sessionType is the type a tab by type shows, empty for the others.
func (c Condition) sessionType() model.SessionType {
	switch c {
	case Interactive, Batch, Inference, System:
		return model.SessionType(strings.ToUpper(string(c)))
	}
	return ""
}

// running reports whether a tab holds living sessions: they change often, show
// bars and can be selected.
func (c Condition) running() bool { return c != Finished && c != Others }

// statusesFor selects the statuses of a tab. The deck:
//
//	running   RUNNING, RESTARTING, TERMINATING, PENDING, SCHEDULED, PREPARING, PULLING
//	finished  TERMINATED, CANCELLED
//	others    TERMINATING, ERROR
//	default   as running
//	without avoid-hol-blocking: no SCHEDULED
//
// The tabs by type are the running ones of one type. Later managers know more
// statuses of living sessions; each is asked for where the manager knows it and
// only there, because an unknown status fails the whole query.
func statusesFor(c Condition, manager client.Version) []model.Status {
	var statuses []model.Status
	switch c {
	case Finished:
		statuses = []model.Status{model.StatusTerminated, model.StatusCancelled}
	case Others:
		statuses = []model.Status{model.StatusTerminating, model.StatusError}
	default:
		statuses = []model.Status{
			model.StatusRunning, model.StatusRestarting, model.StatusTerminating, model.StatusPending,
			model.StatusScheduled, model.StatusPreparing, model.StatusPulling,
			model.StatusPrepared, model.StatusCreating, model.StatusDeprioritizing,
			model.StatusReserved, model.StatusPreempted, model.StatusRescheduling,
		}
	}
	return slices.DeleteFunc(statuses, func(s model.Status) bool { return !manager.Knows(s) })
}

// fieldsFor selects the fields of a query. The deck asks for
//
//	id session_id name image created_at terminated_at status status_info
//	service_ports mounts occupied_slots access_key
//	+ cluster_size        with multi-container
//	+ cluster_mode        with multi-node
//	+ status_data         with session-detail-status
//	+ scaling_group       with scaling-group
//	+ user_email          in SESSION mode
//	+ containers {container_id occupied_slots live_stat last_stat}
//	  for superadmins     containers {container_id agent occupied_slots live_stat last_stat}
//
// Here only what a row shows is asked for, because the answer is fetched every
// five seconds:
//
//   - session_id repeats id in all supported managers; service_ports belong to
//     apps, which ask for them when one is opened;
//   - the owner's field is asked for only by admins, who have the column:
//     access_key in API mode, user_email in SESSION mode;
//   - of the statistics, live_stat where bars are shown and last_stat on the
//     finished tab; a container's own slots are never shown, its id only beside
//     its agent;
//   - what no column shows is left out: statistics, idle checks, folders, reasons;
//   - requested_slots, because a waiting session occupies nothing yet, and type
//     and result where the manager reports types.
//
// hides says which columns are not shown.
func fieldsFor(c Condition, mode model.ConnectionMode, role model.Role, manager client.Version, hides func(column) bool) []string {
	fields := []string{"id", "name", "image", "created_at", "terminated_at", "status"}
	shows := func(by column, names ...string) {
		if !hides(by) {
			fields = append(fields, names...)
		}
	}
	add := func(feature client.Feature, names ...string) {
		if manager.Supports(feature) {
			fields = append(fields, names...)
		}
	}
	shows(colStatus, "status_info")
	shows(colConfig, "mounts")
	if !hides(colConfig) || !hides(colUsage) && c != Finished { // bars of what it has
		fields = append(fields, "occupied_slots")
	}
	shows(colConfig, "requested_slots")
	add(client.FeatureMultiContainer, "cluster_size")
	add(client.FeatureMultiNode, "cluster_mode")
	if !hides(colStatus) {
		add(client.FeatureDetailStatus, "status_data")
	}
	if !hides(colConfig) {
		add(client.FeatureScalingGroup, "scaling_group")
	}
	if reportsTypes(manager) {
		fields = append(fields, "type") // also for what can be done with a session
		if c == Finished {
			shows(colStatus, "result")
		}
	}
	if c.running() && !hides(colIdle) {
		add(client.FeatureIdleChecks, "idle_checks")
	}
	if role.IsAdmin() {
		owner := "access_key"
		if mode == model.ModeSession {
			owner = "user_email"
		}
		shows(colOwner, owner)
	}
	var kernels []string
	if role.IsSuperadmin() {
		if !hides(colAgent) {
			kernels = append(kernels, "container_id", "agent")
		}
	}
	switch {
	case hides(colUsage):
	case c == Finished:
		kernels = append(kernels, "last_stat")
	default:
		kernels = append(kernels, "live_stat")
	}
	if len(kernels) > 0 {
		fields = append(fields, "containers {"+strings.Join(kernels, " ")+"}")
	}
	return fields
}
