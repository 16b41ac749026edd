package sessions

import (
	"testing"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScopesOfTheGauges(t *testing.T) {
	scopes := scopesOf(&model.Room{
		KeyPairLimits: model.ResourceSlots{"cuda.shares": "2", "mem": "8589934592", "cpu": "Infinity", "tpu.device": "0"},
		KeyPairUsing:  model.ResourceSlots{"cpu": "1.5", "mem": "1073741824"},
		ProjectLimits: model.ResourceSlots{"cpu": "NaN", "mem": "NaN"},
		Groups: map[string]model.GroupRoom{
			"default": {Using: model.ResourceSlots{"cpu": "1.5"}, Remaining: model.ResourceSlots{"cpu": "6.5", "mem": "0"}},
		},
	})
	require.Len(t, scopes, 2, "the project's are not shown")
	assert.Equal(t, []held{{"cpu", 1.5, 8}, {"mem", 1 << 30, 8 << 30}, {"cuda.shares", 0, 2}}, scopes[0].slots,
		"without a limit of its own a key pair has what the resource groups have")
	assert.Equal(t, scope{"sessions.room.group", "default", []held{{"cpu", 1.5, 8}}}, scopes[1])

	texts := i18n.Load("en")
	props := scopes[0].slots[1].gauge(texts)
	assert.Equal(t, "1.0 GiB / 8.0 GiB", props.Text)
	assert.Equal(t, "RAM: 1.0 GiB of 8.0 GiB", props.Title)
	assert.InDelta(t, 0.125, props.Ratio, 1e-9)
	assert.Empty(t, scopesOf(&model.Room{}))
}

func TestProjectsWithLimitsHaveGauges(t *testing.T) {
	scopes := scopesOf(&model.Room{
		ProjectLimits: model.ResourceSlots{"cpu": "4", "mem": "Infinity"}, ProjectUsing: model.ResourceSlots{"cpu": "3"},
	})
	require.Len(t, scopes, 1)
	assert.Equal(t, []held{{"cpu", 3, 4}}, scopes[0].slots)
}
