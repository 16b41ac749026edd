package manager_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/store"
)

func TestSignedRequestsAreVerified(t *testing.T) {
	key := recordedKeys()["user"]
	type change = func(w *world, r *http.Request)
	resign := func(w *world, r *http.Request) { sign(w, r, key, w.now()) }
	table := map[string]struct {
		method, target string
		change         change
		status         int
		msg            string
	}{
		"as it should be":                 {"GET", "/auth/role", resign, 200, ""},
		"with a query":                    {"GET", "/auth?echo=a%20b&x", func(w *world, r *http.Request) { resign(w, r) }, 400, "Input validation error"},
		"with an encoded, non-ASCII path": {"GET", "/session/%ED%95%9C%EA%B8%80", resign, 404, "Session (id=한글) does not exist."},
		"HEAD where there is GET":         {"HEAD", "/auth/role", resign, 200, ""},
		"a host with another port": {"GET", "/auth/role", func(w *world, r *http.Request) {
			resign(w, r)
			r.Host = "127.0.0.1:1"
		}, 401, "Signature mismatch"},
		"another target": {"GET", "/auth/role?a=1", func(w *world, r *http.Request) {
			resign(w, r)
			r.RequestURI = "/auth/role?a=2"
		}, 401, "Signature mismatch"},
		"another method": {"GET", "/auth?echo=1", func(w *world, r *http.Request) {
			resign(w, r)
			r.Method = "POST"
		}, 401, "Signature mismatch"},
		"another content type": {"GET", "/auth/role", func(w *world, r *http.Request) {
			resign(w, r)
			r.Header.Set("Content-Type", "text/plain")
		}, 401, "Signature mismatch"},
		"another secret": {"GET", "/auth/role", func(w *world, r *http.Request) {
			sign(w, r, signing.KeyPair{AccessKey: key.AccessKey, SecretKey: "other"}, w.now())
		}, 401, "Signature mismatch"},
		"a method that nobody knows": {"GET", "/auth/role", func(w *world, r *http.Request) {
			resign(w, r)
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "SHA256", "MD2", 1))
		}, 400, "Unsupported signature method"},
		"another scheme": {"GET", "/auth/role", func(w *world, r *http.Request) {
			resign(w, r)
			r.Header.Set("Authorization", "Bearer x=1")
		}, 400, ""},
		"14 minutes behind": {"GET", "/auth/role", func(w *world, r *http.Request) { sign(w, r, key, w.now().Add(-14*time.Minute)) }, 200, ""},
		"15 minutes behind": {"GET", "/auth/role", func(w *world, r *http.Request) { sign(w, r, key, w.now().Add(-15*time.Minute)) }, 400, "Date/time sync error"},
		"15 minutes ahead":  {"GET", "/auth/role", func(w *world, r *http.Request) { sign(w, r, key, w.now().Add(15*time.Minute)) }, 400, "Date/time sync error"},
		"a date that is none": {"GET", "/auth/role", func(w *world, r *http.Request) {
			resign(w, r)
			r.Header.Set("Date", "yesterday")
		}, 400, "Date/time sync error"},
		"a browser's date header": {"GET", "/auth/role", func(w *world, r *http.Request) {
			resign(w, r)
			r.Header.Set("X-BackendAI-Date", r.Header.Get("Date"))
			r.Header.Del("Date")
		}, 200, ""},
		"more headers than anybody sends": {"GET", "/auth/role", func(w *world, r *http.Request) {
			r.Header.Set("X-Long", strings.Repeat("a", 40<<10))
		}, 431, "The request headers are larger than 32 KiB."},
		"a path that is not plain":      {"GET", "/auth//role", resign, 404, ""},
		"a path that climbs":            {"GET", "/auth/../auth/role", resign, 404, ""},
		"a path that ends with a slash": {"GET", "/auth/role/", resign, 404, ""},
	}
	inWorld(t, func(w *world) {
		for name, test := range table {
			r := newRequest(test.method, test.target, nil)
			test.change(w, r)
			got := w.send(r)
			assert.Equal(w.T, test.status, got.status, "%s: %s", name, got.body)
			if test.msg != "" {
				assert.Equal(w.T, test.msg, got.text(w, "msg"), name)
			}
		}
	})
}

