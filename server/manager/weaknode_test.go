package manager_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatAMachineWithoutIsolationCannotDoIsRefusedAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		require.Equal(w.T, 201, w.as("user", "POST", "/folders", `{"name": "data"}`).status)
		require.Equal(w.T, 201, w.as("user", "POST", "/folders", `{"name": ".cache"}`).status)
		w.node.Weaken()
		for name, test := range map[string]struct {
			body object
			want string
		}{
			"a cluster": {object{"name": "pair", "cluster_size": 2, "config": object{"resources": object{"cpu": 1, "mem": "512m"}}}, "cannot be clusters"},
			"a mount":   {object{"name": "mount", "config": object{"mounts": []string{"data"}}}, "cannot have folders mounted"},
		} {
			refused := w.as("user", "POST", "/session", request(w, test.body))
			assert.Equal(w.T, 400, refused.status, name)
			assert.Contains(w.T, string(refused.body), test.want, name)
		}
		plain := w.as("user", "POST", "/session", request(w, object{"name": "plain"}))
		require.Equal(w.T, 201, plain.status, string(plain.body))
		created := w.node.Created()
		require.Len(w.T, created, 1)
		assert.Empty(w.T, created[0].Mounts, "folders that come by themselves stay away")
	})
}

func TestTheAgentTellsHowSessionsAreKeptApart(t *testing.T) {
	inWorld(t, func(w *world) {
		answer := w.as("super", "POST", "/admin/gql", `{"query": "{agent(agent_id: \"i-test\") {hardware_metadata}}"}`)
		for _, part := range []string{"isolation.isolated", "isolation.none", "landlock", "enforced_by"} {
			assert.Contains(w.T, string(answer.body), part)
		}
	})
}
