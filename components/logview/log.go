package logview

import (
	"bytes"
	"context"
	"math"
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
	// rest is what came and is not in the text yet.
	rest []byte
	// whole is how many bytes the last answer had that repeated what was known: a
	// manager that cannot leave them out, or has cut the log, sends all each time.
	whole int64
}

// portion is how much is added to the text at a time, in bytes: some milliseconds
// of work, so that the page stays alive while a log of 100 MB comes.
const portion = 256 << 10

// more adds the next portion of what came; false if there is none.
func (l *log) more() bool {
	n := min(len(l.rest), portion)
	if n == 0 {
		return false
	}
	l.text.append(l.rest[:n])
	if l.rest = l.rest[n:]; len(l.rest) == 0 {
		l.rest = nil
	}
	return true
}

const (
	// freely is how large an answer may be that is asked for as often as somebody
	// likes, in bytes; each further MiB takes slower of time.
	freely = 1 << 20
	slower = 2 * time.Second
	// slowest is the longest time between two refreshes.
	slowest = 2 * time.Minute
)

// pace is how often a log may be asked for, given how often somebody likes: what
// comes whole each time would otherwise cost megabytes every few seconds.
func (l *log) pace(every time.Duration) time.Duration {
	if l.whole <= freely {
		return every
	}
	return max(every, min(time.Duration(l.whole>>20)*slower, slowest))
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
	l.whole = 0
	if part.From == 0 && known > 0 {
		l.whole = int64(len(data))
	}
	if part.From > 0 {
		if part.From > known || !l.text.equal(part.From, data[:min(int64(len(data)), known-part.From)]) || part.From+int64(len(data)) < known {
			return changeNone, false
		}
		return l.grow(data[known-part.From:], now), true
	}
	switch {
	case known == 0:
		return l.begin(data, now), true
	case int64(len(data)) >= known && l.text.equal(0, data[:known]):
		return l.grow(data[known:], now), true
	}
	if tail := l.text.read(known-overlap, known); known >= overlap {
		if at := bytes.LastIndex(data, tail); at >= 0 {
			return l.grow(data[at+len(tail):], now), true
		}
	}
	l.text = new(text)
	return l.begin(data, now), true
}

// begin takes a log of which nothing is known: none of its lines is news.
func (l *log) begin(data []byte, now time.Time) change {
	l.grow(data, now)
	l.fresh = l.text.lines()
	if l.rest != nil {
		l.fresh = math.MaxInt
	}
	return changeNew
}

// grow adds what is new.
func (l *log) grow(data []byte, now time.Time) change {
	l.loaded, l.at, l.failure = true, now, nil
	l.fresh = l.text.lines()
	if len(data) == 0 {
		return changeNone
	}
	l.rest = data
	l.more()
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
