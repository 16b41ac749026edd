//go:build linux

package node

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAKernelHasAFileBrowserOverItsHomeAndMounts(t *testing.T) {
	l := openNode(t, Options{})
	folder := folder(t)
	spec := shell("k1", "echo mine > file; ln -s /etc/passwd away; echo up; exec sleep 1000")
	spec.Mounts = []Mount{{Source: folder, Target: "/home/work/folder"}, {Source: folder, Target: "/mnt/other", ReadOnly: true}}
	require.NoError(t, l.Create(t.Context(), spec))
	waitLog(t, l, "k1", "up")
	client := through(l, "k1", BrowsePort)
	get := func(query string) (int, string) {
		response, err := client.Get("http://kernel/" + query)
		require.NoError(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(body)
	}
	status, page := get("")
	assert.Equal(t, http.StatusOK, status)
	for _, part := range []string{">file<", ">folder/<", "?at=mnt"} {
		assert.Contains(t, page, part)
	}
	for query, want := range map[string]string{"?at=work/file": "mine\n", "?at=work/folder/file": "from outside\n", "?at=mnt∕other/file": "from outside\n"} {
		status, content := get(query)
		assert.Equal(t, http.StatusOK, status, query)
		assert.Equal(t, want, content)
	}
	status, _ = get("?at=work/away")
	assert.Equal(t, http.StatusForbidden, status)

	for _, test := range []struct {
		at     string
		status int
	}{{"mnt∕other", http.StatusForbidden}, {"work/folder", http.StatusOK}} {
		response, err := client.Post("http://kernel/?do=folder&at="+test.at, "application/x-www-form-urlencoded", strings.NewReader("to=new"))
		require.NoError(t, err)
		response.Body.Close()
		assert.Equal(t, test.status, response.StatusCode, test.at)
	}
	require.NoError(t, l.StartService(t.Context(), "k1", Service{
		Name: "owners", Command: []string{"stat", "-c", "%U", "folder/file", "folder/sub", "folder/new"},
	}))
	eventually(t, "what it made is the user's, as the rest", func() bool {
		log, err := l.ServiceLog(t.Context(), "k1", "owners", 0)
		return err == nil && string(log) == "work\nwork\nwork\n"
	})
}
