package resolve

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// recordedVolume is the storage of the recorded cluster, which said of every
// folder that it is empty. One project has 12 files.
type recordedVolume struct{}

func (recordedVolume) Purge(context.Context, string, string) error       { return nil }
func (recordedVolume) Inherit(context.Context, string, store.User) error { return nil }
func (recordedVolume) Disk() (path string, used, capacity int64, err error) {
	return "/vfroot/local/volume1", 192495083520, 270553174016, nil
}

func (recordedVolume) Used(_ context.Context, f store.Folder) (storage.Usage, bool) {
	if f.ProjectID != "" {
		return storage.Usage{Bytes: 5 << 30, Files: 12}, true
	}
	return storage.Usage{}, true
}

func (recordedVolume) ScopeUsed(_ context.Context, scope string) (storage.Usage, bool, int64, error) {
	if scope == "project:"+projectID {
		return storage.Usage{Bytes: 5 << 30, Files: 12}, true, 10 << 30, nil
	}
	return storage.Usage{}, false, 0, nil
}

func TestListsTellWhatFoldersHold(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.store.AddFolder(t.Context(), newFolder(1, "", projectID), store.Viewer{AllProjects: true}, 0))
	data := w.data(t, superKey, `query { vfolder_list(limit: 10, offset: 0) { items { num_files cur_size } } }`)
	assert.JSONEq(t, `{"vfolder_list": {"items": [{"num_files": 12, "cur_size": 5368709120}]}}`, data)
}

func TestQuotaScopesTellUseAndLimit(t *testing.T) {
	w := newWorld(t)
	const query = `query ($scope: String!) { quota_scope(storage_host_name: "local:volume1", quota_scope_id: $scope) {
		id quota_scope_id storage_host_name details { usage_bytes usage_count hard_limit_bytes } } }`
	ask := func(key, scope string) string {
		response := w.gql.Execute(t.Context(), w.caller(t, key), query, map[string]any{"scope": scope}, "")
		require.Empty(t, response.Errors)
		return string(response.Data)
	}
	assert.JSONEq(t, `{"quota_scope": {"id": "QuotaScope:local:volume1/project:`+projectID+`", "quota_scope_id": "project:`+projectID+`",
		"storage_host_name": "local:volume1", "details": {"usage_bytes": 5368709120, "usage_count": 12, "hard_limit_bytes": 10737418240}}}`,
		ask(userKey, "project:"+projectID))
	assert.Contains(t, ask(userKey, "user:"+userID), `"details":{"usage_bytes":null,"usage_count":null,"hard_limit_bytes":null}`)
}

func TestQuotaScopesOfOthersAreNotTold(t *testing.T) {
	w := newWideWorld(t)
	for name, c := range map[string]struct {
		key, scope string
		seen       bool
	}{
		"a user, the own":                      {userKey, "user:" + userID, true},
		"a user, another's":                    {user2Key, "user:" + userID, false},
		"a user, a project of others":          {userKey, "project:" + farProjectID, false},
		"a domain admin, a user of the domain": {adminKey, "user:" + userID, true},
		"a domain admin, a user of another":    {adminKey, "user:" + farUser, false},
		"a domain admin, a project of another": {adminKey, "project:" + farProjectID, false},
		"a superadmin, anybody":                {superKey, "user:" + farUser, true},
		"a scope that is none":                 {superKey, "everybody", false},
		"a monitor":                            {monitorKey, "user:" + userID, false},
	} {
		t.Run(name, func(t *testing.T) {
			response := w.gql.Execute(t.Context(), w.caller(t, c.key), `query ($scope: String!) {
				quota_scope(storage_host_name: "local:volume1", quota_scope_id: $scope) { quota_scope_id } }`, map[string]any{"scope": c.scope}, "")
			assert.Equal(t, c.seen, len(response.Errors) == 0, response.Errors)
		})
	}
}

func TestStorageVolumesArePagedAndFoundByID(t *testing.T) {
	w := newWorld(t)
	assert.JSONEq(t, `{"a": {"total_count": 1, "items": []}, "b": {"total_count": 1, "items": []}, "c": {"proxy": "local", "name": "volume1"}, "d": null}`,
		w.data(t, superKey, `query { a: storage_volume_list(limit: 0, offset: 0) { total_count items { id } }
			b: storage_volume_list(limit: 5, offset: 7) { total_count items { id } }
			c: storage_volume(id: "local:volume1") { proxy name } d: storage_volume(id: "other:v") { name } }`))
}

func TestTheOnlyRegistryIsThisMachine(t *testing.T) {
	w := newWorld(t)
	assert.JSONEq(t, `{"container_registries": [{"hostname": "local", "config": {"url": "", "type": "local", "project": ["native"],
		"username": null, "password": null, "ssl_verify": true, "is_global": true}}], "container_registry": {"hostname": "local"}}`,
		w.data(t, superKey, `query { container_registries { hostname config { url type project username password ssl_verify is_global } }
			container_registry(hostname: "local") { hostname } }`))
}

// data asks and gives the data; there must be no error.
func (w *world) data(t *testing.T, key, query string) string {
	t.Helper()
	response := w.gql.Execute(t.Context(), w.caller(t, key), query, nil, "")
	require.Empty(t, response.Errors)
	return string(response.Data)
}
