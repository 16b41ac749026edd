package logview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func lookFor(t *text, query string) []int {
	var f finder
	f.look(query, false)
	for !f.done(t) {
		f.step(t, 1)
	}
	return f.hits
}

func TestASearchFindsWhatIsShown(t *testing.T) {
	log := textIn([]byte("One\n\x1b[31mtw\x1b[0mo one\n10%\r99%\nonE one\n한글 ONE\n"), 7)
	for query, want := range map[string][]int{
		"one":  {0, 1, 3, 3, 4},
		"ONE":  {0, 1, 3, 3, 4},
		"two":  {1},
		"10%":  nil,
		"99%":  {2},
		"한글":   {4},
		"[31m": nil,
	} {
		assert.Equal(t, want, lookFor(log, query), query)
	}
}

func TestASearchGoesOnInWhatIsAdded(t *testing.T) {
	var all strings.Builder
	log := new(text)
	var f finder
	f.look("needle", false)
	want := 0
	for i := range 400 {
		line := fmt.Sprintf("line %d\n", i)
		if i%9 == 0 {
			line, want = fmt.Sprintf("a needle in %d", i), want+1
			if i%2 == 0 {
				line += "\n"
			}
		}
		all.WriteString(line)
		log.append([]byte(line))
		f.step(log, 2)
	}
	for !f.done(log) {
		f.step(log, 2)
	}
	assert.Len(t, f.hits, want)
	assert.Equal(t, lookFor(log, "needle"), f.hits)
}

func TestMatchesAreMarkedInCells(t *testing.T) {
	shown := draw(textIn([]byte("한 \x1b[1mX\x1b[0mY xy\n"), 100), 0, false)
	require.Equal(t, "한 XY xy", shown.String())
	assert.Equal(t, []stretch{{3, 5, 1}, {6, 8, 1}}, matches(shown.cells, "xy"))
	assert.Nil(t, matches(shown.cells, ""))
}

func BenchmarkSearchOf100MB(b *testing.B) {
	log := new(text)
	piece := []byte(strings.Repeat("a line of a log that has about eighty characters, as they often have in life\n", 1<<13))
	for log.size < 100<<20 {
		log.append(piece)
	}
	b.SetBytes(log.size)
	for b.Loop() {
		lookFor(log, "nowhere")
	}
}

func FuzzWhatIsSearchedIsWhatIsDrawn(f *testing.F) {
	for _, seed := range []string{"plain\nlines", "\x1b[31mred\x1b[0m and\r\nmore", "\x1b]0;title\x07after", "a\x1b[2Kb", "open \x1b[3", "\x1b[1mbold\n\x01\x7f\x1b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for i := range data {
			data[i] &= 0x7f // marks that join others are searched and not drawn
		}
		data = data[:min(len(data), 1000)]
		shown, simple := strip(nil, data)
		if !simple || len(data) == 0 {
			return
		}
		log := new(text)
		log.append(data)
		lines := strings.Split(string(shown), "\n")
		for i := range log.lines() {
			require.Equal(t, draw(log, i, false).String(), lines[i])
		}
	})
}

func BenchmarkASearchInColours(b *testing.B) {
	var all []byte
	for i := range 100_000 {
		all = fmt.Appendf(all, "\x1b[32m%08d\x1b[0m a line of a log with colours in it\n", i)
	}
	log := new(text)
	log.append(all)
	b.SetBytes(int64(len(all)))
	for b.Loop() {
		lookFor(log, "nothing of the kind")
	}
}
