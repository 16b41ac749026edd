package settings

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/store"
)

func TestDotfilesAreKeptWithinLimits(t *testing.T) {
	w := newWorld(t)
	const at = "/user-config/dotfiles"
	file := func(path, permission, data string) string {
		return fmt.Sprintf(`{"path": %q, "permission": %q, "data": %q}`, path, permission, data)
	}
	for _, step := range []struct {
		name, method, target, body string
		status                     int
		answer                     string
	}{
		{"none at first, as recorded", "GET", at, "", 200, `[]`},
		{"one is added", "POST", at, file(".vimrc", "644", "set nu"), 200, `{}`},
		{"the list says permission", "GET", at, "", 200, `[{"path":".vimrc","permission":"644","data":"set nu"}]`},
		{"the single one says perm", "GET", at + "?path=.vimrc", "", 200, `{"path":".vimrc","perm":"644","data":"set nu"}`},
		{"the same again", "POST", at, file(".vimrc", "644", ""), 400, "Dotfile already exists"},
		{"another content", "PATCH", at, file(".vimrc", "600", "x"), 200, `{}`},
		{"one that is not there", "PATCH", at, file(".other", "600", "x"), 404, "No such dotfile."},
		{"a path that sessions make", "POST", at, file(".ssh/authorized_keys", "600", "x"), 400, "reserved"},
		{"a path that climbs", "POST", at, file("../x", "600", "x"), 400, "below the home directory"},
		{"a path from the root", "POST", at, file("/etc/passwd", "600", "x"), 400, "below the home directory"},
		{"a path that is not plain", "POST", at, file("a/../../x", "600", "x"), 400, "below the home directory"},
		{"a permission that is none", "POST", at, file("a", "9", "x"), 400, "permission"},
		{"too long", "POST", at, file("a", "600", strings.Repeat("x", 65537)), 400, "data"},
		{"no room beside the others", "POST", at, file("a", "600", strings.Repeat("x", 65530)), 400, "No leftover space"},
		{"deleted", "DELETE", at + "?path=.vimrc", `{"path": ".vimrc"}`, 200, `{"success":true}`},
		{"deleted twice", "DELETE", at, `{"path": ".vimrc"}`, 404, "No such dotfile."},
		{"not there", "GET", at + "?path=.vimrc", "", 404, "No such dotfile."},
	} {
		status, body := w.call("user", step.method, step.target, step.body)
		assert.Equal(t, step.status, status, "%s: %s", step.name, body)
		assert.Contains(t, body, step.answer, step.name)
	}
	for n := range 101 {
		status, _ := w.call("user", "POST", at, file(fmt.Sprintf("f%d", n), "600", ""))
		assert.Equal(t, map[bool]int{true: 200, false: 400}[n < 100], status)
	}
}

func TestWhoseDotfilesOneMayReadAndWrite(t *testing.T) {
	w := newWorld(t)
	for _, line := range []struct {
		target                                  string // what is given besides the file
		super, admin, user, user2, far, farBoss string // r: reads, w: also writes, -: neither
	}{
		{"/user-config/dotfiles owner_access_key AK-user", "w", "w", "w", "-", "-", "-"},
		{"/user-config/dotfiles owner_access_key AK-super", "w", "-", "-", "-", "-", "-"},
		{"/group-config/dotfiles group " + projectID, "w", "w", "r", "r", "-", "-"},
		{"/domain-config/dotfiles domain default", "w", "w", "r", "r", "-", "-"},
		{"/domain-config/dotfiles domain far", "w", "-", "-", "-", "r", "w"},
	} {
		part := strings.Fields(line.target)
		for user, want := range map[string]string{"super": line.super, "admin": line.admin, "user": line.user, "user2": line.user2, "far": line.far, "far-admin": line.farBoss} {
			read, body := w.call(user, "GET", part[0]+"?"+part[1]+"="+part[2], "")
			write, _ := w.call(user, "POST", part[0], fmt.Sprintf(`{"path": ".of-%s", "permission": "600", "data": "", %q: %q}`, user, part[1], part[2]))
			got := "-"
			if read == http.StatusOK {
				got = "r"
			}
			if write == http.StatusOK {
				got = "w"
			}
			assert.Equal(t, want, got, "%s as %s: %s", line.target, user, body)
		}
	}
	status, _ := w.call("user", "GET", "/group-config/dotfiles?group=default&domain=default", "")
	assert.Equal(t, 200, status, "by name within a domain")
	status, body := w.call("user", "GET", "/group-config/dotfiles?group=default", "")
	assert.Equal(t, 400, status, body)
}

