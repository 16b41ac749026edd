package client

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestCreateAnswers(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, _ := manager(t, version, answering(t, version, "session-create-reuse"))
		created, err := newClient(t, server.URL).Sessions().Create(context.Background(), CreateRequest{Name: "abcd", Image: "x"})
		require.NoError(t, err)
		assert.False(t, created.Created, "a live session was given back")
		assert.NotEmpty(t, created.Name)

		server, _ = manager(t, version, answering(t, version, "error-session-create-duplicate-name"))
		_, err = newClient(t, server.URL).Sessions().Create(context.Background(), CreateRequest{Name: "abcd", Image: "x"})
		e := failure(t, err, KindConflict)
		var data struct {
			ID string `json:"existingSessionId"`
		}
		require.NoError(t, json.Unmarshal(e.Data, &data))
		assert.NotEmpty(t, data.ID)
	}
	server, _ := manager(t, old, answering(t, old, "error-session-create-26-keys"))
	_, err := newClient(t, server.URL).Sessions().Create(context.Background(), CreateRequest{})
	failure(t, err, KindInvalid)

	server, _ = manager(t, old, answering(t, old, "error-missing-field"))
	_, err = newClient(t, server.URL).Sessions().Create(context.Background(), CreateRequest{})
	assert.JSONEq(t, `{"image": "is required"}`, string(failure(t, err, KindInvalid).Data))
}

func TestCreateRequestAsJSON(t *testing.T) {
	priority := 20
	tests := []struct {
		name    string
		request CreateRequest
		want    string
	}{
		{"the least", CreateRequest{Name: "abcd", Image: "img"},
			`{"clientSessionToken": "abcd", "lang": "img", "type": "interactive", "enqueueOnly": false, "reuseIfExists": false, "config": {}}`},
		{"a cluster with mounts", CreateRequest{Name: "abcd", Image: "img", Type: model.TypeInteractive, ClusterSize: 2,
			ClusterMode: "multi-node", Priority: &priority, MaxWaitSeconds: 15, OwnerAccessKey: "AK",
			Config: CreateConfig{ScalingGroup: "gpu", Mounts: []string{"data"}, MountMap: map[string]string{"data": "/home/work/in"},
				MountOptions: map[string]MountOpts{"data": {Permission: "ro"}}, Environ: map[string]string{"A": "1"},
				ResourceOpts: map[string]any{"shmem": "1g"}, PreopenPorts: []int{5000}}},
			`{"clientSessionToken": "abcd", "lang": "img", "type": "interactive", "cluster_size": 2, "cluster_mode": "multi-node",
			"priority": 20, "enqueueOnly": false, "maxWaitSeconds": 15, "reuseIfExists": false, "owner_access_key": "AK",
			"config": {"resource_opts": {"shmem": "1g"}, "scaling_group": "gpu", "mounts": ["data"],
			"mount_map": {"data": "/home/work/in"}, "mount_options": {"data": {"permission": "ro"}}, "environ": {"A": "1"},
			"preopen_ports": [5000]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := json.Marshal(tt.request)
			require.NoError(t, err)
			assert.JSONEq(t, tt.want, string(raw))
		})
	}
}

func TestCreateWaitsAsLongAsTheManagerMay(t *testing.T) {
	tests := []struct {
		name    string
		request CreateRequest
		want    time.Duration
	}{
		{"enqueued only", CreateRequest{EnqueueOnly: true, MaxWaitSeconds: 60}, 20 * time.Second},
		{"waiting", CreateRequest{MaxWaitSeconds: 60}, 80 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, "http://m", through(asOld(func(r *http.Request) (*http.Response, error) {
					<-r.Context().Done()
					return nil, r.Context().Err()
				})))
				start := time.Now()
				_, err := c.Sessions().Create(context.Background(), tt.request)
				failure(t, err, KindTimeout)
				assert.Equal(t, tt.want, time.Since(start))
			})
		})
	}
}

func TestGet(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, log := manager(t, version, answering(t, version, "session-get"))
		detail, err := newClient(t, server.URL).Sessions().Get(context.Background(), "my job")
		require.NoError(t, err)
		assert.Equal(t, model.StatusRunning, detail.Status)
		assert.NotEmpty(t, detail.Image)
		assert.False(t, detail.CreatedAt.IsZero(), "with a space or a T between date and time")
		request, _ := log.last(t)
		assert.Equal(t, "/session/my%20job", request.RequestURI)
	}
}

func TestDestroy(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, log := manager(t, version, answering(t, version, "session-delete"))
		stats, err := newClient(t, server.URL).Sessions().Destroy(context.Background(), "x",
			DestroyRequest{Forced: true, OwnerAccessKey: "AK"})
		require.NoError(t, err)
		assert.Equal(t, version == old, len(stats) > 0, "only older managers send the last metrics")
		request, _ := log.last(t)
		assert.Equal(t, "DELETE /session/x?forced=true&owner_access_key=AK", request.Method+" "+request.RequestURI)
	}
	server, log := manager(t, old, answering(t, old, "error-session-not-found"))
	_, err := newClient(t, server.URL).Sessions().Destroy(context.Background(), "x", DestroyRequest{})
	failure(t, err, KindNotFound)
	assert.Equal(t, 2, log.count(), "a decided failure is not repeated")
}

func TestDestroyAsksAgainForALostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
			if attempts++; attempts < 3 {
				return nil, &net.OpError{Op: "read", Err: net.ErrClosed}
			}
			return recorded(t, old, "session-delete-pending"), nil
		})))
		_, err := c.Sessions().Destroy(context.Background(), "x", DestroyRequest{})
		require.NoError(t, err)
		assert.Equal(t, 3, attempts)
	})
}
