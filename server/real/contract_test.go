//go:build real

package real

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

const (
	// lifeTime is how long a step of a session may take: a real manager plans every
	// few seconds.
	lifeTime  = 90 * time.Second
	waitEvery = 300 * time.Millisecond
)

// image is one that a person may choose.
func image(t *testing.T, c *client.Client) string {
	t.Helper()
	choices, err := c.Choices(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, choices.Images, "the launcher has something to choose from")
	name, _, _ := strings.Cut(choices.Images[0].FullName(), "@")
	return name
}

// request describes a small session.
func (s side) request(t *testing.T, c *client.Client, name string) client.CreateRequest {
	t.Helper()
	r := client.CreateRequest{
		Name: name, Image: image(t, c), Project: "default", Domain: "default", EnqueueOnly: true,
		Config: client.CreateConfig{ScalingGroup: "default"},
	}
	if s.name == world.embedded.name {
		r.Config.Resources = map[string]any{"cpu": "0.1", "mem": "128m"}
	}
	return r
}

// create asks for a session, which ends with the test at the latest.
func create(t *testing.T, c *client.Client, r client.CreateRequest) client.Created {
	t.Helper()
	created, err := c.Sessions().Create(t.Context(), r)
	require.NoError(t, err)
	require.NotEmpty(t, created.ID)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		_, _ = c.Sessions().Destroy(ctx, created.ID, client.DestroyRequest{Forced: true}) // it may have ended
	})
	return created
}

// waitFor waits until a session has one of some statuses.
func waitFor(t *testing.T, c *client.Client, id string, statuses ...model.Status) *model.FullSession {
	t.Helper()
	var session *model.FullSession
	require.Eventually(t, func() bool {
		found, err := c.Sessions().Show(t.Context(), id, model.RoleUser)
		if err != nil {
			t.Log(err)
			return false
		}
		session = found
		for _, status := range statuses {
			if found.Status == status {
				return true
			}
		}
		return false
	}, lifeTime, waitEvery, "%v", statuses)
	return session
}

func TestWhoIsSignedIn(t *testing.T) {
	eachSide(t, func(t *testing.T, s side, mode model.ConnectionMode) {
		for _, role := range []string{"superadmin", "admin", "user"} {
			account, err := s.client(t, role, mode).Account(t.Context())
			require.NoError(t, err, role)
			assert.Equal(t, model.Role(role), account.Role)
			assert.Equal(t, s.accounts[role].Email, account.Email)
			assert.Equal(t, s.accounts[role].AccessKey, account.AccessKey)
			assert.Equal(t, "default", account.DomainName)
			require.NotEmpty(t, account.Projects, role)
			assert.NotEmpty(t, account.Projects[0].ID)
		}
	})
}

func TestWhatALauncherOffers(t *testing.T) {
	eachSide(t, func(t *testing.T, s side, mode model.ConnectionMode) {
		c := s.client(t, "user", mode)
		choices, err := c.Choices(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, choices.Images)
		assert.NotEmpty(t, choices.Policy.Name)
		assert.Positive(t, choices.Policy.MaxSessions)
		assert.Positive(t, choices.Policy.MaxContainersPerSession)
		for _, i := range choices.Images {
			assert.NotEmpty(t, i.Architecture, i.FullName())
		}

		groups, err := c.ResourceGroups(t.Context(), "default")
		require.NoError(t, err)
		require.Contains(t, groups, "default")
		room, err := c.Room(t.Context(), "default", "default")
		require.NoError(t, err)
		assert.Contains(t, room.Groups, "default")
		assert.Contains(t, room.KeyPairUsing, "cpu")
		require.NotEmpty(t, room.Presets)
		_, err = c.Room(t.Context(), "default", "")
		require.NoError(t, err)

		hosts, err := c.FolderHosts(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, hosts.Allowed)
		_, err = c.Folders(t.Context(), "")
		require.NoError(t, err)
		_, err = c.CustomImages(t.Context())
		require.NoError(t, err)
		_, err = c.CustomImageLimit(t.Context())
		require.NoError(t, err)
		agents, err := c.AgentChoices(t.Context(), "default")
		if err == nil {
			assert.NotEmpty(t, agents)
		} else {
			assert.Equal(t, client.KindForbidden, client.KindOf(err), "%v", err)
		}
	})
}

