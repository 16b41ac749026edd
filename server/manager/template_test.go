package manager_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/slots"
)

// template keeps a session template of a role's and returns its id.
func (w *world) template(role string, spec object) string {
	document := []object{{"template": object{"api_version": "6", "kind": "taskTemplate", "metadata": object{"name": "mine", "tag": "kept"}, "spec": spec}}}
	payload, err := json.Marshal(document)
	require.NoError(w, err)
	body, err := json.Marshal(object{"payload": string(payload)})
	require.NoError(w, err)
	got := w.as(role, "POST", "/template/session", string(body))
	require.Equal(w, 200, got.status, "%s", got.body)
	var made []struct{ ID string }
	require.NoError(w, json.Unmarshal(got.body, &made))
	return made[0].ID
}

func TestASessionIsMadeOfATemplate(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.template("user", object{"session_type": "batch", "scaling_group": "default", "resources": object{"cpu": 2, "mem": "1g"},
			"kernel": object{"image": "python", "environ": object{"A": "1"}, "run": object{"startup": "echo hello", "bootstrap": "echo first"},
				"git": object{"repository": "https://git.example.test/it's.git", "branch": "main", "commit": "abc123",
					"credential": object{"username": "me", "password": "pw"}}}})
		from := func(body object) answer {
			text, err := json.Marshal(body)
			require.NoError(w.T, err)
			return w.as("user", "POST", "/session/_/create-from-template", string(text))
		}
		made := from(object{"template_id": id, "enqueueOnly": true})
		require.Equal(w.T, 201, made.status, "%s", made.body)
		s := w.session(made.text(w, "sessionId"))
		assert.Equal(w.T, "mine", s.Name)
		assert.Equal(w.T, "BATCH", string(s.Type))
		require.NotNil(w.T, s.StartupCommand)
		assert.Equal(w.T, "echo hello", *s.StartupCommand)
		assert.Equal(w.T, "kept", *s.Tag)
		assert.Equal(w.T, map[string]string{"A": "1"}, s.Environ)
		assert.Equal(w.T, "echo first\ngit clone -b 'main' -- 'https://me:pw@git.example.test/it'\\''s.git' 'it'\\''s'\n"+
			"git -C 'it'\\''s' checkout 'abc123' --\n", s.BootstrapScript)
		asked, err := slots.FromJSON(string(s.RequestedSlots))
		require.NoError(w.T, err)
		assert.Equal(w.T, slots.Slots{"cpu": slots.Whole(2), "mem": slots.Whole(1 << 30)}, asked)

		// What the request says goes first.
		other := from(object{"templateId": id, "name": "other", "type": "interactive", "enqueueOnly": true, "tag": nil,
			"config": object{"environ": object{"B": "2"}, "resources": object{"cpu": 1, "mem": "512m"}}})
		require.Equal(w.T, 201, other.status, "%s", other.body)
		s = w.session(other.text(w, "sessionId"))
		assert.Equal(w.T, "other", s.Name)
		assert.Nil(w.T, s.StartupCommand)
		assert.Nil(w.T, s.Tag)
		assert.Equal(w.T, map[string]string{"B": "2"}, s.Environ)
		assert.JSONEq(w.T, `{"cpu": "1", "mem": "536870912"}`, string(s.RequestedSlots))

		for why, body := range map[string]object{
			"no template": {"template_id": "2de2b969-1d04-48a6-af16-0bc8adb3c831"},
			"no id":       {"template_id": "x"},
		} {
			got := from(body)
			assert.Equal(w.T, 404, got.status, why)
			assert.Contains(w.T, string(got.body), "task template", why)
		}
		assert.Equal(w.T, 400, from(object{"template_id": id, "nonsense": 1}).status)
		assert.Equal(w.T, 400, from(object{}).status)
	})
}