func TestTheBootstrapScriptIsTrimmed(t *testing.T) {
	w := newWorld(t)
	_, body := w.call("user", "GET", "/user-config/bootstrap-script", "")
	assert.Equal(t, `""`, body)
	_, body = w.call("user", "POST", "/user-config/bootstrap-script", `{"script": "\n#!/bin/sh\necho <1>\n"}`)
	assert.Equal(t, `{}`, body)
	_, body = w.call("user", "GET", "/user-config/bootstrap-script", "")
	assert.Equal(t, `"#!/bin/sh\necho <1>"`, body)
	_, body = w.call("user2", "GET", "/user-config/bootstrap-script", "")
	assert.Equal(t, `""`, body, "each key pair has its own")
	status, _ := w.call("user", "POST", "/user-config/bootstrap-script", `{"script": "`+strings.Repeat("x", 65537)+`"}`)
	assert.Equal(t, 400, status)
}

func TestSSHKeysAreMadeAndBrought(t *testing.T) {
	w := newWorld(t)
	_, body := w.call("user", "GET", "/auth/ssh-keypair", "")
	assert.Equal(t, `{"ssh_public_key":null}`, body, "as recorded")
	_, body = w.call("user", "PATCH", "/auth/ssh-keypair", "")
	made := object(t, body)
	assert.True(t, strings.HasPrefix(made["ssh_public_key"].(string), "ssh-rsa "))
	_, body = w.call("user", "GET", "/auth/ssh-keypair", "")
	assert.Equal(t, map[string]any{"ssh_public_key": made["ssh_public_key"]}, object(t, body), "the private one is not told again")
	_, body = w.call("user", "POST", "/auth/ssh-keypair", `{"pubkey": "ssh-ed25519 A \n\n", "privkey": "PEM"}`)
	assert.Equal(t, `{"ssh_public_key":"ssh-ed25519 A\n","ssh_private_key":"PEM\n"}`, body)
	kept, err := w.store.SSHKeys(t.Context(), "AK-user")
	require.NoError(t, err)
	assert.Equal(t, store.SSHKeys{Public: "ssh-ed25519 A\n", Private: "PEM\n"}, kept)
	status, _ := w.call("user", "POST", "/auth/ssh-keypair", `{"pubkey": "x"}`)
	assert.Equal(t, 400, status)
}

func TestSettingsByKeyAreForSuperadmins(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/config/get", "/config/set", "/config/delete", "/manager/announcement", "/manager/scheduler/operation"} {
		for _, user := range []string{"user", "admin", "far-admin"} {
			status, _ := w.call(user, "POST", path, `{"key": "config/a", "value": "1"}`)
			assert.Equal(t, 401, status, "%s as %s", path, user)
		}
	}
	status, _ := w.call("admin", "PUT", "/manager/status", `{"status": "frozen"}`)
	assert.Equal(t, 401, status)
	for _, step := range []struct{ path, body, answer string }{
		{"get", `{"key": "config/a"}`, `{"result":null}`},
		{"get", `{"key": "config/a", "prefix": true}`, `{"result":{}}`},
		{"set", `{"key": "config/a", "value": {"b": {"c": "1"}, "d": 2, "e": true, "f": null}}`, `{"result":"ok"}`},
		{"set", `{"key": "/config/ab", "value": "x"}`, `{"result":"ok"}`},
		{"set", `{"key": "config/a/b", "value": "own"}`, `{"result":"ok"}`},
		{"get", `{"key": "config/a/d"}`, `{"result":"2"}`},
		{"get", `{"key": "config/a", "prefix": true}`, `{"result":{"b":{"":"own","c":"1"},"d":"2","e":"True","f":""}}`},
		{"get", `{"key": "config", "prefix": true}`, `{"result":{"a":{"b":{"":"own","c":"1"},"d":"2","e":"True","f":""},"ab":"x"}}`},
		{"delete", `{"key": "config/a", "prefix": true}`, `{"result":"ok"}`},
		{"get", `{"key": "config", "prefix": true}`, `{"result":{"ab":"x"}}`},
		{"delete", `{"key": "config/ab"}`, `{"result":"ok"}`},
		{"get", `{"key": "config/ab"}`, `{"result":null}`},
	} {
		status, body := w.call("super", "POST", "/config/"+step.path, step.body)
		assert.Equal(t, 200, status, step.body)
		assert.JSONEq(t, step.answer, body, step.body)
	}
	many := make([]string, 17)
	for i := range many {
		many[i] = fmt.Sprintf(`"k%d": 1`, i)
	}
	for _, body := range []string{`{"key": "a", "value": {` + strings.Join(many, ",") + `}}`, `{"key": "a", "value": [1]}`, `{"key": "a"}`, `{"value": 1}`, `x`} {
		status, _ := w.call("super", "POST", "/config/set", body)
		assert.Equal(t, 400, status, body)
	}
}