func TestAgentsAreForSuperadmins(t *testing.T) {
	eachSide(t, func(t *testing.T, s side, mode model.ConnectionMode) {
		agents, err := s.client(t, "superadmin", mode).Agents(t.Context())
		require.NoError(t, err)
		require.NotEmpty(t, agents)
		assert.NotEmpty(t, agents[0].ID)
		assert.Contains(t, agents[0].AvailableSlots, "cpu")
		_, err = s.client(t, "superadmin", mode).Hardware(t.Context())
		require.NoError(t, err)
		_, err = s.client(t, "user", mode).Agents(t.Context())
		assert.Equal(t, client.KindForbidden, client.KindOf(err), "%v", err)
		owner, err := s.client(t, "superadmin", mode).FindOwner(t.Context(), s.accounts["user"].Email)
		require.NoError(t, err)
		assert.Contains(t, owner.AccessKeys, s.accounts["user"].AccessKey)
		_, err = s.client(t, "superadmin", mode).FindOwner(t.Context(), "nobody@example.com")
		assert.Equal(t, client.KindNotFound, client.KindOf(err), "%v", err)
	})
}

func TestTheLifeOfASession(t *testing.T) {
	eachSide(t, func(t *testing.T, s side, mode model.ConnectionMode) {
		c := s.client(t, "user", mode)
		name := "life-" + s.name + "-" + string(mode)
		told := listen(t, c)
		created := create(t, c, s.request(t, c, name))
		assert.True(t, created.Created)
		full := waitFor(t, c, created.ID, model.StatusRunning)
		assert.Equal(t, name, full.Name)
		assert.Equal(t, created.ID, full.ID)
		assert.Equal(t, s.accounts["user"].Email, full.UserEmail)
		require.Len(t, full.Containers, 1)
		assert.Contains(t, full.OccupiedSlots, "cpu")
		assert.NotEmpty(t, full.ProjectID)
		told.wait(t, created.ID, model.StatusPending, model.StatusScheduled, model.StatusPreparing, model.StatusRunning)

		again := s.request(t, c, name)
		again.ReuseIfExists = true
		reused, err := c.Sessions().Create(t.Context(), again)
		require.NoError(t, err)
		assert.False(t, reused.Created)
		assert.Equal(t, created.ID, reused.ID)
		_, err = c.Sessions().Create(t.Context(), s.request(t, c, name))
		assert.Equal(t, client.KindConflict, client.KindOf(err), "%v", err)

		require.NoError(t, c.Sessions().Rename(t.Context(), created.ID, name+"-2", ""))
		assert.Equal(t, name+"-2", waitFor(t, c, created.ID, model.StatusRunning).Name)
		_, err = c.Sessions().Logs(t.Context(), client.LogRequest{Session: created.ID})
		require.NoError(t, err)
		_, err = c.Sessions().CommitStatus(t.Context(), created.ID)
		require.NoError(t, err)
		if !c.Supports(client.FeatureRestart) {
			err := c.Sessions().Restart(t.Context(), created.ID, "")
			failure := new(client.Error)
			require.ErrorAs(t, err, &failure)
			assert.Equal(t, http.StatusNotImplemented, failure.Status)
		}

		_, err = c.Sessions().Destroy(t.Context(), created.ID, client.DestroyRequest{})
		require.NoError(t, err)
		ended := waitFor(t, c, created.ID, model.StatusTerminated)
		assert.Equal(t, "user-requested", ended.StatusInfo)
		assert.False(t, ended.TerminatedAt.IsZero())
		told.wait(t, created.ID, model.StatusTerminating, model.StatusTerminated)
		// Again is no harm: managers differ in whether they say that it is over.
		if _, err = c.Sessions().Destroy(t.Context(), created.ID, client.DestroyRequest{}); err != nil {
			assert.Equal(t, client.KindNotFound, client.KindOf(err), "%v", err)
		}
	})
}

// events are the statuses that the event stream told, by session.
type events struct {
	mu   sync.Mutex
	told map[string][]model.Status
}

