package gateway

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// encodeBody is the client's half of the payload encoding.
func encodeBody(t *testing.T, endpoint, iv, body string) string {
	t.Helper()
	key := (base64.StdEncoding.EncodeToString([]byte(endpoint)) + iv + iv)[:32]
	block, err := aes.NewCipher([]byte(key))
	require.NoError(t, err)
	padding := aes.BlockSize - len(body)%aes.BlockSize
	plain := append([]byte(body), bytes.Repeat([]byte{byte(padding)}, padding)...)
	cipher.NewCBCEncrypter(block, []byte(iv)).CryptBlocks(plain, plain)
	return iv + ":" + base64.StdEncoding.EncodeToString(plain)
}

func TestPayloadEncodingVectors(t *testing.T) {
	tests := []struct{ endpoint, sent, want string }{
		{"http://127.0.0.1:8090", "ABCDEFGHabcdefgh:HrIU1Li38Qyf8ljm7f0e5EcgBtDOsdgwl3nDGo+NLe5TUV8sxVjnALPlifgj6yNI6slLCDosfXgBns5EUsEjlQ==", `{"username":"user@example.test","password":"p@ss"}`},
		{"https://h.test", "0123456789abcdef:8/h4COCEbloX6c4ZgMgYtw==", `{}`},
	}
	for _, test := range tests {
		plain, err := decodeBody(test.endpoint, []byte(test.sent))
		require.NoError(t, err)
		assert.Equal(t, test.want, string(plain))
		assert.Equal(t, test.sent, encodeBody(t, test.endpoint, test.sent[:ivLength], test.want))
	}
	for name, sent := range map[string]string{
		"nothing":              "",
		"no vector":            "8/h4COCEbloX6c4ZgMgYtw==",
		"a short vector":       "0123:8/h4COCEbloX6c4ZgMgYtw==",
		"no base64":            "0123456789abcdef:%%%%",
		"no body":              "0123456789abcdef:",
		"half a block":         "0123456789abcdef:8/h4COA=",
		"another vector":       "0123456789abcdeF:8/h4COCEbloX6c4ZgMgYtw==",
		"a cut last block":     "ABCDEFGHabcdefgh:HrIU1Li38Qyf8ljm7f0e5EcgBtDOsdgwl3nDGo+NLe4=",
		"another one's cipher": "0123456789abcdef:HrIU1Li38Qyf8ljm7f0e5A==",
	} {
		_, err := decodeBody("https://h.test", []byte(sent))
		assert.ErrorIs(t, err, errEncoded, name)
	}
}

func FuzzDecodeBody(f *testing.F) {
	f.Add("https://h.test", []byte("0123456789abcdef:8/h4COCEbloX6c4ZgMgYtw=="))
	f.Add("", []byte(":"))
	f.Fuzz(func(t *testing.T, endpoint string, body []byte) {
		plain, err := decodeBody(endpoint, body)
		if err == nil {
			assert.Less(t, len(plain), len(body))
		}
	})
}

func TestSignInsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	first := openSignins(t, dir)
	in, err := first.create(Account{AccessKey: accessKey, SecretKey: secretKey, Role: "user", Status: "active"})
	require.NoError(t, err)
	require.NoError(t, first.Close())

	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 1)
	assert.NotContains(t, files[0].Name(), in.token, "the name of the file opens nothing")
	info, err := files[0].Info()
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	content, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	require.NoError(t, err)
	for _, secret := range []string{accessKey, secretKey, "user", in.token} {
		assert.NotContains(t, string(content), secret)
	}

	second := openSignins(t, dir)
	found := second.find(in.token)
	require.NotNil(t, found)
	assert.Equal(t, in.account, found.account)
	assert.WithinDuration(t, in.deadline, found.deadline, time.Millisecond)
	assert.Same(t, found, second.find(in.token))
	require.NoError(t, second.end(in.token))
	assert.Nil(t, second.find(in.token))
}

func TestDamagedRecordsOpenForNobody(t *testing.T) {
	for name, damage := range map[string]func(t *testing.T, path string){
		"a bit":          func(t *testing.T, path string) { change(t, path, func(b []byte) []byte { b[len(b)/2] ^= 1; return b }) },
		"cut":            func(t *testing.T, path string) { change(t, path, func(b []byte) []byte { return b[:len(b)/2] }) },
		"empty":          func(t *testing.T, path string) { change(t, path, func(b []byte) []byte { return nil }) },
		"of another one": func(t *testing.T, path string) { change(t, path, func([]byte) []byte { return another(t) }) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			signins := openSignins(t, dir)
			in, err := signins.create(Account{AccessKey: accessKey})
			require.NoError(t, err)
			files, err := os.ReadDir(dir)
			require.NoError(t, err)
			damage(t, filepath.Join(dir, files[0].Name()))
			require.NoError(t, signins.Close())
			assert.Nil(t, openSignins(t, dir).find(in.token))
			files, err = os.ReadDir(dir)
			require.NoError(t, err)
			assert.Empty(t, files, "it is removed")
		})
	}
	t.Run("another key", func(t *testing.T) {
		dir := t.TempDir()
		signins := openSignins(t, dir)
		in, err := signins.create(Account{AccessKey: accessKey})
		require.NoError(t, err)
		require.NoError(t, signins.Close())
		other, err := OpenSignins(dir, bytes.Repeat([]byte{8}, keySize), time.Hour, time.Hour, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		defer other.Close()
		assert.Nil(t, other.find(in.token))
	})
}

