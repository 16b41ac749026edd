package turns

import (
	"context"
	"sync"
)

// Turns lets so many things of each key happen at a time. Its methods may be called
// from several goroutines.
type Turns struct {
	each int

	mu    sync.Mutex
	lines map[string]*line // of keys of which something happens or waits
}

// line is one key's.
type line struct {
	turns chan struct{}
	used  int // by how many, guarded by Turns.mu
}

// New lets each things of a key happen at a time.
func New(each int) *Turns { return &Turns{each: each, lines: map[string]*line{}} }

// Enter waits for a turn of a key, until ctx ends, whose error it then returns.
// leave gives the turn back; call it once.
func (t *Turns) Enter(ctx context.Context, key string) (leave func(), err error) {
	l := t.join(key)
	select {
	case l.turns <- struct{}{}:
		return func() {
			<-l.turns
			t.part(key, l)
		}, nil
	case <-ctx.Done():
		t.part(key, l)
		return nil, ctx.Err()
	}
}

func (t *Turns) join(key string) *line {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.lines[key]
	if l == nil {
		l = &line{turns: make(chan struct{}, t.each)}
		t.lines[key] = l
	}
	l.used++
	return l
}

func (t *Turns) part(key string, l *line) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.used--; l.used == 0 {
		delete(t.lines, key)
	}
}
