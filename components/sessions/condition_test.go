package sessions

import (
	"slices"
	"strings"
	"testing"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
)

// before is a manager without the features that the deck asks about.
var before = client.Version{API: "v4.20190315", Manager: "19.09.0"}

func TestStatusesByCondition(t *testing.T) {
	const running = "RUNNING,RESTARTING,TERMINATING,PENDING,SCHEDULED,PREPARING,PULLING"
	tests := []struct {
		name    string
		tab     Condition
		manager client.Version
		want    string
	}{
		{"deck: case 'running'", Running, manager2409, running},
		{"deck: case 'finished'", Finished, manager2409, "TERMINATED,CANCELLED"},
		{"deck: case 'others'", Others, manager2409, "TERMINATING,ERROR"},
		{"deck: default is as running", Condition("whatever"), manager2409, running},
		{"a tab by type is as running", Interactive, manager2409, running},
		{"deck: no SCHEDULED without avoid-hol-blocking", Running, before, "RUNNING,RESTARTING,TERMINATING,PENDING,PREPARING,PULLING"},
		{"24.12 knows PREPARED and CREATING", Running, client.Version{API: "v8.20240915", Manager: "24.12.0"}, running + ",PREPARED,CREATING"},
		{
			"26.9 knows the statuses of preemption too", Running, manager269,
			running + ",PREPARED,CREATING,DEPRIORITIZING,RESERVED,PREEMPTED,RESCHEDULING",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, model.JoinStatuses(statusesFor(test.tab, test.manager)))
		})
	}
}

func TestNoStatusIsSentThatTheManagerDoesNotKnow(t *testing.T) {
	for _, manager := range []client.Version{before, manager2409, manager269, {}} {
		for _, tab := range conditionsOf(true) {
			for _, status := range statusesFor(tab, manager) {
				assert.True(t, manager.Knows(status), "%s to %s", status, manager.Manager)
			}
		}
	}
}

func TestFieldsByModeRoleAndFeature(t *testing.T) {
	tests := []struct {
		name    string
		tab     Condition
		mode    model.ConnectionMode
		role    model.Role
		manager client.Version
		has     []string
		hasNot  []string
	}{
		{
			name: "deck: the fields everybody's rows need", tab: Running, mode: model.ModeAPI, role: model.RoleUser, manager: before,
			has:    []string{"id", "name", "image", "created_at", "terminated_at", "status", "status_info", "mounts", "occupied_slots", "containers {live_stat}"},
			hasNot: []string{"cluster_size", "status_data", "type"},
		},
		{
			name: "deck: multi-container, multi-node, session-detail-status, scaling-group", tab: Running, mode: model.ModeAPI, role: model.RoleUser, manager: manager2409,
			has: []string{"cluster_size", "cluster_mode", "status_data", "scaling_group", "type"},
		},
		{
			name: "deck: user_email in SESSION mode", tab: Running, mode: model.ModeSession, role: model.RoleAdmin, manager: manager2409,
			has: []string{"user_email"}, hasNot: []string{"access_key"},
		},
		{
			name: "deck: access_key in API mode", tab: Running, mode: model.ModeAPI, role: model.RoleAdmin, manager: manager2409,
			has: []string{"access_key"}, hasNot: []string{"user_email"},
		},
		{
			name: "users have no column for the owner", tab: Running, mode: model.ModeSession, role: model.RoleUser, manager: manager2409,
			hasNot: []string{"access_key", "user_email"},
		},
		{
			name: "deck: agents for superadmins", tab: Running, mode: model.ModeSession, role: model.RoleSuperadmin, manager: manager2409,
			has: []string{"containers {container_id agent live_stat}"},
		},
		{
			name: "deck: no agents for admins", tab: Running, mode: model.ModeSession, role: model.RoleAdmin, manager: manager2409,
			has: []string{"containers {live_stat}"},
		},
		{
			name: "finished sessions have last_stat and a result", tab: Finished, mode: model.ModeSession, role: model.RoleUser, manager: manager2409,
			has: []string{"containers {last_stat}", "result"},
		},
		{
			name: "living sessions have no result", tab: Running, mode: model.ModeSession, role: model.RoleUser, manager: manager2409,
			hasNot: []string{"result"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fields := fieldsFor(test.tab, test.mode, test.role, test.manager, hidesNothing)
			for _, field := range test.has {
				assert.Contains(t, fields, field)
			}
			for _, field := range test.hasNot {
				assert.NotContains(t, fields, field)
			}
			assert.Len(t, slices.Compact(slices.Sorted(slices.Values(fields))), len(fields), "no field twice")
			assert.Equal(t, 1, strings.Count(strings.Join(fields, " "), "{"), "one object")
		})
	}
}

func TestTabsByTypeAreOfferedWhereTheManagerReportsTypes(t *testing.T) {
	assert.Equal(t, []Condition{Running, Finished, Others}, Conditions(before))
	assert.Equal(t, []Condition{Running, Finished, Others, Interactive, Batch, Inference, System}, Conditions(manager2409))
	for _, tab := range Conditions(manager2409) {
		assert.True(t, tab.known())
	}
	assert.False(t, Condition("").known())
}

func TestColumnsByRoleAndMode(t *testing.T) {
	ids := func(l layout) string {
		var list []string
		for _, c := range l.columns() {
			list = append(list, string(c))
		}
		return strings.Join(list, " ")
	}
	tests := []struct {
		name string
		look layout
		want string
	}{
		{"deck: user", layout{Tab: Running, Role: model.RoleUser}, "select index name status control config usage reserved"},
		{"deck: admin also sees the owner", layout{Tab: Running, Role: model.RoleAdmin}, "select index owner name status control config usage reserved"},
		{"deck: superadmin also sees the agent", layout{Tab: Running, Role: model.RoleSuperadmin}, "select index owner name status control config usage reserved agent"},
		{"deck: the check box is on running-type tabs only", layout{Tab: Finished, Role: model.RoleUser}, "index name status control config usage reserved"},
		{"the type on tabs that mix types", layout{Tab: Others, Role: model.RoleUser, Types: true}, "index name status type control config usage reserved"},
		{"not on those of one type", layout{Tab: Batch, Role: model.RoleUser, Types: true}, "select index name status control config usage reserved"},
		{"nobody known yet", layout{Tab: Running}, "select index name status control config usage reserved"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, ids(test.look)) })
	}
	assert.Equal(t, "column.owner.api", layout{Mode: model.ModeAPI}.textKey(colOwner), "deck: 'API Key'")
	assert.Equal(t, "column.owner.session", layout{Mode: model.ModeSession}.textKey(colOwner), "deck: 'User ID'")
}

func TestSortedColumns(t *testing.T) {
	api, session := layout{Mode: model.ModeAPI}, layout{Mode: model.ModeSession}
	assert.Equal(t, "access_key", api.sortColumn(colOwner))
	assert.Equal(t, "user_email", session.sortColumn(colOwner))
	assert.Equal(t, "descending", session.sorted(colReserved, "-created_at"))
	assert.Equal(t, "ascending", session.sorted(colName, "name"))
	assert.Empty(t, session.sorted(colName, "status"))
	assert.Empty(t, session.sorted(colUsage, ""))
	for _, c := range (layout{Tab: Running, Role: model.RoleSuperadmin, Types: true}).columns() {
		if name := session.sortColumn(c); name != "" {
			assert.True(t, sortable(name), "the URL takes what a head asks for: %s", name)
		}
	}
}

// hidesNothing is for a table that shows all columns.
func hidesNothing(column) bool { return false }
