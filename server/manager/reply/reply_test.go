package reply

import (
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnswersHaveTypeLengthAndNoNewline(t *testing.T) {
	w := httptest.NewRecorder()
	require.NoError(t, JSON(w, 201, map[string]string{"a": "<&>"}))
	assert.Equal(t, 201, w.Code)
	assert.Equal(t, `{"a":"<&>"}`, w.Body.String(), "as the original: no escapes for HTML")
	assert.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	assert.Equal(t, "11", w.Header().Get("Content-Length"))
}

func TestWhatIsNoJSONIsAnErrorBeforeAnythingIsWritten(t *testing.T) {
	w := httptest.NewRecorder()
	require.Error(t, JSON(w, 200, make(chan int)))
	assert.Empty(t, w.Header())
}

func TestNothingToSay(t *testing.T) {
	w := httptest.NewRecorder()
	require.NoError(t, NoContent(w))
	assert.Equal(t, 204, w.Code)
	assert.Empty(t, w.Body.String())
}
