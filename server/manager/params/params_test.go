package params

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/problem"
)

// sample reads one parameter of each kind.
type sample struct {
	name  string
	tag   *string
	size  int
	reuse bool
	env   map[string]string
	ids   []string
}

func readSample(r *http.Request) (s sample, err error) {
	v, err := Read(r, 1<<10)
	if err != nil {
		return s, err
	}
	s.name = v.Required(Names("name", "session_name"))
	s.tag = v.Nullable(Names("tag"))
	s.size = v.Int(Names("cluster_size", "clusterSize"), 1, 1, 10)
	s.reuse = v.Bool(Names("reuseIfExists").As("reuse"), true)
	s.env = v.Map(Names("environ"))
	s.ids = v.Texts(Names("ids"))
	return s, v.Err()
}

func TestBodies(t *testing.T) {
	for name, test := range map[string]struct {
		body   string
		want   sample
		faults any // of the problem's data; nil: accepted
		msg    string
	}{
		"only what is required":  {`{"name": "a"}`, sample{name: "a", size: 1, reuse: true}, nil, ""},
		"everything, by aliases": {`{"session_name": "a", "clusterSize": "3", "reuseIfExists": 0, "environ": {"A": "1"}, "ids": ["x"]}`, sample{name: "a", size: 3, env: map[string]string{"A": "1"}, ids: []string{"x"}}, nil, ""},
		"the first alias wins":   {`{"session_name": "b", "name": "a"}`, sample{name: "a", size: 1, reuse: true}, nil, ""},
		"null where it may be":   {`{"name": "a", "tag": null, "environ": null}`, sample{name: "a", size: 1, reuse: true}, nil, ""},
		"null where it may not":  {`{"name": null}`, sample{}, map[string]any{"name": "value is not a string"}, ""},
		"nothing":                {`{}`, sample{}, map[string]any{"name": "is required"}, ""},
		"unknown keys":           {`{"name": "a", "nonsense": 1, "reuse": true}`, sample{}, map[string]any{"nonsense": "nonsense is not allowed key", "reuse": "reuse key was shadowed"}, ""},
		"all faults at once":     {`{"cluster_size": 0, "environ": {"A": 1}, "ids": [1], "reuseIfExists": "maybe"}`, sample{}, map[string]any{"name": "is required", "cluster_size": "value is less than 1", "environ": map[string]string{"A": "value is not a string"}, "ids": map[string]string{"0": "value is not a string"}, "reuseIfExists": "value can't be converted to bool"}, ""},
		"too big a number":       {`{"name": "a", "cluster_size": 11}`, sample{}, map[string]any{"cluster_size": "value is greater than 10"}, ""},
		"half a number":          {`{"name": "a", "cluster_size": 1.5}`, sample{}, map[string]any{"cluster_size": "value can't be converted to int"}, ""},
		"a whole number as 2.0":  {`{"name": "a", "cluster_size": 2.0}`, sample{name: "a", size: 2, reuse: true}, nil, ""},
		"wrong shapes":           {`{"name": "a", "environ": [], "ids": {}}`, sample{}, map[string]any{"environ": "value is not a dict", "ids": "value is not a list"}, ""},
		"not JSON":               {`{not json`, sample{}, nil, "Malformed body"},
		"JSON and more":          {`{"name": "a"} {}`, sample{}, nil, "Malformed body"},
		"a list":                 {`[]`, sample{}, "value is not a dict", ""},
		"too long":               {`{"name": "` + strings.Repeat("a", 1<<10) + `"}`, sample{}, nil, "The request body is larger than 1 KiB."},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readSample(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body)))
			if test.faults == nil && test.msg == "" {
				require.NoError(t, err)
				assert.Equal(t, test.want, got)
				return
			}
			var p *problem.Problem
			require.ErrorAs(t, err, &p)
			assert.Equal(t, test.faults, p.Data)
			if test.msg != "" {
				assert.Equal(t, test.msg, p.Msg)
			}
		})
	}
}

func TestQueryStringsStandInForABody(t *testing.T) {
	for name, test := range map[string]struct {
		method, target string
		ok             bool
	}{
		"a GET":                       {http.MethodGet, "/?name=a&cluster_size=2&reuseIfExists=no", true},
		"a POST without a body":       {http.MethodPost, "/?name=a&cluster_size=2&reuseIfExists=off", true},
		"a GET with an unknown key":   {http.MethodGet, "/?name=a&x=1", false},
		"a query of more than 16 KiB": {http.MethodGet, "/?name=" + strings.Repeat("a", 17<<10), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readSample(httptest.NewRequest(test.method, test.target, nil))
			if !test.ok {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, sample{name: "a", size: 2}, got)
		})
	}
}

func TestABodyStandsInForTheQueryStringOfAGET(t *testing.T) {
	for name, test := range map[string]struct {
		target, body string
		ok           bool
	}{
		"a body alone":                 {"/", `{"name": "a", "cluster_size": 2, "reuseIfExists": false}`, true},
		"a query string beside it":     {"/?name=a&cluster_size=2&reuseIfExists=no", `{"name": "b"}`, true},
		"a body that is not an object": {"/", `[]`, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readSample(httptest.NewRequest(http.MethodGet, test.target, strings.NewReader(test.body)))
			if !test.ok {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, sample{name: "a", size: 2}, got)
		})
	}
}

func TestABodyOfUnknownLengthIsLimitedToo(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
	r.Body = http.MaxBytesReader(nil, readCloser{strings.NewReader(strings.Repeat(" ", 4<<10))}, 8<<10)
	r.ContentLength = -1
	_, err := readSample(r)
	var p *problem.Problem
	require.True(t, errors.As(err, &p))
	assert.Equal(t, http.StatusRequestEntityTooLarge, p.Status)
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

func TestCallsThatAllowFurtherKeysStillCheckTheKnownOnes(t *testing.T) {
	v := Of(map[string]any{"otp": "1"})
	v.Required(Names("username"))
	assert.Error(t, v.ErrKnown())
	v = Of(map[string]any{"otp": "1", "username": "a"})
	v.Required(Names("username"))
	assert.NoError(t, v.ErrKnown())
	assert.True(t, v.Has(Names("otp")))
}

func FuzzRead(f *testing.F) {
	f.Add(`{"name": "a", "cluster_size": 1e400}`)
	f.Add(`{"environ": {"a": [[[[]]]]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		got, err := readSample(r)
		if err == nil && (got.size < 1 || got.size > 10) {
			t.Errorf("accepted size %d", got.size)
		}
	})
}
