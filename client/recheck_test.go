package client

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// other is the version document of a manager that is older than 24.09.14.
const other = `{"version":"v7.20230615","manager":"23.09.11"}`

func TestTheVersionIsAskedForAgain(t *testing.T) {
	json := func(body string) func() (*http.Response, error) {
		return func() (*http.Response, error) { return answer(200, "application/json", body), nil }
	}
	tests := []struct {
		name  string
		first func() (*http.Response, error) // the answer to the first request
		again bool
	}{
		{"after an answer", json(`{"data":{}}`), false},
		{"after nobody answered", func() (*http.Response, error) { return nil, errors.New("refused") }, true},
		{"after a web server had no answer", func() (*http.Response, error) {
			return answer(502, "application/problem+json", `{"type":"x/bad-gateway","title":"x"}`), nil
		}, true},
		{"after the manager failed", func() (*http.Response, error) {
			return answer(500, "application/problem+json", `{"type":"x/internal-server-error","title":"x"}`), nil
		}, false},
		{"after a field was not known", json(`{"data":null,"errors":[{"message":"Cannot query field \"priority\" on type \"ComputeSession\"."}]}`), true},
		{"after an argument was not known", json(`{"data":null,"errors":[{"message":"Unknown argument \"x\" on field \"y\"."}]}`), true},
		{"after another error of GraphQL", json(`{"data":null,"errors":[{"message":"Forbidden operation."}]}`), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			versions, queries := 0, 0
			var changes [][2]string
			c := newClient(t, "http://m", through(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/" {
					if versions++; versions == 1 {
						return answer(200, "application/json", `{"version":"v8.20240915","manager":"24.09.14"}`), nil
					}
					return answer(200, "application/json", other), nil
				}
				if queries++; queries == 1 {
					return tt.first()
				}
				return answer(200, "application/json", `{"data":{}}`), nil
			}), func(config *Config) {
				config.Changed = func(before, now Version) { changes = append(changes, [2]string{before.Manager, now.Manager}) }
			})
			require.NoError(t, c.Connect(t.Context()))
			_ = c.Query(t.Context(), "{x}", nil, nil)
			for range 3 {
				require.NoError(t, c.Query(t.Context(), "{x}", nil, nil))
			}
			if tt.again {
				assert.Equal(t, 2, versions, "once")
				assert.Equal(t, [][2]string{{"24.09.14", "23.09.11"}}, changes)
				assert.False(t, c.Supports(FeatureSessionNode))
				return
			}
			assert.Equal(t, 1, versions)
			assert.Empty(t, changes)
		})
	}
}

func TestAManagerThatIsTheSameIsNoNews(t *testing.T) {
	server, log := manager(t, old, answering(t, old, "agent_list"))
	c := newClient(t, server.URL, func(config *Config) {
		config.Changed = func(before, now Version) { t.Error(before, now) }
	})
	require.NoError(t, c.Connect(t.Context()))
	c.Recheck()
	require.NoError(t, c.Connect(t.Context()))
	require.NoError(t, c.Connect(t.Context()))
	assert.Equal(t, 2, log.count())
}

func TestADoubtWhileTheVersionIsOnItsWayStays(t *testing.T) {
	versions := 0
	var c *Client
	c = newClient(t, "http://m", through(func(r *http.Request) (*http.Response, error) {
		if r.URL.Path != "/" {
			return answer(200, "application/json", `{"data":{}}`), nil
		}
		if versions++; versions == 1 {
			c.Recheck() // another request has just found nobody
			return answer(200, "application/json", `{"version":"v8.20240915","manager":"24.09.14"}`), nil
		}
		return answer(200, "application/json", other), nil
	}))
	for range 3 {
		require.NoError(t, c.Query(t.Context(), "{x}", nil, nil))
	}
	assert.Equal(t, 2, versions)
	assert.False(t, c.Supports(FeatureSessionNode))
}
