package client

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOperations(t *testing.T) {
	for _, test := range []struct {
		name         string
		do           func(s *Sessions) error
		method, path string
		query, body  string
	}{
		{"rename", func(s *Sessions) error { return s.Rename(context.Background(), someSession, "other", "") },
			http.MethodPost, "/session/" + someSession + "/rename", "", `{"name":"other"}`},
		{"rename somebody else's", func(s *Sessions) error { return s.Rename(context.Background(), someSession, "other", "AK") },
			http.MethodPost, "/session/" + someSession + "/rename", "owner_access_key=AK", `{"name":"other"}`},
		{"restart", func(s *Sessions) error { return s.Restart(context.Background(), someSession, "") },
			http.MethodPatch, "/session/" + someSession, "", ""},
		{"interrupt", func(s *Sessions) error { return s.Interrupt(context.Background(), someSession, "") },
			http.MethodPost, "/session/" + someSession + "/interrupt", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, log := manager(t, old, answering(t, old, "session-rename"))
			require.NoError(t, test.do(newClient(t, server.URL).Sessions()), "an empty answer is a success")
			request, body := log.last(t)
			assert.Equal(t, test.method, request.Method)
			assert.Equal(t, test.path, request.URL.Path)
			assert.Equal(t, test.query, request.URL.RawQuery)
			assert.Equal(t, test.body, body)
		})
	}
	server, _ := manager(t, old, answering(t, old, "error-rename-taken"))
	failure(t, newClient(t, server.URL).Sessions().Rename(context.Background(), someSession, "taken", ""), KindServer)
	server, _ = manager(t, recent, answering(t, recent, "session-restart-PATCH"))
	assert.Error(t, newClient(t, server.URL).Sessions().Restart(context.Background(), someSession, ""))
}

// says is a handler that answers with JSON.
func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}
}

func TestImagify(t *testing.T) {
	server, log := manager(t, old, says(`{"task_id": "0a1b"}`))
	task, err := newClient(t, server.URL).Sessions().Imagify(context.Background(), someSession, "mine")
	require.NoError(t, err)
	assert.Equal(t, "0a1b", task)
	request, body := log.last(t)
	assert.Equal(t, "/session/"+someSession+"/imagify", request.URL.Path)
	assert.JSONEq(t, `{"image_name": "mine", "image_visibility": "user"}`, body)

	server, _ = manager(t, old, says(`{}`))
	_, err = newClient(t, server.URL).Sessions().Imagify(context.Background(), someSession, "mine")
	failure(t, err, KindBadAnswer)
}

func TestCommitStatus(t *testing.T) {
	server, _ := manager(t, old, answering(t, old, "session-commit-status"))
	status, err := newClient(t, server.URL).Sessions().CommitStatus(context.Background(), someSession)
	require.NoError(t, err)
	assert.Equal(t, "ready", status)
}

func TestCustomImages(t *testing.T) {
	server, _ := manager(t, old, says(`{"data": {"customized_images": [null,
		{"name": "stable/python", "registry": "cr.example", "tag": "3.9-customized_ab", "architecture": "x86_64", "size_bytes": 10737418240.0,
		 "labels": [{"key": "ai.backend.customized-image.name", "value": "mine"}]},
		{"name": "stable/python", "registry": "cr.example", "tag": "3.9-customized_cd", "size_bytes": null, "labels": null}]}}`))
	images, err := newClient(t, server.URL).CustomImages(context.Background())
	require.NoError(t, err)
	require.Len(t, images, 2)
	assert.Equal(t, CustomImage{Name: "cr.example/stable/python:3.9-customized_ab", Architecture: "x86_64", Customized: "mine", SizeBytes: 10 << 30}, images[0])
	assert.Equal(t, "cd", images[1].Customized, "without a label it is called by its id")
}

func TestCustomImageLimit(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         int
	}{
		{"a limit", `{"data": {"user_resource_policy": {"max_customized_image_count": 3}}}`, 3},
		{"none", `{"data": {"user_resource_policy": {"max_customized_image_count": null}}}`, -1},
		{"no policy", `{"data": {"user_resource_policy": null}}`, -1},
	} {
		t.Run(test.name, func(t *testing.T) {
			server, _ := manager(t, old, says(test.answer))
			limit, err := newClient(t, server.URL).CustomImageLimit(context.Background())
			require.NoError(t, err)
			assert.Equal(t, test.want, limit)
		})
	}
}
