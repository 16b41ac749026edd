package tty

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait of these tests.
const patience = 10 * time.Second

// script is a process that a test plays.
type script struct {
	net.Conn // the terminal's side
	test     net.Conn

	mu    sync.Mutex
	sizes []Size
}

func (s *script) Resize(size Size) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sizes = append(s.sizes, size)
	return nil
}

func (s *script) Close() int { s.Conn.Close(); return 3 }
func (s *script) End()       { s.test.Close() }

func (s *script) size() Size {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sizes) == 0 {
		return Size{}
	}
	return s.sizes[len(s.sizes)-1]
}

// stage is a server whose processes a test plays.
type stage struct {
	*testing.T
	url string

	mu      sync.Mutex
	scripts map[string]*script
}

func newStage(t *testing.T, scrollback int) *stage {
	s := &stage{T: t, scripts: make(map[string]*script)}
	server := httptest.NewServer(NewServer(Options{Title: "title", Scrollback: scrollback, Start: s.start}))
	s.url = server.URL
	t.Cleanup(func() {
		s.mu.Lock()
		for _, played := range s.scripts {
			played.test.Close()
		}
		s.mu.Unlock()
		server.Close()
	})
	return s
}

func (s *stage) start(name string, size Size) (Process, error) {
	if name == "broken" {
		return nil, fmt.Errorf("it cannot start")
	}
	ours, test := net.Pipe()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[name] = &script{Conn: ours, test: test, sizes: []Size{size}}
	return s.scripts[name], nil
}

func (s *stage) script(name string) *script {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scripts[name]
}

// output lets the process write.
func (s *stage) output(name, text string) {
	s.Helper()
	played := s.script(name)
	require.NoError(s, played.test.SetWriteDeadline(time.Now().Add(patience)))
	_, err := io.WriteString(played.test, text)
	require.NoError(s, err)
}

// client is a client of ttyd's protocol.
type client struct {
	*stage
	*websocket.Conn
	preferences map[string]any
	got         strings.Builder
}

func (s *stage) open(query string, size Size) *client {
	s.Helper()
	connection, _, err := websocket.Dial(s.Context(), s.url+"/ws"+query, &websocket.DialOptions{Subprotocols: []string{"tty"}})
	require.NoError(s, err)
	s.Cleanup(func() { connection.CloseNow() })
	connection.SetReadLimit(1 << 20)
	c := &client{stage: s, Conn: connection}
	c.send(fmt.Sprintf(`{"AuthToken":"","columns":%d,"rows":%d}`, size.Columns, size.Rows))
	assert.Equal(s, "1title", c.receive())
	preferences := c.receive()
	require.Equal(s, "2", preferences[:1])
	require.NoError(s, json.Unmarshal([]byte(preferences[1:]), &c.preferences))
	return c
}

func (c *client) send(text string) {
	c.Helper()
	require.NoError(c, c.Write(c.Context(), websocket.MessageBinary, []byte(text)))
}

func (c *client) receive() string {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	_, data, err := c.Read(ctx)
	require.NoError(c, err)
	return string(data)
}

// pause stops the output; messages are obeyed in order, so that when the input
// behind it arrives it is in effect.
func (c *client) pause(name string) {
	c.Helper()
	c.send("2")
	c.send("0p")
	_, err := io.ReadFull(c.script(name).test, make([]byte, 1))
	require.NoError(c, err)
}

// expect reads output until it ends with a text.
func (c *client) expect(text string) {
	c.Helper()
	for !strings.HasSuffix(c.got.String(), text) {
		message := c.receive()
		if message[0] == toClientPreferences {
			require.NoError(c, json.Unmarshal([]byte(message[1:]), &c.preferences))
			continue
		}
		require.Equal(c, "0", message[:1])
		c.got.WriteString(message[1:])
	}
}

// told reads messages until the preferences hold what is wanted.
func (c *client) told(wanted func(map[string]any) bool) {
	c.Helper()
	for !wanted(c.preferences) {
		message := c.receive()
		if message[0] == toClientPreferences {
			require.NoError(c, json.Unmarshal([]byte(message[1:]), &c.preferences))
		} else {
			c.got.WriteString(message[1:])
		}
	}
}

// terminals lists the names of the terminals that the client was told of.
func (c *client) terminals() []string {
	var list []string
	terminals, _ := c.preferences["terminals"].([]any)
	for _, t := range terminals {
		list = append(list, t.(map[string]any)["name"].(string))
	}
	return list
}

var small = Size{80, 24}

func TestATerminalSpeaksTtydsProtocol(t *testing.T) {
	s := newStage(t, 0)
	c := s.open("", small)
	assert.Empty(t, c.preferences)
	s.output("main", "hello 세계\n")
	c.expect("hello 세계\n")

	c.send("0" + "ls -l\r")
	input := make([]byte, 6)
	_, err := io.ReadFull(s.script("main").test, input)
	require.NoError(t, err)
	assert.Equal(t, "ls -l\r", string(input))

	c.send(`1{"columns":100,"rows":30}`)
	require.Eventually(t, func() bool { return s.script("main").size() == Size{100, 30} }, patience, time.Millisecond)
	c.send("")
	c.send("9nonsense")
	c.send("1nonsense")

	require.NoError(t, s.script("main").test.Close())
	_, _, err = c.Read(t.Context())
	var closed websocket.CloseError
	require.ErrorAs(t, err, &closed)
	assert.Equal(t, websocket.StatusNormalClosure, closed.Code)
	assert.Equal(t, "exit code 3", closed.Reason)
}

