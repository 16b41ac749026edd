package main

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/accounts"
)

// marked is part of everything that this test writes and that is nobody's business.
const marked = "hush-hush"

// TestNothingSecretIsLoggedAtAnyLevel sends secrets to every place that takes one,
// rightly and wrongly, and looks for them in the most talkative log there is.
func TestNothingSecretIsLoggedAtAnyLevel(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--data", data, "--log-level", "debug")
	kept, err := readAccounts(filepath.Join(data, accountsFile))
	require.NoError(t, err)
	owner := kept[len(kept)-1]
	cookie := signIn(t, r.ui, owner)
	secrets := []string{marked, strings.SplitN(cookie, "=", 2)[1]}
	for _, account := range kept {
		secrets = append(secrets, account.Password, account.SecretKey)
	}

	json := []string{"Content-Type", "application/json"}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, q := range []struct {
		method, path, body string
		headers            []string
	}{
		{"POST", "/server/login", fmt.Sprintf(`{"username": %q, "password": %q}`, owner.Email, marked), json},
		{"POST", "/server/login", fmt.Sprintf(`{"username": %q, "password": 7, "otp": %q}`, owner.Email, marked), json},
		{"POST", "/server/login", `{"password": "` + marked, json},
		{"POST", "/server/login", "username=" + owner.Email + "&password=" + marked, form},
		{"POST", "/server/login", "password=%" + marked, form},
		{"POST", "/server/login?password=" + marked, marked, append(json, "X-BackendAI-Encoded", "true")},
		{"POST", "/server/login", `{}`, append(json, "Origin", "http://"+marked)},
		{"POST", "/server/login-check", "", []string{"Cookie", cookie, "X-BackendAI-SessionID", marked}},
		{"POST", "/server/login-check", "", []string{"X-BackendAI-SessionID", strings.SplitN(cookie, "=", 2)[1]}},
		{"POST", "/server/extend-login-session", "", []string{"Cookie", cookie}},
		{"POST", "/server/update-password-no-auth", fmt.Sprintf(`{"username": %q, "current_password": %q, "new_password": %[2]q}`, owner.Email, marked), json},
		{"GET", "/?signin=" + marked + "&next=" + marked, "", []string{"Cookie", "baiui_lang=" + marked + "; " + cookie}},
		{"GET", "/func/auth?sToken=" + marked, "", []string{"Cookie", cookie, "Authorization", marked}},
		{"GET", "/func/auth/role", "", []string{"Cookie", "AIOHTTP_SESSION=" + marked}},
		{"POST", "/func/auth/update-password", fmt.Sprintf(`{"old_password": %q, "new_password": %[1]q, "new_password2": %[1]q}`, marked), append(json, "Cookie", cookie)},
		{"POST", "/func/auth/authorize", fmt.Sprintf(`{"type": "keypair", "domain": "default", "username": "x", "password": %q}`, marked), append(json, "Cookie", cookie)},
		{"POST", "/func/admin/gql", `{"query": "query($a: String) { keypair(access_key: $a) { ` + marked + ` } }", "variables": {"a": "` + marked + `"}}`, append(json, "Cookie", cookie)},
		{"POST", "/func/admin/gql", `{"query": "{ keypair { secret_key } }"}`, append(json, "Cookie", cookie)},
		{"PUT", "/func/folders/_/tus?token=" + marked, marked, []string{"Cookie", cookie}},
		{"POST", "/server/logout?token=" + marked, "", nil},
	} {
		header := http.Header{}
		for i := 0; i+1 < len(q.headers); i += 2 {
			header.Set(q.headers[i], q.headers[i+1])
		}
		request(t, &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, q.method, r.ui+q.path, q.body, header)
	}
	// The manager itself, which other clients reach without the gateway.
	for _, authorization := range []string{marked, "BackendAI signMethod=HMAC-SHA256, credential=" + owner.AccessKey + ":" + marked} {
		request(t, http.DefaultClient, "GET", r.manager+"/auth?token="+marked, "", http.Header{"Authorization": {authorization}, "Date": {signing.FormatDate(time.Now())}, "X-Backendai-Version": {"v8.20240915"}})
	}
	runMarked(t, r, owner)

	lookAtModes(t, data)
	require.NoError(t, r.stop())
	for _, secret := range secrets {
		assert.NotContains(t, r.log.String(), secret)
	}
	assert.Contains(t, r.log.String(), "level=DEBUG", "the log is the talkative one")
}

// runMarked runs a session whose environment, command and bootstrap script are
// secret, to its end.
func runMarked(t *testing.T, r *running, owner accounts.Account) {
	t.Helper()
	c, err := client.New(client.Config{Mode: model.ModeAPI, Endpoint: r.manager, KeyPair: signing.KeyPair{AccessKey: owner.AccessKey, SecretKey: owner.SecretKey}})
	require.NoError(t, err)
	image, architecture, err := demoImage(t.Context(), c)
	require.NoError(t, err)
	cookie := signIn(t, r.ui, owner)
	body := fmt.Sprintf(`{"name": "quiet-session", "image": %q, "architecture": %q, "type": "batch", "group": "default", "domain": "default", "startupCommand": "echo %s; exit 1", "bootstrap_script": %[4]q,
		"config": {"scaling_group": "default", "resources": {"cpu": 0.2, "mem": "128m"}, "environ": {"API_TOKEN": "%[3]s"}}, "enqueueOnly": true}`, image, architecture, marked,
		base64.StdEncoding.EncodeToString([]byte("echo "+marked)))
	p, answer := request(t, http.DefaultClient, "POST", r.ui+"/func/session", body, http.Header{"Cookie": {cookie}, "Content-Type": {"application/json"}})
	require.Less(t, p.StatusCode, 300, answer)
	require.Eventually(t, func() bool { return demoStatuses(t, r.ui, cookie)["quiet-session"] == "TERMINATED" }, patience, 50*time.Millisecond)
}

// lookAtModes checks that nobody else can read what a running server keeps, also
// where the folder itself is open because somebody made it in advance.
func lookAtModes(t *testing.T, data string) {
	t.Helper()
	entries, err := os.ReadDir(data)
	require.NoError(t, err)
	var names []string
	for _, entry := range entries {
		info, err := entry.Info()
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, "%s is %v", entry.Name(), info.Mode())
		names = append(names, entry.Name())
	}
	assert.Subset(t, names, []string{"accounts.json", "manager.db", "manager.db-wal", "node", "signin.key", "signins"})
}

func TestASecretInAFileThatOthersCanReadIsWarnedOf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baiui.toml")
	require.NoError(t, os.WriteFile(file, []byte(`signin-key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`), 0o600))
	for mode, want := range map[os.FileMode]bool{0o600: false, 0o640: true, 0o604: true} {
		require.NoError(t, os.Chmod(file, mode))
		r := start(t, "--manager", stub(t).URL, "--config", file)
		require.NoError(t, r.stop())
		assert.Equal(t, want, strings.Contains(r.log.String(), "chmod 600"), "%v", mode)
		assert.NotContains(t, r.log.String(), "AAAAAAAA")
	}
}
