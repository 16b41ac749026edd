package problem

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/server/manager/store"
)

func TestErrorsBecomeProblems(t *testing.T) {
	for name, test := range map[string]struct {
		in     error
		status int
		kind   string
	}{
		"a problem":           {NoSession("a"), 404, "object-not-found"},
		"a full disk":         {&store.Error{Kind: store.KindFull, Cause: errors.New("x")}, 503, "service-unavailable"},
		"a read-only disk":    {&store.Error{Kind: store.KindReadOnly, Cause: errors.New("x")}, 503, "service-unavailable"},
		"a file in use":       {&store.Error{Kind: store.KindBusy, Cause: errors.New("x")}, 503, "service-unavailable"},
		"a broken statement":  {&store.Error{Kind: store.KindInternal, Cause: errors.New("secret")}, 500, "internal-server-error"},
		"anything":            {errors.New("secret"), 500, "internal-server-error"},
		"data nobody encodes": {&Problem{Status: 400, Type: "x", Data: func() {}}, 400, "internal-server-error"},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			Of(test.in).Write(w)
			assert.Equal(t, test.status, w.Code)
			assert.Equal(t, ContentType, w.Header().Get("Content-Type"))
			assert.Contains(t, w.Body.String(), "https://api.backend.ai/probs/"+test.kind)
			assert.NotContains(t, w.Body.String(), "secret")
		})
	}
	assert.Equal(t, "404 object-not-found: Session (id=a) does not exist.", NoSession("a").Error())
	assert.JSONEq(t, `{"type": "https://api.backend.ai/probs/kernel-restart-failed", "title": "Kernel restart has failed.",
		"agent-details": {"type": "https://api.backend.ai/probs/agent-failure", "title": "Agent-side exception occurred.", "exception": "no"}}`,
		string(must(Node("restart", errors.New("no")).MarshalJSON())))
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