func TestRoutesNeedASignatureUnlessTheyAreOpen(t *testing.T) {
	open := map[string]bool{"GET /": true, "POST /auth/authorize": true, "GET /config/resource-slots": true,
		"GET /config/resource-slots/details": true, "GET /config/vfolder-types": true, "GET /manager/status": true,
		"GET /manager/announcement": true}
	inWorld(t, func(w *world) {
		for _, path := range []string{"/", "/auth", "/auth/test", "/auth/authorize", "/auth/role", "/admin/gql", "/admin/graphql",
			"/session", "/session/_/create", "/session/_/match", "/session/a", "/session/a/logs", "/session/a/rename",
			"/session/a/interrupt", "/session/a/start-service", "/session/a/shutdown-service", "/stream/session/a/apps",
			"/stream/session/a/httpproxy", "/stream/session/a/tcpproxy", "/events/session", "/events/background-task", "/resource/presets", "/resource/check-presets",
			"/session/a/imagify", "/session/a/commit", "/session/a/files", "/session/a/upload", "/session/a/download", "/session/a/download_single", "/session/a/dependency-graph",
			"/session/a/abusing-report", "/session/a/direct-access-info", "/session/_/transit-status",
			"/scaling-groups", "/config/resource-slots", "/config/resource-slots/details", "/config/vfolder-types",
			"/manager/status", "/manager/announcement"} {
			for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
				r := newRequest(method, path, nil)
				r.Header.Set("Date", w.now().Format(time.RFC3339))
				got := w.send(r)
				if open[method+" "+path] {
					assert.NotEqual(w.T, 405, got.status, "%s %s", method, path)
					continue
				}
				assert.Contains(w.T, []int{401, 405}, got.status, "%s %s", method, path)
			}
		}
	})
}

func TestSigningInWithAPassword(t *testing.T) {
	body := func(username, password, domain string) string {
		return `{"type": "keypair", "domain": "` + domain + `", "username": "` + username + `", "password": "` + password + `", "otp": "1"}`
	}
	table := map[string]struct {
		body   string
		status int
		msg    string
	}{
		"right":          {body("user@lablup.com", "C8qnIo29", "default"), 200, ""},
		"wrong password": {body("user@lablup.com", "C8qnIo28", "default"), 401, "User credential mismatch."},
		"wrong domain":   {body("user@lablup.com", "C8qnIo29", "other"), 401, "User credential mismatch."},
		"another kind":   {strings.Replace(body("user@lablup.com", "C8qnIo29", "default"), "keypair", "jwt", 1), 400, "Unsupported authorization type"},
		"a body of 2 MB": {`{"type": "` + strings.Repeat("a", 2<<20) + `"}`, 413, "The request body is larger than 1024 KiB."},
	}
	inWorld(t, func(w *world) {
		for name, test := range table {
			got := w.send(newRequest("POST", "/auth/authorize", strings.NewReader(test.body)))
			assert.Equal(w.T, test.status, got.status, "%s: %s", name, got.body)
			if test.msg != "" {
				assert.Equal(w.T, test.msg, got.text(w, "msg"), name)
				continue
			}
			assert.Equal(w.T, recordedKeys()["user"].SecretKey, got.text(w, "data", "secret_key"))
			assert.Equal(w.T, "no-store", got.header.Get("Cache-Control"))
		}
	})
}

