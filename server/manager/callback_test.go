package manager_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/callback"
)

func TestCallbacksTellTheLifeOfASession(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, string(body))
	}))
	t.Cleanup(server.Close)
	inWorld(t, func(w *world) {
		create := func(name string) string {
			got := w.as("user", "POST", "/session", request(w, object{"name": name, "callback_url": server.URL}))
			require.Equal(w, 201, got.status, "%s", got.body)
			synctest.Wait()
			return got.text(w, "sessionId")
		}
		create("unheard")
		mu.Lock()
		assert.Empty(w.T, bodies, "the loopback is not public")
		mu.Unlock()

		got := w.as("super", "POST", "/config/set", `{"key": "`+callback.SettingInternal+`", "value": true}`)
		require.Equal(w, 200, got.status, "%s", got.body)
		id := create("heard")
		mu.Lock()
		defer mu.Unlock()
		var events []string
		for _, body := range bodies {
			assert.Contains(w.T, body, `"type":"session_lifecycle"`)
			assert.Contains(w.T, body, `"session_id":"`+id+`"`)
			events = append(events, body[len(`{"type":"session_lifecycle","event":"`):][:7])
		}
		assert.Equal(w.T, []string{"enqueue", "schedul", "started"}, events)
	})
}
