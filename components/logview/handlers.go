package logview

import (
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

func (v *View) onQuery(ctx app.Context, action app.Action) {
	if text, ok := action.Value.(string); ok {
		v.query, v.hit = text, 0
		v.finder.look(text, v.raw)
		v.work(ctx)
	}
}

func (v *View) onSearchKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	switch e.Get("key").String() {
	case "Enter":
		e.PreventDefault()
		by := 1
		if e.Get("shiftKey").Bool() {
			by = -1
		}
		v.move(ctx, by)
	case "Escape":
		if v.query != "" {
			e.PreventDefault()
			e.Call("stopPropagation")
			ctx.NewActionWithValue(actionQuery, "")
		}
	}
}

// move goes from match to match, round at the ends.
func (v *View) move(ctx app.Context, by int) {
	if n := len(v.finder.hits); n > 0 {
		v.hit = (v.hit + by + n) % n
		v.reveal(ctx)
	}
}

func (v *View) onNext(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.move(ctx, 1)
}

func (v *View) onPrevious(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.move(ctx, -1)
}

func (v *View) onKernel(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.kernel = ctx.JSSrc().Get("value").String()
	v.begin()
	v.ask(ctx)
}

func (v *View) onRefresh(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.ask(ctx)
}

func (v *View) onAuto(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.settings.setRefresh(ctx.JSSrc().Get("checked").Bool())
	v.arm(ctx)
}

func (v *View) onInterval(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	if seconds, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
		v.settings.setInterval(seconds)
		v.arm(ctx)
	}
}

func (v *View) onFollow(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.follow = !v.follow
	v.settle(ctx)
}

func (v *View) onWrap(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	line, _ := v.rows.locate(v.first())
	v.settings.setWrap(!v.settings.wrap)
	v.again(ctx, line)
}

func (v *View) onRaw(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	line, _ := v.rows.locate(v.first())
	v.raw = !v.raw
	v.again(ctx, line)
}

func (v *View) onPlain(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.plain = !v.plain
}

// first is the first row in sight.
func (v *View) first() int {
	first, _ := v.window().Visible(v.position)
	return first
}

// again draws in another way, with the same line at the top.
func (v *View) again(ctx app.Context, line int) {
	v.widest = 0
	v.reset()
	v.rows.count(v.rows.blocks()) // all at once: the place of the line depends on it
	v.push(ctx, v.window().AtRow(v.rows.rowOf(line)))
	v.work(ctx)
	v.settle(ctx)
}

func (v *View) onDownload(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	ui.Save(v.fileName(time.Now()), "text/plain", v.log.text.segments...)
}