func TestPasswordsAreNotGuessedAtTheManager(t *testing.T) {
	inWorld(t, func(w *world) {
		try := func(from, password string) answer {
			r := newRequest("POST", "/auth/authorize", strings.NewReader(`{"type": "keypair", "domain": "default", "username": "user@lablup.com", "password": "`+password+`"}`))
			r.RemoteAddr = "127.0.0.1:1"
			r.Header.Set("X-Forwarded-For", from)
			return w.send(r)
		}
		for range 10 {
			require.Equal(w.T, 401, try("192.0.2.7", "wrong").status)
		}
		blocked := try("192.0.2.7", "C8qnIo29")
		assert.Equal(w.T, 429, blocked.status)
		assert.Equal(w.T, "1200", blocked.header.Get("Retry-After"))
		assert.Equal(w.T, 200, try("192.0.2.8", "C8qnIo29").status, "from elsewhere the same person can sign in")
		w.set(w.now().Add(20 * time.Minute))
		assert.Equal(w.T, 200, try("192.0.2.7", "C8qnIo29").status)
	})
}

func TestTheRateLimitRolls(t *testing.T) {
	inWorld(t, func(w *world) {
		exhaust(w)
		assert.Equal(w.T, 429, w.as("monitor", "GET", "/auth/role", "").status)
		w.set(w.now().Add(899 * time.Second))
		assert.Equal(w.T, 429, w.as("monitor", "GET", "/auth/role", "").status)
		w.set(w.now().Add(time.Second))
		got := w.as("monitor", "GET", "/auth/role", "")
		assert.Equal(w.T, 200, got.status)
		assert.Equal(w.T, "2", got.header.Get("X-RateLimit-Remaining"), "the refused call a second ago still counts")
		assert.Equal(w.T, 200, w.as("user", "GET", "/auth/role", "").status, "others are not concerned")
	})
}

func TestUseOfAKeyPairIsCounted(t *testing.T) {
	inWorld(t, func(w *world) {
		for range 3 {
			w.as("user", "GET", "/auth/role", "")
		}
		w.stop()
		pair, err := w.store.KeyPair(w.Context(), recordedKeys()["user"].AccessKey)
		require.NoError(w, err)
		assert.Equal(w.T, 3, pair.NumQueries)
		assert.Equal(w.T, w.now(), pair.LastUsed)
		w.start()
	})
}

func TestRolesInAProject(t *testing.T) {
	inWorld(t, func(w *world) {
		projects, _, err := w.store.Projects(w.Context(), store.ProjectQuery{})
		require.NoError(w, err)
		got := w.as("user", "GET", "/auth/role?group="+projects[0].ID, "")
		assert.Equal(w.T, "user", got.text(w, "group_role"))
		got = w.as("user", "GET", "/auth/role?group=nothing", "")
		assert.Equal(w.T, 404, got.status)
		assert.Equal(w.T, 404, w.as("user", "GET", "/scaling-groups?group=nothing", "").status)
		assert.Equal(w.T, 400, w.as("user", "GET", "/scaling-groups", "").status)
		got = w.as("user", "GET", "/scaling-groups?group="+projects[0].ID, "")
		assert.Equal(w.T, 200, got.status, "by id too")
	})
}

func TestPagesOfOtherOriginsMayReadAnswersAndRefusals(t *testing.T) {
	inWorld(t, func(w *world) {
		r := newRequest("GET", "/auth/role", nil)
		r.Header.Set("Origin", "http://page.example")
		got := w.send(r)
		assert.Equal(w.T, 400, got.status)
		assert.Equal(w.T, "http://page.example", got.header.Get("Access-Control-Allow-Origin"))
		assert.Equal(w.T, "*", got.header.Get("Access-Control-Expose-Headers"))
		assert.Equal(w.T, "Origin", got.header.Get("Vary"))
		assert.Empty(w.T, got.header.Get("Access-Control-Allow-Credentials"))

		r = newRequest("OPTIONS", "/session/a", nil)
		r.Header.Set("Origin", "http://page.example")
		r.Header.Set("Access-Control-Request-Method", "PUT")
		got = w.send(r)
		assert.Empty(w.T, got.header.Get("Access-Control-Allow-Methods"), "there is no PUT")
		got = w.send(newRequest("OPTIONS", "/session/a", nil))
		assert.Equal(w.T, "DELETE,GET,PATCH,POST,OPTIONS", got.header.Get("Allow"))
		assert.Equal(w.T, 404, w.send(newRequest("OPTIONS", "/nothing", nil)).status)
	})
}
