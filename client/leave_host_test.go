//go:build !js

package client

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// In a browser this request is the browser's own, and cannot reach the servers
// of tests that run under Node.
func TestDestroyOnLeaveSendsTheSame(t *testing.T) {
	arrived := make(chan string, 1)
	server, _ := manager(t, old, func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.Method + " " + r.URL.RequestURI()
		w.WriteHeader(http.StatusNoContent)
	})
	c := newClient(t, server.URL)
	require.NoError(t, c.Connect(context.Background()))
	c.Sessions().DestroyOnLeave("abcd", DestroyRequest{Forced: true, OwnerAccessKey: "AK"})
	select {
	case got := <-arrived:
		assert.Equal(t, "DELETE /session/abcd?forced=true&owner_access_key=AK", got)
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was sent")
	}
}
