package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// stream is a connection of a test: what is written to it arrives as it is.
type stream struct {
	*io.PipeWriter
	request *http.Request
}

// streams answers every request with a stream of events that the test writes.
func streams(t *testing.T) (func(*Config), chan stream) {
	connections := make(chan stream, 100)
	return through(asOld(func(r *http.Request) (*http.Response, error) {
		reader, writer := io.Pipe()
		context.AfterFunc(r.Context(), func() { writer.CloseWithError(context.Canceled) })
		connections <- stream{writer, r}
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: reader}, nil
	})), connections
}

// refusing answers every request with a status.
func refusing(status int, body string, count *int) func(*Config) {
	return through(asOld(func(*http.Request) (*http.Response, error) {
		*count++
		return answer(status, "application/problem+json", body), nil
	}))
}

func TestSessionEventsOfBothManagers(t *testing.T) {
	for _, version := range []string{old, recent} {
		t.Run(version, func(t *testing.T) {
			body := recordedBody(t, version, "events-session")
			ctx, cancel := context.WithCancel(t.Context())
			c := newClient(t, "http://m.example", through(asOld(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, "text/event-stream", r.Header.Get("Accept"))
				assert.Contains(t, r.Header.Get("Authorization"), "BackendAI signMethod=HMAC-SHA256")
				return answer(200, "text/event-stream", body), nil
			})))
			var statuses []model.Status
			opened := 0
			err := c.Sessions().Events(ctx, SessionEventsRequest{}, SessionEvents{
				Opened: func() { opened++ },
				Event: func(e SessionEvent) {
					assert.NotEmpty(t, e.Session)
					if status := e.Status(); status != "" && !e.OfKernel() {
						statuses = append(statuses, status)
					}
				},
				Closed: cancel,
			})
			assert.Equal(t, KindAborted, KindOf(err))
			assert.Equal(t, 1, opened)
			for _, want := range []model.Status{model.StatusPending, model.StatusScheduled, model.StatusRunning, model.StatusTerminating} {
				assert.Contains(t, statuses, want)
			}
		})
	}
}

func TestWhatIsAskedOfTheEventStream(t *testing.T) {
	for name, test := range map[string]struct {
		request SessionEventsRequest
		change  func(*Config)
		want    string
	}{
		"everything":                   {want: "/events/session?group=%2A&name=%2A&scope=%2A"},
		"through a web server":         {change: inSession, want: "/func/events/session?group=%2A&name=%2A&scope=%2A"},
		"one session of another owner": {request: SessionEventsRequest{Name: "a b", OwnerAccessKey: "AKIA", Group: "default", Scope: "session"}, want: "/events/session?group=default&name=a+b&ownerAccessKey=AKIA&scope=session"},
		"one session by its id":        {request: SessionEventsRequest{SessionID: "id"}, want: "/events/session?group=%2A&name=%2A&scope=%2A&sessionId=id"},
	} {
		t.Run(name, func(t *testing.T) {
			server, log := manager(t, old, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotImplemented) })
			change := []func(*Config){}
			if test.change != nil {
				change = append(change, test.change)
			}
			c := newClient(t, server.URL, change...)
			require.Error(t, c.Sessions().Events(t.Context(), test.request, SessionEvents{}))
			request, _ := log.last(t)
			assert.Equal(t, test.want, request.URL.RequestURI())
		})
	}
}

func TestAManagerThatDoesNotTellIsAskedOnce(t *testing.T) {
	for status, kind := range map[int]Kind{403: KindForbidden, 404: KindNotFound, 405: KindNotFound, 400: KindInvalid, 501: KindServer} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			asked, log := 0, &entries{}
			c := newClient(t, "http://m.example", refusing(status, "{}", &asked), func(c *Config) { c.Log = log })
			err := c.Sessions().Events(t.Context(), SessionEventsRequest{}, SessionEvents{})
			failure(t, err, kind)
			assert.Equal(t, 1, asked)
			assert.Len(t, log.all(), 1, "only the version was asked for: no noise in the log")
		})
	}
}

