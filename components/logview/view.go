package logview

import (
	"context"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// Kernel is one of a session's kernels.
type Kernel struct {
	ID   string
	Name string // main1, sub1 …
}

// View shows the log of one kernel of a session.
type View struct {
	app.Compo

	Texts      *i18n.Texts
	Connection *page.Connection
	// Session is the session's id, Name its name, and Owner the access key of whose
	// it is, "" for one's own.
	Session, Name, Owner string
	// Kernels are those to choose from, the main one first; Kernel is the id of the
	// one to begin with, "" for the main one.
	Kernels []Kernel
	Kernel  string
	// Ended says that nothing more will be written.
	Ended bool

	settings settings
	source   source
	log      log
	asking   bool
	round    int // counts what was asked for; answers to earlier questions are dropped
	turn     int // counts the runs of work; only the last one goes on
	armed    int // counts the timers; only the last one counts

	connection *page.Connection
	session    string
	given      string // Kernel as it was given
	kernel     string // the one that is shown
	cancel     func()

	follow bool // stays at the end
	raw    bool
	plain  bool // without colours
	rows   rows
	finder finder
	query  string
	hit    int  // index of the match that is shown
	busy   bool // the log is being counted or searched

	sized    sizes
	position ui.WindowPosition
	pushed   bool // the box is to be scrolled to the position, rather than the other way round
	widest   int  // cells of the widest line drawn
	stop     func()
}

// sizes is what was measured in the page, in px.
type sizes struct{ row, cell, height, width float64 }

var (
	_ app.Mounter    = (*View)(nil)
	_ app.Updater    = (*View)(nil)
	_ app.Dismounter = (*View)(nil)
)

// The actions of the widgets in the view.
const actionQuery = "logview.query"

// OnMount begins to read.
func (v *View) OnMount(ctx app.Context) {
	ctx.Handle(actionQuery, v.onQuery)
	v.settings = readSettings(client.NewBrowserStorage())
	v.begin()
	v.stop = watchScroll(func() {
		ctx.Dispatch(func(ctx app.Context) { v.measure(ctx) })
	})
	v.look(ctx)
	v.load(ctx)
}

// OnUpdate follows what the parent says.
func (v *View) OnUpdate(ctx app.Context) {
	v.load(ctx)
	v.look(ctx)
}

// OnDismount stops.
func (v *View) OnDismount() {
	v.round++
	v.turn++
	v.armed++
	if v.cancel != nil {
		v.cancel()
	}
	if v.stop != nil {
		v.stop()
	}
}

// load begins anew if the session, the kernel or the sign-in is another one.
func (v *View) load(ctx app.Context) {
	same := v.session == v.Session && v.given == v.Kernel
	if v.Connection == nil || (same && v.connection == v.Connection) {
		return
	}
	if !same {
		v.session, v.given, v.kernel = v.Session, v.Kernel, v.Kernel
		v.begin()
	}
	v.connection = v.Connection
	if v.cancel != nil {
		v.cancel()
	}
	v.cancel = v.Connection.OnceConnected(func(c *client.Client) {
		ctx.Dispatch(func(ctx app.Context) {
			v.source = c.Sessions()
			v.ask(ctx)
		})
	})
}

// begin forgets the log, if there was one.
func (v *View) begin() {
	v.round++
	v.asking = false
	v.log, v.follow, v.position, v.widest = newLog(), true, ui.WindowPosition{}, 0
	v.reset()
}

// reset counts and searches anew.
func (v *View) reset() {
	v.rows.reset(v.log.text, v.columns(), v.raw)
	v.finder.look(v.query, v.raw)
	v.hit = 0
}

// ask asks for what is new.
func (v *View) ask(ctx app.Context) {
	if v.source == nil || v.asking || v.log.rest != nil {
		return
	}
	v.asking = true
	v.armed++
	v.round++
	round, source, known := v.round, v.source, v.log.text.size
	request := client.LogRequest{Session: v.session, Kernel: v.kernel, OwnerAccessKey: v.Owner, From: known}
	ui.Go(ctx, func() {
		part, err := source.Logs(context.Background(), request)
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			if v.round == round {
				v.answer(ctx, part, err)
			}
		})
	})
}

// answer applies an answer, or says why there is none.
func (v *View) answer(ctx app.Context, part client.LogPart, err error) {
	v.asking = false
	if err != nil {
		v.log.failure = err
		v.arm(ctx)
		return
	}
	change, ok := v.log.apply(part, time.Now())
	if !ok {
		v.begin() // it is another log; all of it is needed
		v.ask(ctx)
		return
	}
	if change == changeNew {
		v.reset()
	}
	v.arm(ctx)
	v.work(ctx)
	v.settle(ctx)
	v.look(ctx)
}

