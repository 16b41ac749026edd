package folders_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// invitations lists what waits for a user.
func (w *world) invitations(user, which string) []map[string]any {
	list, _ := w.ok(user, http.MethodGet, "/folders/invitations/"+which, "").at(w, "invitations").([]any)
	out := make([]map[string]any, len(list))
	for i, x := range list {
		out[i], _ = x.(map[string]any)
	}
	return out
}

func TestAnInvitationIsAcceptedAndLeft(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.ok("user", http.MethodPost, "/folders/data/invite", `{"perm": "ro", "emails": ["user2@lablup.com", "none@lablup.com", "user@lablup.com"]}`)
	sent := w.invitations("user", "list_sent")
	require.Len(t, sent, 1)
	inv, _ := sent[0]["id"].(string)
	assert.Equal(t, http.StatusNotFound, w.as("admin", http.MethodPost, "/folders/invitations/accept", `{"inv_id": "`+inv+`"}`).status)
	assert.Equal(t, http.StatusNotFound, w.as("user2", http.MethodPost, "/folders/invitations/update/"+inv, `{"perm": "wd"}`).status, "not by who is invited")
	got := w.ok("user", http.MethodPost, "/folders/invitations/update/"+inv, `{"perm": "rw"}`)
	assert.Equal(t, "vfolder invitation updated: "+inv+".", got.at(t, "msg"))
	assert.NotEqual(t, "None", w.invitations("user2", "list")[0]["modified_at"])

	taken := w.folder("user2", "data")
	assert.Contains(t, string(w.as("user2", http.MethodPost, "/folders/invitations/accept", `{"inv_id": "`+inv+`"}`).body), "vfolder-already-exists")
	w.ok("user2", http.MethodPost, "/folders/"+taken+"/rename", `{"new_name": "mine"}`)
	w.ok("user2", http.MethodPost, "/folders/invitations/accept", `{"inv_id": "`+inv+`"}`)
	assert.Empty(t, w.invitations("user2", "list"))
	assert.Equal(t, "rw", w.ok("user2", http.MethodGet, "/folders/"+id, "").at(t, "permission"))
	assert.Contains(t, string(w.as("user", http.MethodPost, "/folders/data/invite", `{"emails": ["user2@lablup.com"]}`).body), "vfolder-already-exists")

	assert.Equal(t, 400, w.as("user", http.MethodPost, "/folders/data/leave", `{}`).status, "owners cannot leave")
	w.ok("user2", http.MethodPost, "/folders/data/leave", `{}`)
	assert.Equal(t, http.StatusNotFound, w.as("user2", http.MethodGet, "/folders/data", "").status)
}

func TestWhoWasInvitedByTheOldOwnerIsNotTheNewOnesGuest(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.ok("user", http.MethodPost, "/folders/data/invite", `{"perm": "ro", "emails": ["domain-admin@lablup.com"]}`)
	inv, _ := w.invitations("admin", "list")[0]["id"].(string)
	w.ok("super", http.MethodPost, "/folders/_/change-ownership", `{"vfolder": "`+id+`", "user_email": "user2@lablup.com"}`)
	assert.Equal(t, http.StatusNotFound, w.as("user", http.MethodPost, "/folders/invitations/update/"+inv, `{"perm": "wd"}`).status)
	assert.Equal(t, http.StatusNotFound, w.as("admin", http.MethodPost, "/folders/invitations/accept", `{"inv_id": "`+inv+`"}`).status)
	assert.Empty(t, w.invitations("admin", "list"))
}

func TestInvitationsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	w.folder("user", ".dot")
	w.folder("admin", "team", "group", `"`+projectID+`"`)
	for name, test := range map[string]struct {
		user, folder, body string
		status             int
	}{
		"a private folder":  {"user", ".dot", `{"emails": ["user2@lablup.com"]}`, 403},
		"nobody known":      {"user", "data", `{"emails": ["none@lablup.com"]}`, 404},
		"oneself":           {"user", "data", `{"emails": ["user@lablup.com"]}`, 404},
		"nobody":            {"user", "data", `{"emails": []}`, 400},
		"no permission":     {"user", "data", `{"emails": ["user2@lablup.com"], "perm": "x"}`, 400},
		"a stranger's":      {"user2", "data", `{"emails": ["user@lablup.com"]}`, 404},
		"a project's":       {"admin", "team", `{"emails": ["user2@lablup.com"]}`, 400},
		"a member's choice": {"user", "team", `{"emails": ["user2@lablup.com"]}`, 404},
	} {
		got := w.as(test.user, http.MethodPost, "/folders/"+test.folder+"/invite", test.body)
		assert.Equal(t, test.status, got.status, "%s: %s", name, got.body)
	}
}

