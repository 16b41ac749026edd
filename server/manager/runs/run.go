package runs

import (
	"context"
	"io"
	"strings"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/baiui/baiui/server/node"
)

const (
	// MaxHeld is how many bytes of output are held until somebody asks.
	MaxHeld = 1 << 20
	// Forgotten is after how long a run that nobody asks about is ended.
	Forgotten = 10 * time.Minute
	// gather is how long output is gathered before it is given.
	gather = 200 * time.Millisecond
	// settle is how long what was written before may be on its way: output and the
	// question for input come by pipes of their own.
	settle = 50 * time.Millisecond
	// lastWords is how long output is waited for after the program has ended:
	// something it left in the background may hold it open.
	lastWords = 500 * time.Millisecond
)

// Stage is one program of a run.
type Stage struct {
	Status string // what the run is when the program has ended
	// Asks says that the program tells when it waits for input; the input of
	// others is empty.
	Asks bool
	node.Program
}

// Start starts a program in the kernel of a run.
type Start func(context.Context, node.Program) (*node.Process, error)

// Run is code that runs. Its methods may be called from several goroutines.
type Run struct {
	ID string

	start  Start
	ctx    context.Context
	cancel context.CancelFunc
	timer  *time.Timer

	mu      sync.Mutex
	changed chan struct{} // closed and made anew with every change
	process *node.Process // nil between stages
	held    []Item
	size    int // of held, in bytes
	asks    string
	marks   []mark // what comes after held
}

// mark is the end of a stage. The next stage begins when it was told.
type mark struct {
	status string
	code   int
}

// begin starts a run; forgotten is called when nobody asks about it any more.
func begin(id string, start Start, stages []Stage, forgotten func()) *Run {
	r := &Run{ID: id, start: start, changed: make(chan struct{})}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.timer = time.AfterFunc(Forgotten, forgotten)
	go r.drive(stages)
	return r
}

// tell changes the run and wakes those who wait for a change.
func (r *Run) tell(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	close(r.changed)
	r.changed = make(chan struct{})
}

// drive runs the stages, one after the other. A stage that fails is the last one.
func (r *Run) drive(stages []Stage) {
	for _, stage := range stages {
		code := r.stage(stage)
		status := stage.Status
		r.tell(func() { r.marks = append(r.marks, mark{status, code}) })
		if code != 0 && status != StatusFinished {
			r.tell(func() { r.marks = append(r.marks, mark{StatusFinished, code}) })
			return
		}
	}
}

// stage runs one program and returns its exit code.
func (r *Run) stage(stage Stage) int {
	process, err := r.start(r.ctx, stage.Program)
	if err != nil {
		r.write("stderr", err.Error()+"\n")
		return ExitLost
	}
	defer process.Close()
	defer context.AfterFunc(r.ctx, func() { _ = process.Close() })()
	if !stage.Asks {
		process.Stdin.Close()
	}
	r.tell(func() { r.process = process })
	defer r.tell(func() { r.process, r.asks = nil, "" })
	var output sync.WaitGroup
	output.Go(func() { r.copy("stdout", process.Stdout) })
	output.Go(func() { r.copy("stderr", process.Stderr) })
	go r.listen(process.Asks)
	code, err := process.Wait()
	if err != nil {
		code = ExitLost
	}
	quiet := time.AfterFunc(lastWords, func() { _ = process.Close() })
	defer quiet.Stop()
	output.Wait()
	return code
}

// copy holds what a program writes, as text.
func (r *Run) copy(kind string, from io.Reader) {
	buffer := make([]byte, 32<<10)
	begun := 0 // bytes of a character whose rest has not come
	for {
		n, err := from.Read(buffer[begun:])
		n += begun
		begun = 0
		if err == nil {
			begun = unfinished(buffer[:n])
		}
		if text := strings.ToValidUTF8(string(buffer[:n-begun]), "\uFFFD"); text != "" {
			r.write(kind, text)
		}
		copy(buffer, buffer[n-begun:n])
		if err != nil {
			return
		}
	}
}

