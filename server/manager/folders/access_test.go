package folders_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// every call on a folder, with a body that would do something.
func calls() map[string][3]string {
	return map[string][3]string{
		"look at it":          {http.MethodGet, "", ""},
		"list files":          {http.MethodGet, "/files", ""},
		"download":            {http.MethodPost, "/request-download", `{"file": "a"}`},
		"download several":    {http.MethodPost, "/request-download-archive", `{"files": ["a"]}`},
		"make a directory":    {http.MethodPost, "/mkdir", `{"path": "d", "exist_ok": true}`},
		"upload":              {http.MethodPost, "/request-upload", `{"path": "b", "size": 1}`},
		"rename a file":       {http.MethodPost, "/rename-file", `{"target_path": "a", "new_name": "a2"}`},
		"move a file":         {http.MethodPost, "/move-file", `{"src": "m", "dst": "m2"}`},
		"delete files":        {http.MethodPost, "/delete-files", `{"files": ["x"]}`},
		"rename it":           {http.MethodPost, "/rename", `{"new_name": "other"}`},
		"change its options":  {http.MethodPost, "/update-options", `{"cloneable": true}`},
		"invite":              {http.MethodPost, "/invite", `{"emails": ["admin@lablup.com"]}`},
		"clone it":            {http.MethodPost, "/clone", `{"target_name": "mine"}`},
		"put it in the trash": {http.MethodDelete, "", ""},
	}
}

// setUp makes a cloneable folder of the user with files, shared with user2.
func setUp(w *world, name, permission string) string {
	id := w.folder("user", name, "cloneable", "true")
	for _, name := range []string{"a", "m", "x"} {
		require.Equal(w, http.StatusNoContent, w.upload("user", id, name, "1").status)
	}
	if permission != "" {
		w.share("user", id, permission, "user2@lablup.com", "user2")
	}
	return id
}

func TestWhoMayDoWhatWithAUsersFolder(t *testing.T) {
	read := []string{"look at it", "list files", "download", "download several", "clone it"}
	write := append([]string{"make a directory", "upload", "rename a file", "move a file", "delete files"}, read...)
	for name, test := range map[string]struct {
		as, permission string
		may            []string
	}{
		"a stranger":                     {"user2", "", nil},
		"who was granted to read":        {"user2", "ro", read},
		"who was granted to write":       {"user2", "rw", write},
		"who was granted to delete":      {"user2", "wd", write},
		"an administrator of the domain": {"admin", "", []string{"look at it", "change its options", "rename it", "put it in the trash"}},
		"an administrator of everything": {"super", "", []string{"look at it", "change its options", "rename it", "put it in the trash"}},
	} {
		w := newWorld(t)
		for call, request := range calls() {
			id := setUp(w, call, test.permission)
			got := w.as(test.as, request[0], "/folders/"+id+request[1], request[2])
			if slices.Contains(test.may, call) {
				assert.Less(t, got.status, 300, "%s may %s: %s", name, call, got.body)
			} else {
				assert.Equal(t, http.StatusNotFound, got.status, "%s may not %s: %s", name, call, got.body)
				assert.Contains(t, string(got.body), "No such virtual folder.")
			}
		}
	}
}

func TestASuperadminsFolderIsNotTheDomainAdminsToManage(t *testing.T) {
	w := newWorld(t)
	id := w.folder("super", "data")
	for call, request := range calls() {
		got := w.as("admin", request[0], "/folders/"+id+request[1], request[2])
		assert.Equal(t, http.StatusNotFound, got.status, "%s: %s", call, got.body)
	}
	w.ok("super", http.MethodDelete, "/folders/"+id, "")
	got := w.as("admin", http.MethodPost, "/folders/delete-from-trash-bin", `{"vfolder_id": "`+id+`"}`)
	assert.Equal(t, http.StatusNotFound, got.status, "%s", got.body)
}

func TestTheOwnerMayDoEverything(t *testing.T) {
	w := newWorld(t)
	for call, request := range calls() {
		id := setUp(w, call, "")
		w.ok("user", http.MethodPost, "/folders/"+id+"/update-options", `{"permission": "ro"}`)
		got := w.as("user", request[0], "/folders/"+id+request[1], request[2])
		assert.Less(t, got.status, 300, "%s: %s", call, got.body)
	}
}

func TestAdministratorsOfOtherDomainsSeeNothing(t *testing.T) {
	w := newWorld(t)
	id := setUp(w, "data", "")
	other := w.users["admin"]
	other.DomainName = "elsewhere"
	other.UserID = "00000000-0000-4000-8000-0000000000ff"
	w.users["other"] = other
	assert.Equal(t, http.StatusNotFound, w.as("other", http.MethodGet, "/folders/"+id, "").status)
	assert.Equal(t, http.StatusNotFound, w.as("super", http.MethodGet, "/folders/data", "").status, "others' folders go by id")
}

