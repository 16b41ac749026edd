package folders_test

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
)

func TestNewFoldersThatAreRefused(t *testing.T) {
	w := newWorld(t, func(s *store.Seed) { s.UserPolicy.MaxVFolderCount = 2 })
	w.folder("user", "one")
	for name, test := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"a reserved name":            {`{"name": ".bashrc"}`, 400, "invalid-api-params"},
		"a path":                     {`{"name": "../x"}`, 400, "invalid-api-params"},
		"no name":                    {`{}`, 400, "is required"},
		"another host":               {`{"name": "a", "host": "local:volume2"}`, 400, "Not allowed in vfolder host"},
		"a usage that is not there":  {`{"name": "a", "usage_mode": "x"}`, 400, "usage_mode"},
		"a permission that is none":  {`{"name": "a", "permission": "x"}`, 400, "permission"},
		"a directory of the machine": {`{"name": "a", "unmanaged_path": "/etc"}`, 400, "not-implemented"},
		"a taken name":               {`{"name": "one"}`, 400, "vfolder-already-exists"},
	} {
		got := w.as("user", http.MethodPost, "/folders", test.body)
		assert.Equal(t, test.status, got.status, name)
		assert.Contains(t, string(got.body), test.says, name)
	}
	two := w.folder("user", "two", "host", "null", "group", "null")
	got := w.as("user", http.MethodPost, "/folders", `{"name": "three"}`)
	assert.Equal(t, "You cannot create more vfolders.", got.at(t, "msg"), "clients compare this")
	w.ok("user", http.MethodDelete, "/folders/"+two, "")
	assert.Equal(t, 400, w.as("user", http.MethodPost, "/folders", `{"name": "three"}`).status, "the trash counts")
	w.ok("user", http.MethodPost, "/folders/delete-from-trash-bin", `{"vfolder_id": "`+two+`"}`)
	w.folder("user", "three")
	left, err := filepath.Glob(filepath.Join(w.calls.Volume.Dir, "*", "*", "*", "*", "data"))
	require.NoError(t, err)
	assert.Len(t, left, 2, "no directory of what was refused")
}

func TestAFolderGoesThroughTheTrash(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.upload("user", id, "a", "kept")
	w.ok("user", http.MethodDelete, "/folders", `{"vfolder_id": "`+id+`"}`)
	assert.Equal(t, store.FolderDeletePending, w.status(id))
	for call, body := range map[string]string{"rename": `{"new_name": "x"}`, "mkdir": `{"path": "x"}`, "request-upload": `{"path": "x", "size": 1}`,
		"clone": `{"target_name": "x"}`, "invite": `{"emails": ["user2@lablup.com"]}`} {
		got := w.as("user", http.MethodPost, "/folders/"+id+"/"+call, body)
		assert.Equal(t, 400, got.status, call)
		assert.Contains(t, string(got.body), "vfolder-filter-status-failed", call)
	}
	assert.Equal(t, 400, w.as("user", http.MethodDelete, "/folders/"+id, "").status, "twice")
	again := w.folder("user", "data")
	assert.Equal(t, again, w.ok("user", http.MethodGet, "/folders/data", "").at(t, "id"), "the live one of two")
	got := w.as("user", http.MethodPost, "/folders/restore-from-trash-bin", `{"vfolder_id": "`+id+`"}`)
	assert.Contains(t, string(got.body), "vfolder-already-exists")
	w.ok("user", http.MethodPost, "/folders/"+again+"/rename", `{"new_name": "newer"}`)
	w.ok("user", http.MethodPost, "/folders/restore-from-trash-bin", `{"id": "`+id+`"}`)
	items, _ := w.ok("user", http.MethodGet, "/folders/data/files", "").at(t, "items").([]any)
	assert.Len(t, items, 1)

	assert.Equal(t, 400, w.as("user", http.MethodPost, "/folders/delete-from-trash-bin", `{"vfolder_id": "`+id+`"}`).status, "not in the trash")
	w.ok("user", http.MethodDelete, "/folders/data", "")
	w.ok("user", http.MethodPost, "/folders/delete-from-trash-bin", `{"vfolder_id": "`+id+`"}`)
	assert.Equal(t, store.FolderDeleteComplete, w.status(id))
	assert.NoDirExists(t, w.calls.Volume.Path(w.place(id)))
	row, err := w.calls.Store.Folder(t.Context(), dashed(id))
	require.NoError(t, err)
	assert.Regexp(t, `^data_deleted_2026-11-22T\d{6}\+0000$`, row.Name)
	assert.Equal(t, http.StatusForbidden, w.as("user", http.MethodPost, "/folders/purge", `{"vfolder_id": "`+id+`"}`).status)
	w.ok("admin", http.MethodPost, "/folders/purge", `{"vfolder_id": "`+id+`"}`)
	assert.Equal(t, "", w.status(id))
}

func TestTwoFoldersOfANameInTheTrashAreTooMany(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.folder("user", "data")
		w.ok("user", http.MethodDelete, "/folders/data", "")
	}
	got := w.as("user", http.MethodGet, "/folders/data", "")
	assert.Equal(t, http.StatusNotFound, got.status)
	assert.Contains(t, string(got.body), "too-many-vfolders")
	data, _ := got.at(t, "data").(map[string]any)
	assert.Len(t, data["matches"], 2)
}

func TestFoldersMayBeCalledLikeCalls(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "purge")
	assert.Equal(t, "purge", w.ok("user", http.MethodGet, "/folders/purge", "").at(t, "name"))
	w.ok("user", http.MethodDelete, "/folders/purge", "")
}

