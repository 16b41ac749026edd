package client

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestLogsOfManagersThatCanAndCannotGiveAPart(t *testing.T) {
	const whole = "first\xff\nsecond\n"
	tests := []struct {
		name    string
		version string
		answer  http.HandlerFunc
		request LogRequest
		want    LogPart
		kind    Kind
		query   string
		ranges  []string // of the requests in order
	}{
		{
			name: "a manager of the original gives JSON", version: old,
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"result": {"logs": "first\nsecond\n"}}`)
			},
			request: LogRequest{Session: "s", Kernel: "k", OwnerAccessKey: "AK", From: 6},
			want:    LogPart{Data: []byte("first\nsecond\n")},
			query:   "kernel_id=k&owner_access_key=AK", ranges: []string{"bytes=5-"},
		},
		{
			name: "all bytes", version: old,
			answer: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				_, _ = io.WriteString(w, whole)
			},
			request: LogRequest{Session: "s"}, want: LogPart{Data: []byte(whole)}, ranges: []string{""},
		},
		{
			name: "what is new, and the byte before it", version: old,
			answer: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				w.WriteHeader(http.StatusPartialContent)
				_, _ = io.WriteString(w, whole[6:])
			},
			request: LogRequest{Session: "s", From: 7}, want: LogPart{Data: []byte(whole[6:]), From: 6}, ranges: []string{"bytes=6-"},
		},
		{
			name: "a log that has become shorter is read anew", version: old,
			answer: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				if r.Header.Get("Range") != "" {
					w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
					return
				}
				_, _ = io.WriteString(w, "x")
			},
			request: LogRequest{Session: "s", From: 7}, want: LogPart{Data: []byte("x")}, ranges: []string{"bytes=6-", ""},
		},
		{
			name: "an answer without a log is none", version: old,
			answer: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, `{"result": {}}`)
			},
			request: LogRequest{Session: "s"}, kind: KindBadAnswer, ranges: []string{""},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var ranges []string
			var query string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					replay(t, w, test.version, "root")
					return
				}
				assert.Equal(t, "/session/s/logs", r.URL.Path)
				ranges, query = append(ranges, r.Header.Get("Range")), r.URL.Query().Encode()
				test.answer(w, r)
			}))
			defer server.Close()
			c, err := New(Config{Mode: model.ModeAPI, Endpoint: server.URL, KeyPair: testKey})
			require.NoError(t, err)
			part, err := c.Sessions().Logs(t.Context(), test.request)
			assert.Equal(t, test.kind, KindOf(err), "%v", err)
			assert.Equal(t, test.want, part)
			assert.Equal(t, test.ranges, ranges)
			assert.Equal(t, test.query, query)
		})
	}
}
