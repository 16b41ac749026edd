package manager_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhoDoesNotReadAnswersGetsFewAtATime(t *testing.T) {
	inWorld(t, func(w *world) {
		client, stop := w.serve()
		defer stop()
		var query strings.Builder
		for n := range 60 {
			fmt.Fprintf(&query, "a%d: images { name registry tag digest labels { key value } resource_limits { key min max } } ", n)
		}
		ask := func(role string) <-chan *http.Response {
			answers := make(chan *http.Response, 1)
			go func() {
				defer close(answers)
				body := strings.NewReader(fmt.Sprintf(`{"query": %q}`, "{ "+query.String()+"}"))
				request, err := http.NewRequestWithContext(w.Context(), http.MethodPost, address+"/admin/gql", body)
				if !assert.NoError(w, err) {
					return
				}
				request.Header.Set("Content-Type", "application/json")
				answer, err := client(role).Do(request)
				if assert.NoError(w, err) {
					answers <- answer
				}
			}()
			synctest.Wait()
			return answers
		}
		var unread []*http.Response
		for range 8 {
			answers := ask("user")
			require.Len(w, answers, 1)
			unread = append(unread, <-answers)
		}
		ninth := ask("user")
		assert.Empty(w, ninth, "it waits")
		other := ask("admin")
		require.Len(w, other, 1, "nobody else does")
		unread = append(unread, <-other)

		require.NoError(w, unread[0].Body.Close())
		synctest.Wait()
		require.Len(w, ninth, 1)
		unread = append(unread, <-ninth)
		for _, answer := range unread[1:] {
			assert.NoError(w, answer.Body.Close())
		}
	})
}
