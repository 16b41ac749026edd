package terminal

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// fake is a browser that writes down what a link does, and a clock.
type fake struct {
	t                        *testing.T
	link                     *link
	clock                    time.Time
	dials                    []string
	sent                     []string
	resets, hangups, changes int
	size                     size
}

func (f *fake) Dial(query string)   { f.dials = append(f.dials, query) }
func (f *fake) Send(message []byte) { f.sent = append(f.sent, string(message)) }
func (f *fake) Hangup()             { f.hangups++ }
func (f *fake) Reset()              { f.resets++ }
func (f *fake) Resize(to size)      { f.size = to }
func (f *fake) Changed()            { f.changes++ }

func newFake(t *testing.T) *fake {
	f := &fake{t: t, clock: time.Unix(1000, 0)}
	f.link = newLink(f, "main", "me", func() time.Time { return f.clock })
	f.link.place(size{80, 24})
	f.link.start("main")
	return f
}

// pass lets time go by, a tick at a time.
func (f *fake) pass(d time.Duration) {
	for end := f.clock.Add(d); f.clock.Before(end); {
		f.clock = f.clock.Add(250 * time.Millisecond)
		f.link.tick()
	}
}

// greets is the server's beginning of a connection.
func (f *fake) greets(p map[string]any) {
	f.link.opened()
	text, err := json.Marshal(p)
	require.NoError(f.t, err)
	f.link.received(toClientPreferences, len(text), string(text))
}

// output is output that is drawn at once.
func (f *fake) output(n int) {
	f.link.received(toClientOutput, n, "")
	f.link.drawnBytes(n)
}

// input is all that was sent as input since the last call.
func (f *fake) input() string {
	var out strings.Builder
	for _, m := range f.sent {
		if m[0] == toServerInput {
			out.WriteString(m[1:])
		}
	}
	f.sent = nil
	return out.String()
}

func own(since, typed int64) map[string]any {
	return map[string]any{"terminal": "main", "instance": "I", "since": since, "until": since, "reset": since == 0, "typed": typed}
}

func TestATerminalIsOpenWhenItHasSpoken(t *testing.T) {
	f := newFake(t)
	require.Equal(t, []string{"name=main&client=me&instance="}, f.dials)
	assert.Equal(t, phaseConnecting, f.link.status().Phase)
	f.greets(own(0, 0))
	assert.Equal(t, phaseOpen, f.link.status().Phase)
	assert.JSONEq(t, `{"AuthToken":"","columns":80,"rows":24}`, f.sent[0])
	require.True(t, f.link.typed("ls\r"))
	assert.Equal(t, "ls\r", f.input())
}

func TestAfterACutOutputAndInputGoOnWhereTheyWere(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.output(100)
	f.link.typed("abc")
	f.link.typed("def") // of which only "d" arrives
	f.input()
	f.link.closed(1006, "")
	assert.Equal(t, phaseReconnecting, f.link.status().Phase)
	assert.True(t, f.link.typed("ghi"))
	assert.Equal(t, 9, f.link.status().Held)
	f.pass(time.Second)
	require.Len(t, f.dials, 2)
	assert.Equal(t, "name=main&client=me&instance=I&since=100", f.dials[1])
	resets := f.resets
	f.greets(own(100, 4))
	assert.Equal(t, "efghi", f.input(), "once, and in order")
	assert.Equal(t, resets, f.resets, "what is on the screen stays")
	f.output(5)
	f.link.closed(1006, "")
	f.pass(time.Second)
	assert.Contains(t, f.dials[2], "since=105")
}

func TestWhatWasTypedForOneShellIsNotSentToAnother(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.link.closed(1006, "")
	f.link.typed("rm -r *\r")
	f.pass(time.Second)
	other := own(0, 0)
	other["instance"] = "J"
	f.greets(other)
	assert.Empty(t, f.input())
	assert.True(t, f.link.status().Lost)
}

