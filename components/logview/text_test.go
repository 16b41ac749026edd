package logview

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// textIn makes a text of pieces that are n bytes long.
func textIn(data []byte, n int) *text {
	t := new(text)
	for len(data) > 0 {
		piece := min(n, len(data))
		t.append(data[:piece])
		data = data[piece:]
	}
	return t
}

func TestEveryLineIsFoundWhateverPiecesTheLogCameIn(t *testing.T) {
	long := strings.Repeat("x", 3*markBytes)
	var lines []string
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("line %d %s", i, strings.Repeat("y", i%7)))
	}
	lines[100], lines[101], lines[500] = long, "", long+long
	whole := []byte(strings.Join(lines, "\n"))
	for _, piece := range []int{1000, 4096, 70_001, len(whole)} {
		text := textIn(whole, piece)
		require.Equal(t, len(lines), text.lines())
		require.EqualValues(t, len(whole), text.size)
		at := int64(0)
		for i, want := range lines {
			from, to, _ := text.line(i)
			require.Equal(t, at, from, "line %d in pieces of %d", i, piece)
			require.Equal(t, want, string(text.read(from, to)))
			at = to + 1
		}
		assert.Equal(t, string(whole), string(bytes.Join(text.segments, nil)))
	}
}

func TestALogMayBeLargerThanASegment(t *testing.T) {
	piece := bytes.Repeat([]byte("0123456789abcde\n"), 1<<12)
	text := new(text)
	for range 100 {
		text.append(piece)
	}
	assert.Equal(t, 100<<12, text.lines())
	assert.Len(t, text.segments, 7)
	from, to, _ := text.line(text.lines() - 1)
	assert.Equal(t, "0123456789abcde", string(text.read(from, to)))
	assert.True(t, text.equal(segmentSize-8, text.read(segmentSize-8, segmentSize+100)))
	assert.False(t, text.equal(segmentSize-7, text.read(segmentSize-8, segmentSize+100)))
}

func TestAnEmptyLogHasNoLines(t *testing.T) {
	text := new(text)
	assert.Zero(t, text.lines())
	from, to, _ := text.line(0)
	assert.Equal(t, from, to)
	text.append([]byte("\n"))
	assert.Equal(t, 1, text.lines())
}

func TestAStyleGoesOnFromLineToLine(t *testing.T) {
	text := textIn([]byte("\x1b[31mred\n"+strings.Repeat("still\n", 500)+"\x1b[0mnot\nplain\n"), 13)
	for line, want := range map[int]color{1: 2, 300: 2, 501: 2, 502: 0} {
		_, _, s := text.line(line)
		assert.Equal(t, want, s.fore, "line %d", line)
	}
}

func FuzzLinesAreThoseOfTheBytes(f *testing.F) {
	f.Add([]byte("a\nb\r\nc"), uint8(2))
	f.Add([]byte("\x1b[31m\n\n\x1b]0;x\x07"), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, piece uint8) {
		text := textIn(data, int(piece)+1)
		want := bytes.Split(data, []byte("\n"))
		if len(want[len(want)-1]) == 0 {
			want = want[:len(want)-1]
		}
		require.Equal(t, len(want), text.lines())
		for i, line := range want {
			from, to, _ := text.line(i)
			require.Equal(t, string(line), string(text.read(from, to)))
			draw(text, i, false)
			draw(text, i, true)
		}
	})
}

func TestARandomTextIsCountedInRowsThatCanBeFoundAgain(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var data []byte
	for range 2000 {
		data = append(data, bytes.Repeat([]byte("한a\t"), random.IntN(40))...)
		data = append(data, '\n')
	}
	text := textIn(data, 999)
	var r rows
	r.reset(text, 20, false)
	for !r.counted() {
		r.count(3)
	}
	row := 0
	for line := range text.lines() {
		require.Equal(t, row, r.rowOf(line))
		from, to, style := text.line(line)
		for part := range r.need(from, to, style) {
			at, in := r.locate(row)
			require.Equal(t, [2]int{line, part}, [2]int{at, in})
			row++
		}
	}
	assert.Equal(t, row, r.total())
	r.reset(text, 0, false)
	assert.True(t, r.counted())
	assert.Equal(t, text.lines(), r.total())
}
