package tty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/coder/websocket"
)

// The first bytes of messages.
const (
	toServerInput  = '0'
	toServerResize = '1'
	toServerPause  = '2'
	toServerResume = '3'
	toServerOrder  = '4'

	toClientOutput      = '0'
	toClientTitle       = '1'
	toClientPreferences = '2'
)

const (
	// maxMessage bounds one message of a client; a large paste is one.
	maxMessage = 16 << 20
	// maxControl bounds the messages that are JSON.
	maxControl = 4 << 10
	// greeting is how long a client has to send its first message.
	greeting = 10 * time.Second
	// sending is how long a client may take for one message before it is taken
	// for lost.
	sending = 30 * time.Second
	// inputPatience is how long the process is waited for at a time before a
	// look whether the client is still there.
	inputPatience = time.Second
)

// viewer is one websocket that looks at a terminal.
type viewer struct {
	connection *websocket.Conn
	wake       chan struct{} // there is something to send
	client     string        // what the client calls itself; may be empty
	asked      bool          // the client wants the news
	quiet      chan struct{} // closed when nothing of its input is still to come

	// The rest is guarded by the terminal's lock.
	size     Size
	position int64  // in the stream, of what comes next
	prefix   []byte // to send before
	begin    int64  // the position as a client counts, before the prefix
	fresh    bool   // shown from the beginning
	paused   bool
	news     news
	told     int64 // how much of the client's input it knows to be taken
}

// resumption is what a client that comes back knows.
type resumption struct {
	instance string
	since    int64
}

// greet reads the first message, which gives the size.
func (v *viewer) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, greeting)
	defer cancel()
	_, message, err := v.connection.Reader(ctx)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(message, maxControl+1))
	if err != nil {
		return err
	}
	if len(text) > maxControl {
		return errors.New("the first message is too long")
	}
	if err := json.Unmarshal(text, &v.size); err != nil {
		return fmt.Errorf("the first message: %w", err)
	}
	v.size = v.size.sane()
	return nil
}

// show serves the viewer until it leaves or the terminal ends.
func (v *viewer) show(ctx context.Context, s *Server, t *terminal) error {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		v.connection.CloseNow()
		<-v.quiet
	}()
	go func() {
		defer close(v.quiet)
		defer cancel()
		_ = v.listen(ctx, s, t)
	}()
	if err := v.send(ctx, append([]byte{toClientTitle}, s.options.Title...)); err != nil {
		return err
	}
	first := preferences{}
	if v.asked {
		first = s.greeting(t, v)
	}
	if err := v.inform(ctx, first); err != nil {
		return err
	}
	message := make([]byte, 1+chunk)
	message[0] = toClientOutput
	for {
		next := t.next(v, message[1:])
		if next.news != 0 && v.asked {
			if err := v.inform(ctx, s.latest(t, v, next.news)); err != nil {
				return err
			}
		}
		switch {
		case next.n > 0:
			if err := v.send(ctx, message[:1+next.n]); err != nil {
				return err
			}
		case next.over:
			t.mu.Lock()
			code := t.code
			t.mu.Unlock()
			return v.connection.Close(websocket.StatusNormalClosure, fmt.Sprintf("exit code %d", code))
		case next.news == 0:
			if err := v.wait(ctx, t); err != nil {
				return err
			}
		}
	}
}

// wait returns when there may be something to send.
func (v *viewer) wait(ctx context.Context, t *terminal) error {
	t.mu.Lock()
	paused := v.paused
	t.mu.Unlock()
	done := t.done
	var look <-chan time.Time
	if paused {
		// A paused client sends and is sent nothing; ask whether it is there,
		// because the process may be waiting for it.
		timer := time.NewTimer(sending)
		defer timer.Stop()
		look, done = timer.C, nil
	}
	select {
	case <-v.wake:
		return nil
	case <-done:
		return nil
	case <-look:
		ctx, cancel := context.WithTimeout(ctx, sending)
		defer cancel()
		return v.connection.Ping(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *viewer) send(ctx context.Context, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	return v.connection.Write(ctx, websocket.MessageBinary, message)
}

// listen obeys the client's messages until it leaves.
func (v *viewer) listen(ctx context.Context, s *Server, t *terminal) error {
	buffer := make([]byte, 4<<10)
	for {
		_, message, err := v.connection.Reader(ctx)
		if err != nil {
			return err
		}
		var kind [1]byte
		if _, err := io.ReadFull(message, kind[:]); errors.Is(err, io.EOF) {
			continue // an empty message says nothing
		} else if err != nil {
			return err
		}
		switch kind[0] {
		case toServerInput:
			if err := v.input(ctx, t, message, buffer); err != nil {
				return err
			}
		case toServerResize:
			var size Size
			if json.NewDecoder(io.LimitReader(message, maxControl)).Decode(&size) == nil {
				t.resize(v, size)
			}
		case toServerPause:
			t.pause(v, true)
		case toServerResume:
			t.pause(v, false)
		case toServerOrder:
			var o order
			if json.NewDecoder(io.LimitReader(message, maxControl)).Decode(&o) == nil {
				s.obey(o)
			}
		}
		if _, err := io.Copy(io.Discard, message); err != nil {
			return err
		}
	}
}

// input passes a message on to the process piece by piece, so that a large one
// takes no memory. A process that does not read holds up only who writes to it,
// and only until that client leaves.
func (v *viewer) input(ctx context.Context, t *terminal, message io.Reader, buffer []byte) error {
	for {
		n, err := message.Read(buffer)
		for data := buffer[:n]; len(data) > 0; {
			if err := t.process.SetWriteDeadline(time.Now().Add(inputPatience)); err != nil {
				return err
			}
			written, err := t.process.Write(data)
			t.took(v, int64(written))
			data = data[written:]
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
