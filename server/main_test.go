package main

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/node"
)

func TestCommandLines(t *testing.T) {
	tests := map[string]struct {
		args     []string
		code     int
		out, err string
	}{
		"nothing":              {nil, exitUsage, "", "Usage: baiui COMMAND"},
		"help":                 {[]string{"help"}, 0, "Usage: baiui COMMAND", ""},
		"help as a flag":       {[]string{"--help"}, 0, "Usage: baiui COMMAND", ""},
		"help of serve":        {[]string{"serve", "--help"}, 0, "--manager-listen HOST:PORT", ""},
		"version":              {[]string{"version"}, 0, "baiui ", ""},
		"version as a flag":    {[]string{"--version"}, 0, "baiui ", ""},
		"version of something": {[]string{"version", "x"}, exitUsage, "", "takes no arguments"},
		"config":               {[]string{"config", "--demo"}, 0, "demo = true", ""},
		"an unknown command":   {[]string{"server"}, exitUsage, "", `no command "server"`},
		"an unknown flag":      {[]string{"serve", "--dta", "x"}, exitUsage, "", `did you mean "--data"?`},
		"an unusable value":    {[]string{"serve", "--listen", "x"}, exitUsage, "", `listen (from command line): "x" is not an address`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			assert.Equal(t, test.code, run(test.args, nil, &out, &errOut))
			assert.Contains(t, out.String(), test.out)
			assert.Contains(t, errOut.String(), test.err)
			if test.err == "" {
				assert.Empty(t, errOut.String())
			}
		})
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	var out bytes.Buffer
	for _, format := range []string{"text", "json"} {
		log := newLog(&out, config.Config{LogFormat: format})
		log.Info("m", "password", "hidden", "Secret-Key", "hidden", "token", "hidden", "Cookie", "hidden", "authorization", "hidden",
			"signin_key", "hidden", slog.Group("request", "access_token", "hidden", "path", "/shown"), "user", "shown")
	}
	assert.NotContains(t, out.String(), "hidden")
	assert.Contains(t, out.String(), "(redacted)")
	assert.Contains(t, out.String(), "request.path=/shown")
	assert.Contains(t, out.String(), `"user":"shown"`)
}

func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	var out bytes.Buffer
	log := newLog(&out, config.Config{LogFormat: "text", LogLevel: slog.LevelDebug})
	w := httptest.NewRecorder()
	guard(log, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })).ServeHTTP(w, httptest.NewRequest("GET", "/x?secret=1", nil))
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.NotContains(t, w.Body.String(), "broken")
	assert.Contains(t, out.String(), "cause=broken")
	assert.NotContains(t, out.String(), "secret=1")

	assert.PanicsWithValue(t, http.ErrAbortHandler, func() {
		guard(log, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	})

	out.Reset()
	guard(log, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(418) })).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/tea?secret=1", nil))
	assert.Contains(t, out.String(), "path=/tea status=418")
	assert.NotContains(t, out.String(), "secret")
}

func TestUnisolatedSessionsStayOnThisMachine(t *testing.T) {
	here, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer here.Close()
	everywhere, err := net.Listen("tcp", ":0")
	require.NoError(t, err)
	defer everywhere.Close()
	none := node.Info{Isolation: node.IsolationNone, Reason: "user namespaces are forbidden"}
	isolated := node.Info{Isolation: node.IsolationNamespaces}

	assert.NoError(t, checkIsolation(config.Config{}, none, here, here))
	assert.NoError(t, checkIsolation(config.Config{}, isolated, everywhere, everywhere))
	assert.NoError(t, checkIsolation(config.Config{AllowUnisolatedSessions: true}, none, everywhere, here))
	for _, pair := range [][]net.Listener{{everywhere, here}, {here, everywhere}} {
		err := checkIsolation(config.Config{}, none, pair...)
		require.ErrorContains(t, err, "user namespaces are forbidden")
		assert.ErrorContains(t, err, "--allow-unisolated-sessions")
	}
}

func TestListenersSayWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, err = listen("manager-listen", taken.Addr().String())
	assert.ErrorContains(t, err, "choose another port with --manager-listen")
	_, err = listen("listen", "192.0.2.1:0")
	assert.ErrorContains(t, err, "is not an address of this machine")
	_, err = listen("listen", "no.such.host.invalid:80")
	assert.ErrorContains(t, err, "--listen")

	everywhere, err := net.Listen("tcp", ":0")
	require.NoError(t, err)
	defer everywhere.Close()
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, baseURL("http", everywhere))
	six, err := net.Listen("tcp", "[::1]:0")
	if errors.Is(err, nil) {
		defer six.Close()
		assert.Regexp(t, `^https://\[::1\]:\d+$`, baseURL("https", six))
	}
}

func TestDescription(t *testing.T) {
	manager, err := config.ParseEndpoint("https://m.test/base")
	require.NoError(t, err)
	info, origins := describe(manager, false, []string{"http://other.test:8081"})
	assert.Equal(t, "https://m.test/base", info.Manager)
	assert.False(t, info.Embedded)
	assert.Equal(t, []string{"https://m.test", "http://other.test:8081"}, origins, "a policy's paths would match exactly")
	require.Len(t, info.Endpoints, 2)
	assert.Equal(t, "https://m.test/base", info.Endpoints[0].URL)
	assert.Equal(t, "other.test:8081", info.Endpoints[1].Label)
}

func TestDoctor(t *testing.T) {
	var out bytes.Buffer
	err := report(&out, []finding{{what: "a", is: "good"}, {what: "b", is: "weak", advice: "do this"}, {what: "c", is: "bad", advice: "do that", fatal: true}})
	assert.ErrorContains(t, err, "1 of 3 checks failed")
	assert.Regexp(t, `(?s)ok +a +good.*note +b +weak.*→ do this.*FAIL +c +bad.*→ do that`, out.String())

	file := t.TempDir() + "/file"
	require.NoError(t, writeAccounts(file, nil))
	assert.True(t, checkData(file+"/below").fatal)
	assert.False(t, checkData(t.TempDir()+"/to/be/made").fatal)
	assert.False(t, checkPort("listen", "127.0.0.1:0").fatal)
	assert.Contains(t, checkPort("listen", ":0").is, "other machines")

	manager := stub(t)
	assert.Contains(t, checkManager(t.Context(), config.Config{Manager: manager.URL}).is, "release 24.09.14")
	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		w.Write([]byte(`{"version": "v8.20240915", "manager": "24.09.14"}`))
	}))
	defer late.Close()
	assert.Regexp(t, `clock is (1h0m0s|59m5\ds) behind the manager's`, checkManager(t.Context(), config.Config{Manager: late.URL}).advice)

	manager.Close()
	down := checkManager(t.Context(), config.Config{Manager: manager.URL})
	assert.False(t, down.fatal)
	assert.Contains(t, down.advice, "waits for it")
	assert.True(t, checkManager(t.Context(), config.Config{Manager: manager.URL, ManagerCA: file}).fatal)
	assert.True(t, checkCertificate(config.Config{TLSCert: file, TLSKey: file}).fatal)
}
