package querycheck

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func body(t *testing.T, query string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"query": query, "variables": map[string]any{}})
	require.NoError(t, err)
	return string(text)
}

func TestWhatAManagerLacksIsSaid(t *testing.T) {
	tests := []struct {
		name, schema, manager, query string
		lacks                        string // "" if it lacks nothing
	}{
		{"a field that is newer than the manager", Old, "23.09.5",
			`{ compute_session_list(limit: 1, offset: 0) { items { id requested_slots } } }`, "ComputeSession.requested_slots"},
		{"a field of a field", Old, "24.03.0",
			`{ compute_session_list(limit: 1, offset: 0) { items { containers { kernel_id } } } }`, "ComputeContainer.kernel_id"},
		{"an argument", Old, "24.03.0", `{ image(id: "x") { name } }`, "Queries.image(id)"},
		{"a root field", Old, "23.09.0", `{ customized_images { name } }`, "Queries.customized_images"},
		{"nothing, where the field is as old as the manager", Old, "24.03.0",
			`{ compute_session_list(limit: 1, offset: 0) { items { id requested_slots } } }`, ""},
		{"nothing, where its own release was given the field later", Old, "23.09.7",
			`{ user_resource_policy { max_vfolder_count } }`, ""},
		{"a field that its own release was given later", Old, "23.09.5",
			`{ user_resource_policy { max_vfolder_count } }`, "UserResourcePolicy.max_vfolder_count"},
		{"a field that the schema itself lacks", Recent, Recent,
			`{ compute_session_list(limit: 1, offset: 0) { items { containers { status_history } } } }`, "status_history"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			schema, err := Load(test.schema)
			require.NoError(t, err)
			err = schema.CheckFor(test.manager, body(t, test.query))
			if test.lacks == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.lacks)
			}
		})
	}
}

func TestAVariableOfTheWrongTypeIsRefused(t *testing.T) {
	schema, err := Load(Old)
	require.NoError(t, err)
	const query = `"query($n: Int!) { compute_session_list(limit: $n, offset: 0) { total_count } }"`
	assert.NoError(t, schema.Check(`{"query": `+query+`, "variables": {"n": 1}}`))
	assert.Error(t, schema.Check(`{"query": `+query+`, "variables": {}}`))
	assert.Error(t, schema.Check(`{"query": `+query+`, "variables": {"n": "x"}}`))
	assert.Error(t, schema.Check(`not JSON`))
}
