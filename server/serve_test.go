package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/accounts"
)

func TestServingAnotherManager(t *testing.T) {
	manager := stub(t)
	r := start(t, "--manager", manager.URL, "--allow-endpoint", "http://other.test:8081")
	assert.Equal(t, manager.URL, r.manager)

	p, body := r.get("/func/")
	assert.Equal(t, http.StatusOK, p.StatusCode)
	assert.JSONEq(t, `{"version": "v8.20240915", "manager": "24.09.14"}`, body)

	_, body = r.get("/server/info")
	assert.Contains(t, body, `"embedded":false`)
	assert.Contains(t, body, `"url":"http://other.test:8081"`)

	p, _ = r.get("/health")
	assert.Equal(t, http.StatusOK, p.StatusCode)
	require.NoError(t, r.stop())
	_, err := net.Dial("tcp", strings.TrimPrefix(r.ui, "http://"))
	assert.Error(t, err, "the port is free again")
}

func TestAManagerThatIsDownIsWaitedFor(t *testing.T) {
	// An address on which nobody listens yet.
	reserved, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := reserved.Addr().String()
	require.NoError(t, reserved.Close())

	r, ended := launch(t, "--manager", "http://"+address)
	select {
	case <-r.log.matching("the manager does not answer"):
	case err := <-ended:
		require.Fail(t, "the server ended", "%v", err)
	case <-time.After(patience):
		require.Fail(t, "no warning")
	}
	listener, err := net.Listen("tcp", address)
	require.NoError(t, err)
	late := &http.Server{Handler: stub(t).Config.Handler}
	go late.Serve(listener)
	defer late.Close()
	select {
	case line := <-r.out.matching("ready: "):
		assert.Contains(t, line, "manager=http://"+address)
	case <-time.After(patience):
		require.Fail(t, "never ready")
	}
}

func TestWhatIsNoManagerEndsTheStart(t *testing.T) {
	answer := func(contentType, body string, status int) *httptest.Server {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "https://elsewhere.test/")
			w.WriteHeader(status)
			io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s
	}
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	for name, test := range map[string]struct{ manager, want string }{
		"a web page":               {answer("text/html", "<html>", 200).URL, "is this the address of a web page?"},
		"other JSON":               {answer("application/json", `{"hello": 1}`, 200).URL, "it is no Backend.AI manager"},
		"a redirect":               {answer("text/plain", "", 302).URL, "it redirects to https://elsewhere.test/"},
		"an error":                 {answer("application/json", `{}`, 404).URL, "status 404"},
		"TLS without a scheme":     {"http" + strings.TrimPrefix(secure.URL, "https"), "write https:// in --manager"},
		"plain HTTP called secure": {"https" + strings.TrimPrefix(answer("text/html", "", 200).URL, "http"), "write http:// in --manager"},
		"an unknown authority":     {secure.URL, "--manager-ca FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			r, ended := launch(t, "--manager", test.manager)
			select {
			case err := <-ended:
				require.ErrorContains(t, err, test.want)
				assert.NotContains(t, err.Error(), "\n", "one line")
			case <-time.After(patience):
				require.Fail(t, "the server goes on", "%s", r.log)
			}
			r.stop = func() error { return nil } // it has ended
			t.Log(r.out)
		})
	}
}

func TestStartsThatFailSayWhy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	manager := stub(t).URL
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"port in use":                  {[]string{"--listen", taken.Addr().String(), "--manager", manager}, "another program listens on"},
		"manager's port in use":        {[]string{"--manager-listen", taken.Addr().String()}, "choose another port with --manager-listen"},
		"a data folder that is a file": {[]string{"--data", file, "--manager", manager}, "choose another with --data"},
		"no such certificate":          {[]string{"--tls-cert", file, "--tls-key", file, "--manager", manager}, "the certificate of --tls-cert and --tls-key cannot be used"},
		"no such authority":            {[]string{"--manager-ca", file + "x", "--manager", manager}, "--manager-ca"},
		"an authority that is none":    {[]string{"--manager-ca", file, "--manager", manager}, "holds no PEM certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			r, ended := launch(t, test.args...)
			select {
			case err := <-ended:
				require.ErrorContains(t, err, test.want)
			case <-time.After(patience):
				require.Fail(t, "the server goes on")
			}
			r.stop = func() error { return nil }
		})
	}
}

