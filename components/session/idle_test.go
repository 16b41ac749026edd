package session

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
)

func TestIdleChecks(t *testing.T) {
	at := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	checks := IdleChecks(model.RawObject(`{
		"utilization": {"remaining": 120.5, "remaining_time_type": "grace_period",
			"extra": {"thresholds_check_operator": "and", "resources": {"mem": [5, 30], "cpu_util": [12.5, 30.0], "broken": [1]}}},
		"network_timeout": {"remaining": -1, "remaining_time_type": "expire_after", "extra": null},
		"session_lifetime": {"remaining": null, "remaining_time_type": "expire_after", "extra": null},
		"a_new_one": {"remaining": 60, "remaining_time_type": "expire_after"}, "nothing": null}`), at)
	require.Len(t, checks, 3, "what is not evaluated is not shown")
	assert.Equal(t, "a_new_one", checks[0].Name, "checks that this version does not know are shown, too")
	assert.Equal(t, CheckNetwork, checks[1].Name)
	assert.True(t, checks[1].Over)
	assert.Equal(t, IdleCheck{
		Name: CheckUtilization, Deadline: at.Add(120*time.Second + 500*time.Millisecond), Grace: true, All: true,
		Devices: []IdleDevice{{"cpu_util", 12.5, 30}, {"mem", 5, 30}},
	}, checks[2])

	left, known := checks[2].Remaining(at.Add(20 * time.Second))
	assert.True(t, known)
	assert.Equal(t, 100*time.Second+500*time.Millisecond, left, "it counts down between two answers")
	left, _ = checks[2].Remaining(at.Add(time.Hour))
	assert.Zero(t, left)

	assert.Nil(t, IdleChecks(nil, at))
	assert.Nil(t, IdleChecks(model.RawObject(`[1]`), at))
}

func TestIdleTones(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	in := func(d time.Duration, devices ...IdleDevice) IdleCheck {
		return IdleCheck{Deadline: now.Add(d), Devices: devices}
	}
	all := func(c IdleCheck) IdleCheck {
		c.All = true
		return c
	}
	grace := func(c IdleCheck) IdleCheck {
		c.Grace = true
		return c
	}
	low, middle, high := IdleDevice{"a", 1, 1}, IdleDevice{"b", 8, 1}, IdleDevice{"c", 50, 1}
	for _, test := range []struct {
		name  string
		check IdleCheck
		want  facts.Tone
	}{
		{"under an hour", in(59 * time.Minute), facts.ToneBad},
		{"under four hours", in(time.Hour), facts.ToneWait},
		{"four hours", in(4 * time.Hour), facts.ToneGood},
		{"nothing known", IdleCheck{}, facts.ToneNeutral},
		{"use far from the threshold, little time", in(time.Minute, high), facts.ToneGood},
		{"use near the threshold", in(time.Minute, middle), facts.ToneWait},
		{"use at the threshold", in(time.Minute, low), facts.ToneBad},
		{"one low device is enough where any counts", in(time.Minute, low, high), facts.ToneBad},
		{"where all count it is not", all(in(time.Minute, low, high)), facts.ToneGood},
		{"where all count the highest decides", all(in(time.Minute, low, middle)), facts.ToneWait},
		{"with much time left only the time counts", in(5*time.Hour, low), facts.ToneGood},
		{"in the grace period use does not count", grace(in(2*time.Hour, low)), facts.ToneWait},
		{"after the grace period there is no time, only use", IdleCheck{Devices: []IdleDevice{low}}, facts.ToneBad},
	} {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, test.check.Tone(now)) })
	}
	assert.Equal(t, facts.ToneBad, IdleDevice{"cpu_util", 1.9, 1}.Tone())
	assert.Equal(t, facts.ToneWait, IdleDevice{"cpu_util", 2, 1}.Tone())
	assert.Equal(t, facts.ToneGood, IdleDevice{"cpu_util", 10, 1}.Tone())
	assert.Equal(t, "1.9 / 1 %", IdleDevice{"cpu_util", 1.9, 1}.Text())
	assert.Equal(t, "- / 30 %", IdleDevice{"cpu_util", -1, 30}.Text())
	assert.Equal(t, facts.ToneNeutral, IdleDevice{"cpu_util", -1, 30}.Tone())
	assert.Equal(t, "1d 02:03:04", Countdown(26*time.Hour+3*time.Minute+4*time.Second))
}

func FuzzIdleChecks(f *testing.F) {
	f.Add([]byte(`{"utilization": {"remaining": 1e300, "extra": {"resources": {"mem": [null, 1e308]}}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		for _, c := range IdleChecks(model.RawObject(data), time.Now()) {
			left, _ := c.Remaining(time.Now())
			assert.GreaterOrEqual(t, left, time.Duration(0))
			assert.Contains(t, []facts.Tone{facts.ToneNeutral, facts.ToneGood, facts.ToneWait, facts.ToneBad}, c.Tone(time.Now()))
		}
	})
}
