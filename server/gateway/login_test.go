package gateway

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSigningInGivesACookieAndNoSecret(t *testing.T) {
	f := start(t, nil)
	a := f.send("POST", "/server/login", `{"username": "user@baiui.local", "password": "right"}`, "Origin", f.web.URL)
	assert.Equal(t, http.StatusOK, a.StatusCode)
	assert.JSONEq(t, `{"authenticated": true, "data": {"access_key": "`+accessKey+`", "role": "user", "status": "active"}}`, a.body)
	c := a.cookie()
	require.NotNil(t, c)
	assert.True(t, c.HttpOnly)
	assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
	assert.Equal(t, "/", c.Path)
	assert.False(t, c.Secure, "plain http")
	assert.InDelta(t, 36000, c.MaxAge, 2)
	assert.Empty(t, a.Header.Get("X-BackendAI-SessionID"), "a page must not be able to read its token")
	assert.NotContains(t, a.body, secretKey)
}

func TestRefusedSignIns(t *testing.T) {
	tests := map[string]struct {
		authorize http.HandlerFunc
		body      string
		status    int
		want      string // the JSON body, or a part of a problem
	}{
		"wrong password": {
			body: `{"username": "user@baiui.local", "password": "wrong"}`, status: 200,
			want: `{"authenticated": false, "data": {"type": "https://api.backend.ai/probs/auth-failed", "title": "Credential/signature mismatch.", "details": "User credential mismatch."}}`,
		},
		"expired password": {
			body: `{"username": "user@baiui.local", "password": "expired"}`, status: 200,
			want: `{"authenticated": false, "data": {"type": "https://api.backend.ai/probs/password-expired", "title": "Password has expired.", "details": ""}}`,
		},
		"monitor": {
			body: `{"username": "monitor@baiui.local", "password": "right"}`, status: 200,
			want: `{"authenticated": false, "data": {"type": "https://api.backend.ai/probs/generic-forbidden", "title": "Forbidden operation.", "details": "Accounts with the role monitor cannot sign in here."}}`,
		},
		"no password":        {body: `{"username": "a"}`, status: 400, want: "You must provide the password field."},
		"empty user name":    {body: `{"username": "", "password": "x"}`, status: 400, want: "You must provide the username field."},
		"password no text":   {body: `{"username": "a", "password": ["x"]}`, status: 400, want: "You must provide the password field."},
		"a list":             {body: `["username"]`, status: 400, want: "not a JSON object"},
		"null":               {body: `null`, status: 400, want: "username"},
		"nothing":            {body: ``, status: 400, want: "not a JSON object"},
		"cut JSON":           {body: `{"username": "a`, status: 400, want: "not a JSON object"},
		"deeply nested JSON": {body: strings.Repeat("[", 20000), status: 400, want: "not a JSON object"},
		"10 MB":              {body: `{"username": "` + strings.Repeat("a", 10<<20) + `"}`, status: 413, want: "content-too-large"},
		"a manager in trouble": {
			authorize: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(502) },
			body:      `{"username": "a", "password": "b"}`, status: 502, want: "the manager answered with status 502 Bad Gateway",
		},
		"something that is no manager": {
			authorize: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Write([]byte("<h1>hello</h1>"))
			},
			body: `{"username": "a", "password": "b"}`, status: 502, want: `\"text/html\" where JSON was expected`,
		},
		"a manager that redirects": {
			authorize: func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://evil.test/", http.StatusTemporaryRedirect)
			},
			body: `{"username": "a", "password": "b"}`, status: 502, want: "the manager answered with status 307",
		},
		"a manager that hangs up": {
			authorize: func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
			body:      `{"username": "a", "password": "b"}`, status: 502, want: "the manager closed the connection",
		},
		"a manager that limits": {
			authorize: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Retry-After", "7")
				problem(w, 429, "rate-limit-exceeded", "You have reached your API query rate limit.", "")
			},
			body: `{"username": "a", "password": "b"}`, status: 429, want: "too-many-requests",
		},
		"an answer without a key pair": {
			authorize: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Write([]byte(`{"data": {}}`))
			},
			body: `{"username": "a", "password": "b"}`, status: 502, want: "without a key pair",
		},
		"a second factor that is wanted": {
			authorize: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Write([]byte(`{"data": {"response_type": "REQUIRE_TWO_FACTOR_AUTH"}}`))
			},
			body: `{"username": "a", "password": "b"}`, status: 200,
			want: `{"authenticated": false, "data": {"type": "https://api.backend.ai/probs/require-totp-authentication", "title": "TOTP authentication required.", "details": "You must authenticate using Two-Factor Authentication."}}`,
		},
		"a second factor to set up": {
			authorize: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Write([]byte(`{"data": {"response_type": "REQUIRE_TWO_FACTOR_REGISTRATION", "token": "T"}}`))
			},
			body: `{"username": "a", "password": "b"}`, status: 200,
			want: `{"authenticated": false, "data": {"type": "https://api.backend.ai/probs/require-totp-registration", "title": "TOTP registration required.", "details": "Set up a second factor to sign in.", "two_factor_registration_token": "T"}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			f.manager.authorize = test.authorize
			a := f.send("POST", "/server/login", test.body)
			assert.Equal(t, test.status, a.StatusCode, a.body)
			if test.status == 200 {
				assert.JSONEq(t, test.want, a.body)
			} else {
				assert.Contains(t, a.body, test.want)
			}
			assert.Nil(t, a.cookie(), "no session for a sign-in that failed")
			files, err := os.ReadDir(f.dir)
			require.NoError(t, err)
			assert.Empty(t, files)
		})
	}
}

func TestAnAbsentManagerIsToldFromAWrongPassword(t *testing.T) {
	f := start(t, nil)
	f.backend.Close()
	a := f.send("POST", "/server/login", `{"username": "a", "password": "b"}`)
	a.isProblem(t, http.StatusBadGateway, "bad-gateway")
	assert.Contains(t, a.body, "connection refused")
	assert.NotContains(t, a.body, "127.0.0.1", "addresses of the inside stay inside")
}

func TestFurtherFieldsReachTheManager(t *testing.T) {
	f := start(t, nil)
	var got string
	f.manager.authorize = func(w http.ResponseWriter, r *http.Request) {
		buffer := make([]byte, 4096)
		n, _ := r.Body.Read(buffer)
		got = string(buffer[:n])
		f.manager.signIn(w, httptest.NewRequest("POST", "/", strings.NewReader(got)))
	}
	f.send("POST", "/server/login", `{"username": "user@x", "password": "right", "otp": "123456", "force": true}`)
	assert.JSONEq(t, `{"type": "keypair", "domain": "default", "username": "user@x", "password": "right", "otp": "123456", "force": true}`, got)
}

func TestLoginCheck(t *testing.T) {
	f := start(t, nil)
	before := f.send("POST", "/server/login-check", "{}")
	assert.JSONEq(t, `{"authenticated": false, "data": null, "session_id": null}`, before.body)

	cookie := f.login()
	program := f.send("POST", "/server/login-check", "{}", "Cookie", cookie)
	token := strings.TrimPrefix(cookie, CookieName+"=")
	assert.JSONEq(t, `{"authenticated": true, "data": {"access_key": "`+accessKey+`", "role": "user", "status": "active"}, "session_id": "`+token+`"}`, program.body)

	page := f.send("POST", "/server/login-check", "{}", "Cookie", cookie, "Sec-Fetch-Site", "same-origin")
	assert.Contains(t, page.body, `"authenticated":true`)
	assert.NotContains(t, page.body, token, "a script must not learn the token")
	assert.Regexp(t, `"session_id":"[0-9a-f]{32}"`, page.body)
}

func TestASignOutEndsTheCookieForGood(t *testing.T) {
	f := start(t, nil)
	cookie := f.login()
	require.Equal(t, http.StatusOK, f.send("GET", "/func/auth", "", "Cookie", cookie).StatusCode)

	out := f.send("POST", "/server/logout", "{}", "Cookie", cookie)
	assert.Equal(t, http.StatusOK, out.StatusCode)
	assert.Equal(t, "200: OK", out.body)
	assert.Negative(t, out.cookie().MaxAge)
	assert.Empty(t, out.cookie().Value)

	f.send("GET", "/func/auth", "", "Cookie", cookie).isProblem(t, http.StatusUnauthorized, "auth-failed")
	assert.Contains(t, f.send("POST", "/server/login-check", "{}", "Cookie", cookie).body, `"authenticated":false`)
	files, err := os.ReadDir(f.dir)
	require.NoError(t, err)
	assert.Empty(t, files)

	assert.Equal(t, http.StatusOK, f.send("POST", "/server/logout", "{}").StatusCode, "signing out twice is no error")
}

func TestSigningInAgainEndsTheSignInBefore(t *testing.T) {
	f := start(t, nil)
	first := f.login()
	a := f.send("POST", "/server/login", `{"username": "admin@baiui.local", "password": "right"}`, "Cookie", first)
	assert.Contains(t, a.body, `"role":"admin"`)
	second := CookieName + "=" + a.cookie().Value
	assert.NotEqual(t, first, second)
	assert.Equal(t, 401, f.send("GET", "/func/auth", "", "Cookie", first).StatusCode)
	assert.Equal(t, 200, f.send("GET", "/func/auth", "", "Cookie", second).StatusCode)

	wrong := f.send("POST", "/server/login", `{"username": "user@x", "password": "wrong"}`, "Cookie", second)
	assert.Contains(t, wrong.body, `"authenticated":false`)
	assert.Equal(t, 200, f.send("GET", "/func/auth", "", "Cookie", second).StatusCode, "a wrong password ends nothing")
}

func TestAFixedCookieIsNotTakenOver(t *testing.T) {
	f := start(t, nil)
	planted := strings.Repeat("A", tokenLength)
	a := f.send("POST", "/server/login", `{"username": "user@x", "password": "right"}`, "Cookie", CookieName+"="+planted)
	assert.NotEqual(t, planted, a.cookie().Value)
	assert.Equal(t, 401, f.send("GET", "/func/auth", "", "Cookie", CookieName+"="+planted).StatusCode)
}

func TestTheForm(t *testing.T) {
	tests := map[string]struct {
		form     url.Values
		down     bool
		location string
		signedIn bool
	}{
		"right":                         {form: url.Values{"username": {"user@x"}, "password": {"right"}}, location: "/", signedIn: true},
		"right, and on to a place":      {form: url.Values{"username": {"user@x"}, "password": {"right"}, "next": {"/sessions?project=a&tab=finished#x"}}, location: "/sessions?project=a&tab=finished#x", signedIn: true},
		"right, and on to another site": {form: url.Values{"username": {"user@x"}, "password": {"right"}, "next": {"//evil.example/"}}, location: "/", signedIn: true},
		"wrong":                         {form: url.Values{"username": {"user@x"}, "password": {"wrong"}}, location: "/?signin=mismatch"},
		"wrong, with a place":           {form: url.Values{"username": {"user@x"}, "password": {"wrong"}, "next": {"/logs?a=b"}}, location: "/?next=%2Flogs%3Fa%3Db&signin=mismatch"},
		"expired":                       {form: url.Values{"username": {"user@x"}, "password": {"expired"}}, location: "/?signin=expired"},
		"empty":                         {form: url.Values{"username": {"user@x"}}, location: "/?signin=missing"},
		"manager down":                  {form: url.Values{"username": {"user@x"}, "password": {"right"}}, down: true, location: "/?signin=unreachable"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			if test.down {
				f.backend.Close()
			}
			a := f.send("POST", "/server/login", test.form.Encode(), "Content-Type", "application/x-www-form-urlencoded; charset=utf-8", "Origin", f.web.URL)
			assert.Equal(t, http.StatusSeeOther, a.StatusCode, a.body)
			assert.Equal(t, test.location, a.Header.Get("Location"))
			assert.Empty(t, a.body)
			assert.Equal(t, test.signedIn, a.cookie() != nil)
		})
	}
}

func TestTheFormRefusesWhatIsNoForm(t *testing.T) {
	f := start(t, nil)
	const form = "application/x-www-form-urlencoded"
	f.send("POST", "/server/login", "username=%zz", "Content-Type", form).isProblem(t, http.StatusBadRequest, "generic-bad-request")
	f.send("POST", "/server/login", "username="+strings.Repeat("a", 10<<20), "Content-Type", form).isProblem(t, http.StatusRequestEntityTooLarge, "content-too-large")
	out := f.send("POST", "/server/logout", "", "Content-Type", form, "Cookie", f.login())
	assert.Equal(t, http.StatusSeeOther, out.StatusCode)
	assert.Equal(t, "/", out.Header.Get("Location"))
}

func TestNextIsAPathOfThisSite(t *testing.T) {
	for next, want := range map[string]string{
		"/sessions":                     "/sessions",
		"/sessions?filter=a//b":         "/sessions?filter=a//b",
		"/sessions?project=%EA%B0%80":   "/sessions?project=%EA%B0%80",
		"/logs#top":                     "/logs#top",
		"":                              "/",
		"sessions":                      "/",
		"//evil.example":                "/",
		"///evil.example":               "/",
		"/\\evil.example":               "/",
		"\\\\evil.example":              "/",
		"/%5cevil.example":              "/",
		"/%2fevil.example":              "/",
		"/./%2fevil.example":            "/",
		"https:evil.example":            "/",
		"https://evil.example":          "/",
		"javascript:alert(1)":           "/",
		"/\t/evil.example":              "/",
		"/\n/evil.example":              "/",
		"/a%0d%0aSet-Cookie:%20a=b":     "/",
		"/a\r\nLocation: //evil":        "/",
		"/a%00b":                        "/",
		"/a%zz":                         "/",
		"/\u2028evil":                   "/",
		"/server/logout":                "/",
		"/func/admin/gql":               "/",
		"/f%75nc/admin":                 "/",
		"/" + strings.Repeat("a", 5000): "/",
	} {
		assert.Equal(t, want, safeNext(next), "%q", next)
	}
}

func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/sessions?a=b", "//evil", "/\\evil", "/%0a", "https:x", "/a/../..//b"} {
		f.Add(seed)
	}
	base, err := url.Parse("http://site.test/")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, next string) {
		safe := safeNext(next)
		target, err := url.Parse(safe)
		require.NoError(t, err)
		resolved := base.ResolveReference(target)
		assert.Equal(t, "site.test", resolved.Host)
		assert.Equal(t, "http", resolved.Scheme)
		assert.NotContains(t, safe, "\n")
		assert.NotContains(t, safe, "\r")
	})
}

func TestTooManyFailuresBlock(t *testing.T) {
	f := start(t, nil)
	wrong := `{"username": "User@x", "password": "wrong"}`
	for range 10 {
		assert.Equal(t, 200, f.send("POST", "/server/login", wrong).StatusCode)
	}
	blocked := f.send("POST", "/server/login", `{"username": "user@x", "password": "right"}`)
	blocked.isProblem(t, http.StatusTooManyRequests, "too-many-requests")
	assert.Equal(t, "1200", blocked.Header.Get("Retry-After"))

	form := f.send("POST", "/server/login", "username=user@x&password=right", "Content-Type", "application/x-www-form-urlencoded")
	assert.Equal(t, "/?signin=blocked", form.Header.Get("Location"))

	other := f.send("POST", "/server/login", `{"username": "admin@x", "password": "right"}`)
	assert.Contains(t, other.body, `"authenticated":true`, "another person is not blocked")
}

func TestAnExpiredPasswordCanBeChanged(t *testing.T) {
	f := start(t, nil)
	var status int
	f.manager.authorize = nil
	changed := start(t, nil)
	changed.backend.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/auth/update-password-no-auth", r.URL.Path)
		if status == 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			w.Write([]byte(`{"password_changed_at": "2026-01-02T03:04:05+00:00"}`))
			return
		}
		problem(w, status, "invalid-api-params", "Missing or invalid API parameters.", "too short")
	})
	const body = `{"username": "user@x", "current_password": "a", "new_password": "b"}`
	a := changed.send("POST", "/server/update-password-no-auth", body)
	assert.JSONEq(t, `{"data": null, "password_changed_at": "2026-01-02T03:04:05+00:00"}`, a.body)
	status = 400
	a = changed.send("POST", "/server/update-password-no-auth", body)
	assert.Equal(t, 200, a.StatusCode)
	assert.Contains(t, a.body, `"details":"too short"`)
	f.send("POST", "/server/update-password-no-auth", `{"username": "user@x"}`).isProblem(t, 400, "invalid-api-params")
}

func TestExtendingTellsWhenTheSignInEnds(t *testing.T) {
	f := start(t, nil)
	assert.Equal(t, 401, f.send("POST", "/server/extend-login-session", "").StatusCode)
	a := f.send("POST", "/server/extend-login-session", "", "Cookie", f.login())
	assert.Equal(t, 200, a.StatusCode)
	assert.Regexp(t, `^\{"status":201,"expires":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00"\}$`, a.body)
	at, err := time.Parse(time.RFC3339Nano, a.body[len(`{"status":201,"expires":"`):len(a.body)-2])
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(time.Hour), at, 5*time.Second)
}

func TestAFullDiskIsSaid(t *testing.T) {
	f := start(t, nil)
	require.NoError(t, f.signins.store.dir.Close()) // every write fails from here on
	a := f.send("POST", "/server/login", `{"username": "user@x", "password": "right"}`)
	a.isProblem(t, http.StatusServiceUnavailable, "service-unavailable")
	assert.Nil(t, a.cookie())
}
