package model

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var value T
	require.NoError(t, json.Unmarshal([]byte(text), &value), text)
	return value
}

func TestResourceSlots(t *testing.T) {
	tests := []struct {
		name, text string
		want       ResourceSlots
	}{
		{"an object in a string", `"{\"cpu\": \"2\", \"mem\": \"4294967296\"}"`, ResourceSlots{"cpu": "2", "mem": "4294967296"}},
		{"an object", `{"cpu": "2"}`, ResourceSlots{"cpu": "2"}},
		{"numbers as values", `{"cpu": 2, "cuda.shares": 0.5}`, ResourceSlots{"cpu": "2", "cuda.shares": "0.5"}},
		{"null values are missing", `{"cpu": null, "mem": "1"}`, ResourceSlots{"mem": "1"}},
		{"unlimited", `"{\"cpu\": \"Infinity\"}"`, ResourceSlots{"cpu": "Infinity"}},
		{"an empty object", `"{}"`, ResourceSlots{}},
		{"null", `null`, nil},
		{"null in a string", `"null"`, nil},
		{"empty text", `""`, nil},
		{"blank text", `"  "`, nil},
		{"other escapes in the string", `"{\u0022cpu\u0022:\t\"2\"}"`, ResourceSlots{"cpu": "2"}},
		{"escaped quotes inside the inner strings", `"{\"a\\\"b\": \"1\"}"`, ResourceSlots{`a"b`: "1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, decode[ResourceSlots](t, tt.text))
		})
	}
	for _, text := range []string{`[]`, `5`, `"{"`, `"[]"`} {
		assert.Nil(t, decode[ResourceSlots](t, text), text)
	}
}

func TestMetrics(t *testing.T) {
	metrics := decode[Metrics](t,
		`{"version": 2, "mem": {"current": "10", "capacity": null, "pct": "0.00", "unit_hint": "bytes", "stats.max": "12", "stats.version": null}, "gone": null}`)
	assert.Equal(t, Metrics{"mem": {Current: "10", Pct: "0.00", UnitHint: "bytes", Max: "12"}}, metrics)
	assert.Equal(t, Metrics{"cpu_util": {Current: "1.5"}}, decode[Metrics](t, `"{\"cpu_util\": {\"current\": \"1.5\"}}"`))
	assert.Nil(t, decode[Metrics](t, `null`))
	assert.Empty(t, decode[Metrics](t, `"{}"`))
	for _, text := range []string{`"[1]"`, `"{bad"`, `5`} {
		assert.Nil(t, decode[Metrics](t, text), text)
	}
}

func TestServicePorts(t *testing.T) {
	tests := []struct {
		name, text string
		want       ServicePorts
	}{
		{"a list in a string", `"[{\"name\": \"ttyd\", \"protocol\": \"http\", \"container_ports\": [7681], \"host_ports\": [null], \"is_inference\": false}]"`,
			ServicePorts{{Name: "ttyd", Protocol: "http", ContainerPorts: []int{7681}}}},
		{"an empty list", `"[]"`, ServicePorts{}},
		{"an object is no list", `"{}"`, nil},
		{"a list that is cut off", `"[{"`, nil},
		{"a list of something else", `[1]`, nil},
		{"null", `null`, nil},
		{"null in a string", `"null"`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, decode[ServicePorts](t, tt.text))
		})
	}
}

func TestRawObject(t *testing.T) {
	assert.Equal(t, `{"a": 1}`, string(decode[RawObject](t, `"{\"a\": 1}"`)))
	assert.Equal(t, `{"a":1}`, string(decode[RawObject](t, `{"a":1}`)))
	for _, text := range []string{`null`, `""`, `"{}"`, `{}`, `"null"`} {
		assert.Nil(t, decode[RawObject](t, text), text)
	}
}

