package main

import (
	"crypto/tls"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLocalNames(t *testing.T) {
	for name, want := range map[string]bool{
		"127.0.0.1:8090": true, "127.0.0.1": true, "[::1]:8090": true, "[::1]": true, "192.168.1.2:80": true, "[fe80::1%25eth0]:80": true,
		"localhost": true, "LOCALHOST:8090": true, "localhost.:8090": true, "ui.localhost:8090": true, "": true,
		"evil.test": false, "evil.test:8090": false, "localhost.evil.test": false, "notlocalhost": false, "127.0.0.1.evil.test": false,
		"127.0.0.1@evil.test": false, "0x7f.1": false, "xn--localhost": false,
	} {
		assert.Equal(t, want, isLocalName(name), "%q", name)
	}
}

// askAs makes a request for a host at a server.
func askAs(t *testing.T, r *running, transport http.RoundTripper, path, host string, header http.Header) *http.Response {
	t.Helper()
	q, err := http.NewRequest("GET", r.ui+path, nil)
	require.NoError(t, err)
	q.Host = host
	if header != nil {
		q.Header = header
	}
	p, err := transport.RoundTrip(q)
	require.NoError(t, err)
	require.NoError(t, p.Body.Close())
	return p
}

func TestNamesOfOtherHostsAreNotAnsweredOnThisMachine(t *testing.T) {
	r := start(t, "--manager", stub(t).URL)
	for _, path := range []string{"/", "/func/", "/server/info", "/health"} {
		p := askAs(t, r, http.DefaultTransport, path, "evil.test", nil)
		assert.Equal(t, http.StatusMisdirectedRequest, p.StatusCode, path)
		assert.Equal(t, "no-store", p.Header.Get("Cache-Control"))
		p = askAs(t, r, http.DefaultTransport, path, "localhost", nil)
		assert.NotEqual(t, http.StatusMisdirectedRequest, p.StatusCode, path)
	}
	behind := start(t, "--manager", stub(t).URL, "--trusted-proxy", "127.0.0.1")
	p := askAs(t, behind, http.DefaultTransport, "/health", "ui.test", http.Header{"X-Forwarded-Proto": {"https"}})
	assert.Equal(t, http.StatusOK, p.StatusCode)
	assert.Equal(t, "max-age=31536000", p.Header.Get("Strict-Transport-Security"))
	p = askAs(t, behind, http.DefaultTransport, "/health", "ui.test", nil)
	assert.Empty(t, p.Header.Get("Strict-Transport-Security"))
}

func TestEveryAnswerOverTLSKeepsTheBrowserThere(t *testing.T) {
	certFile, keyFile, roots := certificate(t)
	r := start(t, "--manager", stub(t).URL, "--tls-cert", certFile, "--tls-key", keyFile)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	for _, path := range []string{"/", "/func/", "/func/x", "/server/info", "/nothing"} {
		p := askAs(t, r, transport, path, strings.TrimPrefix(r.ui, "https://"), nil)
		assert.Equal(t, []string{"max-age=31536000"}, p.Header["Strict-Transport-Security"], path)
	}
}
