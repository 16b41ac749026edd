package client

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFieldsThatAManagerLacksAreLeftOut(t *testing.T) {
	asked := []string{"id", "requested_slots", "priority", "containers {container_id kernel_id live_stat}"}
	for manager, want := range map[string][]string{
		"23.09.11": {"id", "containers {container_id live_stat}"},
		"24.03.0":  {"id", "requested_slots", "containers {container_id live_stat}"},
		"24.03.11": {"id", "requested_slots", "containers {container_id kernel_id live_stat}"},
		"24.09.0":  asked,
		"26.9.6":   asked,
	} {
		assert.Equal(t, want, knownFields(Version{API: "v8.20240915", Manager: manager}, asked), manager)
	}
	before := Version{API: "v7.20230615", Manager: "23.09.0"}
	assert.Equal(t, []string{"id"}, knownFields(before, []string{"id", "containers { kernel_id }"}), "an object without fields is no field")
	assert.Equal(t, []string{"containers { id agent }"}, knownFields(before, []string{"containers { id agent }"}))
}
