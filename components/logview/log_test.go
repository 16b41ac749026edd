package logview

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
)

func TestAnswersAreJoined(t *testing.T) {
	long := strings.Repeat("0123456789abcdef\n", 1000)
	tests := []struct {
		name, known string
		part        client.LogPart
		want        string
		change      change
		ok          bool
		fresh       int
	}{
		{"the first", "", client.LogPart{Data: []byte("a\n")}, "a\n", changeNew, true, 1},
		{"all of it again", "a\n", client.LogPart{Data: []byte("a\n")}, "a\n", changeNone, true, 1},
		{"all of it and more", "a\n", client.LogPart{Data: []byte("a\nb\n")}, "a\nb\n", changeMore, true, 1},
		{"what is new", "a\nb", client.LogPart{From: 2, Data: []byte("bc\n")}, "a\nbc\n", changeMore, true, 2},
		{"nothing new", "a\nb", client.LogPart{From: 2, Data: []byte("b")}, "a\nb", changeNone, true, 2},
		{"the end of another log", "a\nb", client.LogPart{From: 2, Data: []byte("xc\n")}, "a\nb", changeNone, false, 0},
		{"the end of a longer one", "a\nb", client.LogPart{From: 9, Data: []byte("c\n")}, "a\nb", changeNone, false, 0},
		{"another log", "a\nb", client.LogPart{Data: []byte("x\n")}, "x\n", changeNew, true, 1},
		{"a log that is empty again", "a\nb", client.LogPart{}, "", changeNew, true, 0},
		{"a log whose beginning was cut", long, client.LogPart{Data: []byte("[cut]\r\n" + long[5000:] + "new\n")}, long + "new\n", changeMore, true, 1000},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := newLog()
			if test.known != "" {
				_, ok := l.apply(client.LogPart{Data: []byte(test.known)}, time.Unix(1, 0))
				assert.True(t, ok)
			}
			change, ok := l.apply(test.part, time.Unix(2, 0))
			assert.Equal(t, test.ok, ok)
			assert.Equal(t, test.change, change)
			assert.Equal(t, test.want, string(l.text.read(0, l.text.size)))
			if ok {
				assert.Equal(t, test.fresh, l.fresh, "the first line that is new")
				assert.Equal(t, time.Unix(2, 0), l.at)
			}
		})
	}
}

func TestAnAnswerIsTakenInPortions(t *testing.T) {
	data := []byte(strings.Repeat("0123456789abcde\n", 3*portion/16))
	l := newLog()
	change, ok := l.apply(client.LogPart{Data: data}, time.Unix(1, 0))
	assert.True(t, ok)
	assert.Equal(t, changeNew, change)
	assert.EqualValues(t, portion, l.text.size)
	assert.True(t, l.more())
	assert.True(t, l.more())
	assert.False(t, l.more())
	assert.True(t, l.text.equal(0, data))
	assert.EqualValues(t, len(data), l.text.size)
	assert.Greater(t, l.fresh, l.text.lines(), "none of it is news")
}

func TestWhatComesWholeIsAskedForLessOften(t *testing.T) {
	const often = 5 * time.Second
	for name, test := range map[string]struct {
		known int
		part  client.LogPart
		want  time.Duration
	}{
		"the first answer":               {0, client.LogPart{Data: make([]byte, 20<<20)}, often},
		"only what is new":               {2 << 20, client.LogPart{From: 2<<20 - 1, Data: make([]byte, 5<<20)}, often},
		"a small log, whole":             {1 << 19, client.LogPart{Data: make([]byte, 1<<20)}, often},
		"a large one, whole":             {16 << 20, client.LogPart{Data: make([]byte, 16<<20)}, 32 * time.Second},
		"a very large one, whole":        {1 << 20, client.LogPart{Data: make([]byte, 100<<20)}, slowest},
		"as seldom as somebody likes it": {2 << 20, client.LogPart{Data: make([]byte, 2<<20)}, often},
	} {
		l := newLog()
		l.text.append(make([]byte, test.known))
		_, ok := l.apply(test.part, time.Unix(1, 0))
		assert.True(t, ok, name)
		assert.Equal(t, test.want, l.pace(often), name)
	}
}
