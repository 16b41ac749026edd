//go:build !js

package client

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
)

func TestPathsOfApps(t *testing.T) {
	r := AppRequest{Session: "a b", App: "x&y"}
	assert.Equal(t, "/stream/session/a%20b/httpproxy?app=x%26y", r.TunnelPath())
	assert.Equal(t, "/stream/session/a%20b/apps", r.AppsPath())
	assert.Equal(t, "/session/a%20b/start-service", r.StartPath())
	r = AppRequest{Session: "s", App: "x", Port: 8081, Arguments: map[string]string{"--b": "1", "--a": ""}, Envs: map[string]string{"E": "v"}}
	assert.Equal(t, "/stream/session/s/httpproxy?app=x&arguments=%7B%22--a%22%3A%22%22%2C%22--b%22%3A%221%22%7D&envs=%7B%22E%22%3A%22v%22%7D&port=8081",
		r.TunnelPath(), "the same request always has the same text: it is signed")
	assert.Equal(t, "/scaling-groups/a%2Fb/wsproxy-version", ProxyVersionPath("a/b", ""))
	assert.Equal(t, "/scaling-groups/g/wsproxy-version?group=p", ProxyVersionPath("g", "p"))
}

func TestAppsAreAskedFor(t *testing.T) {
	answers := map[string]string{
		"GET /stream/session/s/apps":                  `[{"name": "ttyd", "protocol": "http", "ports": [7681]}]`,
		"POST /session/s/start-service":               `{"token": "t", "wsproxy_addr": "http://proxy"}`,
		"GET /scaling-groups/default/wsproxy-version": `{"wsproxy_version": "v2"}`,
		"POST /session/s/shutdown-service":            ``,
		"POST /session/s/download_single":             `bytes`,
	}
	server, log := manager(t, old, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer := answers[r.Method+" "+r.URL.Path]
		if answer == "" {
			w.WriteHeader(http.StatusNoContent)
		}
		_, _ = w.Write([]byte(answer))
	})
	c := newClient(t, server.URL)
	list, err := c.Sessions().Apps(t.Context(), "s")
	require.NoError(t, err)
	assert.Equal(t, []App{{Name: "ttyd", Protocol: "http", Ports: []int{7681}}}, list)

	access, err := c.Sessions().StartService(t.Context(), AppRequest{Session: "s", App: "x", Port: 2000, Arguments: map[string]string{"--a": "1"}})
	require.NoError(t, err)
	assert.Equal(t, ServiceAccess{Token: "t", Proxy: "http://proxy"}, access)
	_, body := log.last(t)
	assert.JSONEq(t, `{"app": "x", "port": 2000, "arguments": "{\"--a\":\"1\"}"}`, body)

	version, err := c.ProxyVersion(t.Context(), "default", "")
	require.NoError(t, err)
	assert.Equal(t, ProxyV2, version)
	require.NoError(t, c.Sessions().ShutdownService(t.Context(), "s", "x"))
	data, err := c.Sessions().File(t.Context(), "s", "id_container")
	require.NoError(t, err)
	assert.Equal(t, "bytes", string(data))
}

func TestSignaturesMadeBeforehand(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	server, _ := manager(t, old, func(http.ResponseWriter, *http.Request) {})
	c := newClient(t, server.URL, func(config *Config) { config.Now = func() time.Time { return now } })
	require.NoError(t, c.Connect(t.Context()))

	once, err := c.Presign(http.MethodGet, "/stream/session/s/apps", 0)
	require.NoError(t, err)
	require.Len(t, once, 1)
	assert.Equal(t, testKey.AccessKey, once[0].AccessKey())
	list, err := c.Presign(http.MethodPost, "/session/s/start-service", 12*time.Hour)
	require.NoError(t, err)
	for at := now; at.Before(now.Add(12 * time.Hour)); at = at.Add(time.Minute) {
		signed, ok := Nearest(list, at)
		require.True(t, ok, at)
		request := signing.Request{Method: "POST", Target: "/session/s/start-service", Date: signed.Date, Host: signedHost(c.base),
			ContentType: "application/json", Version: signed.Version}
		credential, err := signing.ParseAuthorization(signed.Authorization)
		require.NoError(t, err)
		require.NoError(t, credential.Verify(testKey.SecretKey, request))
		require.NoError(t, signing.CheckDate(signed.Date, at))
	}
	_, ok := Nearest(list, now.Add(13*time.Hour))
	assert.False(t, ok)
	_, ok = Nearest([]Signed{{Date: "never"}}, now)
	assert.False(t, ok)
	assert.Empty(t, Signed{Authorization: "Basic x"}.AccessKey())
}

func TestAClientOfSignaturesSendsNothingElse(t *testing.T) {
	server, log := manager(t, old, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`[]`))
	})
	owner := newClient(t, server.URL)
	require.NoError(t, owner.Connect(t.Context()))
	order := AppOrder{Session: "s", App: "x", Group: "default"}
	require.NoError(t, owner.SignOrder(t.Context(), &order))
	assert.Len(t, order.Signed, 4)
	text, err := json.Marshal(order)
	require.NoError(t, err)
	assert.NotContains(t, string(text), testKey.SecretKey)
	assert.Less(t, len(text), 32<<10, "it has to fit what a web server takes")

	c, err := New(Config{Mode: model.ModeAPI, Endpoint: server.URL, Presigned: func(method, path string) (Signed, bool) {
		return Nearest(order.Signed[method+" "+path], time.Now())
	}})
	require.NoError(t, err)
	_, err = c.Sessions().Apps(t.Context(), "s")
	require.NoError(t, err)
	r, _ := log.last(t)
	assert.Equal(t, order.Signed["GET /stream/session/s/apps"][0].Authorization, r.Header.Get("Authorization"))
	_, err = c.Sessions().Apps(t.Context(), "other")
	assert.Equal(t, KindForbidden, KindOf(err))
	_, err = c.Sessions().Tunnel(t.Context(), AppRequest{Session: "other", App: "x"})
	assert.Equal(t, KindForbidden, KindOf(err))

	cookies := newClient(t, server.URL, func(config *Config) { config.Mode = model.ModeSession })
	order.Signed = nil
	require.NoError(t, cookies.SignOrder(t.Context(), &order))
	assert.Empty(t, order.Signed, "in SESSION mode the web server signs")
}
