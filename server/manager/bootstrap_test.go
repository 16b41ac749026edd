package manager_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSessionsGetTheBootstrapScriptTheirOwnerKeeps(t *testing.T) {
	inWorld(t, func(w *world) {
		assert.Equal(w.T, 200, w.as("user", "POST", "/user-config/bootstrap-script", `{"script": "echo kept"}`).status)
		kept := w.as("user", "POST", "/session", request(w, object{"name": "kept"})).text(w, "sessionId")
		assert.Equal(w.T, "echo kept", w.session(kept).BootstrapScript)

		given := base64.StdEncoding.EncodeToString([]byte("echo given"))
		own := w.as("user", "POST", "/session", request(w, object{"name": "given", "bootstrap_script": given})).text(w, "sessionId")
		assert.Equal(w.T, "echo given", w.session(own).BootstrapScript)

		other := w.as("user2", "POST", "/session", request(w, object{"name": "other"})).text(w, "sessionId")
		assert.Empty(w.T, w.session(other).BootstrapScript)
	})
}
