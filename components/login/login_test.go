package login

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

func offered() *Info {
	return &Info{
		Endpoints: []Endpoint{{URL: "http://127.0.0.1:8091/", Label: "Embedded"}, {URL: "https://api.example.com", Label: "Lab"}},
		Modes:     []model.ConnectionMode{model.ModeSession, model.ModeAPI},
	}
}

func TestCheck(t *testing.T) {
	session := Input{Mode: model.ModeSession, Username: "user@example.com", Password: "secret"}
	api := Input{Mode: model.ModeAPI, AccessKey: "AKIA", SecretKey: "s3cret", Endpoint: "https://api.example.com"}
	with := func(in Input, change func(*Input)) Input {
		change(&in)
		return in
	}
	tests := []struct {
		name   string
		in     Input
		info   *Info
		reason Reason
		field  string
	}{
		{"a complete account", session, offered(), "", ""},
		{"no user name", with(session, func(in *Input) { in.Username = "  " }), offered(), ReasonMissing, "username"},
		{"no password", with(session, func(in *Input) { in.Password = "" }), offered(), ReasonMissing, "password"},
		{"a password of blanks is a password", with(session, func(in *Input) { in.Password = "  " }), offered(), "", ""},
		{"a complete key pair", api, offered(), "", ""},
		{"no access key", with(api, func(in *Input) { in.AccessKey = "" }), offered(), ReasonMissingKeys, "access_key"},
		{"no secret key", with(api, func(in *Input) { in.SecretKey = " " }), offered(), ReasonMissingKeys, "secret_key"},
		{"no endpoint", with(api, func(in *Input) { in.Endpoint = " / " }), offered(), ReasonMissingEndpoint, "endpoint"},
		{"an endpoint without a scheme", with(api, func(in *Input) { in.Endpoint = "api.example.com" }), offered(), ReasonBadEndpoint, "endpoint"},
		{"an endpoint of another scheme", with(api, func(in *Input) { in.Endpoint = "ftp://api.example.com" }), offered(), ReasonBadEndpoint, "endpoint"},
		{"an endpoint that cannot be read", with(api, func(in *Input) { in.Endpoint = "http://[" }), offered(), ReasonBadEndpoint, "endpoint"},
		{"an endpoint the server does not allow", with(api, func(in *Input) { in.Endpoint = "https://elsewhere.example.com" }), offered(), ReasonRefusedEndpoint, "endpoint"},
		{"slashes and blanks around an endpoint do not matter", with(api, func(in *Input) { in.Endpoint = " http://127.0.0.1:8091// " }), offered(), "", ""},
		{"any endpoint while the server has not answered", with(api, func(in *Input) { in.Endpoint = "https://elsewhere.example.com" }), nil, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, failure := check(test.in, test.info)
			if test.reason == "" {
				assert.Nil(t, failure)
				return
			}
			require.NotNil(t, failure)
			assert.Equal(t, test.reason, failure.Reason)
			assert.Equal(t, test.field, failure.Field)
		})
	}
}

func TestCheckCleans(t *testing.T) {
	in, failure := check(Input{Mode: model.ModeAPI, AccessKey: " AKIA\n", SecretKey: "\ts3cret ", Endpoint: "https://api.example.com/ "}, offered())
	require.Nil(t, failure)
	assert.Equal(t, Input{Mode: model.ModeAPI, AccessKey: "AKIA", SecretKey: "s3cret", Endpoint: "https://api.example.com"}, in)
}

func TestARefusedEndpointIsExplained(t *testing.T) {
	_, failure := check(Input{Mode: model.ModeAPI, AccessKey: "a", SecretKey: "s", Endpoint: "https://elsewhere.example.com"}, offered())
	require.NotNil(t, failure)
	text := i18n.Load("en").T("login.failure.refused_endpoint.do", failure.Args...)
	assert.Contains(t, text, "http://127.0.0.1:8091, https://api.example.com")
	assert.Contains(t, text, "--allow-endpoint https://elsewhere.example.com")
}

