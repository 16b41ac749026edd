package manager_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPeopleChangeTheirPasswords(t *testing.T) {
	inWorld(t, func(w *world) {
		old := recordedKeys()["user"].SecretKey[:8]
		change := func(from, to, again string) answer {
			return w.as("user", http.MethodPost, "/auth/update-password", `{"old_password": "`+from+`", "new_password": "`+to+`", "new_password2": "`+again+`"}`)
		}
		signIn := func(password string) int {
			return w.as("user", http.MethodPost, "/auth/authorize", `{"type": "keypair", "domain": "default", "username": "user@lablup.com", "password": "`+password+`"}`).status
		}
		wrong := change("guess", "new-words", "new-words")
		assert.Equal(w.T, 401, wrong.status)
		assert.Contains(w.T, string(wrong.body), "Old password mismatch")
		unlike := change(old, "new-words", "other-words")
		assert.Equal(w.T, 400, unlike.status)
		assert.JSONEq(w.T, `{"error_msg": "new password mismatch"}`, string(unlike.body))
		assert.Equal(w.T, 400, change(old, "", "").status)
		assert.Equal(w.T, 200, signIn(old), "nothing has changed so far")

		got := change(old, "new-words", "new-words")
		assert.Equal(w.T, 200, got.status)
		assert.JSONEq(w.T, `{}`, string(got.body))
		assert.Equal(w.T, 401, signIn(old))
		assert.Equal(w.T, 200, signIn("new-words"))

		aged := w.as("user", http.MethodPost, "/auth/update-password-no-auth", `{}`)
		assert.Equal(w.T, 400, aged.status)
		assert.Contains(w.T, string(aged.body), "Unsupported function.")
	})
}

func TestPeopleChangeTheirNames(t *testing.T) {
	inWorld(t, func(w *world) {
		assert.Equal(w.T, 400, w.as("user", http.MethodPost, "/auth/update-full-name", `{"full_name": "A"}`).status)
		assert.Equal(w.T, 200, w.as("user", http.MethodPost, "/auth/update-full-name", `{"email": "admin@lablup.com", "full_name": "A Name"}`).status)
		user, err := w.store.UserByEmail(w.Context(), "user@lablup.com")
		assert.NoError(w.T, err)
		assert.Equal(w.T, "A Name", user.FullName, "the caller's, whatever address is given")
	})
}

func TestAnUnknownKeyTellsAPlainUserNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, key := range []string{"AKIANATWOUSEREXAMPLE", "AKIANOBODYSKEYATALL0"} {
			for _, call := range [][2]string{
				{http.MethodGet, "/session/any/logs?owner_access_key=" + key},
				{http.MethodDelete, "/session/any?owner_access_key=" + key},
				{http.MethodGet, "/user-config/dotfiles?owner_access_key=" + key},
			} {
				got := w.as("user", call[0], call[1], "")
				assert.Equal(w.T, 403, got.status, "%s %s", call[1], got.body)
			}
		}
		assert.Equal(w.T, 400, w.as("super", http.MethodGet, "/session/any/logs?owner_access_key=AKIANOBODYSKEYATALL0", "").status)
	})
}

func TestTheLogOfATask(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.create("user", "task")
		kernel := w.session(id).Kernels[0].ID
		w.node.SetLog(kernel, "what it wrote\n")
		for _, named := range []string{id, kernel} {
			got := w.as("user", http.MethodGet, "/session/_/logs?taskId="+named, "")
			assert.Equal(w.T, 200, got.status, "%s", got.body)
			assert.Equal(w.T, "what it wrote\n", string(got.body))
			assert.Equal(w.T, 404, w.as("user2", http.MethodGet, "/session/_/logs?taskId="+named, "").status)
		}
		assert.Equal(w.T, 400, w.as("user", http.MethodGet, "/session/_/logs?taskId=task", "").status)
		assert.Equal(w.T, 400, w.as("user", http.MethodGet, "/session/_/logs", "").status)
	})
}
