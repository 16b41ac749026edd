package rest

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhoWantsALogAsItWasWritten(t *testing.T) {
	for accept, want := range map[string]bool{
		"text/plain, application/json;q=0.9": true,
		"text/plain;charset=utf-8":           true,
		"application/json":                   false,
		"application/json, text/plain, */*":  false, // axios, as the official clients use it
		"*/*":                                false,
		"":                                   false,
	} {
		assert.Equal(t, want, wantsPlain(accept), "%q", accept)
	}
}

func TestAPlainLogHasRangesUnlessItsBeginningIsMissing(t *testing.T) {
	tests := []struct {
		name, wanted string
		cut          bool
		status       int
		body         string
	}{
		{"all of it", "", false, 200, "a\xffbc\n"},
		{"what follows a position", "bytes=3-", false, 206, "c\n"},
		{"a position beyond the end", "bytes=9-", false, 416, "invalid range: failed to overlap\n"},
		{"of a cut one all", "bytes=3-", true, 200, cutMark + "a\xffbc\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
			if test.wanted != "" {
				r.Header.Set("Range", test.wanted)
			}
			servePlainLog(w, r, []byte("a\xffbc\n"), test.cut)
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, test.body, w.Body.String())
			assert.Contains(t, w.Header().Get("Content-Type"), "text/plain")
		})
	}
}