func TestServingOverTLS(t *testing.T) {
	certFile, keyFile, roots := certificate(t)
	r := start(t, "--manager", stub(t).URL, "--tls-cert", certFile, "--tls-key", keyFile)
	assert.True(t, strings.HasPrefix(r.ui, "https://127.0.0.1:"), r.ui)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	p, _ := request(t, &http.Client{Transport: transport}, "GET", r.ui+"/not/a/page", "", http.Header{"Accept": {"text/html"}})
	assert.Equal(t, 2, p.ProtoMajor)
	p, _ = request(t, &http.Client{Transport: transport}, "POST", r.ui+"/server/logout", "", nil)
	assert.Contains(t, p.Header.Get("Set-Cookie"), "; Secure")
}

// certificate makes one for 127.0.0.1 that signs itself.
func certificate(t *testing.T) (certFile, keyFile string, roots *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certFile, keyFile = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	require.NoError(t, os.WriteFile(certFile, certPEM, 0o600))
	require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
	roots = x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(certPEM))
	return certFile, keyFile, roots
}

func TestRequestsThatAreTooMuch(t *testing.T) {
	r := start(t, "--manager", stub(t).URL)
	raw := func(request string) string {
		connection, err := net.Dial("tcp", strings.TrimPrefix(r.ui, "http://"))
		require.NoError(t, err)
		defer connection.Close()
		_, err = io.WriteString(connection, request)
		require.NoError(t, err)
		status, err := bufio.NewReader(connection).ReadString('\n')
		require.NoError(t, err)
		return strings.TrimSpace(status)
	}
	const end = "Host: x\r\n\r\n"
	assert.Equal(t, "HTTP/1.1 431 Request Header Fields Too Large", raw("GET / HTTP/1.1\r\nX-Large: "+strings.Repeat("a", 128<<10)+"\r\n"+end))
	assert.Equal(t, "HTTP/1.1 400 Bad Request", raw("GET / HTTP/1.1\r\nX-Folded: a\r\n b: c\x00\r\n"+end))
	assert.Equal(t, "HTTP/1.1 400 Bad Request", raw("POST /func/x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n"+end))
	assert.Equal(t, "HTTP/1.1 400 Bad Request", raw("GET / HTTP/1.1\r\nHost: a\r\n"+end))
}

func TestTheWholeServerWithItsDemonstration(t *testing.T) {
	data := t.TempDir()
	r := start(t, "--demo", "--data", data)
	info, err := os.Stat(filepath.Join(data, accountsFile))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	kept, err := readAccounts(filepath.Join(data, accountsFile))
	require.NoError(t, err)
	require.Len(t, kept, 3)
	for _, account := range kept {
		assert.Contains(t, r.out.String(), account.Password, "printed at the first start")
		assert.NotContains(t, r.log.String(), account.Password)
		assert.NotContains(t, r.log.String(), account.SecretKey)
	}

	cookie := signIn(t, r.ui, kept[0])
	wanted := demoSessions()
	require.Eventually(t, func() bool {
		there := demoStatuses(t, r.ui, cookie)
		return len(there) == len(wanted) && there["demo-training"] == "RUNNING" && there["demo-console"] == "RUNNING" &&
			there["demo-report"] == "TERMINATED" && there["demo-broken"] == "TERMINATED" && there["demo-reserved"] == "PENDING" && there["demo-shell"] == "RUNNING"
	}, patience, 100*time.Millisecond, "the sessions of the demonstration")
	require.NoError(t, r.stop())
	assert.Contains(t, r.out.String(), "Still running: 3 kernels.")

	again := start(t, "--demo", "--data", data)
	assert.NotContains(t, again.out.String(), kept[0].Password, "printed once")
	select {
	case <-again.log.matching("the demonstration is complete"):
	case <-time.After(patience):
		require.Fail(t, "the demonstration did not end", "%s", again.log)
	}
	there := demoStatuses(t, again.ui, cookie)
	assert.Len(t, there, len(wanted), "none is started twice, and the sign-in of the first run still holds")
	assert.Equal(t, "RUNNING", there["demo-training"], "it went on while the server was away")

	assert.Equal(t, exitFailure, run([]string{"end", "--data", data}, nil, io.Discard, io.Discard), "a server uses the folder")
	require.NoError(t, again.stop())

	var said strings.Builder
	assert.Zero(t, run([]string{"end", "--data", data}, nil, &said, &said))
	assert.Equal(t, "kernels ended: 3\n", said.String())

	last := start(t, "--data", data)
	destroy(t, last.ui, cookie, "demo-reserved", kept)
	require.Eventually(t, func() bool {
		for _, status := range demoStatuses(t, last.ui, cookie) {
			if status != "TERMINATED" && status != "CANCELLED" {
				return false
			}
		}
		return true
	}, patience, 100*time.Millisecond, "all sessions end")
}