func TestSuggest(t *testing.T) {
	tests := []struct {
		name string
		info *Info
		last string
		want string
	}{
		{"the first at the first time", offered(), "", "http://127.0.0.1:8091"},
		{"the last one used", offered(), "https://api.example.com/", "https://api.example.com"},
		{"not one that is no longer allowed", offered(), "https://gone.example.com", "http://127.0.0.1:8091"},
		{"the last one while the server has not answered", nil, "https://api.example.com", "https://api.example.com"},
		{"nothing where there is nothing", &Info{}, "https://api.example.com", ""},
		{"nothing known at all", nil, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, test.info.suggest(test.last)) })
	}
}

func TestOffers(t *testing.T) {
	var unknown *Info
	assert.True(t, unknown.offers(model.ModeAPI))
	assert.True(t, (&Info{}).offers(model.ModeAPI))
	only := &Info{Modes: []model.ConnectionMode{model.ModeSession}}
	assert.True(t, only.offers(model.ModeSession))
	assert.False(t, only.offers(model.ModeAPI))
}

func TestFailureOf(t *testing.T) {
	tests := []struct {
		name string
		err  error
		mode model.ConnectionMode
		want Failure
	}{
		{"a wrong password", &client.Error{Kind: client.KindCredentials, Message: "no"}, model.ModeSession, Failure{Reason: ReasonMismatch, Field: "password"}},
		{"an unknown key pair", &client.Error{Kind: client.KindAuth}, model.ModeAPI, Failure{Reason: ReasonMismatchKeys, Field: "secret_key"}},
		{"too many attempts", &client.Error{Kind: client.KindRateLimit, RetryAfter: 61 * time.Second}, model.ModeSession, Failure{Reason: ReasonBlocked, Args: []any{"minutes", 2}}},
		{"too many attempts without a time", &client.Error{Kind: client.KindRateLimit}, model.ModeSession, Failure{Reason: ReasonBlocked, Args: []any{"minutes", 1}}},
		{"a slow clock", &client.Error{Kind: client.KindClock, ClockSkew: -20 * time.Minute}, model.ModeAPI, Failure{Reason: ReasonClock, Args: []any{"minutes", 20}}},
		{"a stopped manager", &client.Error{Kind: client.KindUnreachable, Title: "refused"}, model.ModeAPI, Failure{Reason: ReasonUnreachable, Detail: "refused"}},
		{"a web server without its manager", &client.Error{Kind: client.KindUnavailable}, model.ModeSession, Failure{Reason: ReasonUnreachable}},
		{"a manager that fails", &client.Error{Kind: client.KindServer, Title: "Internal", Message: "disk full"}, model.ModeSession, Failure{Reason: ReasonServer, Detail: "disk full"}},
		{"no network", &client.Error{Kind: client.KindOffline}, model.ModeSession, Failure{Reason: ReasonOffline}},
		{"the role monitor", ErrMonitor, model.ModeSession, Failure{Reason: ReasonMonitor}},
		{"an error of another kind", errors.New("odd"), model.ModeSession, Failure{Reason: ReasonServer, Detail: "odd"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, &test.want, FailureOf(test.err, test.mode)) })
	}
}

func TestEveryFailureHasItsSentences(t *testing.T) {
	texts := i18n.Load("en")
	reasons := append(ServerReasons(), ReasonMissingKeys, ReasonMissingEndpoint, ReasonBadEndpoint, ReasonRefusedEndpoint, ReasonMonitor)
	for _, kind := range client.Kinds() {
		for _, mode := range []model.ConnectionMode{model.ModeSession, model.ModeAPI} {
			reasons = append(reasons, FailureOf(&client.Error{Kind: kind}, mode).Reason)
		}
		assert.True(t, texts.Has("error."+kind.String()), "error.%s", kind)
		assert.True(t, texts.Has("error."+kind.String()+".do"), "error.%s.do", kind)
	}
	for _, reason := range reasons {
		assert.True(t, texts.Has("login.failure."+string(reason)), reason)
		assert.True(t, texts.Has("login.failure."+string(reason)+".do"), reason)
	}
}
