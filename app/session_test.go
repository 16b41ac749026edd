package app

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/login"
)

func kind(k client.Kind) error { return &client.Error{Kind: k} }

func TestAFailedAttempt(t *testing.T) {
	tests := []struct {
		name   string
		from   phase
		err    error
		to     phase
		reason login.Reason
	}{
		{"a wrong password stays at the form", phaseSignedOut, kind(client.KindCredentials), phaseSignedOut, login.ReasonMismatch},
		{"an unreachable manager stays at the form", phaseSignedOut, kind(client.KindUnreachable), phaseSignedOut, login.ReasonUnreachable},
		{"a wrong password in the dialog stays in it", phaseExpired, kind(client.KindCredentials), phaseExpired, login.ReasonMismatch},
		{"a cookie that is over leads to the form", phaseStarting, kind(client.KindAuth), phaseSignedOut, login.ReasonExpired},
		{"a cookie that ended while the manager was away", phaseUnreachable, kind(client.KindAuth), phaseSignedOut, login.ReasonExpired},
		{"a role that may not use the page", phaseStarting, login.ErrMonitor, phaseSignedOut, login.ReasonMonitor},
		{"an account that may not", phaseStarting, kind(client.KindForbidden), phaseSignedOut, login.ReasonForbidden},
		{"a manager that is away at the start", phaseStarting, kind(client.KindUnavailable), phaseUnreachable, ""},
		{"a manager that is still away", phaseUnreachable, kind(client.KindTimeout), phaseUnreachable, ""},
		{"no network at the start", phaseStarting, kind(client.KindOffline), phaseUnreachable, ""},
		{"an error of another kind at the start", phaseStarting, errors.New("odd"), phaseUnreachable, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := signin{phase: test.from, sending: true}
			s.fail(test.err, model.ModeSession)
			assert.Equal(t, test.to, s.phase)
			assert.False(t, s.sending)
			if test.reason == "" {
				assert.Nil(t, s.failure)
				return
			}
			assert.Equal(t, test.reason, s.failure.Reason)
		})
	}
}

func TestAManagerThatSaysWhenToComeBack(t *testing.T) {
	s := signin{phase: phaseStarting}
	s.fail(&client.Error{Kind: client.KindRateLimit, RetryAfter: time.Minute}, model.ModeSession)
	assert.Equal(t, phaseUnreachable, s.phase)
	assert.Equal(t, time.Minute, s.retryAfter())
	s.fail(kind(client.KindUnavailable), model.ModeSession)
	assert.Equal(t, 4*time.Second, s.retryAfter())
}

func TestASuccessfulAttempt(t *testing.T) {
	somebody := connected{account: &model.Account{UUID: "1"}}

	s := signin{phase: phaseSignedOut}
	s.begin()
	assert.True(t, s.sending)
	assert.False(t, s.succeed(somebody))
	assert.Equal(t, phaseConnected, s.phase)
	assert.False(t, s.sending)

	assert.True(t, s.expire(""))
	assert.Equal(t, login.ReasonExpired, s.failure.Reason)
	assert.False(t, s.expire(""), "further refused requests are no news")
	s.begin()
	assert.Nil(t, s.failure)
	assert.False(t, s.succeed(connected{account: &model.Account{UUID: "1"}}), "the same person goes on")

	s.expire("")
	assert.True(t, s.succeed(connected{account: &model.Account{UUID: "2"}}), "somebody else does not")
}

func TestAnEndedSignInSaysWhy(t *testing.T) {
	for code, want := range map[string]login.Reason{
		"":                         login.ReasonExpired,
		"something else":           login.ReasonExpired,
		client.CodePasswordChanged: login.ReasonChangedPassword,
		client.CodeAccountClosed:   login.ReasonClosedAccount,
	} {
		s := signin{phase: phaseConnected}
		assert.True(t, s.expire(code))
		assert.Equal(t, want, s.failure.Reason, code)
	}
}

func TestOnlyAConnectedPageExpires(t *testing.T) {
	for _, p := range []phase{phaseSignedOut, phaseStarting, phaseUnreachable, phaseExpired} {
		s := signin{phase: p}
		assert.False(t, s.expire(""))
		assert.Equal(t, p, s.phase)
	}
}

func TestRetryAfter(t *testing.T) {
	s := signin{phase: phaseStarting}
	var pauses []time.Duration
	for range 7 {
		s.fail(kind(client.KindUnavailable), model.ModeSession)
		pauses = append(pauses, s.retryAfter())
	}
	assert.Equal(t, []time.Duration{
		2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 30 * time.Second, 30 * time.Second, 30 * time.Second,
	}, pauses)
	s.retries = 1000
	assert.Equal(t, 30*time.Second, s.retryAfter())
}

func TestAfterPost(t *testing.T) {
	for address, want := range map[string]string{
		"/sessions?tab=finished":                       "",
		"/?signin=mismatch":                            "/",
		"/?signin=mismatch&next=%2Flogs%3Fpage%3D2":    "/logs?page=2",
		"/?signin=mismatch&next=https://example.com":   "/",
		"/?signin=mismatch&next=%2F%2Fexample.com%2Fx": "/",
		`/?signin=mismatch&next=/%5Cexample.com`:       "/",
		"/?next=%2Flogs":                               "",
	} {
		parsed, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, afterPost(parsed), address)
	}
}
