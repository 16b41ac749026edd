package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/accounts"
)

// person is somebody who is signed in at the web interface.
type person struct {
	*running
	cookie string
}

// as signs in with the account of a role.
func (r *running) as(data, role string) person {
	r.t.Helper()
	kept, err := readAccounts(filepath.Join(data, accountsFile))
	require.NoError(r.t, err)
	for _, account := range kept {
		if string(account.Role) == role {
			return person{r, signIn(r.t, r.ui, account)}
		}
	}
	require.Fail(r.t, "no such account", role)
	return person{}
}

// call asks the manager through the web interface and reads its answer into into,
// unless that is nil.
func (p person) call(method, path, body string, into any) {
	p.t.Helper()
	response, answer := request(p.t, http.DefaultClient, method, p.ui+"/func"+path, body,
		http.Header{"Cookie": {p.cookie}, "Content-Type": {"application/json"}})
	require.Less(p.t, response.StatusCode, 300, "%s %s: %s", method, path, answer)
	if into != nil {
		require.NoError(p.t, json.Unmarshal([]byte(answer), into), answer)
	}
}

// ticket is the right to one transfer.
type ticket struct{ Token, URL string }

// upload stores a file in a folder, as a client does, in pieces of size bytes.
func (p person) upload(folder, path, content string, size int) {
	p.t.Helper()
	var t ticket
	p.call(http.MethodPost, "/folders/"+folder+"/request-upload", fmt.Sprintf(`{"path": %q, "size": %d}`, path, len(content)), &t)
	for offset := 0; offset < len(content); offset += size {
		piece := content[offset:min(offset+size, len(content))]
		response, answer := request(p.t, http.DefaultClient, http.MethodPatch, t.address(), piece, http.Header{
			"Tus-Resumable": {"1.0.0"}, "Upload-Offset": {fmt.Sprint(offset)}, "Content-Type": {"application/offset+octet-stream"}})
		require.Equal(p.t, http.StatusNoContent, response.StatusCode, answer)
		require.Equal(p.t, fmt.Sprint(offset+len(piece)), response.Header.Get("Upload-Offset"))
	}
}

func (t ticket) address() string { return t.URL + "?token=" + url.QueryEscape(t.Token) }

// download reads a file of a folder.
func (p person) download(folder, path string) (*http.Response, string) {
	p.t.Helper()
	var t ticket
	p.call(http.MethodPost, "/folders/"+folder+"/request-download", fmt.Sprintf(`{"path": %q}`, path), &t)
	return request(p.t, http.DefaultClient, http.MethodGet, t.address(), "", nil)
}

func TestFilesGoInAndOutThroughTheWebInterface(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--data", data)
	p := r.as(data, "user")
	p.call(http.MethodPost, "/folders", `{"name": "data"}`, nil)
	content := strings.Repeat("0123456789abcdef", 1<<16) // 1 MiB
	p.upload("data", "dir/파일.txt", content, 300_000)

	response, got := p.download("data", "dir/파일.txt")
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Equal(t, content, got)
	assert.Equal(t, r.ui, "http://"+response.Request.URL.Host, "by the address that the browser knows")
	assert.Contains(t, response.Header.Get("Content-Disposition"), "attachment")
	assert.Contains(t, response.Header.Get("Content-Security-Policy"), "sandbox")
	assert.Empty(t, response.Header.Get("Access-Control-Allow-Origin"))

	// A program that talks to the manager itself is sent to the manager, as ever.
	kept, err := readAccounts(filepath.Join(data, accountsFile))
	require.NoError(t, err)
	var direct ticket
	answer := signed(t, kept[len(kept)-1], r.manager, http.MethodPost, "/folders/data/request-download", `{"path": "dir/파일.txt"}`)
	require.NoError(t, json.Unmarshal([]byte(answer), &direct), answer)
	assert.Equal(t, r.manager+"/storage/download", direct.URL)
}

// signed asks a manager with the key pair of an account.
func signed(t *testing.T, account accounts.Account, manager, method, path, body string) string {
	t.Helper()
	r := signing.Request{Method: method, Target: path, Date: signing.FormatDate(time.Now()), Host: strings.TrimPrefix(manager, "http://"),
		ContentType: "application/json", Version: "v8.20240915"}
	authorization, err := signing.KeyPair{AccessKey: account.AccessKey, SecretKey: account.SecretKey}.Authorization(r)
	require.NoError(t, err)
	response, answer := request(t, http.DefaultClient, method, manager+path, body, http.Header{"Authorization": {authorization},
		"Date": {r.Date}, "Content-Type": {r.ContentType}, "X-Backendai-Version": {r.Version}})
	require.Less(t, response.StatusCode, 300, answer)
	return answer
}
