package client

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

const someSession = "2f084eb4-f8af-4fd2-912c-82386a962f2e"

func TestShowReadsWhatManagersSay(t *testing.T) {
	for _, version := range []string{old, recent} {
		t.Run(version, func(t *testing.T) {
			server, _ := manager(t, version, answering(t, version, "compute_session-detail"))
			s, err := newClient(t, server.URL).Sessions().Show(context.Background(), someSession, model.RoleUser)
			require.NoError(t, err)
			assert.NotEmpty(t, s.Name)
			assert.Equal(t, model.StatusRunning, s.Status)
			assert.Equal(t, -1, s.QueuePosition)
			require.NotEmpty(t, s.Kernels)
			assert.Len(t, s.Containers, len(s.Kernels), "a list shows them, too")
			assert.NotEmpty(t, s.Kernels[0].Hostname)
			assert.NotEmpty(t, s.Containers[0].LiveStat)
			assert.Equal(t, int64(64<<20), s.SharedMemory())

			history := s.History()
			require.NotEmpty(t, history)
			assert.Equal(t, model.StatusPending, history[0].Status)
			assert.Equal(t, model.StatusRunning, history[len(history)-1].Status)
			for i := 1; i < len(history); i++ {
				assert.False(t, history[i].At.Before(history[i-1].At), "in order of time")
			}
		})
	}
}

func TestShowOfNothing(t *testing.T) {
	server, log := manager(t, old, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"data": {"compute_session": null}}`))
	})
	c := newClient(t, server.URL)
	_, err := c.Sessions().Show(context.Background(), someSession, model.RoleUser)
	failure(t, err, KindNotFound)

	before := log.count()
	_, err = c.Sessions().Show(context.Background(), "my-session", model.RoleUser)
	failure(t, err, KindNotFound)
	assert.Equal(t, before, log.count(), "what is no id is not asked for: a manager fails on it")
}

func TestAWaitingSessionsPlaceInTheQueue(t *testing.T) {
	for _, test := range []struct {
		name, version, node string
		want                int
	}{
		{"later managers tell it", recent, `{"data": {"compute_session_node": {"queue_position": 2}}}`, 2},
		{"nothing is told of one that moved on", recent, `{"data": {"compute_session_node": {"queue_position": null}}}`, -1},
		{"that it is not told is no failure", recent, `{"data": {"compute_session_node": null}, "errors": [{"message": "boom"}]}`, -1},
		{"earlier managers are not asked", old, `{"data": {}}`, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			asked := 0
			server, log := manager(t, test.version, nil)
			server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				log.add(t, r)
				if r.Method == http.MethodGet {
					replay(t, w, test.version, "root")
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, body := log.last(t)
				if strings.Contains(body, "queue_position") {
					asked++
					_, _ = w.Write([]byte(test.node))
					return
				}
				_, _ = w.Write([]byte(`{"data": {"compute_session": {"id": "` + someSession + `", "status": "PENDING"}}}`))
			})
			s, err := newClient(t, server.URL).Sessions().Show(context.Background(), someSession, model.RoleUser)
			require.NoError(t, err)
			assert.Equal(t, test.want, s.QueuePosition)
			assert.Equal(t, test.version == recent, asked == 1)
		})
	}
}

func TestFieldsOfOneSessionByManagerAndRole(t *testing.T) {
	all := func(manager string, role model.Role) string {
		return strings.Join(showFields(Version{Manager: manager, API: "v8.20240915"}, role), " ")
	}
	assert.NotContains(t, all("23.09.11", model.RoleUser), "requested_slots")
	assert.NotContains(t, all("24.03.9", model.RoleUser), "priority")
	assert.Contains(t, all("24.03.9", model.RoleUser), "requested_slots")
	assert.Contains(t, all("24.09.14", model.RoleUser), "priority")
	assert.NotContains(t, all("24.09.14", model.RoleAdmin), " agent")
	assert.Contains(t, all("24.09.14", model.RoleSuperadmin), " agent")
	assert.NotContains(t, all("24.09.14", model.RoleSuperadmin), "group_name")
}