// arm sets the time of the next refresh. After a failure it comes, too: the
// network may be back.
func (v *View) arm(ctx app.Context) {
	v.armed++
	if !v.settings.refresh || (v.Ended && v.log.failure == nil) {
		return
	}
	timer := v.armed
	ctx.After(v.log.pace(v.settings.every()), func(ctx app.Context) {
		if v.armed == timer && page.TabVisible() {
			v.ask(ctx)
		} else if v.armed == timer {
			v.arm(ctx)
		}
	})
}

const (
	// slice is how long is counted and searched at a time, so that the page stays
	// alive, and step how many blocks of lines before the clock is looked at.
	slice = 8 * time.Millisecond
	step  = 4
)

// work goes on taking in, counting and searching until all is done.
func (v *View) work(ctx app.Context) {
	before := len(v.finder.hits)
	for begun := time.Now(); v.working() && time.Since(begun) < slice; {
		v.log.more()
		v.rows.count(step)
		v.finder.step(v.log.text, step)
	}
	if before == 0 && len(v.finder.hits) > 0 && v.query != "" {
		v.reveal(ctx)
	}
	v.busy = v.working()
	v.settle(ctx)
	if !v.busy {
		return
	}
	v.turn++
	turn := v.turn
	afterOthers(func() {
		ctx.Dispatch(func(ctx app.Context) {
			if v.turn == turn {
				v.work(ctx)
			}
		})
	})
}

// working reports whether there is something left to do.
func (v *View) working() bool {
	return v.log.rest != nil || !v.rows.counted() || !v.finder.done(v.log.text)
}

// window is the arithmetic of what is in sight.
func (v *View) window() ui.Window {
	return ui.Window{Rows: v.rows.total(), RowHeight: max(v.sized.row, 1), Viewport: v.sized.height, Overscan: 8}
}

// columns is how many cells a row has, 0 without wrapping.
func (v *View) columns() int {
	if !v.settings.wrap || v.sized.cell == 0 {
		return 0
	}
	return max(20, int(v.sized.width/v.sized.cell)-gutter(v.log.text.lines()))
}

// gutter is how many cells the numbers of the lines take.
func gutter(lines int) int {
	digits := 3
	for n := lines; n >= 1000; n /= 10 {
		digits++
	}
	return digits + 3
}

// look measures the page once it is drawn.
func (v *View) look(ctx app.Context) {
	ctx.Defer(func(ctx app.Context) { ctx.Dispatch(v.measure) })
}

// measure takes over the sizes of the page and how far it is scrolled.
func (v *View) measure(ctx app.Context) {
	sized, scroll, ok := measured()
	if !ok {
		return
	}
	before, resized := v.columns(), sized.height != v.sized.height
	v.sized = sized
	if v.columns() != before {
		v.reset()
		v.work(ctx)
	}
	if v.pushed {
		return // it is not scrolled yet
	}
	if resized && v.follow {
		v.settle(ctx) // the end is further down, or up, than it was
		return
	}
	w := v.window()
	moved := w.Scrolled(v.position, scroll)
	if moved.Scroll < v.position.Scroll-1 {
		v.follow = false // somebody scrolls back
	}
	v.position = moved
	if moved.Scroll >= w.Height()-w.Viewport-2 {
		v.follow = true
	}
	v.place(ctx)
}

// settle keeps the end in sight, if that is wanted.
func (v *View) settle(ctx app.Context) {
	if v.follow {
		v.push(ctx, v.window().AtRow(v.rows.total()))
		return
	}
	v.place(ctx)
}

// push scrolls to a position.
func (v *View) push(ctx app.Context, to ui.WindowPosition) {
	v.position, v.pushed = to, true
	v.place(ctx)
}

// place puts the rows where they belong once they are drawn.
func (v *View) place(ctx app.Context) {
	ctx.Defer(func(app.Context) {
		w, pushed := v.window(), v.pushed
		v.pushed = false
		placeRows(w.Height(), w.Span(v.position).Top, v.position.Scroll, v.widest, pushed)
	})
}

// reveal shows the match of v.hit.
func (v *View) reveal(ctx app.Context) {
	if len(v.finder.hits) == 0 {
		return
	}
	v.hit = min(max(v.hit, 0), len(v.finder.hits)-1)
	row := v.rows.rowOf(v.finder.hits[v.hit])
	v.follow = false
	w := v.window()
	if revealed := w.Reveal(v.position, row); revealed != v.position {
		// Some rows of what is around it belong to it.
		v.push(ctx, w.AtRow(max(0, row-int(w.Viewport/w.RowHeight)/3)))
		return
	}
	v.place(ctx)
}

// fileName is the name of a download, as the original has it.
func (v *View) fileName(now time.Time) string {
	kernel := v.kernel
	if kernel == "" && len(v.Kernels) > 0 {
		kernel = v.Kernels[0].ID
	}
	name := v.Name
	if name == "" {
		name = v.session
	}
	stamp := strings.ReplaceAll(now.UTC().Format("2006-01-02T15:04:05Z"), ":", "-")
	return name + "-logs-" + kernel + "-" + stamp + ".txt"
}
