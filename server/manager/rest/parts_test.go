package rest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/slots"
)

func TestPythonText(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"plain":             {`a`, `'a'`},
		"a single quote":    {`a'b`, `"a'b"`},
		"both quotes":       {`a'b"`, `'a\'b"'`},
		"a backslash":       {`a\b`, `'a\\b'`},
		"lines and columns": {"a\nb\tc\r", `'a\nb\tc\r'`},
		"nothing":           {``, `''`},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, pyText(test.in)) })
	}
	assert.Equal(t, "{}", pySlots(nil))
	assert.Equal(t, "{'cpu': Decimal('1'), 'mem': Decimal('2')}", pySlots(model.ResourceSlots{"mem": "2", "cpu": "1"}))
}

func TestAmountsInMessages(t *testing.T) {
	for bytes, want := range map[int64]string{
		0: "0", 1023: "1023", 320 << 20: "320m", 1280 << 20: "1.25g", 1 << 30: "1g", 100 << 40: "100t", 3 << 50: "3p",
	} {
		assert.Equal(t, want, humanBytes(slots.Whole(bytes)))
	}
}

func TestSessionNames(t *testing.T) {
	for name, want := range map[string]bool{
		"abcd": true, "a.b-c_d": true, "_abc": true, "1234": true, "abc": false, "-abc": false, "abc-": false, "ab cd": false,
		"ab/cd": false, "ab\ncd": false, "abcd\n": false, "": false,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":  true,
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": false,
	} {
		assert.Equal(t, want, validName(name), "%q", name)
	}
}

func TestStartTimes(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"1h":                        now.Add(time.Hour),
		"90m":                       now.Add(90 * time.Minute),
		"2d":                        now.AddDate(0, 0, 2),
		"2026-02-01T00:00:00Z":      time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
		"2026-02-01T09:00:00+09:00": time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
		"2026-02-01 00:00:00":       time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC),
	} {
		got, ok := startTime(text, now)
		require.True(t, ok, text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "soon", "-1h", "-1d", "9999999d", "1"} {
		_, ok := startTime(text, now)
		assert.False(t, ok, text)
	}
}

func TestTheRollingCountForgets(t *testing.T) {
	l := newLimiter()
	at := time.Unix(1_000_000, 0)
	assert.Equal(t, 1, l.add("a", at))
	assert.Equal(t, 2, l.add("a", at.Add(899*time.Second)))
	assert.Equal(t, 2, l.add("a", at.Add(900*time.Second)), "the first one is 900 seconds old")
	assert.Equal(t, 2, l.count("a", at.Add(900*time.Second)))
	assert.Equal(t, 0, l.count("a", at.Add(10_000*time.Second)))
	assert.Equal(t, 0, l.count("b", at))
	assert.Equal(t, 1, l.add("a", at.Add(-time.Hour)), "a clock that goes back breaks nothing")
}

func TestNetworksOfAUser(t *testing.T) {
	const local, here, far = "127.0.0.1:1", "192.0.2.9:1", "192.0.2.1:1" // the manager is at 192.0.2.9
	for name, test := range map[string]struct {
		allowed         []string
		from, forwarded string
		status          int // 0: allowed
	}{
		"anywhere":                         {nil, far, "", 0},
		"inside":                           {[]string{"10.0.0.0/8", "192.0.2.0/24"}, far, "", 0},
		"the address itself":               {[]string{"192.0.2.1"}, far, "", 0},
		"outside":                          {[]string{"10.0.0.0/8"}, far, "", 401},
		"nowhere":                          {[]string{}, far, "", 401},
		"through the web interface":        {[]string{"10.0.0.0/8"}, local, "10.1.2.3", 0},
		"through it, at another address":   {[]string{"10.0.0.0/8"}, here, "10.1.2.3", 0},
		"through it, over IPv6":            {[]string{"2001:db8::1"}, local, "2001:db8::1", 0},
		"through it, from outside":         {[]string{"127.0.0.0/8"}, local, "192.0.2.1", 401},
		"through something else before it": {[]string{"10.0.0.0/8"}, local, "10.1.2.3, 10.1.2.4", 400},
		"outside, with an address inside":  {[]string{"10.0.0.0/8"}, far, "10.1.2.3", 401},
		"a network that is none":           {[]string{"everything"}, far, "", 401},
		"from nowhere":                     {[]string{"10.0.0.0/8"}, "", "10.1.2.3", 400},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.TCPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.9:8091"))))
			r.RemoteAddr = test.from
			if test.forwarded != "" {
				r.Header.Set("X-Forwarded-For", test.forwarded)
			}
			err := checkAddress(r, test.allowed)
			if test.status == 0 {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, test.status, problem.Of(err).Status)
		})
	}
}

func TestGraphQLAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		in   api.Response
		want string
	}{
		"data":    {api.Response{Data: []byte(`{"a":1}`)}, `{"data":{"a":1}}`},
		"nothing": {api.Response{}, `{"data":null}`},
		"errors":  {api.Response{Errors: []api.Error{{Message: "<no>", Path: []any{"a", 0}}}}, `{"data":null,"errors":[{"message":"<no>","path":["a",0]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := encodeResponse(test.in)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
		})
	}
}