func TestInvitationsAreTakenBackAndDeclined(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	for _, who := range []string{"user", "user2"} {
		w.ok("user", http.MethodPost, "/folders/data/invite", `{"emails": ["user2@lablup.com"]}`)
		inv, _ := w.invitations("user2", "list")[0]["id"].(string)
		body := `{"inv_id": "` + inv + `"}`
		assert.Equal(t, http.StatusNotFound, w.as("super", http.MethodPost, "/folders/invitations/delete", body).status)
		w.ok(who, http.MethodDelete, "/folders/invitations/delete", body)
		assert.Empty(t, w.invitations("user2", "list"))
		assert.Equal(t, http.StatusNotFound, w.as("user2", http.MethodPost, "/folders/invitations/accept", body).status)
	}
}

func TestSharesAreChangedByTheOwner(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.share("user", id, "ro", "user2@lablup.com", "user2")
	other := w.users["user2"].UserID
	shares, _ := w.ok("user", http.MethodGet, "/folders/_/shared?vfolder_id="+dashed(id), "").at(t, "shared").([]any)
	assert.Equal(t, []any{map[string]any{"vfolder_id": dashed(id), "vfolder_name": "data", "status": "ready", "owner": userID, "type": "user",
		"shared_to": map[string]any{"uuid": other, "email": "user2@lablup.com"}, "perm": "ro"}}, shares)
	none, _ := w.ok("user2", http.MethodGet, "/folders/_/shared", "").at(t, "shared").([]any)
	assert.Empty(t, none, "only what one granted oneself")

	body := `{"vfolder": "` + dashed(id) + `", "user": "` + other + `", "perm": "rw"}`
	assert.Equal(t, http.StatusNotFound, w.as("user2", http.MethodPost, "/folders/_/shared", body).status, "nobody raises their own")
	w.ok("user", http.MethodPost, "/folders/_/shared", body)
	assert.Equal(t, "rw", w.ok("user2", http.MethodGet, "/folders/data", "").at(t, "permission"))
	stranger := w.users["admin"].UserID
	got := w.as("user", http.MethodPost, "/folders/_/shared", `{"vfolder": "`+dashed(id)+`", "user": "`+stranger+`", "perm": "rw"}`)
	assert.Equal(t, http.StatusNotFound, got.status, "no share without an invitation")
	got = w.ok("user", http.MethodPost, "/folders/_/sharing", `{"vfolder_id": "`+dashed(id)+`", "user_perm": [{"user_id": "`+other+`", "perm": "ro"}]}`)
	assert.Equal(t, http.StatusCreated, got.status)
	assert.Equal(t, "ro", w.ok("user2", http.MethodGet, "/folders/data", "").at(t, "permission"))
	for _, wrong := range []string{`[]`, `["x"]`, `[{"user": "x"}]`, `[{"user": "` + other + `", "perm": "x"}]`} {
		assert.Equal(t, 400, w.as("user", http.MethodPost, "/folders/_/sharing", `{"vfolder_id": "`+dashed(id)+`", "user_perm": `+wrong+`}`).status, wrong)
	}
	w.ok("user", http.MethodPost, "/folders/_/shared", `{"vfolder": "`+dashed(id)+`", "user": "`+other+`", "perm": null}`)
	assert.Equal(t, http.StatusNotFound, w.as("user2", http.MethodGet, "/folders/data", "").status)
}

func TestASuperadminMakesOthersLeave(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.share("user", id, "ro", "user2@lablup.com", "user2")
	body := `{"shared_user_uuid": "` + w.users["user2"].UserID + `"}`
	assert.Equal(t, http.StatusForbidden, w.as("user", http.MethodPost, "/folders/"+id+"/leave", body).status)
	w.ok("super", http.MethodPost, "/folders/"+id+"/leave", body)
	assert.Equal(t, http.StatusNotFound, w.as("user2", http.MethodGet, "/folders/data", "").status)
}

