package logview

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestALineIsDrawnAsATerminalWould(t *testing.T) {
	tests := []struct {
		name, line, want string
		over             bool
	}{
		{"plain", "hello", "hello", false},
		{"Korean takes two cells", "한글", "한글", false},
		{"a line of DOS", "hello\r", "hello", false},
		{"a progress bar", " 10%\r 50%\r100%", "100%", true},
		{"a shorter text leaves the rest", "abcdef\rxy", "xycdef", true},
		{"erasing to the end", "abcdef\rxy\x1b[K", "xy", true},
		{"erasing the line", "abc\x1b[2K\rdef", "def", true},
		{"backspaces", "abc\b\bX", "aXc", true},
		{"tabs", "a\tb", "a       b", false},
		{"colours", "\x1b[1;31mred\x1b[0m.", "red.", false},
		{"a title and a link say nothing", "\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b\x1b]8;;\x1b\\", "ab", false},
		{"a string that does not end", "a\x1bPqqq", "a", false},
		{"writing into the clipboard is not obeyed", "\x1b]52;c;aGk=\x07x", "x", false},
		{"a sequence that breaks off", "a\x1b[3", "a", false},
		{"invalid UTF-8", "a\xff\xc3b", "a\uFFFD\uFFFDb", false},
		{"eight-bit controls are none", "a\u009b31mb", "a\uFFFD31mb", false},
		{"a nul", "a\x00b", "ab", false},
		{"a sequence without end", "\x1b[" + strings.Repeat("1;", 500) + "mx", "x", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			shown := draw(textIn([]byte(test.line+"\n"), 1000), 0, false)
			assert.Equal(t, test.want, shown.String())
			assert.Equal(t, test.over, shown.over)
			assert.Zero(t, shown.hidden)
		})
	}
}

func TestControlCharactersCanBeShown(t *testing.T) {
	shown := draw(textIn([]byte("a\x1b[31m\rb\x7f\n"), 100), 0, true)
	assert.Equal(t, "a␛[31m␍b␡", shown.String())
}

func TestALongLineIsCutAndSaysSo(t *testing.T) {
	shown := draw(textIn([]byte(strings.Repeat("x", 5_000_000)+"\nnext\n"), 1<<16), 0, false)
	assert.Len(t, shown.cells, maxCells)
	assert.EqualValues(t, 5_000_000-maxCells, shown.hidden)

	bar := strings.Repeat("progress ...\r", 500_000) + "done        "
	shown = draw(textIn([]byte(bar+"\n"), 1<<16), 0, false)
	assert.Equal(t, "done        ", shown.String(), "of a line that was written over the end counts")
}

func TestStyles(t *testing.T) {
	for sequence, want := range map[string]style{
		"":                 {},
		"1;31":             {bold: true, fore: 2},
		"1;31;0":           {},
		"97;104":           {fore: 16, back: 13},
		"38;5;196":         {fore: exact + 0xff0000},
		"38;5;244":         {fore: exact + 0x808080},
		"48;2;1;2;3":       {back: exact + 0x010203},
		"38:2:1:2:3":       {fore: exact + 0x010203},
		"38;5;9;1":         {fore: 10, bold: true},
		"38":               {},
		"38;2;1":           {},
		"3;4;7;9;2":        {italic: true, underline: true, inverse: true, strike: true, dim: true},
		"3;23;4;24;7;27":   {},
		"?25":              {},
		"99999999999":      {},
		"31;39;41;49;1;22": {},
	} {
		assert.Equal(t, want, style{}.change([]byte(sequence)), "%q", sequence)
	}
	assert.Equal(t, "ansi-f1 ansi-b-010203 ansi-bold", style{fore: 2, back: exact + 0x010203, bold: true}.class())
	assert.Empty(t, style{}.class())
}

func TestSpansJoinWhatLooksTheSame(t *testing.T) {
	shown := draw(textIn([]byte("ab\x1b[31mcd\x1b[0me\n"), 100), 0, false)
	got := spans(shown.cells, []stretch{{1, 3, 1}})
	var texts []string
	for _, s := range got {
		texts = append(texts, s.text)
	}
	assert.Equal(t, []string{"a", "b", "c", "d", "e"}, texts)
	assert.Equal(t, 1, got[1].match)
	bomb := draw(textIn([]byte(strings.Repeat("\x1b[31mx\x1b[0my", 3000)+"\n"), 1<<20), 0, false)
	assert.LessOrEqual(t, len(spans(bomb.cells, nil)), maxSpans+1)
}

func FuzzPenDoesNotDependOnHowOutputIsCut(f *testing.F) {
	f.Add([]byte("a\x1b[1;31mb\x1b]0;t\x07\x1b[38;5;3m"), 4)
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		cut = max(0, min(cut, len(data)))
		var whole, parts pen
		whole.feed(data)
		parts.feed(data[:cut])
		parts.feed(data[cut:])
		assert.Equal(t, whole.style, parts.style)
		assert.Equal(t, whole.state, parts.state)
	})
}
