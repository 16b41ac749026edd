package tty

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAClientThatAsksIsToldOfTheTerminals(t *testing.T) {
	s := newStage(t, 0)
	first := s.open("?instance=", small)
	assert.Equal(t, []string{"main"}, first.terminals())
	names := func(want ...string) func(map[string]any) bool {
		return func(map[string]any) bool { return slices.Equal(first.terminals(), want) }
	}

	second := s.open("?instance=&name=work", Size{200, 60})
	first.told(names("main", "work"))

	first.send(`4{"rename":"work","to":"build"}`)
	first.told(names("main", "build"))
	second.told(func(p map[string]any) bool { return p["terminal"] == "build" })
	s.output("work", "it goes on\n")
	second.expect("it goes on\n")

	for _, refused := range []string{`4{"rename":"build","to":"main"}`, `4{"rename":"build","to":"a/b"}`, `4{"rename":"none","to":"x"}`, `4{"close":"none"}`, "4nonsense"} {
		first.send(refused)
	}
	s.open("?instance=&name=work", small)
	first.told(names("main", "build", "work"))
	assert.NotNil(t, s.script("work-2"), "a name that was in use stands for another process")

	first.send(`4{"close":"build"}`)
	first.told(names("main", "work"))
}

func TestAClientIsToldTheSizeItShallHave(t *testing.T) {
	s := newStage(t, 0)
	large := s.open("?instance=", Size{200, 50})
	size := func(columns, rows float64) func(map[string]any) bool {
		return func(p map[string]any) bool {
			got, _ := p["size"].(map[string]any)
			return got["columns"] == columns && got["rows"] == rows
		}
	}
	large.told(size(200, 50))
	other := s.open("", Size{90, 60})
	large.told(size(90, 50))
	other.CloseNow()
	large.told(size(200, 50))
}

func TestInputIsCountedSoThatWhatWasLostCanBeSentAgain(t *testing.T) {
	s := newStage(t, 0)
	c := s.open("?instance=&client=me", small)
	assert.EqualValues(t, 0, c.preferences["typed"])
	c.send("0abc")
	input := make([]byte, 3)
	_, err := io.ReadFull(s.script("main").test, input)
	require.NoError(t, err)
	c.send("0" + strings.Repeat("x", tellTyped))
	_, err = io.ReadFull(s.script("main").test, make([]byte, tellTyped))
	require.NoError(t, err)
	c.told(func(p map[string]any) bool { return p["typed"].(float64) > 3 })

	// The connection is not known to be dead, and another of the same client comes.
	again := s.open(fmt.Sprintf("?instance=%s&since=0&client=me", c.preferences["instance"]), small)
	assert.EqualValues(t, 3+tellTyped, again.preferences["typed"])
	_, _, err = c.Read(t.Context())
	assert.Error(t, err, "the old one is over")
	again.told(func(map[string]any) bool { return len(again.terminals()) == 1 })

	stranger := s.open("?instance=&client=other", small)
	assert.EqualValues(t, 0, stranger.preferences["typed"])
}

func TestTheClientsOfATerminalWhoseInputIsCountedAreBounded(t *testing.T) {
	main := newTerminal("main", nil, small, 1)
	here := &viewer{client: "here"}
	main.viewers[here] = struct{}{}
	main.took(here, 5)
	for i := range 3 * maxClients {
		main.took(&viewer{client: fmt.Sprint("gone ", i)}, 1)
	}
	assert.Len(t, main.typed, maxClients)
	assert.EqualValues(t, 5, main.typed["here"], "who is there is not forgotten")
}

func TestPositionsAreThoseOfTheStreamAlsoWhereModesAreRestored(t *testing.T) {
	const scrollback = 64 << 10
	s := newStage(t, scrollback)
	c := s.open("?instance=", small)
	s.output("main", "\x1b[?2004h")
	c.expect("\x1b[?2004h")
	c.CloseNow()
	line := strings.Repeat("x", 1023) + "\n"
	for range 2 * scrollback / len(line) {
		s.output("main", line)
	}
	back := s.open("?instance=", small)
	back.expect(line)
	since := int(back.preferences["since"].(float64))
	until := int(back.preferences["until"].(float64))
	for since+back.got.Len() < until {
		back.got.WriteString(back.receive()[1:])
	}
	require.Equal(t, until, since+back.got.Len(), "the modes at the beginning are counted")
	back.CloseNow()
	s.output("main", "what follows\n")
	third := s.open(fmt.Sprintf("?instance=%s&since=%d", back.preferences["instance"], until), small)
	third.expect("what follows\n")
	assert.Equal(t, "what follows\n", third.got.String())
}
