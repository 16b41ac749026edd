package sessions

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// samples are sessions in which every field says something, by what a manager
// calls the fields.
const samples = `[{
	"id": "a", "name": "one", "type": "BATCH", "image": "cr.example.com/stable/python:3.11-ubuntu22.04",
	"status": "RUNNING", "status_info": "idle", "created_at": "2026-11-22T03:00:00+00:00",
	"access_key": "AKIA", "user_email": "somebody@example.com", "scaling_group": "gpu", "mounts": ["data"],
	"cluster_mode": "multi-node", "cluster_size": 2,
	"occupied_slots": "{\"cpu\": \"4\", \"mem\": \"8589934592\"}", "requested_slots": "{\"cpu\": \"8\", \"mem\": \"8589934592\"}",
	"idle_checks": "{\"session_lifetime\": {\"remaining\": 4000, \"remaining_time_type\": \"expire_after\"}}",
	"containers": [{"container_id": "c0ffee", "agent": "i-node-1", "live_stat": "{\"cpu_util\": {\"pct\": \"50\", \"current\": \"10\", \"capacity\": \"20\"}}"}]
}, {
	"id": "b", "name": "two", "type": "INTERACTIVE", "status": "PENDING", "status_info": "no-available-instances", "created_at": "2026-11-22T03:00:00+00:00",
	"status_data": "{\"scheduler\": {\"retries\": 3, \"failed_predicates\": [{\"name\": \"concurrency\", \"msg\": \"too many\"}]}}",
	"requested_slots": "{\"cpu\": \"8\", \"mem\": \"8589934592\"}"
}, {
	"id": "c", "name": "three", "type": "BATCH", "status": "TERMINATED", "status_info": "task-failed", "result": "FAILURE",
	"created_at": "2026-11-22T03:00:00+00:00", "terminated_at": "2026-11-22T03:10:00+00:00",
	"occupied_slots": "{\"cpu\": \"4\", \"mem\": \"8589934592\"}",
	"containers": [{"container_id": "c0ffee", "agent": "i-node-1", "last_stat": "{\"cpu_used\": {\"current\": \"6000\"}, \"mem\": {\"stats.max\": \"4000000\", \"current\": \"4000000\", \"capacity\": \"8000000\"}}"}]
}, {
	"id": "d", "name": "four", "type": "INTERACTIVE", "status": "ERROR", "status_info": "failed-to-start",
	"created_at": "2026-11-22T03:00:00+00:00", "status_data": "{\"error\": {\"src\": \"agent\", \"name\": \"OutOfDisk\", \"repr\": \"no space\"}}"
}]`

// sampled are the samples as a manager answers that is asked for fields.
func sampled(t *testing.T, fields []string) client.SessionPage {
	t.Helper()
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(samples), &all))
	kernelFields := []string{}
	for _, field := range fields {
		if inner, ok := strings.CutPrefix(field, "containers {"); ok {
			kernelFields = strings.Fields(strings.TrimSuffix(inner, "}"))
			fields = append(slices.Clone(fields), "containers")
		}
	}
	for _, session := range all {
		if kernels, ok := session["containers"].([]any); ok {
			for _, kernel := range kernels {
				keepOnly(kernel.(map[string]any), kernelFields)
			}
		}
		keepOnly(session, fields)
	}
	data, err := json.Marshal(all)
	require.NoError(t, err)
	page := client.SessionPage{Total: len(all)}
	require.NoError(t, json.Unmarshal(data, &page.Items))
	return page
}

func keepOnly(object map[string]any, names []string) {
	for name := range object {
		if !slices.Contains(names, name) {
			delete(object, name)
		}
	}
}

// lessOne lists what is asked for with one field less each time, those of kernels
// one by one.
func lessOne(fields []string) map[string][]string {
	less := map[string][]string{}
	for i, field := range fields {
		inner, kernels := strings.CutPrefix(field, "containers {")
		if !kernels {
			less[field] = slices.Delete(slices.Clone(fields), i, i+1)
			continue
		}
		names := strings.Fields(strings.TrimSuffix(inner, "}"))
		for j, name := range names {
			rest := slices.Clone(fields)
			rest[i] = "containers {" + strings.Join(slices.Delete(slices.Clone(names), j, j+1), " ") + "}"
			less["containers."+name] = rest
		}
	}
	return less
}

// TestNoFieldIsAskedForThatIsNotShown takes each field out of the answer: what the
// page draws, or offers, is then another.
func TestNoFieldIsAskedForThatIsNotShown(t *testing.T) {
	accepted := func(tab Condition, field string) bool {
		return field == "terminated_at" && tab != Finished || // the deck asks for it on each tab
			field == "type" && tab.sessionType() != "" // what can be done with a session depends on it
	}
	tests := []struct {
		name   string
		role   model.Role
		mode   model.ConnectionMode
		hidden []column
	}{
		{"a superadmin", model.RoleSuperadmin, model.ModeSession, nil},
		{"an admin with keys", model.RoleAdmin, model.ModeAPI, nil},
		{"a superadmin who hides what costs most", model.RoleSuperadmin, model.ModeAPI, []column{colUsage, colIdle, colAgent, colOwner}},
		{"a user who hides what is reserved", model.RoleUser, model.ModeSession, []column{colStatus, colConfig}},
	}
	for _, tab := range []Condition{Running, Finished, Others, Batch} {
		for _, test := range tests {
			t.Run(string(tab)+" of "+test.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					time.Sleep(time.Until(time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)))
					drawn := func(fields []string) string {
						v := viewOf(tab, test.mode, test.role, sampled(t, fields))
						for _, c := range test.hidden {
							v.choice = v.choice.with(c, false)
						}
						// Attributes are printed in any order.
						return strings.Join(slices.Sorted(strings.FieldsSeq(strings.ReplaceAll(printed(v), ">", " "))), " ")
					}
					hides := func(c column) bool { return slices.Contains(test.hidden, c) }
					fields := fieldsFor(tab, test.mode, test.role, manager2409, hides)
					whole := drawn(fields)
					for field, rest := range lessOne(fields) {
						if !accepted(tab, field) {
							assert.NotEqual(t, whole, drawn(rest), "nobody sees %s", field)
						}
					}
				})
			})
		}
	}
}
