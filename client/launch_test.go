package client

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestImagesAreReadWithLabelsAndLimits(t *testing.T) {
	server, _ := manager(t, recent, answering(t, recent, "images"))
	choices, err := newClient(t, server.URL).Choices(context.Background())
	require.NoError(t, err)
	require.NotEmpty(t, choices.Images)
	byName := map[string]model.Image{}
	for _, image := range choices.Images {
		byName[image.FullName()] = image
	}
	python := byName["cr.backend.ai/stable/python:3.13-ubuntu24.04@x86_64"]
	assert.Equal(t, model.ResourceLimit{Key: "mem", Min: "256m", Max: "Infinity"}, python.Limit("mem"))
	assert.Equal(t, model.ResourceLimit{Key: "cuda.shares"}, python.Limit("cuda.shares"))
	assert.Equal(t, []string{"ipython", "jupyter", "jupyterlab", "vscode"}, python.Services())
	assert.Equal(t, []string{"*"}, python.Accelerators)
	assert.False(t, python.Customized())
	for name, image := range byName {
		assert.True(t, image.ForSessions(), name)
		assert.False(t, image.Private(), name)
	}
}

func TestWhereNoImageIsInstalledAllAreOffered(t *testing.T) {
	var log *received
	var server *httptest.Server
	server, log = manager(t, recent, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if _, body := log.last(t); strings.Contains(body, "is_installed") {
			_, _ = w.Write([]byte(`{"data": {"images": [], "keypair_resource_policy": {"name": "default"}}, "errors": null}`))
			return
		}
		replay(t, w, recent, "images")
	})
	choices, err := newClient(t, server.URL).Choices(t.Context())
	require.NoError(t, err)
	assert.NotEmpty(t, choices.Images)
	assert.Equal(t, "default", choices.Policy.Name, "what the first answer said stays")
	_, body := log.last(t)
	assert.NoError(t, schema(t, old).Check(body))
	assert.NoError(t, schema(t, recent).Check(body))
}

func TestWhatAKeyPairMayHoldIsRead(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, _ := manager(t, version, answering(t, version, "keypair_resource_policy"))
		choices, err := newClient(t, server.URL).Choices(context.Background())
		require.NoError(t, err)
		assert.Equal(t, model.KeyPairPolicy{Name: "default", DefaultForUnspecified: "UNLIMITED", Slots: model.ResourceSlots{},
			MaxSessions: 100000, MaxContainersPerSession: 8}, choices.Policy)
	}
}

func TestRoomAndPresetsAreRead(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, log := manager(t, version, answering(t, version, "resource-check-presets"))
		room, err := newClient(t, server.URL).Room(context.Background(), "default", "default")
		require.NoError(t, err)
		_, body := log.last(t)
		assert.JSONEq(t, `{"group": "default", "scaling_group": "default"}`, body)
		assert.Equal(t, "Infinity", room.KeyPairLimits["cpu"])
		assert.Equal(t, "NaN", room.ProjectRemaining["cpu"], "projects are hidden by default")
		assert.NotEmpty(t, room.Groups["default"].Remaining["mem"])
		require.NotEmpty(t, room.Presets)
		assert.True(t, strings.HasPrefix(room.Presets[0].Name, "cpu01"))
		assert.Empty(t, room.Presets[0].SharedMemory, "null is none")
	}
}

func TestGroupsAgentsAndFoldersAreRead(t *testing.T) {
	for _, version := range []string{old, recent} {
		t.Run(version, func(t *testing.T) {
			server, _ := manager(t, version, func(w http.ResponseWriter, r *http.Request) {
				name := map[string]string{
					"GET /scaling-groups": "scaling-groups", "POST /admin/gql": "agent_summary_list",
					"GET /folders": "vfolder-list", "GET /folders/_/hosts": "vfolder-hosts", "POST /folders": "vfolder-create",
				}[r.Method+" "+r.URL.Path]
				replay(t, w, version, name)
			})
			c, ctx := newClient(t, server.URL), context.Background()
			groups, err := c.ResourceGroups(ctx, "default")
			require.NoError(t, err)
			assert.Equal(t, []string{"default"}, groups)

			agents, err := c.AgentChoices(ctx, "default")
			require.NoError(t, err)
			require.Len(t, agents, 1)
			assert.Equal(t, "63", agents[0].AvailableSlots["cpu"])

			folders, err := c.Folders(ctx, "")
			require.NoError(t, err)
			require.NotEmpty(t, folders)
			assert.True(t, folders[0].Ready())
			assert.False(t, folders[0].Automatic())
			assert.False(t, folders[0].CreatedAt.IsZero())

			hosts, err := c.FolderHosts(ctx)
			require.NoError(t, err)
			assert.Equal(t, FolderHosts{Default: "local:volume1", Allowed: []string{"local:volume1"}}, hosts)

			created, err := c.CreateFolder(ctx, NewFolder{Name: "data"})
			require.NoError(t, err)
			assert.Len(t, created.ID, 32)
		})
	}
}

func TestAnOwnerIsFoundWithProjectsAndKeys(t *testing.T) {
	answer := `{"data": {"user": {"email": "a@b.c", "domain_name": "d", "groups": [{"id": "1", "name": "p"}]},
		"keypairs": [{"access_key": "AK1"}, {"access_key": "AK2"}]}}`
	server, _ := manager(t, old, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, answer)
	})
	c := newClient(t, server.URL)
	owner, err := c.FindOwner(context.Background(), "a@b.c")
	require.NoError(t, err)
	assert.Equal(t, Owner{Email: "a@b.c", Domain: "d", AccessKeys: []string{"AK1", "AK2"}, Projects: []model.Project{{ID: "1", Name: "p"}}}, owner)

	answer = `{"data": {"user": null, "keypairs": []}}`
	_, err = c.FindOwner(context.Background(), "x@b.c")
	assert.Equal(t, KindNotFound, KindOf(err))
}