func TestProjectFoldersAreForItsMembers(t *testing.T) {
	w := newWorld(t)
	assert.Equal(t, http.StatusForbidden, w.as("user", http.MethodPost, "/folders", `{"name": "team", "group": "default"}`).status)
	id := w.folder("admin", "team", "group", `"`+projectID+`"`)
	w.ok("user", http.MethodPost, "/folders/team/mkdir", `{"path": "d"}`)
	assert.Equal(t, http.StatusNotFound, w.as("user", http.MethodDelete, "/folders/team", "").status, "members do not manage it")
	got := w.ok("user", http.MethodGet, "/folders/"+id, "")
	assert.Equal(t, "group", got.at(t, "type"))
	assert.Equal(t, false, got.at(t, "is_owner"))
	assert.Equal(t, "project:"+projectID, got.at(t, "quota_scope_id"))

	w.ok("admin", http.MethodPost, "/folders/team/share", `{"permission": "ro", "emails": ["user@lablup.com"]}`)
	assert.Equal(t, http.StatusNotFound, w.as("user", http.MethodPost, "/folders/team/mkdir", `{"path": "e"}`).status)
	w.ok("user2", http.MethodPost, "/folders/team/mkdir", `{"path": "e"}`)
	assert.Equal(t, http.StatusUnauthorized, w.as("user2", http.MethodPost, "/folders/team/share", `{"emails": ["user@lablup.com"]}`).status)
	shared, _ := w.ok("admin", http.MethodGet, "/folders/_/shared", "").at(t, "shared").([]any)
	assert.Len(t, shared, 1)
	w.ok("admin", http.MethodDelete, "/folders/team/unshare", `{"emails": ["user@lablup.com"]}`)
	w.ok("user", http.MethodPost, "/folders/team/mkdir", `{"path": "f"}`)
	assert.Equal(t, http.StatusNotFound, w.as("admin", http.MethodPost, "/folders/team/share", `{"emails": ["none@lablup.com"]}`).status)
	assert.Equal(t, http.StatusBadRequest, w.as("admin", http.MethodPost, "/folders", `{"name": ".dot", "group": "default"}`).status)
	assert.Equal(t, http.StatusNotFound, w.as("admin", http.MethodPost, "/folders", `{"name": "x", "group": "none"}`).status)
}

func TestHostsAllowWhatTheyAllow(t *testing.T) {
	for permission, call := range map[string][3]string{
		store.HostCreate:   {http.MethodPost, "", `{"name": "new"}`},
		store.HostModify:   {http.MethodPost, "/data/rename", `{"new_name": "other"}`},
		store.HostDelete:   {http.MethodDelete, "/data", ""},
		store.HostUpload:   {http.MethodPost, "/data/request-upload", `{"path": "a", "size": 1}`},
		store.HostDownload: {http.MethodPost, "/data/request-download", `{"path": "a"}`},
		store.HostInvite:   {http.MethodPost, "/data/invite", `{"emails": ["user2@lablup.com"]}`},
	} {
		var hosts map[string][]string
		require.NoError(t, store.AllHostAccess().Decode(&hosts))
		var rest []string
		for _, p := range hosts[store.FolderHost] {
			if p != permission {
				rest = append(rest, p)
			}
		}
		for name, test := range map[string]struct {
			where  func(*store.Seed) *store.JSON
			status int
		}{
			"nowhere":                {nil, http.StatusBadRequest},
			"by the domain":          {func(s *store.Seed) *store.JSON { return &s.Domain.AllowedVFolderHosts }, 0},
			"by the project":         {func(s *store.Seed) *store.JSON { return &s.Project.AllowedVFolderHosts }, 0},
			"by the key pair policy": {func(s *store.Seed) *store.JSON { return &s.KeyPairPolicy.AllowedVFolderHosts }, 0},
		} {
			w := newWorld(t, func(s *store.Seed) {
				s.KeyPairPolicy.AllowedVFolderHosts = store.ToJSON(map[string][]string{store.FolderHost: rest})
				if test.where != nil {
					*test.where(s) = store.AllHostAccess()
				}
			})
			w.addDirectly("data")
			got := w.as("user", call[0], "/folders"+call[1], call[2])
			if test.status == 0 {
				assert.Less(t, got.status, 300, "%s %s: %s", permission, name, got.body)
			} else {
				assert.Equal(t, test.status, got.status, "%s %s: %s", permission, name, got.body)
			}
		}
	}
}

// addDirectly makes a folder without asking anybody.
func (w *world) addDirectly(name string) {
	row := store.Folder{ID: "00000000-0000-4000-8000-0000000000aa", Name: name, Host: store.FolderHost, QuotaScope: "user:" + userID,
		UsageMode: "general", Permission: "rw", DomainName: "default", UserID: userID, Creator: "x", Status: store.FolderReady,
		StatusChanged: w.clock.now(), CreatedAt: w.clock.now()}
	require.NoError(w, w.calls.Store.AddFolder(w.Context(), row, store.Viewer{UserID: userID}, 0))
	require.NoError(w, w.calls.Volume.Create(w.place(row.ID)))
}

func TestSuperadminsLookThroughOthersEyes(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	list, _ := w.ok("super", http.MethodGet, "/folders?owner_user_email=user@lablup.com", "").json(t).([]any)
	assert.Len(t, list, 1)
	assert.Equal(t, http.StatusForbidden, w.as("admin", http.MethodGet, "/folders?owner_user_email=user@lablup.com", "").status)
	assert.Equal(t, http.StatusNotFound, w.as("super", http.MethodGet, "/folders?owner_user_email=none@lablup.com", "").status)
	assert.Equal(t, http.StatusBadRequest, w.as("super", http.MethodGet, "/folders?all=true", "").status)
	for _, path := range []string{"all-hosts", "perf-metric", "usage", "used-bytes", "fstab", "mounts"} {
		assert.Equal(t, http.StatusUnauthorized, w.as("user", http.MethodGet, "/folders/_/"+path, "").status, path)
	}
	assert.Equal(t, []any{"local:volume1"}, w.ok("super", http.MethodGet, "/folders/_/all_hosts", "").at(t, "allowed"))
	assert.Equal(t, http.StatusBadRequest, w.as("super", http.MethodGet, "/folders/_/mounts", "").status)
}
