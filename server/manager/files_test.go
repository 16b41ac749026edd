package manager_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// uploadBody is a body with files by name.
func uploadBody(t testing.TB, files ...[2]string) (contentType, body string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, f := range files {
		part, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="src"; filename="` + f[0] + `"`}})
		require.NoError(t, err)
		_, err = io.WriteString(part, f[1])
		require.NoError(t, err)
	}
	require.NoError(t, m.Close())
	return m.FormDataContentType(), b.String()
}

func (w *world) upload(role, session string, files ...[2]string) answer {
	kind, body := uploadBody(w, files...)
	r := newRequest(http.MethodPost, "/session/"+session+"/upload", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	sign(w, r, recordedKeys()[role], w.now())
	return w.send(r)
}

func TestFilesGoIntoASessionAndOut(t *testing.T) {
	inWorld(t, func(w *world) {
		kernel := w.session(w.create("user", "play")).Kernels[0].ID
		got := w.upload("user", "play", [2]string{"a%20dir/a.txt", "one"}, [2]string{"b.txt", "two"})
		require.Equal(w, 204, got.status, "%s", got.body)
		assert.Equal(w.T, "one", w.node.File(kernel, "a dir/a.txt"))

		for _, target := range []string{"/session/play/files?path=.", "/session/play/files"} {
			body := ""
			if !strings.Contains(target, "?") {
				body = `{"path": "."}`
			}
			got = w.as("user", "GET", target, body)
			require.Equal(w, 200, got.status, "%s", got.body)
			assert.Equal(w.T, "/home/work", got.text(w, "abspath"))
			var list []map[string]any
			require.NoError(w, json.Unmarshal([]byte(got.text(w, "files")), &list))
			assert.Len(w.T, list, 2)
			assert.Equal(w.T, "-rw-r--r--", list[0]["mode"])
			assert.Equal(w.T, 1.5, list[0]["mtime"])
		}

		got = w.as("user", "POST", "/session/play/download_single", `{"file": "b.txt"}`)
		require.Equal(w, 200, got.status)
		assert.Equal(w.T, "two", string(got.body))

		got = w.as("user", "POST", "/session/play/download", `{"files": ["b.txt", "a dir/a.txt"]}`)
		require.Equal(w, 200, got.status)
		kind, values, err := mime.ParseMediaType(got.header.Get("Content-Type"))
		require.NoError(w, err)
		assert.Equal(w.T, "multipart/mixed", kind)
		parts := multipart.NewReader(bytes.NewReader(got.body), values["boundary"])
		for _, want := range []string{"two", "one"} {
			part, err := parts.NextPart()
			require.NoError(w, err)
			assert.Equal(w.T, "identity", part.Header.Get("Content-Encoding"))
			content, err := io.ReadAll(part)
			require.NoError(w, err)
			assert.Equal(w.T, want, string(content))
		}
	})
}

func TestFoldersAreMountedInSessions(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, name := range []string{"data-030435", ".local"} {
			got := w.as("user", "POST", "/folders", `{"name": "`+name+`"}`)
			require.Equal(w, 201, got.status, "%s", got.body)
		}
		r := readRecording(w, "session-create-with-vfolder")
		got := w.replay(r)
		require.Equal(w, 201, got.status, "%s", got.body)
		sameShape(w.T, "session-create-with-vfolder", shape(r.Response.Body), shape(got.json(w)))
		s := w.session(got.text(w, "sessionId"))
		assert.Equal(w.T, []string{"data-030435", ".local"}, s.Mounts)
		assert.Len(w.T, s.VFolderMounts, 2)
		mounts := w.node.Created()[0].Mounts
		require.Len(w, mounts, 2)
		assert.Equal(w.T, "/home/work/data-030435", mounts[0].Target)
		assert.Equal(w.T, "/home/work/.local", mounts[1].Target, "it comes without being asked for")
		assert.True(w.T, strings.HasPrefix(mounts[0].Source, w.folders))
		assert.DirExists(w.T, mounts[0].Source)
		assert.Empty(w.T, mounts[0].Subpath)
		assert.False(w.T, mounts[0].ReadOnly)

		got = w.as("user", "POST", "/session", request(w, object{"config": object{"mounts": []string{"data-030435"},
			"mount_map": object{"data-030435": "/home/work/in"}, "mount_options": object{"data-030435": object{"type": "bind", "permission": "ro"}}}}))
		require.Equal(w, 201, got.status, "%s", got.body)
		mounts = w.node.Created()[1].Mounts
		assert.Equal(w.T, "/home/work/in", mounts[0].Target)
		assert.True(w.T, mounts[0].ReadOnly)

		assert.Equal(w.T, 400, w.as("user", "DELETE", "/folders/data-030435", "").status, "it is in use")
		got = w.as("user2", "POST", "/session", request(w, object{"config": object{"mounts": []string{"data-030435"}}}))
		assert.Equal(w.T, 404, got.status, "another user's folder")
	})
}

func TestASessionThatWaitedHasNoFolderThatWasTakenBack(t *testing.T) {
	inWorld(t, func(w *world) {
		var ids []string
		for _, name := range []string{"kept", "lowered", "taken"} {
			got := w.as("user", "POST", "/folders", `{"name": "`+name+`"}`)
			require.Equal(w, 201, got.status, "%s", got.body)
			require.Equal(w, 201, w.as("user", "POST", "/folders/"+name+"/invite", `{"perm": "rw", "emails": ["user2@lablup.com"]}`).status)
			var sent struct{ Invitations []struct{ ID string } }
			require.NoError(w, json.Unmarshal(w.as("user2", "GET", "/folders/invitations/list", "").body, &sent))
			require.Equal(w, 200, w.as("user2", "POST", "/folders/invitations/accept", `{"inv_id": "`+sent.Invitations[0].ID+`"}`).status)
			got = w.as("user2", "POST", "/session", request(w, object{"name": "test-" + name, "type": "batch", "startupCommand": "true", "starts_at": "30m",
				"config": object{"resources": object{"cpu": 1, "mem": "512m"}, "mounts": []string{name}}}))
			require.Equal(w, 201, got.status, "%s", got.body)
			ids = append(ids, got.text(w, "sessionId"))
		}
		user2 := w.session(ids[0]).UserID
		for name, permission := range map[string]string{"lowered": `"ro"`, "taken": "null"} {
			id := w.as("user", "GET", "/folders/"+name, "").text(w, "id")
			got := w.as("user", "POST", "/folders/_/shared", `{"vfolder": "`+id+`", "user": "`+user2+`", "perm": `+permission+`}`)
			require.Equal(w, 200, got.status, "%s", got.body)
		}
		w.set(w.now().Add(31 * time.Minute))
		time.Sleep(30 * time.Second) // the scheduler's own clock
		synctest.Wait()
		for i, status := range []model.Status{model.StatusRunning, model.StatusError, model.StatusError} {
			assert.Equal(w.T, status, w.session(ids[i]).Status, i)
		}
		require.Equal(w, 1, len(w.node.Created()))
		assert.Equal(w.T, "/home/work/kept", w.node.Created()[0].Mounts[0].Target)
	})
}

func TestFilesOfFoldersGoThroughTheStorage(t *testing.T) {
	inWorld(t, func(w *world) {
		require.Equal(w, 201, w.as("user", "POST", "/folders", `{"name": "data"}`).status)
		got := w.as("user", "POST", "/folders/data/request-upload", `{"path": "a.txt", "size": 3}`)
		require.Equal(w, 200, got.status, "%s", got.body)
		assert.Equal(w.T, "http://127.0.0.1:17081/storage/upload", got.text(w, "url"))
		r := newRequest("PATCH", "/storage/upload?token="+got.text(w, "token"), strings.NewReader("abc"))
		r.Header.Set("Upload-Offset", "0")
		r.Header.Set("Content-Type", "application/offset+octet-stream")
		got = w.send(r)
		assert.Equal(w.T, 204, got.status, "%s", got.body)
		got = w.as("user", "POST", "/folders/data/request-download", `{"path": "a.txt"}`)
		require.Equal(w, 200, got.status, "%s", got.body)
		got = w.send(newRequest("GET", "/storage/download?token="+got.text(w, "token"), nil))
		assert.Equal(w.T, "abc", string(got.body))
		assert.Equal(w.T, 401, w.send(dated(w, "GET", "/folders")).status, "calls about folders need a signature")
	})
}

// dated is a request without a signature.
func dated(w *world, method, target string) *http.Request {
	r := newRequest(method, target, nil)
	r.Header.Set("Date", w.now().Format("2006-01-02T15:04:05Z07:00"))
	return r
}

func TestTransfersThatAreRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		kernel := w.session(w.create("user", "play")).Kernels[0].ID
		w.node.SetFile(kernel, "a", "1")
		for _, test := range []struct {
			method, path, body string
			status             int
			says               string
		}{
			{"POST", "download_single", `{"file": "nothing"}`, 400, "not found"},
			{"POST", "download_single", `{}`, 400, "is required"},
			{"POST", "download", `{"files": ["a", "nothing"]}`, 400, "not found"},
			{"POST", "download", `{"files": ["a", "a", "a", "a", "a", "a"]}`, 400, "Too many files"},
			{"POST", "download", `{"files": []}`, 400, "is required"},
			{"POST", "upload", `{}`, 400, "multipart"},
			{"GET", "files?path=x", "", 400, "not found"},
			{"GET", "files", "", 400, "Expecting value"},
			{"GET", "files", "[", 400, "Malformed body"},
			{"GET", "download?files=x", "", 400, "HTTP POST"},
		} {
			got := w.as("user", test.method, "/session/play/"+test.path, test.body)
			assert.Equal(w.T, test.status, got.status, "%v: %s", test, got.body)
			assert.Contains(w.T, string(got.body), test.says)
			got = w.as("user2", test.method, "/session/play/"+test.path, test.body)
			assert.Contains(w.T, []int{400, 404}, got.status, "another user: %v", test)
		}
		var many [][2]string
		for n := range 21 {
			many = append(many, [2]string{fmt.Sprint("f", n), "x"})
		}
		assert.Contains(w.T, string(w.upload("user", "play", many...).body), "Too many files")
		assert.Contains(w.T, string(w.upload("user", "play", [2]string{"big", strings.Repeat("a", 1<<20+1)}).body), "Too large file")
		assert.Empty(w.T, w.node.File(kernel, "big"))
		assert.Equal(w.T, 404, w.upload("user2", "play", [2]string{"a", "2"}).status)
		assert.Equal(w.T, "1", w.node.File(kernel, "a"))
	})
}

func TestWhatASessionWaitsForAndWhatWaitsForIt(t *testing.T) {
	inWorld(t, func(w *world) {
		batch := object{"type": "batch", "startupCommand": "true"}
		make := func(name string, needs ...string) string {
			body := object{"name": name, "dependencies": needs}
			for key, value := range batch {
				body[key] = value
			}
			got := w.as("user", "POST", "/session", request(w, body))
			require.Equal(w, 201, got.status, "%s", got.body)
			return got.text(w, "sessionId")
		}
		first := make("first")
		second := make("second", "first")
		third := make("third", first, second)
		var graph struct {
			ID        string `json:"session_id"`
			Status    string `json:"status"`
			DependsOn []struct {
				ID        string            `json:"session_id"`
				DependsOn []json.RawMessage `json:"depends_on"`
			} `json:"depends_on"`
		}
		got := w.as("user", "GET", "/session/third/dependency-graph", "")
		require.NoError(w, json.Unmarshal(got.body, &graph))
		assert.Equal(w.T, third, graph.ID)
		assert.Equal(w.T, "KernelStatus.PENDING", graph.Status)
		assert.Len(w.T, graph.DependsOn, 2)

		assert.Equal(w.T, 404, w.as("user2", "GET", "/session/third/dependency-graph", "").status)
		got = w.as("user2", "POST", "/session/_/transit-status", `{"ids": ["`+first+`"]}`)
		assert.JSONEq(w.T, `{"session_status_map": {}}`, string(got.body))
		got = w.as("user", "POST", "/session/_/transit-status", `{"ids": ["`+first+`"]}`)
		assert.JSONEq(w.T, `{"session_status_map": {"`+first+`": "RUNNING"}}`, string(got.body))

		got = w.as("user", "DELETE", "/session/first?recursive=true", "")
		require.Equal(w, 200, got.status, "%s", got.body)
		var all []map[string]any
		require.NoError(w, json.Unmarshal(got.body, &all))
		assert.Len(w.T, all, 3)
		assert.True(w.T, w.session(second).Dead())
		assert.True(w.T, w.session(third).Dead())
		assert.Equal(w.T, 200, w.as("user", "GET", "/scaling-groups/default/wsproxy-version", "").status)
		assert.Equal(w.T, 404, w.as("user", "GET", "/scaling-groups/other/wsproxy-version", "").status)
	})
}
