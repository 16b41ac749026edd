package model

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHardwareOfAgents(t *testing.T) {
	part := HardwarePart{"unavailable", "why", map[string]string{"version": "0"}}
	for name, test := range map[string]struct {
		text string
		want Hardware
	}{
		"as text":          {`"{\"landlock\": {\"status\": \"unavailable\", \"status_info\": \"why\", \"metadata\": {\"version\": \"0\"}}}"`, Hardware{"landlock": part}},
		"as an object":     {`{"landlock": {"status": "unavailable", "status_info": "why", "metadata": {"version": "0"}}}`, Hardware{"landlock": part}},
		"null":             {`null`, nil},
		"nothing":          {`""`, nil},
		"of another form":  {`[1]`, nil},
		"with strange one": {`{"a": 1, "b": {"status": "healthy", "status_info": null, "metadata": null}}`, Hardware{"b": {Status: "healthy"}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got Hardware
			require.NoError(t, json.Unmarshal([]byte(test.text), &got))
			assert.Equal(t, test.want, got)
		})
	}
}