func signIn(t *testing.T, ui string, account accounts.Account) string {
	t.Helper()
	p, body := request(t, http.DefaultClient, "POST", ui+"/server/login", fmt.Sprintf(`{"username": %q, "password": %q}`, account.Email, account.Password), nil)
	require.Equal(t, http.StatusOK, p.StatusCode, body)
	require.Contains(t, body, `"authenticated":true`)
	return strings.SplitN(p.Header.Get("Set-Cookie"), ";", 2)[0]
}

// demoStatuses lists the sessions by name.
func demoStatuses(t *testing.T, ui, cookie string) map[string]string {
	t.Helper()
	const query = `{"query": "{ compute_session_list(limit: 50, offset: 0) { items { name status } } }"}`
	p, body := request(t, http.DefaultClient, "POST", ui+"/func/admin/gql", query, http.Header{"Cookie": {cookie}, "Content-Type": {"application/json"}})
	require.Equal(t, http.StatusOK, p.StatusCode, body)
	var answer struct {
		Data struct {
			List struct {
				Items []struct{ Name, Status string }
			} `json:"compute_session_list"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	statuses := map[string]string{}
	for _, item := range answer.Data.List.Items {
		statuses[item.Name] = item.Status
	}
	return statuses
}

// destroy ends a session for its owner.
func destroy(t *testing.T, ui, cookie, name string, kept []accounts.Account) {
	t.Helper()
	owner := kept[0]
	for _, demo := range demoSessions() {
		for _, account := range kept {
			if demo.name == name && account.Role == demo.owner {
				owner = account
			}
		}
	}
	p, body := request(t, http.DefaultClient, "DELETE", ui+"/func/session/"+name+"?forced=true&owner_access_key="+owner.AccessKey, "", http.Header{"Cookie": {cookie}})
	require.Less(t, p.StatusCode, 300, body)
}

func TestConnectionsThatNobodyUsesDoNotDelayTheStop(t *testing.T) {
	r := start(t, "--manager", stub(t).URL)
	unused, err := net.Dial("tcp", strings.TrimPrefix(r.ui, "http://"))
	require.NoError(t, err)
	defer unused.Close()
	r.get("/health") // the server has seen the one before
	began := time.Now()
	require.NoError(t, r.stop())
	assert.Less(t, time.Since(began), drain/2)
}

func TestTwoServersDoNotShareAFolder(t *testing.T) {
	manager, data := stub(t).URL, t.TempDir()
	start(t, "--manager", manager, "--data", data)
	second, ended := launch(t, "--manager", manager, "--data", data)
	select {
	case err := <-ended:
		assert.ErrorContains(t, err, "another server uses the folder "+data)
	case <-time.After(patience):
		require.Fail(t, "the second server goes on")
	}
	second.stop = func() error { return nil }
}

func TestTheDemonstrationFitsOnOneCore(t *testing.T) {
	stay, once := 0.0, 0.0
	for _, s := range demoSessions() {
		cores, ok := s.cpu.(float64)
		require.True(t, ok, s.name)
		switch {
		case s.in > 0: // in a month
		case s.once: // one after the other, if need be
			once = max(once, cores)
		default:
			stay += cores
		}
	}
	assert.LessOrEqual(t, stay+once, 1.001)
}