func TestATerminalOfTtydKeepsWhatIsTypedMeanwhile(t *testing.T) {
	f := newFake(t)
	f.greets(map[string]any{})
	assert.True(t, f.link.status().Plain)
	f.link.typed("sent")
	assert.Equal(t, "sent", f.input())
	f.link.closed(1006, "")
	f.link.typed("kept")
	f.pass(time.Second)
	f.greets(map[string]any{})
	assert.Equal(t, "kept", f.input(), "ttyd does not say what has arrived, so nothing is sent twice")
}

func TestOnlySoMuchCanBeTypedWithoutAConnection(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.link.closed(1006, "")
	assert.True(t, f.link.typed(strings.Repeat("x", maxHeld)))
	assert.False(t, f.link.typed("y"))
	assert.True(t, f.link.status().Lost)
}

func TestAScreenThatCannotFollowMakesTheProcessWait(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.sent = nil
	for range 9 {
		f.link.received(toClientOutput, 32<<10, "")
	}
	assert.Equal(t, []string{"2"}, f.sent)
	for range 6 {
		f.link.drawnBytes(32 << 10)
	}
	assert.Equal(t, []string{"2"}, f.sent)
	f.link.drawnBytes(64 << 10)
	assert.Equal(t, []string{"2", "3"}, f.sent)
}

func TestTheEndOfAConnectionSaysWhatItMeans(t *testing.T) {
	tests := []struct {
		name   string
		code   int
		reason string
		want   phase
		again  bool // it is tried again by itself
	}{
		{"the shell has ended", 1000, "exit code 3", phaseEnded, false},
		{"the session is gone", client.TerminalMissing, "no such session", phaseOver, false},
		{"the sign-in is over", client.TerminalSignedOut, "", phaseRefused, false},
		{"the manager refuses", client.TerminalForbidden, "no", phaseRefused, false},
		{"the server restarts", 1001, "", phaseReconnecting, true},
		{"the line is cut", 1006, "", phaseReconnecting, true},
		{"the manager is gone", client.TerminalCut, "refused", phaseReconnecting, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			f.greets(own(0, 0))
			f.link.closed(test.code, test.reason)
			s := f.link.status()
			assert.Equal(t, test.want, s.Phase)
			assert.Equal(t, test.reason, s.Detail)
			f.pass(time.Minute)
			assert.Equal(t, test.again, len(f.dials) > 1)
		})
	}
}

func TestEnterStartsAnotherShellAfterTheEnd(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.link.closed(1000, "exit code 3")
	assert.Equal(t, 3, f.link.status().Code)
	f.link.typed("x")
	assert.Len(t, f.dials, 1)
	f.link.typed("\r")
	require.Len(t, f.dials, 2)
	assert.Equal(t, "name=main&client=me&instance=", f.dials[1])
	f.greets(own(0, 0))
	assert.Empty(t, f.input())
}

func TestAttemptsAreFurtherAndFurtherApart(t *testing.T) {
	f := newFake(t)
	var gaps []time.Duration
	last := f.clock
	for range 9 {
		f.link.closed(1006, "")
		for n := len(f.dials); len(f.dials) == n; {
			f.pass(250 * time.Millisecond)
		}
		gaps = append(gaps, f.clock.Sub(last))
		last = f.clock
	}
	assert.LessOrEqual(t, gaps[0], 500*time.Millisecond)
	assert.GreaterOrEqual(t, gaps[6], 10*time.Second)
	assert.LessOrEqual(t, gaps[8], 16*time.Second)

	f.link.closed(1006, "")
	n := len(f.dials)
	f.link.hurry()
	assert.Len(t, f.dials, n+1, "the network is back")
}

func TestASilentConnectionIsGivenUp(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	for range 10 {
		f.pass(15 * time.Second)
		f.link.received(0, 0, "")
	}
	assert.Equal(t, phaseOpen, f.link.status().Phase)
	f.pass(silence + time.Second)
	assert.Equal(t, 1, f.hangups)
	assert.Len(t, f.dials, 2)
}

func TestWithoutANetworkTheConnectionIsCutAtOnce(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.link.cut()
	assert.Equal(t, phaseReconnecting, f.link.status().Phase)
	f.link.hurry()
	assert.Len(t, f.dials, 2)
}

