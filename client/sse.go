package client

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
)

// ServerEvent is one event of a stream of server-sent events.
type ServerEvent struct {
	Name string // "message" where the stream gives none
	Data string // lines joined by a line feed
	ID   string // the last one given, by this event or one before
}

// The limits of a stream of events, in bytes. The events of a manager have a few
// hundred.
const (
	maxEventLine = 256 << 10
	maxEvent     = 1 << 20
)

// errEventTooLarge ends a stream that is no stream of events of a manager.
var errEventTooLarge = errors.New("an event of the stream is too large")

// eventReader reads events as the HTML standard says: lines end with CR, LF or
// both, an empty line ends an event, a line that begins with a colon is a
// comment, and an event without data is none.
type eventReader struct {
	lines *bufio.Reader
	retry time.Duration // how long to wait before connecting again, if the stream said so
	id    string
	begun bool // a line was read
	cr    bool // the last line ended with CR: a LF that follows belongs to it
	line  []byte
}

func newEventReader(r io.Reader) *eventReader { return &eventReader{lines: bufio.NewReader(r)} }

// next is the next event. The error is io.EOF at the end of the stream, where an
// event that was not ended does not count.
func (r *eventReader) next() (ServerEvent, error) {
	event := ServerEvent{}
	var data strings.Builder
	some := false
	for {
		line, err := r.readLine()
		if err != nil {
			return ServerEvent{}, err
		}
		if line == "" {
			if some {
				event.Data, event.ID = data.String(), r.id
				if event.Name == "" {
					event.Name = "message"
				}
				return event, nil
			}
			event.Name = ""
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "event":
			event.Name = value
		case "data":
			if data.Len()+len(value) > maxEvent {
				return ServerEvent{}, errEventTooLarge
			}
			if some {
				data.WriteByte('\n')
			}
			some = true
			data.WriteString(value)
		case "id":
			if !strings.Contains(value, "\x00") {
				r.id = value
			}
		case "retry":
			if ms, err := strconv.ParseUint(value, 10, 31); err == nil {
				r.retry = time.Duration(ms) * time.Millisecond
			}
		}
	}
}

// readLine is the next line without its end.
func (r *eventReader) readLine() (string, error) {
	r.line = r.line[:0]
	for {
		c, err := r.lines.ReadByte()
		if err != nil {
			return "", err
		}
		if r.cr {
			r.cr = false
			if c == '\n' {
				continue
			}
		}
		if c == '\n' || c == '\r' {
			r.cr = c == '\r'
			break
		}
		if len(r.line) == maxEventLine {
			return "", errEventTooLarge
		}
		r.line = append(r.line, c)
	}
	line := strings.ToValidUTF8(string(r.line), "\uFFFD")
	if !r.begun {
		r.begun = true
		line = strings.TrimPrefix(line, "\uFEFF")
	}
	return line, nil
}