func TestAMountedFolderStays(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	require.NoError(t, w.calls.Store.AddSession(t.Context(), &store.Session{ID: "s-1", Name: "s", Type: model.TypeInteractive, Status: "RUNNING",
		CreatedAt: w.clock.now(), StatusChanged: w.clock.now(), VFolderMounts: []string{dashed(id)}}))
	got := w.as("user", http.MethodDelete, "/folders/data", "")
	assert.Equal(t, 400, got.status)
	assert.ErrorIs(t, w.calls.Purge(t.Context(), userID, ""), store.ErrInUse)
	assert.Equal(t, store.FolderReady, w.status(id))
}

func TestAUsersFoldersGoWithTheUser(t *testing.T) {
	w := newWorld(t)
	id, old := w.folder("user", "data"), w.folder("user", "old")
	w.ok("user", http.MethodDelete, "/folders/old", "")
	kept := w.folder("user2", "kept")
	require.NoError(t, w.calls.Purge(t.Context(), userID, ""))
	for _, x := range []string{id, old} {
		assert.Equal(t, "", w.status(x))
		assert.NoDirExists(t, w.calls.Volume.Path(w.place(x)))
	}
	assert.Equal(t, store.FolderReady, w.status(kept))
}

// wait follows a background task to its end.
func (w *world) wait(id string) tasks.State {
	timeout := time.After(10 * time.Second)
	for {
		state, changed, owner, ok := w.calls.Tasks.State(id)
		require.True(w, ok)
		require.Equal(w, userID, owner)
		if state.Finished() {
			return state
		}
		select {
		case <-changed:
		case <-timeout:
			require.Fail(w, "the task does not end")
		}
	}
}

func TestAFolderIsClonedInTheBackground(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	w.upload("user", "data", "dir/a", "hello")
	assert.Equal(t, http.StatusForbidden, w.as("user", http.MethodPost, "/folders/data/clone", `{"target_name": "copy"}`).status)
	w.ok("user", http.MethodPost, "/folders/data/update-options", `{"cloneable": true}`)
	assert.Equal(t, 400, w.as("user", http.MethodPost, "/folders/data/clone", `{"target_name": "data"}`).status)
	assert.Equal(t, 400, w.as("user", http.MethodPost, "/folders/data/clone", `{"target_name": "c", "target_host": "other:x"}`).status)
	got := w.ok("user", http.MethodPost, "/folders/data/clone", `{"target_name": "copy"}`)
	task, _ := got.at(t, "bgtask_id").(string)
	state := w.wait(task)
	assert.Equal(t, tasks.Done, state.Status, state.Message)
	assert.Equal(t, state.Total, state.Current)
	assert.Equal(t, "ready", w.ok("user", http.MethodGet, "/folders/copy", "").at(t, "status"))
	items, _ := w.ok("user", http.MethodGet, "/folders/copy/files?path=dir", "").at(t, "items").([]any)
	assert.Len(t, items, 1)
}

func TestACloneThatFailsLeavesNothing(t *testing.T) {
	w := newWorld(t, func(s *store.Seed) { s.UserPolicy.MaxQuotaScopeSize = 8 })
	w.folder("user", "data", "cloneable", "true")
	w.upload("user", "data", "a", "12345")
	got := w.ok("user", http.MethodPost, "/folders/data/clone", `{"target_name": "copy"}`)
	task, _ := got.at(t, "bgtask_id").(string)
	id, _ := got.at(t, "id").(string)
	assert.Equal(t, tasks.Failed, w.wait(task).Status)
	assert.Equal(t, "", w.status(id))
	assert.NoDirExists(t, w.calls.Volume.Path(w.place(id)))
}

func TestWhatACrashCutOffIsEnded(t *testing.T) {
	w := newWorld(t)
	half, gone, kept := w.folder("user", "half"), w.folder("user", "gone"), w.folder("user", "kept")
	for id, status := range map[string]string{half: store.FolderCloning, gone: store.FolderDeleteOngoing} {
		_, err := w.calls.Store.ChangeFolder(t.Context(), dashed(id), nil, func(f *store.Folder) error { f.Status = status; return nil })
		require.NoError(t, err)
	}
	require.NoError(t, w.calls.Recover(t.Context()))
	assert.Equal(t, "", w.status(half))
	assert.Equal(t, store.FolderDeleteComplete, w.status(gone))
	assert.Equal(t, store.FolderReady, w.status(kept))
	assert.NoDirExists(t, w.calls.Volume.Path(w.place(half)))
	assert.NoDirExists(t, w.calls.Volume.Path(w.place(gone)))
}

func TestOwnershipIsHandedOver(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.share("user", id, "ro", "user2@lablup.com", "user2")
	body := `{"vfolder": "` + id + `", "user_email": "user2@lablup.com"}`
	assert.Equal(t, http.StatusUnauthorized, w.as("user", http.MethodPost, "/folders/_/change-ownership", body).status)
	w.folder("user2", "other")
	w.ok("super", http.MethodPost, "/folders/_/change-ownership", body)
	got := w.ok("user2", http.MethodGet, "/folders/"+id, "")
	assert.Equal(t, true, got.at(t, "is_owner"))
	assert.Equal(t, "rw", got.at(t, "permission"))
	assert.Equal(t, http.StatusNotFound, w.as("user", http.MethodGet, "/folders/data", "").status)
	w.upload("user2", id, "a", "still writable")
	again := w.folder("user", "other")
	got = w.as("super", http.MethodPost, "/folders/_/change-ownership", `{"vfolder": "`+again+`", "user_email": "user2@lablup.com"}`)
	assert.Contains(t, string(got.body), "vfolder-already-exists")
	got = w.as("super", http.MethodPost, "/folders/_/change-ownership", `{"vfolder": "`+again+`", "user_email": "none@lablup.com"}`)
	assert.Equal(t, http.StatusNotFound, got.status)
}