func TestTheEndOfTheSignInIsLogged(t *testing.T) {
	asked, log := 0, &entries{}
	c := newClient(t, "http://m.example", refusing(401, `{"type":"https://api.backend.ai/probs/auth-failed","title":"Unauthorized access","msg":"Access key not found"}`, &asked), func(c *Config) { c.Log = log })
	failure(t, c.Sessions().Events(t.Context(), SessionEventsRequest{}, SessionEvents{}), KindAuth)
	require.Len(t, log.all(), 2)
	assert.Equal(t, KindAuth.String(), log.all()[1].Type)
}

func TestABrokenStreamIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		change, connections := streams(t)
		c := newClient(t, "http://m.example", change)
		ctx, cancel := context.WithCancel(t.Context())
		var told []string
		ended := make(chan error)
		go func() {
			ended <- c.Sessions().Events(ctx, SessionEventsRequest{}, SessionEvents{
				Opened: func() { told = append(told, "opened") },
				Event:  func(e SessionEvent) { told = append(told, e.Name) },
				Closed: func() { told = append(told, "closed") },
			})
		}()
		first := <-connections
		io.WriteString(first, "id: 7\r\nevent: session_started\r\ndata: {\"sessionId\": \"a\"}\r\n\r\n")
		io.WriteString(first, "event: nonsense\ndata: no JSON\n\nevent: other\ndata: {}\n\n")
		synctest.Wait()
		assert.Equal(t, []string{"opened", "session_started"}, told)
		assert.Empty(t, first.request.Header.Get("Last-Event-ID"))

		began := time.Now()
		first.Close()
		second := <-connections
		assert.InDelta(t, time.Second, time.Since(began), float64(501*time.Millisecond))
		assert.Equal(t, "7", second.request.Header.Get("Last-Event-ID"))
		synctest.Wait()
		assert.Equal(t, []string{"opened", "session_started", "closed", "opened"}, told)

		cancel()
		assert.Equal(t, KindAborted, KindOf(<-ended))
		synctest.Wait()
		_, err := second.Write([]byte("x"))
		assert.Error(t, err, "the connection was ended")
	})
}

func TestASilentStreamIsDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		change, connections := streams(t)
		c := newClient(t, "http://m.example", change)
		go c.Sessions().Events(t.Context(), SessionEventsRequest{}, SessionEvents{})
		first := <-connections
		for range 10 {
			time.Sleep(15 * time.Second)
			io.WriteString(first, ": ping\r\n\r\n")
		}
		synctest.Wait()
		assert.Empty(t, connections, "pings are enough")
		silent := time.Now()
		<-connections
		assert.InDelta(t, quietFor+firstPause, time.Since(silent), float64(firstPause))
	})
}

func TestPausesGrow(t *testing.T) {
	for name, refuse := range map[string]roundTripper{
		"nothing answers":         func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") },
		"the manager is starting": func(*http.Request) (*http.Response, error) { return answer(502, "text/html", "<html>"), nil },
		"a portal answers":        func(*http.Request) (*http.Response, error) { return answer(200, "text/html", "<html>"), nil },
		"the stream ends at once": func(*http.Request) (*http.Response, error) { return answer(200, "text/event-stream", ""), nil },
		"nothing is ever said": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				c := newClient(t, "http://m.example", through(asOld(func(r *http.Request) (*http.Response, error) {
					asked++
					return refuse(r)
				})))
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				err := c.Sessions().Events(ctx, SessionEventsRequest{}, SessionEvents{})
				assert.Equal(t, KindTimeout, KindOf(err))
				assert.Greater(t, asked, 20)
				assert.Less(t, asked, 150, "about one a minute")
			})
		})
	}
}

func TestAManagerThatIsAskedTooOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := newClient(t, "http://m.example", through(asOld(func(*http.Request) (*http.Response, error) {
			asked++
			limited := answer(429, "application/problem+json", "{}")
			limited.Header.Set("Retry-After", "600")
			return limited, nil
		})))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		require.Error(t, c.Sessions().Events(ctx, SessionEventsRequest{}, SessionEvents{}))
		assert.LessOrEqual(t, asked, 7)
	})
}

