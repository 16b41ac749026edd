package resolve

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// addRecordedFolders writes the folders of a recorded answer, all of which were
// the user's.
func (w *world) addRecordedFolders(t *testing.T, data map[string]any) {
	t.Helper()
	var items []any
	if list, ok := data["vfolder_list"].(map[string]any); ok {
		items = list["items"].([]any)
	}
	if list, ok := data["vfolder_nodes"].(map[string]any); ok {
		for _, e := range list["edges"].([]any) {
			items = append(items, e.(map[string]any)["node"])
		}
	}
	for i, entry := range items {
		item := entry.(map[string]any)
		f := newFolder(100-i, userID, "")
		text := func(key string, to *string) {
			if s, ok := item[key].(string); ok {
				*to = s
			}
		}
		text("id", &f.ID)
		text("row_id", &f.ID)
		text("name", &f.Name)
		text("status", &f.Status)
		text("permission", &f.Permission)
		f.Cloneable, _ = item["cloneable"].(bool)
		if created, ok := item["created_at"].(string); ok {
			f.CreatedAt = at(created)
		}
		require.NoError(t, w.store.AddFolder(t.Context(), f, store.Viewer{UserID: userID}, 0))
	}
}

func newFolder(n int, user, project string) store.Folder {
	made := at("2026-11-22T03:00:00+00:00").Add(time.Duration(n) * time.Second)
	f := store.Folder{ID: fmt.Sprintf("20000000-0000-4000-8000-%012d", n), Name: fmt.Sprintf("f%d", n), Host: "local:volume1", QuotaScope: "user:" + user,
		UsageMode: "general", Permission: "rw", DomainName: "default", UserID: user, ProjectID: project, Creator: "user@lablup.com",
		Status: store.FolderReady, StatusChanged: made, CreatedAt: made}
	if project != "" {
		f.QuotaScope = "project:" + project
	}
	if user == farUser || project == farProjectID {
		f.DomainName = "far"
	}
	return f
}

// TestWhatEachRoleSeesOfFolders: 1 is user's, 2 is user2's and shared with user
// for reading, 3 is the project's, 4 and 5 are those of the other domain.
func TestWhatEachRoleSeesOfFolders(t *testing.T) {
	w := newWideWorld(t)
	user2 := people()[3].id
	for _, f := range []store.Folder{newFolder(1, userID, ""), newFolder(2, user2, ""), newFolder(3, "", projectID), newFolder(4, farUser, ""), newFolder(5, "", farProjectID)} {
		require.NoError(t, w.store.AddFolder(t.Context(), f, store.Viewer{}, 0))
	}
	require.NoError(t, w.store.ShareFolder(t.Context(), newFolder(2, user2, "").ID, "ro", []string{userID}))
	const (
		unknown = "!Missing or invalid API parameters. (Unknown client role)"
		super   = "!Forbidden operation. (superadmin privilege required)"
		denied  = "!Forbidden operation."
	)
	list := func(name, args string) string {
		return `{ ` + name + `(limit: 9, offset: 0 ` + args + `) { items { name } } }`
	}
	nodes := func(args string) string {
		return `{ vfolder_nodes(project_id: "` + projectID + `" ` + args + `) { edges { node { name } } } }`
	}
	for _, line := range []struct{ query, superadmin, admin, user, monitor, far string }{
		{list("vfolder_list", ""), "f1 f2 f3 f4 f5", "f1 f2", "f1", unknown, "f4"},
		{list("vfolder_list", `domain_name: "far"`), "f4 f5", denied, denied, unknown, "f4"},
		{list("vfolder_list", `group_id: "`+projectID+`"`), "f3", "-", "-", unknown, "-"},
		{list("vfolder_list", `filter: "name like \"%\" | user_email == \"far@example.test\""`), "f1 f2 f3 f4 f5", "f1 f2", "f1", unknown, "f4"},
		{list("vfolder_list", `filter: "ownership_type == \"group\""`), "f3 f5", "-", "-", unknown, "-"},
		{list("vfolder_own_list", ""), "-", "-", "f1", unknown, "f4"},
		{list("vfolder_invited_list", ""), "-", "-", "f2", unknown, "-"},
		{list("vfolder_project_list", ""), "f3", "f3", "f3", unknown, "f5"},
		{`{ vfolders { name } }`, "f1 f2 f3 f4 f5", "f1 f2", "f1", unknown, "f4"},
		{`{ vfolder(id: "` + newFolder(1, "", "").ID + `") { name } }`, "f1", super, super, super, super},
		{`{ vfolder_permission_list(limit: 9, offset: 0) { items { vfolder_name permission user_email } } }`, "f2 ro user@lablup.com", super, super, super, super},
		{nodes(""), "f3", "f3", "f1 f2 f3", unknown, "f4"},
		{nodes(`permission: "write_content"`), "f3", "f3", "f1 f3", unknown, "f4"},
		{nodes(`permission: "delete_vfolder"`), "f3", "f3", "f1", unknown, "f4"},
		{nodes(`filter: "status == \"READY\"", order: "-name", first: 1`), "f3", "f3", "f3", unknown, "f4"},
		{`{ vfolder_node(id: "` + globalID(folderNode, newFolder(2, "", "").ID) + `") { name permissions } }`, "null", "null", "f2 mount_ro read_attribute read_content", unknown, "null"},
		{`{ vfolder_node(id: "` + newFolder(5, "", "").ID + `") { name } }`, "f5", "null", "null", unknown, "f5"},
	} {
		for _, who := range []struct{ key, want string }{{superKey, line.superadmin}, {adminKey, line.admin}, {userKey, line.user}, {monitorKey, line.monitor}, {farKey, line.far}} {
			assert.Equal(t, who.want, seen(t, w.ask(t, who.key, line.query, nil)), "%s as %s", line.query, who.key)
		}
	}
	const why = "folders belong to it; delete them or give them away first"
	assert.Equal(t, why, w.do(t, superKey, `purge_user(email: "user@lablup.com", props: {})`))
	assert.Equal(t, why, w.do(t, superKey, `purge_group(gid: "`+projectID+`")`))
}
