package manager_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

func TestMoreSessionsThanMayWaitAreRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		limit := 2
		_, err := w.store.ChangeKeyPairPolicy(w.Context(), "default", func(p *store.KeyPairPolicy) error { p.MaxPendingSessions = &limit; return nil })
		require.NoError(w, err)
		ask := func(role, path, name string) answer {
			// More than the machine has, so that it waits.
			return w.as(role, "POST", path, request(w, object{"name": name, "config": object{"resources": object{"cpu": 64, "mem": "1g"}}}))
		}
		for _, name := range []string{"first", "second"} {
			require.Equal(w, 201, ask("user", "/session", name).status)
		}
		for _, path := range []string{"/session", "/session/_/dry-run"} {
			refused := ask("user", path, "third")
			assert.Equal(w, 412, refused.status, path)
			assert.Equal(w, "https://api.backend.ai/probs/quota-exceeded", refused.text(w, "type"))
			assert.Equal(w, "You cannot create more than 2 pending session(s).", refused.text(w, "msg"))
		}
		assert.Equal(w, 201, ask("admin", "/session", "third").status, "of another key pair")
		require.Equal(w, 200, w.as("user", "DELETE", "/session/first", "").status)
		assert.Equal(w, 201, ask("user", "/session", "third").status, "one waits less")
	})
}
