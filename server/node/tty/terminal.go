package tty

import (
	"crypto/rand"
	"sync"
	"time"
)

// Size is the size of a terminal in character cells.
type Size struct {
	Columns uint16 `json:"columns"`
	Rows    uint16 `json:"rows"`
}

// The size of a terminal nobody has given one, and the largest.
const (
	defaultColumns, defaultRows = 80, 24
	maxCells                    = 2000
)

func (s Size) sane() Size {
	if s.Columns == 0 || s.Rows == 0 {
		return Size{defaultColumns, defaultRows}
	}
	return Size{min(s.Columns, maxCells), min(s.Rows, maxCells)}
}

// Process is what runs in a terminal, and the other end of its line.
type Process interface {
	// Read gives output; any error means that the process is over.
	Read([]byte) (int, error)
	// Write sends input. With a deadline it can be cut short.
	Write([]byte) (int, error)
	SetWriteDeadline(time.Time) error
	Resize(Size) error
	// Close ends the process and gives its exit code.
	Close() int
	// End ends what runs in the terminal, also what would outlive Close.
	End()
}

const (
	// DefaultScrollback is how many bytes of output are kept for those who come
	// later.
	DefaultScrollback = 512 << 10
	// window is how far the fastest viewer may be behind before the process has
	// to wait: little, so that an interrupt shows soon.
	window = 64 << 10
	// chunk is the most output in one message, which with its first byte has
	// 32 KiB: many clients read no longer ones.
	chunk = 32<<10 - 1
)

// terminal is one process and all who look at it.
type terminal struct {
	name     string // guarded by the server's lock
	key      string // what the process was started as
	instance string
	started  time.Time
	process  Process
	room     chan struct{} // a viewer has taken output, come or gone
	done     chan struct{} // closed when the process is over

	mu      sync.Mutex
	output  ring
	now     modes // after all output
	size    Size
	viewers map[*viewer]struct{}
	typed   map[string]int64 // bytes of input taken, by client
	code    int              // valid after done
}

func newTerminal(name string, process Process, size Size, scrollback int) *terminal {
	return &terminal{
		name: name, instance: rand.Text(), started: time.Now(), process: process, size: size,
		room: make(chan struct{}, 1), done: make(chan struct{}),
		output: ring{limit: scrollback}, viewers: make(map[*viewer]struct{}), typed: make(map[string]int64),
	}
}

// run reads the process's output until it is over.
func (t *terminal) run() {
	buffer := make([]byte, chunk)
	for {
		n, err := t.process.Read(buffer)
		t.mu.Lock()
		t.output.write(buffer[:n])
		t.now.feed(buffer[:n])
		for v := range t.viewers {
			wake(v.wake)
		}
		t.mu.Unlock()
		if err != nil {
			break
		}
		for !t.mayRun() {
			<-t.room
		}
	}
	code := t.process.Close()
	t.mu.Lock()
	t.code = code
	t.mu.Unlock()
	close(t.done)
}

// mayRun says whether more output may be read: the fastest viewer has taken
// most of it, or nobody looks.
func (t *terminal) mayRun() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.viewers) == 0 {
		return true
	}
	for v := range t.viewers {
		if t.output.total-v.position <= window {
			return true
		}
	}
	return false
}

func wake(signal chan struct{}) {
	select {
	case signal <- struct{}{}:
	default:
	}
}

// maxViewers bounds those who look at one terminal.
const maxViewers = 16

// join adds a viewer, who is shown what there was; false if there are too many.
func (t *terminal) join(v *viewer, from resumption) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.viewers) >= maxViewers {
		return false
	}
	if from.instance == t.instance && from.since >= t.output.start() && from.since <= t.output.total {
		v.position = from.since
	} else {
		v.position, v.prefix = t.output.replay()
		v.fresh = true
	}
	v.begin = v.position - int64(len(v.prefix))
	t.viewers[v] = struct{}{}
	before := t.size
	t.fit()
	if v.fresh && t.size == before && t.output.start() > 0 && t.now.alternate() && t.size.Rows > 1 {
		// A full-screen program whose first strokes are no longer known: it
		// paints again when the size changes.
		_ = t.process.Resize(Size{t.size.Columns, t.size.Rows - 1})
		_ = t.process.Resize(t.size)
	}
	return true
}

// leave removes a viewer.
func (t *terminal) leave(v *viewer) {
	t.mu.Lock()
	delete(t.viewers, v)
	t.fit()
	t.mu.Unlock()
	wake(t.room)
}

// resize notes a viewer's size.
func (t *terminal) resize(v *viewer, size Size) {
	t.mu.Lock()
	defer t.mu.Unlock()
	v.size = size.sane()
	t.fit()
}

// pause notes whether a viewer takes output.
func (t *terminal) pause(v *viewer, paused bool) {
	t.mu.Lock()
	v.paused = paused
	t.mu.Unlock()
	wake(v.wake)
}

// fit gives the process the size of the smallest viewer; t.mu is held.
func (t *terminal) fit() {
	var size Size
	for v := range t.viewers {
		if size.Columns == 0 || v.size.Columns < size.Columns {
			size.Columns = v.size.Columns
		}
		if size.Rows == 0 || v.size.Rows < size.Rows {
			size.Rows = v.size.Rows
		}
	}
	if size.Columns > 0 && size != t.size && t.process.Resize(size) == nil {
		t.size = size
		for v := range t.viewers {
			v.tell(newsSize)
		}
	}
}

// reset is what brings a terminal back to its beginning.
const reset = "\x1bc"

// step is what a viewer is to do next: tell its client the news, then send n
// bytes of output; if there is neither, wait, or leave if the terminal is over.
type step struct {
	news news
	n    int
	over bool
}

// next says what comes next for a viewer, and copies the output for it.
func (t *terminal) next(v *viewer, into []byte) step {
	t.mu.Lock()
	defer t.mu.Unlock()
	var s step
	if !v.paused && v.position < t.output.start() {
		var modes []byte
		v.position, modes = t.output.replay()
		v.prefix = append([]byte(reset), modes...)
		v.begin = v.position - int64(len(v.prefix))
		v.tell(newsPosition)
	}
	s.news, v.news = v.news, 0
	switch {
	case v.paused:
		return s
	case len(v.prefix) > 0:
		s.n = copy(into, v.prefix)
		v.prefix = v.prefix[s.n:]
		return s
	}
	s.n = t.output.read(v.position, into)
	v.position += int64(s.n)
	wake(t.room)
	s.over = s.n == 0 && s.news == 0 && t.over()
	return s
}

// over reports whether the process has ended and its output is complete.
func (t *terminal) over() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}