func TestNothingIsDialedBeforeTheScreenIsLoaded(t *testing.T) {
	f := &fake{t: t, clock: time.Unix(1000, 0)}
	f.link = newLink(f, "main", "me", func() time.Time { return f.clock })
	f.link.tick()
	f.link.cut()
	f.clock = f.clock.Add(time.Hour)
	f.link.tick()
	f.link.hurry()
	assert.Empty(t, f.dials)
	f.link.start("main")
	assert.Len(t, f.dials, 1)
}

func TestSizesAreToldNotTooOften(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.sent = nil
	f.clock = f.clock.Add(time.Second)
	for columns := 81; columns < 181; columns++ {
		f.link.place(size{columns, 24})
	}
	assert.Equal(t, size{180, 24}, f.size)
	assert.Equal(t, []string{`1{"columns":81,"rows":24}`}, f.sent)
	f.pass(250 * time.Millisecond)
	assert.Equal(t, []string{`1{"columns":81,"rows":24}`, `1{"columns":180,"rows":24}`}, f.sent)

	text := `{"size":{"columns":100,"rows":20}}`
	f.link.received(toClientPreferences, len(text), text)
	assert.Equal(t, size{100, 20}, f.size, "somebody else looks at it in a smaller window")
	assert.Equal(t, size{100, 20}, f.link.status().Size)
}

func TestQuestionsThatWereAnsweredBeforeAreNotAnsweredAgain(t *testing.T) {
	f := newFake(t)
	greeting := own(0, 0)
	greeting["until"] = 50
	f.greets(greeting)
	f.sent = nil
	f.link.received(toClientOutput, 50, "")
	f.link.typed("\x1b[?1;2c")
	f.link.typed("a")
	assert.Equal(t, "a", f.input())
	f.link.drawnBytes(50)
	f.link.typed("\x1b[A")
	assert.Equal(t, "\x1b[A", f.input())
}

func TestAPageWithKeysOfItsOwnSendsAGrant(t *testing.T) {
	f := newFake(t)
	f.link.grant = func() (*client.TerminalGrant, error) {
		return &client.TerminalGrant{Endpoint: "http://m", Signed: client.Signed{Authorization: "A"}}, nil
	}
	f.link.opened()
	assert.Contains(t, f.sent[0], `"endpoint":"http://m"`)
	f.link.grant = func() (*client.TerminalGrant, error) { return nil, errors.New("no clock") }
	f.link.opened()
	assert.Equal(t, "no clock", f.link.status().Detail)
}

func TestALargePasteGoesInPieces(t *testing.T) {
	f := newFake(t)
	f.greets(own(0, 0))
	f.sent = nil
	f.link.typed(strings.Repeat("p", 1<<20))
	assert.Len(t, f.sent, 1<<20/maxPiece)
	assert.Equal(t, strings.Repeat("p", 1<<20), f.input())
	text := fmt.Sprintf(`{"typed":%d}`, 1<<20)
	f.link.received(toClientPreferences, len(text), text)
	assert.Empty(t, f.link.kept, "what has arrived is not kept")
}

func TestAPasteDoesNotSayWhereItEnds(t *testing.T) {
	for text, want := range map[string]string{
		"ls\x1b[201~\rrm -r x\r":  "ls[201~\rrm -r x\r",
		"ls\u009b201~\nrm -r x\n": "ls201~\nrm -r x\n",
		"\x03\x04\x08\x7fls":      "ls",
		"한글\tline\r\nline\n":      "한글\tline\r\nline\n",
	} {
		assert.Equal(t, want, pasted(text))
	}
}

func TestNamesOfTerminals(t *testing.T) {
	list := []listed{{Name: "main"}, {Name: "shell-3"}}
	assert.Equal(t, "shell-4", freeName(list))
	assert.Empty(t, nameProblem("main", "main", list), "a name may stay")
	assert.Equal(t, "terminal.name.taken", nameProblem("shell-3", "main", list))
	assert.Equal(t, "terminal.name.invalid", nameProblem("a b", "main", list))
	assert.Equal(t, "terminal.name.invalid", nameProblem("", "main", list))
	assert.Len(t, tabs(list, "gone"), 3)
	assert.Len(t, tabs(list, "main"), 2)
}