func change(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, f(content), 0o600))
}

// another is a good record, of another sign-in with the same key.
func another(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	_, err := openSignins(t, dir).create(Account{AccessKey: accessKey})
	require.NoError(t, err)
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(dir, files[0].Name()))
	require.NoError(t, err)
	return content
}

func TestLimitsOfASignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		signins, err := OpenSignins(dir, testKey(), time.Hour, 10*time.Hour, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		idle, err := signins.create(Account{AccessKey: accessKey})
		require.NoError(t, err)
		used, err := signins.create(Account{AccessKey: accessKey})
		require.NoError(t, err)

		for range 9 {
			time.Sleep(59 * time.Minute)
			require.NotNil(t, signins.find(used.token))
		}
		assert.Nil(t, signins.find(idle.token), "not used for an hour")
		assert.Error(t, idle.ctx.Err())
		assert.NotNil(t, signins.find(used.token))

		require.NoError(t, signins.Close())
		again, err := OpenSignins(dir, testKey(), time.Hour, 10*time.Hour, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		defer again.Close()
		kept := again.find(used.token)
		require.NotNil(t, kept, "its use was written down")
		assert.Nil(t, again.find(idle.token))

		time.Sleep(58 * time.Minute)
		require.NotNil(t, again.find(used.token))
		time.Sleep(58 * time.Minute)
		assert.Nil(t, again.find(used.token), "ten hours are over, though it was used")
		assert.Error(t, kept.ctx.Err(), "what streams for it has ended")

		_, err = again.create(Account{AccessKey: accessKey})
		require.NoError(t, err)
		files, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, files, 1, "what has expired is removed")
	})
}

func TestAFolderIsForOneProcess(t *testing.T) {
	dir := t.TempDir()
	first := openSignins(t, dir)
	_, err := OpenSignins(dir, testKey(), time.Hour, time.Hour, slog.New(slog.DiscardHandler))
	assert.ErrorIs(t, err, ErrInUse)
	require.NoError(t, first.Close())
	openSignins(t, dir)
}

func TestTheKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "signin.key")
	made, err := KeyFile(path)
	require.NoError(t, err)
	assert.Len(t, made, keySize)
	read, err := KeyFile(path)
	require.NoError(t, err)
	assert.Equal(t, made, read)

	require.NoError(t, os.Chmod(path, 0o644))
	_, err = KeyFile(path)
	assert.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.WriteFile(path, []byte("short"), 0o600))
	require.NoError(t, os.Chmod(path, 0o600))
	_, err = KeyFile(path)
	assert.ErrorContains(t, err, "does not hold a key")
	_, err = KeyFile(filepath.Join(path, "below a file"))
	assert.Error(t, err)
}

func TestPeers(t *testing.T) {
	trusting := Peers{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	tests := map[string]struct {
		peers  Peers
		remote string
		header map[string]string
		client string
		secure bool
		host   string
	}{
		"nobody is trusted": {Peers{}, "10.0.0.1:1", map[string]string{"X-Forwarded-For": "1.1.1.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "h"}, "10.0.0.1", false, "own"},
		"a stranger":        {trusting, "9.9.9.9:1", map[string]string{"X-Forwarded-For": "1.1.1.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "h"}, "9.9.9.9", false, "own"},
		"a trusted proxy":   {trusting, "10.0.0.1:1", map[string]string{"X-Forwarded-For": "1.1.1.1", "X-Forwarded-Proto": "HTTPS", "X-Forwarded-Host": "h"}, "1.1.1.1", true, "h"},
		"a chain":           {trusting, "10.0.0.1:1", map[string]string{"X-Forwarded-For": "6.6.6.6, 1.1.1.1,10.0.0.2"}, "1.1.1.1", false, "own"},
		"a forged start":    {trusting, "10.0.0.1:1", map[string]string{"X-Forwarded-For": "nonsense, 1.1.1.1"}, "1.1.1.1", false, "own"},
		"nonsense":          {trusting, "10.0.0.1:1", map[string]string{"X-Forwarded-For": "unknown"}, "10.0.0.1", false, "own"},
		"mapped addresses":  {trusting, "[::ffff:10.0.0.1]:1", map[string]string{"X-Forwarded-For": "::ffff:1.1.1.1"}, "1.1.1.1", false, "own"},
		"a zone":            {trusting, "[fe80::1%eth0]:1", nil, "fe80::1", false, "own"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host, r.RemoteAddr = "own", test.remote
			for name, value := range test.header {
				r.Header.Set(name, value)
			}
			assert.Equal(t, test.client, test.peers.Client(r).String())
			assert.Equal(t, test.secure, test.peers.Secure(r))
			assert.Equal(t, test.host, test.peers.Host(r))
		})
	}
}

func TestTheHostCannotBreakOutOfTheConfiguration(t *testing.T) {
	f := start(t, nil)
	r := httptest.NewRequest("GET", "/config.toml", nil)
	r.Host = "x\"\nevil = \"y"
	w := httptest.NewRecorder()
	f.gateway.ServeHTTP(w, r)
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Body.String(), `apiEndpoint = "http://x\"\nevil = \"y"`)
}