// listen follows the event stream until the test ends.
func listen(t *testing.T, c *client.Client) *events {
	t.Helper()
	e := &events{told: map[string][]model.Status{}}
	ctx, cancel := context.WithCancel(t.Context())
	opened, done := make(chan struct{}, 8), make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Sessions().Events(ctx, client.SessionEventsRequest{}, client.SessionEvents{
			Opened: func() { opened <- struct{}{} },
			Event: func(event client.SessionEvent) {
				e.mu.Lock()
				defer e.mu.Unlock()
				e.told[event.SessionID] = append(e.told[event.SessionID], event.Status())
			},
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	select {
	case <-opened:
	case <-done:
		t.Fatal("the event stream ended")
	case <-time.After(lifeTime):
		t.Fatal("the event stream did not open")
	}
	return e
}

// wait waits until a session's events told these statuses, in this order, with
// others between.
func (e *events) wait(t *testing.T, id string, statuses ...model.Status) {
	t.Helper()
	assert.Eventually(t, func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		next := 0
		for _, status := range e.told[id] {
			if next < len(statuses) && status == statuses[next] {
				next++
			}
		}
		return next == len(statuses)
	}, lifeTime, waitEvery, "%v", statuses)
	if t.Failed() {
		e.mu.Lock()
		defer e.mu.Unlock()
		t.Log(e.told[id])
	}
}

func TestASessionThatFitsNowhereWaitsAndIsCancelled(t *testing.T) {
	eachSide(t, func(t *testing.T, s side, mode model.ConnectionMode) {
		c := s.client(t, "user", mode)
		r := s.request(t, c, "too-big-"+s.name+"-"+string(mode))
		r.Config.Resources = map[string]any{"cpu": "60", "mem": "250g"}
		created, err := c.Sessions().Create(t.Context(), r)
		if client.KindOf(err) == client.KindQuota || client.KindOf(err) == client.KindInvalid {
			return // refused at once is an answer, too
		}
		require.NoError(t, err)
		full := waitFor(t, c, created.ID, model.StatusPending, model.StatusDeprioritizing)
		assert.GreaterOrEqual(t, full.QueuePosition, -1)
		_, err = c.Sessions().Destroy(t.Context(), created.ID, client.DestroyRequest{})
		require.NoError(t, err)
		waitFor(t, c, created.ID, model.StatusCancelled)
	})
}

func TestListsArePagedOrderedAndFilteredByTheManager(t *testing.T) {
	eachSide(t, func(t *testing.T, s side, mode model.ConnectionMode) {
		c := s.client(t, "user", mode)
		// A manager that was up before still lists what an earlier run ended.
		prefix := fmt.Sprintf("page-%s-%x", strings.ToLower(string(mode)), time.Now().Unix())
		var ids []string
		for _, suffix := range []string{"-a", "-b", "-c"} {
			ids = append(ids, create(t, c, s.request(t, c, prefix+suffix)).ID)
		}
		for _, role := range []string{"user", "admin", "superadmin"} {
			list := client.ListRequest{
				Fields: []string{"id", "name", "status", "user_email", "access_key", "requested_slots", "occupied_slots", "containers {container_id live_stat}"},
				Filter: `name ilike "` + prefix + `%"`, Order: "-name", Limit: 2,
			}
			other := s.client(t, role, mode)
			first, err := other.Sessions().List(t.Context(), list)
			require.NoError(t, err, role)
			assert.Equal(t, 3, first.Total)
			require.Len(t, first.Items, 2)
			assert.Equal(t, ids[2], first.Items[0].ID)
			assert.Equal(t, s.accounts["user"].AccessKey, first.Items[0].AccessKey)
			list.Offset = 2
			second, err := other.Sessions().List(t.Context(), list)
			require.NoError(t, err)
			require.Len(t, second.Items, 1)
			assert.Equal(t, ids[0], second.Items[0].ID)
		}
		_, err := c.Sessions().List(t.Context(), client.ListRequest{Filter: "name ilike"})
		assert.Equal(t, client.KindInvalid, client.KindOf(err), "%v", err)
		_, err = c.Sessions().List(t.Context(), client.ListRequest{AccessKey: s.accounts["superadmin"].AccessKey})
		assert.Equal(t, client.KindForbidden, client.KindOf(err), "%v", err)
		_, err = c.Sessions().Show(t.Context(), "00000000-0000-4000-8000-000000000000", model.RoleUser)
		assert.Equal(t, client.KindNotFound, client.KindOf(err), "%v", err)
	})
}