func TestTime(t *testing.T) {
	want := time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC)
	for _, text := range []string{
		`"2024-01-02T03:04:05.678901+00:00"`, `"2024-01-02 03:04:05.678901+00:00"`, `"2024-01-02T12:04:05.678901+09:00"`,
		`"2024-01-02T03:04:05.678901"`, `"2024-01-02 03:04:05.678901"`, `"2024-01-02T03:04:05.678901Z"`,
	} {
		assert.True(t, want.Equal(decode[Time](t, text).Time), text)
	}
	for _, text := range []string{`null`, `""`, `"None"`} {
		assert.True(t, decode[Time](t, text).IsZero(), text)
	}
	for _, text := range []string{`"yesterday"`, `5`, `"2024-01-02"`} {
		assert.True(t, decode[Time](t, text).IsZero(), text)
	}
}

func TestPhases(t *testing.T) {
	tests := []struct {
		phase    Phase
		statuses []Status
	}{
		{PhaseWaiting, []Status{StatusPending, StatusDeprioritizing, StatusRescheduling, StatusReserved}},
		{PhasePreparing, []Status{StatusScheduled, StatusPreparing, StatusPulling, StatusPrepared, StatusCreating, StatusRestarting}},
		{PhaseRunning, []Status{StatusRunning, StatusRunningDegraded}},
		{PhaseEnding, []Status{StatusTerminating, StatusPreempted}},
		{PhaseEnded, []Status{StatusTerminated, StatusCancelled}},
		{PhaseFailed, []Status{StatusError}},
		{PhaseUnknown, []Status{"", "SOMETHING_NEW", "running"}},
	}
	for _, tt := range tests {
		for _, status := range tt.statuses {
			assert.Equal(t, tt.phase, status.Phase(), status)
			assert.Equal(t, tt.phase != PhaseUnknown, status.Known(), status)
			assert.Equal(t, tt.phase == PhaseEnded, status.Ended(), status)
		}
	}
	assert.Equal(t, "RUNNING,PENDING", JoinStatuses([]Status{StatusRunning, StatusPending}))
	assert.Empty(t, JoinStatuses(nil))
}

func TestRoles(t *testing.T) {
	assert.False(t, RoleUser.IsAdmin())
	assert.True(t, RoleAdmin.IsAdmin())
	assert.False(t, RoleAdmin.IsSuperadmin())
	assert.True(t, RoleSuperadmin.IsAdmin())
	assert.True(t, RoleSuperadmin.IsSuperadmin())
	assert.False(t, RoleMonitor.IsAdmin())
	assert.Equal(t, "interactive", TypeInteractive.Lower())
}

func FuzzSession(f *testing.F) {
	f.Add([]byte(`{"id": "a", "occupied_slots": "{\"cpu\": \"1\"}", "service_ports": "[]", "created_at": "2024-01-02T03:04:05Z",
		"containers": [{"live_stat": "{\"mem\": {\"current\": \"1\"}}"}], "status_data": "{}"}`))
	f.Add([]byte(`{"occupied_slots": "\u007b\u007d", "service_ports": "\\", "idle_checks": {}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var session Session
		if json.Unmarshal(data, &session) != nil {
			return
		}
		for name := range session.OccupiedSlots {
			assert.NotEqual(t, "null", session.OccupiedSlots[name])
		}
		assert.NotEqual(t, "{}", string(session.StatusData))
	})
}

// The fast way of unquoting must never differ from encoding/json's.
func FuzzUnquote(f *testing.F) {
	f.Add(`"{\"a\": \"b\\\\c\"}"`)
	f.Add(`"\n"`)
	f.Fuzz(func(t *testing.T, text string) {
		var want string
		if !utf8.ValidString(text) {
			return // the JSON inside is decoded afterwards, which replaces it then
		}
		if json.Unmarshal([]byte(text), &want) != nil || text[0] != '"' || text[len(text)-1] != '"' {
			return
		}
		if got, ok := unquoteSimple([]byte(text)); ok {
			assert.Equal(t, want, string(got))
		}
	})
}
