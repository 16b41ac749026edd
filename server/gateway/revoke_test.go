package gateway

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// isEnded checks that a sign-in opens nothing and that its page is told why.
func (f *fixture) isEnded(cookie, code string) {
	f.t.Helper()
	a := f.send("GET", "/func/auth", "", "Cookie", cookie)
	a.isProblem(f.t, http.StatusUnauthorized, "auth-failed")
	assert.JSONEq(f.t, `{"type": "https://api.backend.ai/probs/auth-failed", "title": "Unauthorized access", "error_code": "`+code+`"}`, a.body)
	assert.Contains(f.t, f.send("POST", "/server/login-check", "", "Cookie", cookie).body, `"authenticated":false`)
}

func TestSignInsOfAKeyPairAreEnded(t *testing.T) {
	f := start(t, nil)
	own, other := f.login(), f.login()
	stream := f.dial(other)
	name := f.signins.find(own[len(CookieName)+1:]).publicName()

	f.signins.EndOf([]string{"AKANOTHER"}, "", client.CodePasswordChanged)
	assert.NotEqual(t, 401, f.send("GET", "/func/auth", "", "Cookie", other).StatusCode, "of another key pair")
	f.signins.EndOf([]string{"AKANOTHER", accessKey}, name, client.CodePasswordChanged)
	assert.NotEqual(t, 401, f.send("GET", "/func/auth", "", "Cookie", own).StatusCode, "spared")
	f.isEnded(other, client.CodePasswordChanged)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, _, err := stream.Read(ctx)
	assert.Equal(t, websocket.StatusGoingAway, websocket.CloseStatus(err), "%v", err)

	third := f.login()
	assert.NotEqual(t, 401, f.send("GET", "/func/auth", "", "Cookie", third).StatusCode, "a new sign-in")
	f.signins.EndOf([]string{accessKey}, "", client.CodeAccountClosed)
	f.isEnded(own, client.CodeAccountClosed)
	f.isEnded(third, client.CodeAccountClosed)
	f.isEnded(other, client.CodePasswordChanged)
	a := f.send("GET", "/func/auth", "")
	assert.NotContains(t, a.body, "error_code", "who never was signed in")
}

func TestEndedSignInsStayEndedInTheNextRun(t *testing.T) {
	dir := t.TempDir()
	account := Account{AccessKey: accessKey, SecretKey: secretKey}
	first := openSignins(t, dir)
	var tokens []string
	for range 3 {
		in, err := first.create(account)
		require.NoError(t, err)
		tokens = append(tokens, in.token)
	}
	require.NoError(t, first.Close())

	second := openSignins(t, dir)
	kept := second.find(tokens[0])
	require.NotNil(t, kept)
	second.EndOf([]string{accessKey}, kept.publicName(), client.CodePasswordChanged)
	require.NoError(t, second.Close())

	third := openSignins(t, dir)
	assert.NotNil(t, third.find(tokens[0]), "spared")
	for _, token := range tokens[1:] {
		assert.Nil(t, third.find(token), "in memory or not")
		request, err := http.NewRequest("GET", "/", nil)
		require.NoError(t, err)
		request.AddCookie(&http.Cookie{Name: CookieName, Value: token})
		assert.Equal(t, client.CodePasswordChanged, third.ended(request))
	}
}

func TestANewPasswordEndsTheOtherSignIns(t *testing.T) {
	for name, test := range map[string]struct {
		method, path string
		status       int
		ends         bool
	}{
		"accepted":     {"POST", "/auth/update-password", http.StatusOK, true},
		"refused":      {"POST", "/auth/update-password", http.StatusBadRequest, false},
		"another call": {"POST", "/auth/update-full-name", http.StatusOK, false},
		"only read":    {"GET", "/auth/update-password", http.StatusOK, false},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, nil)
			own, other := f.login(), f.login()
			f.manager.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(test.status) }
			f.send(test.method, "/func"+test.path, "{}", "Cookie", own)
			sent := f.manager.last().Header.Get(client.SigninHeader)
			assert.Equal(t, f.signins.find(own[len(CookieName)+1:]).publicName(), sent, "the manager is told whose it is")
			f.manager.answer = nil
			assert.Equal(t, 200, f.send("GET", "/func/auth", "", "Cookie", own).StatusCode)
			if test.ends {
				f.isEnded(other, client.CodePasswordChanged)
			} else {
				assert.Equal(t, 200, f.send("GET", "/func/auth", "", "Cookie", other).StatusCode)
			}
		})
	}
}

func TestNobodyNamesASignInToTheManager(t *testing.T) {
	f := start(t, nil)
	f.send("GET", "/func/", "", client.SigninHeader, "forged")
	assert.Empty(t, f.manager.last().Header.Get(client.SigninHeader))
}
