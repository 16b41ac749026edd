package manager_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestAFrozenManagerOnlyShows(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("user", "before")
		assert.Equal(w.T, 401, w.as("user", "PUT", "/manager/status", `{"status": "frozen"}`).status, "for superadmins")
		assert.Less(w.T, w.as("super", "PUT", "/manager/status", `{"status": "frozen"}`).status, 300)
		assert.Equal(w.T, "frozen", w.as("user", "GET", "/manager/status", "").text(w, "status"))

		refused := w.as("user", "POST", "/session", request(w, object{"name": "while"}))
		assert.Equal(w.T, 503, refused.status)
		assert.Contains(w.T, refused.text(w, "type"), "server-frozen")
		assert.Equal(w.T, 200, w.as("user", "GET", "/session/before", "").status, "looking goes on")
		assert.Equal(w.T, 200, w.as("user", "DELETE", "/session/before", "").status, "and so does ending")

		assert.Less(w.T, w.as("super", "PUT", "/manager/status", `{"status": "running"}`).status, 300)
		assert.Equal(w.T, 201, w.as("user", "POST", "/session", request(w, object{"name": "after"})).status)
	})
}

func TestAFreezeCanEndAllSessions(t *testing.T) {
	inWorld(t, func(w *world) {
		ids := []string{w.create("user", "mine"), w.create("user2", "theirs")}
		assert.Equal(w.T, 204, w.as("super", "PUT", "/manager/status", `{"status": "frozen", "force_kill": true}`).status)
		for _, id := range ids {
			s := w.session(id)
			assert.Equal(w.T, model.StatusTerminated, s.Status)
			require.NotNil(w.T, s.StatusInfo)
			assert.Equal(w.T, "force-terminated", *s.StatusInfo)
		}
		assert.Equal(w.T, 503, w.as("user", "POST", "/session", newBody("late")).status)
	})
}