func TestFollowTask(t *testing.T) {
	const updated = "event: bgtask_updated\r\ndata: {\"task_id\": \"t\", \"message\": \"half\", \"current_progress\": 1, \"total_progress\": 2}\r\nretry: 5\r\n\r\n"
	half := TaskEvent{Status: TaskRunning, Message: "half", Current: 1, Total: 2}
	for name, test := range map[string]struct {
		stream string
		want   []TaskEvent
	}{
		"as 24.09 tells it": {
			updated + "event: bgtask_done\r\ndata: {}\r\n\r\nevent: server_close\r\ndata: {}\r\n\r\n",
			[]TaskEvent{half, {Status: TaskDone, Current: 1, Total: 2}}},
		"one that failed": {
			"event: bgtask_failed\ndata: {\"task_id\":\"t\",\"message\":\"no room\"}\n\n",
			[]TaskEvent{{Status: TaskFailed, Message: "no room"}}},
		"one that was cancelled": {
			"event: bgtask_cancelled\ndata: {\"task_id\":\"t\",\"message\":\"\"}\n\n",
			[]TaskEvent{{Status: TaskCancelled}}},
		"one that had finished before, with numbers as texts": {
			"event: bgtask_done\ndata: {\"task_id\":\"t\",\"message\":\"ok\",\"status\":\"done\",\"current_progress\":\"2\",\"total_progress\":\"2\"}\n\n",
			[]TaskEvent{{Status: TaskDone, Message: "ok", Current: 2, Total: 2}}},
		"one that succeeded in part": {
			"event: bgtask_done\ndata: {\"task_id\":\"t\",\"message\":\"ok\",\"errors\":[\"one\"]}\n\n",
			[]TaskEvent{{Status: TaskPartial, Message: "ok", Errors: []string{"one"}}}},
		"one that the manager does not know": {
			"", []TaskEvent{{Status: TaskUnknown}}},
		"one whose stream is closed before its end": {
			updated + "event: server_close\ndata: {}\n\n", []TaskEvent{half, {Status: TaskUnknown, Message: "half", Current: 1, Total: 2}}},
		"what cannot be read is left out": {
			"event: bgtask_updated\ndata: no\n\nevent: bgtask_done\ndata: {\"total_progress\": \"None\"}\n\n",
			[]TaskEvent{{Status: TaskDone}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, "http://m.example", through(asOld(func(r *http.Request) (*http.Response, error) {
				assert.Equal(t, "/events/background-task?task_id=t", r.URL.RequestURI())
				return answer(200, "text/event-stream", test.stream), nil
			})))
			var got []TaskEvent
			require.NoError(t, c.FollowTask(t.Context(), "t", func(e TaskEvent) { got = append(got, e) }))
			assert.Equal(t, test.want, got)
		})
	}
}

func TestFollowTaskOverABrokenConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		change, connections := streams(t)
		c := newClient(t, "http://m.example", change)
		var got []TaskStatus
		ended := make(chan error)
		go func() {
			ended <- c.FollowTask(t.Context(), "t", func(e TaskEvent) { got = append(got, e.Status) })
		}()
		first := <-connections
		io.WriteString(first, "event: bgtask_updated\ndata: {}\n\n")
		first.Close()
		second := <-connections
		io.WriteString(second, "event: bgtask_done\ndata: {}\n\n")
		require.NoError(t, <-ended)
		assert.Equal(t, []TaskStatus{TaskRunning, TaskDone}, got)
	})
}

func TestFollowTaskThatMayNotBeHeard(t *testing.T) {
	asked := 0
	c := newClient(t, "http://m.example", refusing(404, "{}", &asked))
	var got []TaskEvent
	require.NoError(t, c.FollowTask(t.Context(), "t", func(e TaskEvent) { got = append(got, e) }))
	assert.Equal(t, []TaskEvent{{Status: TaskUnknown}}, got)

	c = newClient(t, "http://m.example", refusing(403, "{}", &asked))
	failure(t, c.FollowTask(t.Context(), "t", func(TaskEvent) {}), KindForbidden)
}

func FuzzSessionEvent(f *testing.F) {
	f.Add("session_started", `{"reason": "", "sessionName": "a", "ownerAccessKey": "A", "sessionId": "x", "exitCode": null}`)
	f.Add("kernel_terminated", `{"exitCode": 137, "kernelId": "k", "clusterIdx": 1}`)
	f.Fuzz(func(t *testing.T, name, data string) {
		event := SessionEvent{Name: name}
		if json.Unmarshal([]byte(data), &event) != nil {
			return
		}
		assert.True(t, event.Status() == "" || event.Status().Known())
		assert.Equal(t, event.KernelID != "" || strings.HasPrefix(name, "kernel_"), event.OfKernel())
	})
}
