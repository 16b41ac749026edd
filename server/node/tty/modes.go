package tty

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
)

// remembered are the modes that outlive the output that set them: cursor keys,
// reverse video, origin, wrapping, cursor, alternate screens, mouse, focus,
// bracketed paste.
var remembered = [...]int{1, 5, 6, 7, 25, 47, 66, 1000, 1002, 1003, 1004, 1005, 1006, 1015, 1047, 1049, 2004}

// modes follows a stream of output and knows the modes it has set. The zero
// value is a terminal after a reset.
type modes struct {
	set      map[int]bool
	state    modeState
	sequence []byte // parameters of the sequence being read
}

type modeState byte

const (
	modeText modeState = iota
	modeEscape
	modeSequence
	modeIgnored // a sequence that is too long to be one of ours
)

// maxSequence bounds the parameters that are looked at.
const maxSequence = 64

// feed reads a piece of the stream.
func (m *modes) feed(data []byte) {
	for len(data) > 0 {
		if m.state == modeText {
			escape := bytes.IndexByte(data, 0x1b)
			if escape < 0 {
				return
			}
			data = data[escape+1:]
			m.state = modeEscape
			continue
		}
		m.next(data[0])
		data = data[1:]
	}
}

// next reads one byte of a sequence.
func (m *modes) next(b byte) {
	switch {
	case b == 0x1b:
		m.state = modeEscape
	case m.state == modeEscape:
		m.state = modeText
		switch b {
		case '[':
			m.state, m.sequence = modeSequence, m.sequence[:0]
		case 'c':
			m.set = nil
		case '=':
			m.put(66, true)
		case '>':
			m.put(66, false)
		}
	case b >= 0x40 && b <= 0x7e:
		if m.state == modeSequence {
			m.finish(b)
		}
		m.state = modeText
	case b < 0x20 || b > 0x7e:
		m.state = modeText
	case len(m.sequence) >= maxSequence:
		m.state = modeIgnored
	default:
		m.sequence = append(m.sequence, b)
	}
}

// finish takes note of a complete sequence.
func (m *modes) finish(command byte) {
	if command != 'h' && command != 'l' || len(m.sequence) == 0 || m.sequence[0] != '?' {
		return
	}
	for parameter := range bytes.SplitSeq(m.sequence[1:], []byte{';'}) {
		mode, err := strconv.Atoi(string(parameter))
		if err == nil && slices.Contains(remembered[:], mode) {
			m.put(mode, command == 'h')
		}
	}
}

func (m *modes) put(mode int, on bool) {
	if m.set == nil {
		m.set = make(map[int]bool, len(remembered))
	}
	m.set[mode] = on
}

// alternate reports whether a full-screen program has the screen.
func (m *modes) alternate() bool { return m.set[47] || m.set[1047] || m.set[1049] }

// restore gives the output that brings a terminal after a reset into the modes.
func (m *modes) restore() []byte {
	var output []byte
	for _, mode := range slices.Sorted(maps.Keys(m.set)) {
		output = append(output, "\x1b[?"...)
		output = strconv.AppendInt(output, int64(mode), 10)
		if m.set[mode] {
			output = append(output, 'h')
		} else {
			output = append(output, 'l')
		}
	}
	return output
}

func (m *modes) clone() modes {
	return modes{set: maps.Clone(m.set), state: m.state, sequence: slices.Clone(m.sequence)}
}
