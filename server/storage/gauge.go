package storage

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"
)

const (
	// gaugeLife is how old a measurement may be that lists show: sessions write
	// without telling.
	gaugeLife = 30 * time.Second
	// gaugeWalks is how many folders are measured for lists at a time: half of
	// what may be walked through at all.
	gaugeWalks = 2
	// gaugeQueue is how many folders wait to be measured; more have to be asked
	// for again.
	gaugeQueue = 4096
	// gaugeKept is how many measurements are remembered.
	gaugeKept = 1 << 16
)

// gauge knows what places of the volume held when they were last looked at, and
// looks again in the background. The zero value is ready.
type gauge struct {
	mu      sync.Mutex
	known   map[string]reading
	queue   []string
	waiting map[string]bool // in the queue, or being measured
	moved   chan struct{}   // closed and renewed when a place was measured
	walkers int
	closed  bool
	stop    context.CancelFunc
	ctx     context.Context
	running sync.WaitGroup
}

type reading struct {
	used  Usage
	known bool // used was measured once
	at    time.Time
	stale bool // somebody wrote since
}

// FolderUsage is what folder id held lately: at most half a minute ago, unless
// the folder takes longer than ctx allows to be measured. Then it is what was known
// before, and the measuring goes on without the caller; known is false if there was
// nothing. Few folders are measured at once, however many callers ask.
func (v *Volume) FolderUsage(ctx context.Context, id FolderID) (used Usage, known bool) {
	return v.gauge.read(ctx, v, id.place()+"/"+dataName)
}

// OwnerUsage is what all folders of an owner hold, with what their quota counts
// beside the files; see [Volume.FolderUsage].
func (v *Volume) OwnerUsage(ctx context.Context, owner Owner) (used Usage, known bool) {
	return v.gauge.read(ctx, v, hexOf(owner.ID))
}

func (g *gauge) read(ctx context.Context, v *Volume, at string) (Usage, bool) {
	for {
		g.mu.Lock()
		last := g.known[at]
		age := v.Now().Sub(last.at)
		if !last.stale && age >= 0 && age < gaugeLife || g.closed {
			g.mu.Unlock()
			return last.used, last.known
		}
		g.ask(v, at)
		moved := g.moved
		g.mu.Unlock()
		select {
		case <-moved:
		case <-ctx.Done():
			return last.used, last.known
		}
	}
}

// ask puts a place into the queue; the caller holds mu.
func (g *gauge) ask(v *Volume, at string) {
	if g.moved == nil {
		g.moved, g.waiting, g.known = make(chan struct{}), map[string]bool{}, map[string]reading{}
		g.ctx, g.stop = context.WithCancel(context.Background())
	}
	if g.waiting[at] || len(g.queue) >= gaugeQueue {
		return
	}
	g.waiting[at] = true
	g.queue = append(g.queue, at)
	if g.walkers < gaugeWalks {
		g.walkers++
		g.running.Go(func() { g.walk(v) })
	}
}

// walk measures what is in the queue until there is nothing.
func (g *gauge) walk(v *Volume) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.queue) > 0 && !g.closed {
		at := g.queue[0]
		g.queue = g.queue[1:]
		last := g.known[at]
		last.stale, last.at = false, time.Time{} // what is written from here on makes it stale again
		g.known[at] = last
		g.mu.Unlock()
		used, err := v.measureAt(g.ctx, at)
		now := v.Now()
		g.mu.Lock()
		g.keep(at, used, now, err)
		delete(g.waiting, at)
		close(g.moved)
		g.moved = make(chan struct{})
	}
	g.walkers--
}

// keep remembers a measurement; the caller holds mu. A place that cannot be
// measured keeps what was known of it until it is looked at again.
func (g *gauge) keep(at string, used Usage, now time.Time, err error) {
	last := g.known[at]
	if err == nil || KindOf(err) == KindUnsupported { // too deep: as far as it went
		last.used, last.known = used, true
	}
	last.at = now
	if len(g.known) >= gaugeKept {
		clear(g.known)
	}
	g.known[at] = last
}

// measureAt walks through a place; one that is not there holds nothing.
func (v *Volume) measureAt(ctx context.Context, at string) (u Usage, err error) {
	release, err := v.guard(ctx)
	if err != nil {
		return u, err
	}
	defer release()
	err = v.weigh(ctx, at, &u)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return u, err
}

// changed says that somebody wrote into a folder.
func (g *gauge) changed(id FolderID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, at := range []string{id.place() + "/" + dataName, hexOf(id.Owner.ID)} {
		if last, ok := g.known[at]; ok {
			last.stale = true
			g.known[at] = last
		}
	}
}

// close ends the measuring.
func (g *gauge) close() {
	g.mu.Lock()
	g.closed = true
	if g.stop != nil {
		g.stop()
	}
	g.mu.Unlock()
	g.running.Wait()
}