func TestTheManagerIsFrozenAndAnnounces(t *testing.T) {
	w := newWorld(t)
	_, body := w.call("nobody", "GET", "/manager/announcement", "")
	assert.Equal(t, `{"enabled":false,"message":""}`, body, "as recorded")
	for _, step := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/manager/announcement", `{"enabled": true, "message": ""}`, 400},
		{"POST", "/manager/announcement", `{"message": "x"}`, 400},
		{"POST", "/manager/announcement", `{"enabled": true, "message": "Tonight"}`, 204},
		{"PUT", "/manager/status", `{"status": "terminated"}`, 400},
		{"PUT", "/manager/status", `{"status": "frozen"}`, 204},
		{"POST", "/manager/scheduler/operation", `{"op": "exclude-agents", "args": ["i-1"]}`, 204},
		{"POST", "/manager/scheduler/operation", `{"op": "exclude-agents", "args": ["i-2"]}`, 404},
		{"POST", "/manager/scheduler/operation", `{"op": "stop", "args": []}`, 400},
	} {
		status, body := w.call("super", step.method, step.path, step.body)
		assert.Equal(t, step.status, status, "%s: %s", step.body, body)
	}
	_, body = w.call("nobody", "GET", "/manager/announcement", "")
	assert.Equal(t, `{"enabled":true,"message":"Tonight"}`, body)
	value, _, err := w.store.Setting(t.Context(), store.StatusSetting)
	require.NoError(t, err)
	assert.Equal(t, store.StatusFrozen, value)
	agents, _, err := w.store.Agents(t.Context(), store.AgentQuery{})
	require.NoError(t, err)
	assert.False(t, agents[0].Schedulable)
	assert.Zero(t, w.ended)
	w.call("super", "PUT", "/manager/status", `{"status": "frozen", "force_kill": true}`)
	assert.Equal(t, 1, w.ended)
	_, body = w.call("super", "POST", "/manager/announcement", `{"enabled": false}`)
	assert.Empty(t, body)
	_, body = w.call("nobody", "GET", "/manager/announcement", "")
	assert.Equal(t, `{"enabled":false,"message":""}`, body)
	assert.Equal(t, 503, Frozen().Status)
}

const template = `[{"template": {"api_version": "v1", "kind": "taskTemplate", "metadata": {"name": "t"}, "spec": {"kernel": {"image": "python"}}}}]`

