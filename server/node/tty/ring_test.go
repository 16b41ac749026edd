package tty

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestARingKeepsTheLastBytes(t *testing.T) {
	for _, limit := range []int{1, 3, 8, 64} {
		r := ring{limit: limit}
		var all []byte
		for i := range 100 {
			piece := bytes.Repeat([]byte{byte('a' + i%26)}, i%11)
			r.write(piece)
			all = append(all, piece...)
			kept := all[max(0, len(all)-limit):]
			assert.EqualValues(t, len(all), r.total)
			assert.EqualValues(t, len(all)-len(kept), r.start())
			for from := range kept {
				got := make([]byte, limit+1)
				n := r.read(r.start()+int64(from), got)
				assert.Equal(t, string(kept[from:]), string(got[:n]))
			}
		}
	}
}

func TestAReplayBeginsAtALineInTheModesThatWereSet(t *testing.T) {
	for _, test := range []struct{ name, output, kept, prefix string }{
		{"nothing was dropped", "hello\n", "hello\n", ""},
		{"in the middle of a line", strings.Repeat("x", 20) + "\nlast line", "last line", ""},
		{"there is no line", strings.Repeat("x", 40), strings.Repeat("x", 16), ""},
		{"a full-screen program had begun", "\x1b[?1049h" + strings.Repeat("x", 30) + "\nend", "end", "\x1b[?1049h"},
		{"it had ended", "\x1b[?1049h\x1b[?1049l" + strings.Repeat("x", 30) + "\nend", "end", "\x1b[?1049l"},
		{"a mode is set in the part that is skipped", strings.Repeat("x", 30) + "\x1b[?25l\nend", "end", "\x1b[?25l"},
		{"the sequence is cut by the end", strings.Repeat("x", 30) + "\x1b[?25l\x1b[?1\nend", "end", "\x1b[?25l"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := ring{limit: 16}
			r.write([]byte(test.output))
			position, prefix := r.replay()
			got := make([]byte, 16)
			n := r.read(position, got)
			assert.Equal(t, test.kept, string(got[:n]))
			assert.Equal(t, test.prefix, string(prefix))
		})
	}
}

func TestModesAreFollowed(t *testing.T) {
	for output, want := range map[string]string{
		"plain":                             "",
		"\x1b[31mred":                       "",
		"\x1b[?1h\x1b=":                     "\x1b[?1h\x1b[?66h",
		"\x1b[?1000;1006;77h":               "\x1b[?1000h\x1b[?1006h",
		"\x1b[?2004h\x1bc":                  "",
		"\x1b[4h":                           "",
		"\x1b[?25l\x1b[?" + "25" + "h":      "\x1b[?25h",
		"\x1b[?" + strings.Repeat("1", 200): "",
		"\x1b[?\x1b[?7l":                    "\x1b[?7l",
	} {
		var whole, parts modes
		whole.feed([]byte(output))
		for i := range output {
			parts.feed([]byte(output[i : i+1]))
		}
		assert.Equal(t, want, string(whole.restore()), "%q", output)
		assert.Equal(t, want, string(parts.restore()), "%q in pieces", output)
	}
}

func FuzzModesDoNotDependOnHowOutputIsCut(f *testing.F) {
	f.Add([]byte("a\x1b[?1049hb\x1b[?25l"), 3)
	f.Fuzz(func(t *testing.T, output []byte, cut int) {
		cut = max(0, min(cut, len(output)))
		var whole, parts modes
		whole.feed(output)
		parts.feed(output[:cut])
		parts.feed(output[cut:])
		assert.Equal(t, whole.restore(), parts.restore())
		assert.LessOrEqual(t, len(whole.sequence), maxSequence)
		// What it restores it understands itself.
		var again modes
		again.feed(whole.restore())
		assert.Equal(t, whole.restore(), again.restore())
	})
}
