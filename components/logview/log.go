package logview

import (
	"bytes"
	"context"
	"time"

	"github.com/baiui/baiui/client"
)

// source gives logs; *client.Sessions does.
type source interface {
	Logs(ctx context.Context, r client.LogRequest) (client.LogPart, error)
}

// log is a kernel's log as far as it is known, and how it was got.
type log struct {
	text *text
	// fresh is the first line that came with the last news.
	fresh   int
	loaded  bool      // an answer has come
	at      time.Time // of the last answer
	failure error     // of the last request, nil if it went well
}

func newLog() log { return log{text: new(text)} }

// change is what an answer brought.
type change int

const (
	changeNone change = iota
	changeMore        // the log has grown
	changeNew         // it is another log than before
)

// overlap is how much of the end of a known log is looked for in one whose
// beginning was cut.
const overlap = 4 << 10

// apply takes over an answer. Nothing that was shown goes because a manager has
// cut the beginning of a log meanwhile. ok is false if the part does not fit what
// is known; then the whole log has to be asked for.
func (l *log) apply(part client.LogPart, now time.Time) (c change, ok bool) {
	known := l.text.size
	data := part.Data
	if part.From > 0 {
		if part.From > known || !l.text.equal(part.From, data[:min(int64(len(data)), known-part.From)]) || part.From+int64(len(data)) < known {
			return changeNone, false
		}
		return l.grow(data[known-part.From:], now), true
	}
	switch {
	case known == 0:
		l.grow(data, now)
		l.fresh = l.text.lines()
		return changeNew, true
	case int64(len(data)) >= known && l.text.equal(0, data[:known]):
		return l.grow(data[known:], now), true
	}
	if tail := l.text.read(known-overlap, known); known >= overlap {
		if at := bytes.LastIndex(data, tail); at >= 0 {
			return l.grow(data[at+len(tail):], now), true
		}
	}
	l.text = new(text)
	l.grow(data, now)
	l.fresh = l.text.lines()
	return changeNew, true
}

// grow adds what is new.
func (l *log) grow(data []byte, now time.Time) change {
	l.loaded, l.at, l.failure = true, now, nil
	l.fresh = l.text.lines()
	if len(data) == 0 {
		return changeNone
	}
	l.text.append(data)
	return changeMore
}

// equal reports whether the text has these bytes at a position.
func (t *text) equal(at int64, data []byte) bool {
	for len(data) > 0 {
		if at >= t.size {
			return false
		}
		segment := t.segments[at/segmentSize][at%segmentSize:]
		n := min(len(segment), len(data))
		if !bytes.Equal(segment[:n], data[:n]) {
			return false
		}
		at += int64(n)
		data = data[n:]
	}
	return true
}