// idOf is the id of a folder of the user.
func (w *world) idOf(name string) string {
	id, _ := w.ok("user", http.MethodGet, "/folders/"+name, "").at(w, "id").(string)
	return id
}

// use sends a request with the token of a ticket.
func (w *world) use(ticket answer, method, path, body string) answer {
	token, _ := ticket.at(w, "token").(string)
	r := httptest.NewRequest(method, path+"?token="+token, strings.NewReader(body))
	r.Header.Set("Upload-Offset", "0")
	rec := httptest.NewRecorder()
	w.calls.Volume.Handler().ServeHTTP(rec, r)
	return answer{rec.Code, rec.Header(), rec.Body.Bytes()}
}

func TestATokenIsGoodForAsLongAsItsBearerMayUseTheFolder(t *testing.T) {
	inStore := func(call func(s *store.Store) error) func(*world) {
		return func(w *world) { require.NoError(w, call(w.calls.Store)) }
	}
	for name, test := range map[string]struct {
		end       func(w *world)
		downloads bool // are still allowed
	}{
		"the share is given back": {func(w *world) { w.ok("user2", http.MethodPost, "/folders/data/leave", `{}`) }, false},
		"the share is for reading": {func(w *world) {
			w.ok("user", http.MethodPost, "/folders/_/shared", `{"vfolder": "`+dashed(w.idOf("data"))+`", "user": "`+w.users["user2"].UserID+`", "perm": "ro"}`)
		}, true},
		"the folder is in the trash": {func(w *world) {
			w.ok("user", http.MethodDelete, "/folders/data", "")
		}, false},
		"the folder is gone": {func(w *world) {
			id := w.idOf("data")
			w.ok("user", http.MethodDelete, "/folders/data", "")
			w.ok("user", http.MethodPost, "/folders/delete-from-trash-bin", `{"vfolder_id": "`+id+`"}`)
		}, false},
		"the user is inactive": {inStore(func(s *store.Store) error {
			_, err := s.ChangeUser(t.Context(), "user2@lablup.com", func(u *store.UserEdit) error { u.Status = "inactive"; return nil })
			return err
		}), false},
		"the key pair is inactive": {inStore(func(s *store.Store) error {
			_, err := s.ChangeKeyPair(t.Context(), "AKUSER2", func(k *store.KeyPair) error { k.IsActive = false; return nil })
			return err
		}), false},
		"the policy allows no transfers": {inStore(func(s *store.Store) error {
			_, err := s.ChangeKeyPairPolicy(t.Context(), "default", func(p *store.KeyPairPolicy) error { p.AllowedVFolderHosts = store.JSON("{}"); return nil })
			return err
		}), false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.folder("user", "data")
			w.upload("user", "data", "a", "1")
			w.share("user", "data", "rw", "user2@lablup.com", "user2")
			upload := w.ok("user2", http.MethodPost, "/folders/data/request-upload", `{"path": "b", "size": 3}`)
			download := w.ok("user2", http.MethodPost, "/folders/data/request-download", `{"path": "a"}`)
			archive := w.ok("user2", http.MethodPost, "/folders/data/request-download-archive", `{"files": ["a"]}`)
			for _, ticket := range []struct {
				answer
				method, path string
			}{{upload, http.MethodHead, "/upload"}, {download, http.MethodGet, "/download"}, {archive, http.MethodGet, "/download-archive"}} {
				require.Equal(t, http.StatusOK, w.use(ticket.answer, ticket.method, ticket.path, "").status, "before")
			}

			test.end(w)

			assert.Equal(t, http.StatusForbidden, w.use(upload, http.MethodHead, "/upload", "").status)
			refused := w.use(upload, http.MethodPatch, "/upload", "new")
			assert.Equal(t, http.StatusForbidden, refused.status)
			assert.Equal(t, "The right to the folder has ended.", refused.at(t, "title"))
			want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[test.downloads]
			assert.Equal(t, want, w.use(download, http.MethodGet, "/download", "").status)
			assert.Equal(t, want, w.use(archive, http.MethodGet, "/download-archive", "").status)
		})
	}
}