// unfinished is how many bytes at the end begin a character and do not end it.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if tail := text[len(text)-n:]; utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}

// write holds a piece of output as soon as there is room.
func (r *Run) write(kind, text string) {
	for {
		r.mu.Lock()
		if r.size < MaxHeld {
			break
		}
		changed := r.changed
		r.mu.Unlock()
		select {
		case <-changed:
		case <-r.ctx.Done():
			return
		}
	}
	r.mu.Unlock()
	r.tell(func() {
		r.size += len(text)
		if last := len(r.held) - 1; last >= 0 && r.held[last].Kind == kind {
			r.held[last].Text += text
		} else {
			r.held = append(r.held, Item{kind, text})
		}
	})
}

// listen hears when the program waits for input.
func (r *Run) listen(asks io.Reader) {
	var kind [1]byte
	for {
		if _, err := io.ReadFull(asks, kind[:]); err != nil {
			return
		}
		select {
		case <-time.After(settle):
		case <-r.ctx.Done():
		}
		r.tell(func() { r.asks = string(kind[:]) })
	}
}

// Next waits for what there is to say about the run, at most for patience, and
// says it. After StatusFinished there is nothing more.
func (r *Run) Next(ctx context.Context, patience time.Duration) Result {
	r.timer.Reset(Forgotten)
	limit := time.NewTimer(patience)
	defer limit.Stop()
	var gathered <-chan time.Time
	for {
		r.mu.Lock()
		if len(r.marks) > 0 || r.asks != "" || r.size >= MaxHeld {
			defer r.mu.Unlock()
			return r.take()
		}
		if len(r.held) > 0 && gathered == nil {
			gathered = time.After(min(gather, patience))
		}
		changed := r.changed
		r.mu.Unlock()
		select {
		case <-changed:
			continue
		case <-gathered:
		case <-limit.C:
		case <-ctx.Done():
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.take()
	}
}

// take gives what is held; r.mu must be held.
func (r *Run) take() Result {
	out := Result{Status: StatusContinued, RunID: r.ID, Files: []any{}, Console: r.held}
	if out.Console == nil {
		out.Console = []Item{}
	}
	r.held, r.size = nil, 0
	switch {
	case len(r.marks) > 0:
		out.Status, out.ExitCode = r.marks[0].status, &r.marks[0].code
		r.marks = r.marks[1:]
	case r.asks != "":
		out.Status, out.Options = StatusWaitingInput, map[string]any{"is_password": r.asks == string(rune(node.AskSecret))}
	}
	close(r.changed) // there is room again
	r.changed = make(chan struct{})
	return out
}

// Changed waits until something happens to the run.
func (r *Run) Changed(ctx context.Context) {
	r.mu.Lock()
	changed := r.changed
	r.mu.Unlock()
	select {
	case <-changed:
	case <-ctx.Done():
	}
}

// Output runs a program to its end and returns what it wrote, at most [MaxHeld]
// bytes.
func Output(ctx context.Context, start Start, program node.Program) (string, error) {
	process, err := start(ctx, program)
	if err != nil {
		return "", err
	}
	defer process.Close()
	defer context.AfterFunc(ctx, func() { _ = process.Close() })()
	process.Stdin.Close()
	text, err := io.ReadAll(io.LimitReader(process.Stdout, MaxHeld))
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return string(text), err
}

// Input gives the program a line.
func (r *Run) Input(line string) {
	var process *node.Process
	r.tell(func() { process, r.asks = r.process, "" })
	if process != nil {
		// Not here: a program that reads no more would hold the caller.
		go func() { _, _ = io.WriteString(process.Stdin, line+"\n") }()
	}
}

// Interrupt does what Ctrl+C does.
func (r *Run) Interrupt() {
	r.mu.Lock()
	process := r.process
	r.mu.Unlock()
	if process != nil {
		process.Signal(syscall.SIGINT)
	}
}

// end kills what runs.
func (r *Run) end() {
	r.timer.Stop()
	r.cancel()
}