func TestTheHTTPSideAnswersAsTtydDoes(t *testing.T) {
	s := newStage(t, 0)
	s.open("?arg=work", small)
	for path, want := range map[string]string{
		"/token": `{"token": ""}`, "/terminals": `"viewers":1`, "/": "terminal", "/ws?name=a/b": "letters", "/none": "404",
	} {
		response, err := http.Get(s.url + path)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		response.Body.Close()
		assert.Contains(t, string(body), want, path)
	}
}

func TestWhatIsNotTheProtocolIsRefused(t *testing.T) {
	s := newStage(t, 0)
	for _, test := range []struct{ name, query, protocol, first, want string }{
		{"another subprotocol", "", "other", `{}`, "subprotocol"},
		{"a first message that is not JSON", "", "tty", "0ls", "first message"},
		{"a first message without end", "", "tty", `{"columns":` + strings.Repeat("1", 5000), "too long"},
		{"a process that cannot start", "?name=broken", "tty", `{"columns":1,"rows":1}`, "it cannot start"},
	} {
		t.Run(test.name, func(t *testing.T) {
			connection, _, err := websocket.Dial(t.Context(), s.url+"/ws"+test.query, &websocket.DialOptions{Subprotocols: []string{test.protocol}})
			require.NoError(t, err)
			defer connection.CloseNow()
			require.NoError(t, connection.Write(t.Context(), websocket.MessageText, []byte(test.first)))
			_, _, err = connection.Read(t.Context())
			var closed websocket.CloseError
			require.ErrorAs(t, err, &closed)
			assert.Equal(t, websocket.StatusPolicyViolation, closed.Code)
			assert.Contains(t, closed.Reason, test.want)
		})
	}
}

func TestSeveralSeeOneTerminalInTheSizeOfTheSmallest(t *testing.T) {
	s := newStage(t, 0)
	large := s.open("", Size{200, 50})
	s.output("main", "first\n")
	tall := s.open("", Size{90, 60})
	tall.expect("first\n")
	large.expect("first\n")
	assert.Equal(t, Size{90, 50}, s.script("main").size())
	s.output("main", "second\n")
	tall.expect("second\n")
	large.expect("second\n")
	require.NoError(t, tall.Close(websocket.StatusNormalClosure, ""))
	require.Eventually(t, func() bool { return s.script("main").size() == Size{200, 50} }, patience, time.Millisecond)
	other := s.open("?name=other", small)
	s.output("other", "elsewhere")
	other.expect("elsewhere")
	assert.Equal(t, "elsewhere", other.got.String(), "another terminal")
}

func TestAClientThatComesBackGoesOnWhereItWas(t *testing.T) {
	s := newStage(t, 0)
	c := s.open("?instance=", small)
	assert.Equal(t, "main", c.preferences["terminal"])
	assert.EqualValues(t, 0, c.preferences["since"])
	assert.Equal(t, true, c.preferences["reset"])
	s.output("main", "before ")
	c.expect("before ")
	c.CloseNow()
	s.output("main", "meanwhile ")
	again := s.open(fmt.Sprintf("?instance=%s&since=%d", c.preferences["instance"], c.got.Len()), small)
	assert.Equal(t, false, again.preferences["reset"])
	again.expect("meanwhile ")
	assert.Equal(t, "meanwhile ", again.got.String(), "only what was missed")
	for _, query := range []string{"?instance=other&since=3", "?instance=" + c.preferences["instance"].(string) + "&since=3000", ""} {
		anew := s.open(query, small)
		anew.expect("before meanwhile ")
		assert.Equal(t, "before meanwhile ", anew.got.String(), "everything")
	}
}

func TestAPausedClientMakesTheProcessWait(t *testing.T) {
	s := newStage(t, 0)
	c := s.open("", small)
	c.pause("main")
	line, played, wrote := strings.Repeat("x", 1023)+"\n", s.script("main"), 0
	for until, stuck := time.Now().Add(patience), false; !stuck; {
		require.True(t, time.Now().Before(until), "the process is not read for ever")
		_ = played.test.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		n, err := io.WriteString(played.test, line)
		wrote += n
		stuck = err != nil && wrote > window/2 // not just a reader that is late
	}
	c.send("3")
	s.output("main", "end\n")
	c.expect("end\n")
	assert.Greater(t, c.got.Len(), window/2)
	assert.Less(t, c.got.Len(), 2*window+chunk)
}

func TestASlowClientMissesOutputAndHoldsNobodyUp(t *testing.T) {
	const scrollback = 256 << 10
	s := newStage(t, scrollback)
	slow, fast := s.open("", small), s.open("", small)
	slow.pause("main")
	s.output("main", "\x1b[?1049h")
	fast.expect("\x1b[?1049h")
	line := strings.Repeat("x", 1023) + "\n"
	for range 4 * scrollback / len(line) {
		s.output("main", line)
		fast.expect(line)
	}
	s.output("main", "end\n")
	fast.expect("end\n")
	slow.send("3")
	slow.expect("end\n")
	_, after, cut := strings.Cut(slow.got.String(), reset)
	require.True(t, cut, "the terminal is reset")
	assert.True(t, strings.HasPrefix(after, "\x1b[?1049h"+line), "a line follows, in the modes of before: %.40q", after)
	assert.LessOrEqual(t, len(after), scrollback+chunk)
}

func TestWithoutViewersTheProcessRunsFree(t *testing.T) {
	s := newStage(t, 64<<10)
	c := s.open("", small)
	s.output("main", "first\n")
	c.expect("first\n")
	c.CloseNow()
	for range 1024 {
		s.output("main", strings.Repeat("y", 1023)+"\n")
	}
	s.output("main", "last\n")
	again := s.open("", small)
	again.expect("last\n")
	assert.LessOrEqual(t, again.got.Len(), 64<<10)
}
