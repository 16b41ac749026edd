package client

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readEvents reads a stream to its end.
func readEvents(r io.Reader) (events []ServerEvent, reader *eventReader, err error) {
	reader = newEventReader(r)
	for {
		event, err := reader.next()
		if err != nil {
			return events, reader, err
		}
		events = append(events, event)
	}
}

func TestEventsAreReadAsTheStandardSays(t *testing.T) {
	tests := []struct {
		name, stream string
		want         []ServerEvent
	}{
		{"line ends of three kinds", "data: a\n\ndata: b\r\n\r\ndata: c\r\r", []ServerEvent{{"message", "a", ""}, {"message", "b", ""}, {"message", "c", ""}}},
		{"a name, as manager 24.09 writes it", "event: session_started\r\ndata: {\"reason\": \"\"}\r\n\r\n", []ServerEvent{{"session_started", `{"reason": ""}`, ""}}},
		{"several lines of data", "data: a\ndata: b\n\n", []ServerEvent{{"message", "a\nb", ""}}},
		{"empty data is data", "data\n\ndata:\ndata:\n\n", []ServerEvent{{"message", "", ""}, {"message", "\n", ""}}},
		{"one blank after the colon belongs to it", "data:a\n\ndata:  b\n\n", []ServerEvent{{"message", "a", ""}, {"message", " b", ""}}},
		{"comments and pings say nothing", ": ping\r\n\r\n: ping\r\n\r\n", nil},
		{"an event without data is none, and its name is forgotten", "event: a\n\ndata: b\n\n", []ServerEvent{{"message", "b", ""}}},
		{"one that was not ended does not count", "data: a\n\ndata: b\n", []ServerEvent{{"message", "a", ""}}},
		{"an id holds for those that follow", "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", []ServerEvent{{"message", "a", "1"}, {"message", "b", "1"}, {"message", "c", ""}}},
		{"an id with a null is ignored", "id: \x00\ndata: a\n\n", []ServerEvent{{"message", "a", ""}}},
		{"fields that are not known are ignored", "data: a\ncolour: red\nDATA: b\n\n", []ServerEvent{{"message", "a", ""}}},
		{"a byte order mark at the beginning only", "\uFEFFdata: a\n\n\uFEFFdata: b\n\n", []ServerEvent{{"message", "a", ""}}},
		{"what is not UTF-8", "data: \xff\n\n", []ServerEvent{{"message", "\uFFFD", ""}}},
		{"Korean", "data: 학습\n\n", []ServerEvent{{"message", "학습", ""}}},
		{"nothing", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, r := range []io.Reader{strings.NewReader(test.stream), iotest.OneByteReader(strings.NewReader(test.stream))} {
				events, _, err := readEvents(r)
				assert.Equal(t, io.EOF, err)
				assert.Equal(t, test.want, events)
			}
		})
	}
}

func TestTheAdviceToWait(t *testing.T) {
	for stream, want := range map[string]time.Duration{
		"retry: 5\n\n":             5 * time.Millisecond,
		"retry: soon\n\n":          0,
		"retry: -1\n\n":            0,
		"retry: 9999999999999\n\n": 0,
	} {
		_, r, _ := readEvents(strings.NewReader(stream))
		assert.Equal(t, want, r.retry, stream)
	}
}

func TestAStreamThatIsNoneHasLimits(t *testing.T) {
	line := "data: " + strings.Repeat("x", maxEventLine-6)
	_, _, err := readEvents(strings.NewReader(line + "\n\n"))
	assert.Equal(t, io.EOF, err)
	_, _, err = readEvents(strings.NewReader(line + "x\n\n"))
	assert.ErrorIs(t, err, errEventTooLarge, "a line")
	_, _, err = readEvents(strings.NewReader(strings.Repeat(line+"\n", maxEvent/maxEventLine+1) + "\n"))
	assert.ErrorIs(t, err, errEventTooLarge, "an event")
}

func FuzzEvents(f *testing.F) {
	f.Add("event: a\r\ndata: {}\r\n\r\n: ping\r\n\r\n")
	f.Add("data\rdata\r\rid: 1\nretry: 3\n\n")
	f.Add("\uFEFFdata: x\n\n")
	f.Fuzz(func(t *testing.T, stream string) {
		events, _, err := readEvents(strings.NewReader(stream))
		require.Error(t, err, "every stream ends")
		again, _, _ := readEvents(iotest.OneByteReader(strings.NewReader(stream)))
		assert.Equal(t, events, again, "however it arrives")
		for _, event := range events {
			assert.NotEmpty(t, event.Name)
			assert.LessOrEqual(t, len(event.Data), 4*maxEvent)
			assert.NotContains(t, event.Name, "\n")
		}
	})
}
