package rest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/baiui/baiui/server/manager/problem"
)

// pingEvery is how often a stream without events says that it is alive.
const pingEvery = 15 * time.Second

// maxStreams is how many streams a key pair may have open at a time. Each costs a
// connection and little else; a page has one, and one for each background task
// that it shows.
const maxStreams = 100

// openStreams counts the streams of each key pair.
type openStreams struct {
	mu   sync.Mutex
	keys map[string]int
}

// enter counts a stream, until leave, or refuses it.
func (o *openStreams) enter(key string) (leave func(), err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.keys[key] >= maxStreams {
		return nil, problem.RateLimited()
	}
	if o.keys == nil {
		o.keys = map[string]int{}
	}
	o.keys[key]++
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.keys[key]--; o.keys[key] == 0 {
			delete(o.keys, key)
		}
	}, nil
}

// eventStream is an answer of server-sent events. Its lines end as those of
// manager 24.09 do.
type eventStream struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// streamEvents begins such an answer. It carries no rate headers.
func streamEvents(w http.ResponseWriter) (*eventStream, error) {
	s := &eventStream{w, http.NewResponseController(w)}
	clearRate(w.Header())
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-cache")
	h.Set("Connection", "keep-alive")
	h.Set("X-Accel-Buffering", "no") // or nginx would collect events
	w.WriteHeader(http.StatusOK)
	return s, s.write("")
}

// send writes one event.
func (s *eventStream) send(name string, data fields) error {
	return s.write(frame(name, data))
}

// frame is one event as it is written.
func frame(name string, data fields) string {
	return fmt.Sprintf("event: %s\r\ndata: %s\r\n\r\n", name, data)
}

// sendRetry is send with advice on when to connect again, in milliseconds.
func (s *eventStream) sendRetry(name string, data fields, retry int) error {
	return s.write(fmt.Sprintf("event: %s\r\ndata: %s\r\nretry: %d\r\n\r\n", name, data, retry))
}

// ping says that the stream is alive.
func (s *eventStream) ping() error { return s.write(": ping\r\n\r\n") }

func (s *eventStream) write(text string) error {
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

// field is one entry of an event's data.
type field struct {
	name  string
	value any
}

// fields is an event's data, spelled as the manager spells it: in this order,
// with spaces. Values must be such that JSON has them.
type fields []field

// String is the object as JSON.
func (f fields) String() string {
	var b bytes.Buffer
	b.WriteByte('{')
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for i, entry := range f {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q: ", entry.name)
		if err := e.Encode(entry.value); err != nil {
			b.WriteString("null\n")
		}
		b.Truncate(b.Len() - 1) // the encoder's line feed
	}
	b.WriteByte('}')
	return b.String()
}
