package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEntriesOfSuccessAndFailure(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	logged := &entries{}
	logging := func(config *Config) { config.Log = logged }
	server, _ := manager(t, old, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			replay(t, w, old, "error-session-not-found")
			return
		}
		replay(t, w, old, "agent_list")
	})
	c := newClient(t, server.URL, logging, at(now))
	require.NoError(t, c.Query(context.Background(), "{agents{id}}", nil, nil))
	require.Error(t, c.Do(context.Background(), Request{Method: http.MethodDelete, Path: "/session/x", Query: url.Values{"sToken": {"t"}}}, nil))

	all := logged.all()
	require.Len(t, all, 3)
	assert.Equal(t, Entry{Timestamp: "Sun, 22 Nov 2026 03:04:05 GMT", RequestURL: "/", RequestMethod: "GET",
		StatusCode: 200, StatusText: "OK"}, all[0])
	assert.Equal(t, Entry{Timestamp: "Sun, 22 Nov 2026 03:04:05 GMT", RequestURL: "/admin/gql", RequestMethod: "POST",
		RequestParameters: `{"query":"{agents{id}}","variables":{}}`, StatusCode: 200, StatusText: "OK"}, all[1])
	assert.Equal(t, "/session/x?sToken=***", all[2].RequestURL)
	assert.True(t, all[2].IsError)
	assert.Equal(t, "not_found", all[2].Type)
	assert.Equal(t, 404, all[2].StatusCode)
	assert.Equal(t, "No such session.", all[2].Title)
	assert.NotEmpty(t, all[2].Message)
	assert.True(t, all[2].Time().Equal(now))
	assert.True(t, Entry{Timestamp: "yesterday"}.Time().IsZero())
}

func TestSecretsAreMasked(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"nothing to hide", `{"a": 1}`, `{"a": 1}`},
		{"a password", `{"password": "x", "username": "u"}`, `{"password":"***","username":"u"}`},
		{"new passwords", `{"new_password": "x", "new_password2": "y"}`, `{"new_password":"***","new_password2":"***"}`},
		{"a secret key deep inside", `{"variables": {"props": [{"secret_key": "x", "n": 1}]}}`, `{"variables":{"props":[{"n":1,"secret_key":"***"}]}}`},
		{"a key spelled with escapes", `{"pass\u0077ord": "x"}`, `{"password":"***"}`},
		{"an object under a secret name", `{"credentials": {"a": "x"}}`, `{"credentials":"***"}`},
		{"an environment variable", `{"environ": {"API_TOKEN": "x", "HOME": "/"}}`, `{"environ":{"API_TOKEN":"***","HOME":"/"}}`},
		{"the name of a session is none", `{"clientSessionToken": "train", "password": ""}`, `{"clientSessionToken":"train","password":"***"}`},
		{"what cannot be read is not kept", `{"password": "x`, `(15 bytes)`},
		{"no body", ``, ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, maskBody([]byte(tt.body)))
		})
	}
	assert.Equal(t, "/x?a=1&otp=***&b=%zz&%zz=***", maskQuery("/x?a=1&otp=123&b=%zz&%zz=1"))
	assert.Equal(t, "/x", maskQuery("/x"))
}

func TestLongBodiesAreCut(t *testing.T) {
	raw, err := json.Marshal(strings.Repeat("가", 2000))
	require.NoError(t, err)
	text := maskBody(raw)
	assert.LessOrEqual(t, len(text), maxParameters+len("…"))
	assert.True(t, utf8.ValidString(text))
	assert.True(t, strings.HasSuffix(text, "가…"))
}

func FuzzMaskBody(f *testing.F) {
	f.Add(`{"password": "hunter2"}`)
	f.Add(`{"a": [{"se\u0063ret_key": "hunter2"}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		text := maskBody([]byte(body))
		var value map[string]string
		if json.Unmarshal([]byte(body), &value) == nil {
			if secret := value["password"]; len(secret) > 6 && strings.Count(body, secret) == 1 {
				require.NotContains(t, text, secret)
			}
		}
	})
}