func TestTemplatesInJSONAndYAML(t *testing.T) {
	w := newWorld(t)
	add := func(user, payload string) (int, string) {
		return w.call(user, "POST", "/template/session", fmt.Sprintf(`{"group": %q, "payload": %q}`, w.users[user].DomainName, payload))
	}
	status, body := add("user", template)
	require.Equal(t, 200, status, body)
	var id string
	_, err := fmt.Sscanf(body, `[{"id":"%32s","user":"iduser"}]`, &id)
	require.NoError(t, err, body)
	status, body = add("super", strings.Replace(strings.Replace(template, `"api_version": "v1"`, `"again": [&a {"x": "y"}, *a]`, 1), `"name": "t"`, `"name": "z"`, 1))
	require.Equal(t, 200, status, body)
	_, superID, _ := strings.Cut(body, `"id":"`)
	superID = superID[:32]
	status, body = add("far", "- name: y\n  template:\n    kind: task_template\n    metadata: {name: t}\n    spec:\n      kernel: {image: python}\n")
	require.Equal(t, 200, status, body)

	_, body = w.call("user", "GET", "/template/session/"+id, "")
	assert.JSONEq(t, `{"template": {"api_version": "v1", "kind": "taskTemplate", "metadata": {"name": "t"}, "spec": {"kernel": {"image": "python"}}},
		"name": "t", "user_uuid": "id-user", "group_id": "`+projectID+`", "domain_name": "default"}`, body)
	for user, want := range map[string]string{"user": "t", "user2": "t", "admin": "t", "super": "t y", "far": "y", "far-admin": "y"} {
		_, body := w.call(user, "GET", "/template/session", "")
		names := []string{}
		for _, name := range []string{"t", "y"} {
			if strings.Contains(body, `{"name":"`+name+`","id":`) {
				names = append(names, name)
			}
		}
		assert.Equal(t, want, strings.Join(names, " "), user)
	}
	change := fmt.Sprintf(`{"payload": %q}`, strings.Replace(template, `"name": "t"`, `"name": "u"`, 1))
	for user, want := range map[string]int{"user2": 404, "far": 404, "far-admin": 404, "user": 200} {
		status, body := w.call(user, "PUT", "/template/session/"+id, change)
		assert.Equal(t, want, status, "%s: %s", user, body)
	}
	for _, user := range []string{"user2", "far", "far-admin"} {
		status, _ := w.call(user, "DELETE", "/template/session/"+id, "")
		assert.Equal(t, 404, status, user)
	}
	// What a superadmin starts is not a domain admin's to write.
	status, _ = w.call("admin", "GET", "/template/session/"+superID, "")
	assert.Equal(t, 200, status)
	for method, body := range map[string]string{"PUT": change, "DELETE": ""} {
		status, _ = w.call("admin", method, "/template/session/"+superID, body)
		assert.Equal(t, 404, status, method)
	}
	_, body = w.call("admin", "DELETE", "/template/session/"+id, "")
	assert.Equal(t, `{"success":true}`, body)
	for _, id := range []string{id, "none"} {
		status, _ = w.call("user", "GET", "/template/session/"+id, "")
		assert.Equal(t, 404, status)
	}
	for name, payload := range map[string]string{"no YAML": "{", "a text": "hello", "another kind": strings.Replace(template, "taskTemplate", "other", 1),
		"no image": strings.Replace(template, "python", "", 1), "no name": strings.Replace(template, `"name": "t"`, "", 1),
		"for another user":      strings.Replace(template, `[{`, `[{"user_uuid": "`+farID+`", `, 1),
		"for another's project": strings.Replace(template, `[{`, `[{"group_id": "`+farID+`", `, 1), "numbers as keys": "- {1: 2}",
		"a long text, again and again": strings.Replace(template, `"api_version": "v1"`,
			`"text": &a "`+strings.Repeat("x", 100<<10)+`", "again": [`+strings.Repeat("*a, ", 100)+`"end"]`, 1),
		"itself": strings.Replace(template, `"api_version": "v1"`, `"again": &a [*a]`, 1)} {
		status, body := add("user", payload)
		assert.Equal(t, 400, status, "%s: %s", name, body)
	}
}

func TestNobodyFillsTheListOfTemplates(t *testing.T) {
	w := newWorld(t)
	add := func(user, payload string) (int, string) {
		return w.call(user, "POST", "/template/session", fmt.Sprintf(`{"group": "default", "payload": %q}`, payload))
	}
	one := strings.Trim(template, "[]")
	status, body := add("user", strings.Replace(template, "python", strings.Repeat("x", maxTemplate), 1))
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "A session template has 65536 bytes at most.")
	status, body = add("user", "["+strings.Repeat(one+",", maxTemplates-1)+one+"]")
	require.Equal(t, 200, status, body)
	status, body = add("user", template)
	assert.Equal(t, 400, status)
	assert.Contains(t, body, "There are 100 session templates at most; delete some.")
	status, _ = add("user2", template)
	assert.Equal(t, 200, status, "somebody else")
	status, _ = add("super", "["+strings.Repeat(one+",", maxTemplates)+one+"]")
	assert.Equal(t, 400, status)
	status, _ = add("super", template)
	assert.Equal(t, 200, status, "nothing was kept of too many")
}

func FuzzPayload(f *testing.F) {
	f.Add(template)
	f.Add("- template:\n    kind: taskTemplate")
	f.Add("&a [*a, *a]")
	f.Fuzz(func(t *testing.T, text string) {
		documents, err := payloadOf(text)
		if err != nil {
			return
		}
		for _, d := range documents {
			require.NotEmpty(t, d.Name)
			require.NotEmpty(t, d.Template)
		}
	})
}
