package manager_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

// imagify keeps a session as an image and says how the task went.
func (w *world) imagify(session, name string) string {
	got := w.as("user", "POST", "/session/"+session+"/imagify", `{"image_name": "`+name+`", "image_visibility": "user"}`)
	require.Equal(w, 200, got.status, "%s", got.body)
	synctest.Wait()
	return string(w.as("user", "GET", "/events/background-task?task_id="+got.text(w, "task_id"), "").body)
}

func TestASessionIsKeptAsAnImage(t *testing.T) {
	inWorld(t, func(w *world) {
		_, err := w.store.ChangeUserPolicy(w.Context(), "default", func(p *store.UserPolicy) error { p.MaxCustomizedImageCount = 2; return nil })
		require.NoError(w, err)
		kernel := w.session(w.create("user", "play")).Kernels[0].ID
		assert.True(w.T, w.node.Created()[0].Overlay)
		told := w.imagify("play", "mine")
		assert.True(w.T, strings.HasPrefix(told, "event: bgtask_done\r\ndata: {\"task_id\": "), told)
		assert.True(w.T, strings.HasSuffix(told, "event: server_close\r\ndata: {}\r\n\r\n"), told)
		assert.Contains(w.T, told, `"current_progress": "3", "total_progress": "3"`)

		all, _, err := w.store.Images(w.Context(), store.ImageQuery{})
		require.NoError(w, err)
		var made store.Image
		for _, i := range all {
			if i.Labels[store.LabelCustomName] == "mine" {
				made = i
			}
		}
		require.Contains(w, told, made.Reference())
		assert.Equal(w.T, "user@lablup.com", made.Labels[store.LabelCustomEmail])
		assert.True(w.T, strings.HasPrefix(made.Tag, "3.9-ubuntu20.04-customized_"))

		assert.Contains(w.T, w.imagify("play", "mine"), made.Reference(), "the next of the name takes its place")
		assert.Contains(w.T, w.imagify("play", "second"), "bgtask_done")
		assert.Contains(w.T, w.imagify("play", "third"), "customized image count quota")

		w.stop()
		w.start() // keeps the layers that images have
		got := w.as("user", "POST", "/session", request(w, object{"image": made.Reference()}))
		require.Equal(w, 201, got.status, "%s", got.body)
		specs := w.node.Created()
		layer, err := os.ReadFile(specs[len(specs)-1].Layer)
		require.NoError(w, err)
		assert.Equal(w.T, kernel, string(layer))
		assert.Equal(w.T, 404, w.as("user2", "POST", "/session", request(w, object{"image": made.Reference()})).status, "somebody else's")

		layers := func() int {
			files, err := filepath.Glob(filepath.Join(filepath.Dir(specs[len(specs)-1].Layer), "*"))
			require.NoError(w, err)
			return len(files)
		}
		require.Equal(w, 2, layers())
		forget := func(id string) {
			got := w.as("user", "POST", "/admin/gql", `{"query": "mutation { forget_image_by_id(image_id: \"`+id+`\") { ok } }"}`)
			require.Contains(w, string(got.body), `"ok":true`)
		}
		forget(made.ID)
		assert.Equal(w.T, 2, layers(), "a session uses it")
		w.as("user", "DELETE", "/session/test-1", "")
		synctest.Wait()
		assert.Equal(w.T, 1, layers(), "it goes with the last session of a deleted image")
		all, _, err = w.store.Images(w.Context(), store.ImageQuery{})
		require.NoError(w, err)
		for _, i := range all {
			if i.Labels[store.LabelCustomName] == "second" {
				forget(i.ID)
			}
		}
		assert.Zero(w.T, layers(), "it goes with the image")
	})
}

func TestImagesThatAreRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("user", "play")
		for body, says := range map[string]string{
			`{}`:                    "is required",
			`{"image_name": "a b"}`: "does not match",
			`{"image_name": "a", "image_visibility": "project"}`: "not any of user",
		} {
			got := w.as("user", "POST", "/session/play/imagify", body)
			assert.Equal(w.T, 400, got.status)
			assert.Contains(w.T, string(got.body), says)
		}
		assert.Equal(w.T, 404, w.as("user2", "POST", "/session/play/imagify", `{"image_name": "a"}`).status)
		assert.Equal(w.T, 400, w.as("user", "POST", "/session/play/commit", `{}`).status)
		assert.Contains(w.T, string(w.as("user", "GET", "/session/play/commit", "").body), `"status":"ready"`)
		assert.Empty(w.T, w.as("user2", "GET", "/events/background-task?task_id=00000000-0000-0000-0000-000000000000", "").body)
	})
}
