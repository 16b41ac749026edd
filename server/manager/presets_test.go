package manager_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

func TestWhatPresetsFit(t *testing.T) {
	inWorld(t, func(w *world) {
		require.NoError(w, w.store.AddPreset(w.Context(), store.Preset{ID: "gpu", Name: "zz-gpu", Slots: `{"cpu": "1", "mem": "1073741824", "cuda.device": "1"}`}))
		_, err := w.store.ChangePreset(w.Context(), "cpu03-large", func(p *store.Preset) error { p.Slots = `{"cpu": "62", "mem": "1073741824"}`; return nil })
		require.NoError(w, err)
		got := w.as("user", "POST", "/session", request(w, object{"config": object{"resources": object{"cpu": 10, "mem": "5g"}}}))
		require.Equal(w, 201, got.status, "%s", got.body)
		w.create("user2", "other")

		check := func(role, body string) map[string]json.RawMessage {
			got := w.as(role, "POST", "/resource/check-presets", body)
			require.Equal(w, 200, got.status, "%s", got.body)
			var out map[string]json.RawMessage
			require.NoError(w, json.Unmarshal(got.body, &out))
			return out
		}
		out := check("user", `{"scaling_group": "default", "group": "default"}`)
		for name, want := range map[string]string{
			"keypair_limits":          `{"cpu": "Infinity", "mem": "Infinity"}`,
			"keypair_using":           `{"cpu": "10", "mem": "5368709120"}`,
			"keypair_remaining":       `{"cpu": "Infinity", "mem": "Infinity"}`,
			"scaling_group_remaining": `{"cpu": "52", "mem": "267898585088"}`,
			"scaling_groups":          `{"default": {"using": {"cpu": "10", "mem": "5368709120"}, "remaining": {"cpu": "52", "mem": "267898585088"}}}`,
			"group_limits":            `{"cpu": "NaN", "mem": "NaN"}`,
		} {
			assert.JSONEq(w.T, want, string(out[name]), name)
		}
		assert.Contains(w.T, string(out["presets"]), `{"name":"cpu03-large","shared_memory":"2147483648","resource_slots":{"cpu":"62","mem":"1073741824"},"allocatable":false}`)
		assert.Contains(w.T, string(out["presets"]), `{"name":"zz-gpu","shared_memory":null,"resource_slots":{"cpu":"1","mem":"1073741824"},"allocatable":true}`,
			"without its GPU, as the real manager shows it")

		for _, value := range []string{`"true"`, `true`} {
			set := w.as("super", "POST", "/config/set", `{"key": "config/api/resources/group_resource_visibility", "value": `+value+`}`)
			require.Equal(w, 200, set.status)
			assert.JSONEq(w.T, `{"cpu": "11", "mem": "5905580032"}`, string(check("user2", "")["group_using"]), value)
		}
		out = check("user2", "")
		assert.JSONEq(w.T, `{"cpu": "1", "mem": "536870912"}`, string(out["keypair_using"]))

		assert.Equal(w.T, 400, w.as("user", "POST", "/resource/check-presets", `{"scaling_group": "other"}`).status)
	})
}
