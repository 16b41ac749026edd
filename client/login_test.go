package client

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// webServer answers the sign-in calls with recorded answers.
func webServer(t *testing.T, version string, answers map[string]string) (*httptest.Server, *received) {
	t.Helper()
	log := &received{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.add(t, r)
		name, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		replay(t, w, version, name)
	}))
	t.Cleanup(server.Close)
	return server, log
}

func TestSignInRideAndSignOut(t *testing.T) {
	server, log := webServer(t, old, map[string]string{
		"/server/login": "web-login", "/server/login-check": "web-login-check", "/server/logout": "web-logout",
		"/func/": "web-func-root", "/func/admin/gql": "agent_list",
	})
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	httpc := &http.Client{Jar: jar}
	ctx := context.Background()

	result, err := Login(ctx, httpc, server.URL, "user@lablup.com", "secret")
	require.NoError(t, err)
	assert.Equal(t, LoginResult{AccessKey: "AKIANABBDUSEREXAMPLE", Role: model.RoleUser, Status: "active"}, result)
	_, body := log.last(t)
	assert.JSONEq(t, `{"username": "user@lablup.com", "password": "secret"}`, body)

	c := newClient(t, server.URL, inSession, func(config *Config) { config.HTTP = httpc })
	require.NoError(t, c.Query(ctx, "{agents{id}}", nil, nil))
	request, _ := log.last(t)
	cookie, err := request.Cookie("AIOHTTP_SESSION")
	require.NoError(t, err)
	assert.Equal(t, "recorded", cookie.Value)

	again, signedIn, err := LoginCheck(ctx, httpc, server.URL)
	require.NoError(t, err)
	assert.True(t, signedIn)
	assert.Equal(t, result, again)

	require.NoError(t, Logout(ctx, httpc, server.URL))
	request, _ = log.last(t)
	assert.Equal(t, "POST /server/logout", request.Method+" "+request.URL.Path)
}

func TestLoginCheckOfNobodyIsNoError(t *testing.T) {
	for _, version := range []string{old, recent} {
		server, _ := webServer(t, version, map[string]string{"/server/login-check": "web-login-check-before"})
		_, signedIn, err := LoginCheck(context.Background(), nil, server.URL)
		require.NoError(t, err)
		assert.False(t, signedIn)
	}
}

func TestWrongPassword(t *testing.T) {
	// 200 from older web servers, 401 from later ones.
	for _, version := range []string{old, recent} {
		server, _ := webServer(t, version, map[string]string{"/server/login": "web-login-wrong"})
		_, err := Login(context.Background(), nil, server.URL, "u", "wrong")
		e := failure(t, err, KindCredentials)
		assert.Equal(t, "User credential mismatch.", e.Message)
		assert.Equal(t, "auth-failed", e.Type)
	}
}

func TestOtherSignInFailures(t *testing.T) {
	const problems = "https://api.backend.ai/probs/"
	tests := []struct {
		name   string
		status int
		body   string
		kind   Kind
	}{
		{"a second factor is needed", 200, `{"authenticated": false, "data": {"type": "` + problems + `require-totp-authentication", "title": "OTP"}}`, KindSecondFactor},
		{"a second factor must be set up", 200, `{"authenticated": false, "data": {"type": "` + problems + `require-totp-registration", "title": "OTP"}}`, KindSecondFactor},
		{"the password has expired", 200, `{"authenticated": false, "data": {"type": "` + problems + `password-expired", "title": "x"}}`, KindPasswordExpired},
		{"a hook refuses", 200, `{"authenticated": false, "data": {"type": "` + problems + `rejected-by-hook", "title": "x"}}`, KindForbidden},
		{"no reason given", 200, `{"authenticated": false, "data": null}`, KindCredentials},
		{"signed in elsewhere", 409, `{"authenticated": false, "data": {"type": "x", "title": "active login session"}}`, KindConflict},
		{"blocked", 429, `{"type": "` + problems + `too-many-requests", "title": "blocked"}`, KindRateLimit},
		{"a field is missing", 400, `{"type": "` + problems + `invalid-api-params", "title": "x"}`, KindInvalid},
		{"the manager is down", 502, `{"type": "` + problems + `bad-gateway", "title": "x", "details": "refused"}`, KindUnavailable},
		{"an answer of another shape", 200, `{"authenticated": true, "data": 5}`, KindBadAnswer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			_, err := Login(context.Background(), nil, server.URL, "u", "p")
			assert.Equal(t, tt.kind, KindOf(err))
		})
	}
	_, err := Login(context.Background(), nil, "not an address", "u", "p")
	assert.Equal(t, KindInvalid, KindOf(err))
	assert.Equal(t, KindInvalid, KindOf(Logout(context.Background(), nil, "")))
}

func TestLoginOptions(t *testing.T) {
	server, log := webServer(t, old, map[string]string{"/server/login": "web-login"})
	logged := &entries{}
	_, err := Login(context.Background(), nil, server.URL, "u", "very secret", WithOTP("123456"), WithForce(),
		WithConfig(Config{Log: logged}))
	require.NoError(t, err)
	_, body := log.last(t)
	assert.JSONEq(t, `{"username": "u", "password": "very secret", "otp": "123456", "force": true}`, body)
	require.Len(t, logged.all(), 1)
	assert.JSONEq(t, `{"username": "u", "password": "***", "otp": "***", "force": true}`, logged.all()[0].RequestParameters)
}

func TestAnExpiredPasswordIsChanged(t *testing.T) {
	const problems = `{"data": {"type": "https://api.backend.ai/probs/`
	tests := []struct {
		name   string
		status int
		body   string
		kind   Kind
	}{
		{"changed", 200, `{"data": null, "password_changed_at": "2026-01-02T03:04:05+00:00"}`, KindUnknown},
		{"not accepted", 200, problems + `invalid-api-params", "title": "x", "details": "too short"}, "password_changed_at": null}`, KindInvalid},
		{"the present one is wrong", 200, problems + `auth-failed", "title": "x"}, "password_changed_at": null}`, KindCredentials},
		{"no reason given", 200, `{}`, KindInvalid},
		{"blocked", 429, `{"type": "https://api.backend.ai/probs/too-many-requests", "title": "blocked"}`, KindRateLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log := &received{}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				log.add(t, r)
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			logged := &entries{}
			err := ChangePassword(context.Background(), nil, server.URL, "u", "present", "next", WithConfig(Config{Log: logged}))
			if tt.kind == KindUnknown {
				require.NoError(t, err)
			} else {
				failure(t, err, tt.kind)
			}
			request, body := log.last(t)
			assert.Equal(t, ChangePasswordPath, request.URL.Path)
			assert.JSONEq(t, `{"username": "u", "current_password": "present", "new_password": "next"}`, body)
			require.Len(t, logged.all(), 1)
			assert.Equal(t, tt.kind != KindUnknown, logged.all()[0].IsError, "a refusal is an error, whatever its status")
			for _, entry := range logged.all() {
				assert.NotContains(t, entry.RequestParameters, "present")
				assert.NotContains(t, entry.RequestParameters, "next")
			}
		})
	}
}
