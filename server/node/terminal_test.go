//go:build linux

package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// through is an HTTP client whose connections go to a port of a kernel.
func through(l *Local, id string, port int) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return l.Dial(ctx, id, port) },
	}}
}

// terminalOf is a terminal of a kernel, as a client of ttyd sees it.
type terminalOf struct {
	*testing.T
	*websocket.Conn
	got strings.Builder
}

func openTerminal(t *testing.T, l *Local, id, name string) *terminalOf {
	t.Helper()
	connection, _, err := websocket.Dial(t.Context(), "http://kernel/ws?name="+name, &websocket.DialOptions{
		HTTPClient: through(l, id, TerminalPort), Subprotocols: []string{"tty"},
	})
	require.NoError(t, err)
	t.Cleanup(func() { connection.CloseNow() })
	c := &terminalOf{T: t, Conn: connection}
	c.send(`{"AuthToken":"","columns":91,"rows":31}`)
	return c
}

func (c *terminalOf) send(text string) {
	c.Helper()
	require.NoError(c, c.Write(c.Context(), websocket.MessageBinary, []byte(text)))
}

// expect reads output until it has a text.
func (c *terminalOf) expect(text string) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patienceOfTests)
	defer cancel()
	for !strings.Contains(c.got.String(), text) {
		_, data, err := c.Read(ctx)
		require.NoError(c, err, "no %q in %q", text, c.got.String())
		if data[0] == '0' {
			c.got.Write(data[1:])
		}
	}
}

// end reads output until there is no more, and gives the reason.
func (c *terminalOf) end() (err error) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patienceOfTests)
	defer cancel()
	for err == nil {
		_, _, err = c.Read(ctx)
	}
	return err
}

func TestAKernelHasTerminals(t *testing.T) {
	for name, options := range map[string]Options{"isolated": {}, "not isolated": {Isolation: IsolationNone}} {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, options)
			spec := Spec{ID: "k1", Env: map[string]string{"GREETING": "안녕"}}
			require.NoError(t, l.Create(t.Context(), spec))
			response, err := through(l, "k1", TerminalPort).Get("http://kernel/token")
			require.NoError(t, err)
			defer response.Body.Close()
			token, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			assert.Equal(t, `{"token": ""}`, string(token))

			c := openTerminal(t, l, "k1", "")
			c.send("0" + `echo "size $(stty size) of $TERM, $GREETING"` + "\r")
			c.expect("size 31 91 of xterm-256color, 안녕")
			c.send("0" + `tty > tty && test -w "$(tty)" && test -O "$(tty)" && echo the terminal is "mine"` + "\r")
			c.expect("the terminal is mine")
			c.send("0" + `sh -c 'echo ready; exec sleep 1000'` + "\r")
			c.expect("\rready\r\n")
			c.send("0\x03")
			c.expect("^C")
			c.send("0" + `echo "interrupted: $?"` + "\r")
			c.expect("interrupted: 130")
			c.CloseNow()

			again := openTerminal(t, l, "k1", "")
			again.expect("interrupted: 130")
			other := openTerminal(t, l, "k1", "other")
			other.send("0" + `test "$(tty)" != "$(cat tty)" && echo "another one"; exit 5` + "\r")
			other.expect("another one\r\n")
			err = other.end()
			assert.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(err), "%v", err)
			require.ErrorContains(t, err, "exit code 5")

			_, err = l.Destroy(t.Context(), "k1", 0)
			require.NoError(t, err)
			_ = again.end()
			assert.Empty(t, processesOf(t, "k1"))
		})
	}
}

func TestATerminalEndsAlthoughItsBackgroundWrites(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	c := openTerminal(t, l, "k1", "")
	c.send("0" + `(trap '' HUP; while echo tick; do sleep 0.02; done) & sleep 0.1; exit` + "\r")
	c.expect("tick")
	assert.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(c.end()))
}

func TestTerminalsRunInTmuxWhereItIsWantedAndInstalled(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1", Tmux: true}))
	c := openTerminal(t, l, "k1", "work")
	want := "in ,work"
	if _, err := exec.LookPath("tmux"); err == nil {
		want = "in tmux,work"
	}
	c.send("0" + `echo "in ${TMUX:+tmux},$(tmux display -p '#S' 2>/dev/null || echo work)"` + "\r")
	c.expect(want)
}

func TestTmuxKnowsTheMouseUnlessTheHomeSaysOtherwise(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Log("tmux is not installed, so there is nothing that could know the mouse")
		return
	}
	for name, test := range map[string]struct {
		own  []HomeFile
		want string
	}{
		"on by itself":         {nil, "mouse is on"},
		"off by the home file": {[]HomeFile{{Path: ".tmux.conf", Mode: 0o644, Data: []byte("set -g mouse off\n")}}, "mouse is off"},
	} {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, Options{})
			require.NoError(t, l.Create(t.Context(), Spec{ID: "k1", Tmux: true, Files: test.own}))
			c := openTerminal(t, l, "k1", "work")
			c.send("0" + `echo "mouse is" $(tmux show -gv mouse)` + "\r")
			c.expect(test.want)
		})
	}
}

func TestATerminalThatIsClosedIsGone(t *testing.T) {
	for name, test := range map[string]struct {
		tmux  bool
		first string
	}{
		"a shell":                        {false, ""},
		"a shell that cannot be hung up": {false, "trap '' HUP; "},
		"tmux":                           {true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := openNode(t, Options{})
			require.NoError(t, l.Create(t.Context(), Spec{ID: "k1", Tmux: test.tmux}))
			c := openTerminal(t, l, "k1", "work")
			c.send("0" + test.first + `echo "it is" there` + "\r")
			c.expect("it is there")
			c.send(`4{"close":"work"}`)
			assert.Equal(t, websocket.StatusNormalClosure, websocket.CloseStatus(c.end()))
			anew := openTerminal(t, l, "k1", "work")
			anew.send("0" + `echo "another" shell` + "\r")
			anew.expect("another shell")
			assert.NotContains(t, anew.got.String(), "it is there")
		})
	}
}

func TestATerminalCarriesMuchOutput(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	c := openTerminal(t, l, "k1", "")
	c.send("0" + `seq -f 'line %.0f' 1 200000; echo 'at the' end` + "\r")
	c.expect("at the end")
	for i := range 200000 {
		if line := fmt.Sprintf("line %d\r\n", i+1); i%1000 == 0 {
			require.Contains(t, c.got.String(), line)
		}
	}
}
