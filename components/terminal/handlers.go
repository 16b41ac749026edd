package terminal

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

func (v *View) onQuery(_ app.Context, action app.Action) {
	if text, ok := action.Value.(string); ok && v.screen != nil {
		v.query = text
		if text == "" {
			v.at, v.of = 0, 0
			v.screen.findNothing()
			return
		}
		v.screen.find(text, false)
	}
}

func (v *View) onSearchKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	switch e.Get("key").String() {
	case "Enter":
		e.PreventDefault()
		v.find(e.Get("shiftKey").Bool())
	case "Escape":
		e.PreventDefault()
		e.Call("stopPropagation")
		v.search(ctx, false)
	}
}

func (v *View) find(back bool) {
	if v.screen != nil && v.query != "" {
		v.screen.find(v.query, back)
	}
}

func (v *View) onNext(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.find(false)
}

func (v *View) onPrevious(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.find(true)
}

func (v *View) onSearch(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.search(ctx, !v.searching)
}

func (v *View) onLarger(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.settings.enlarge(1)
	v.restyle()
}

func (v *View) onSmaller(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.settings.enlarge(-1)
	v.restyle()
}

func (v *View) onReader(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.settings.toggleReader()
	v.restyle()
}

func (v *View) restyle() {
	if v.screen != nil {
		v.screen.restyle(v.look())
	}
}

func (v *View) onTab(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.choose(ctx, ctx.JSSrc().Get("dataset").Get("terminal").String())
}

func (v *View) onAdd(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.choose(ctx, freeName(tabs(v.shown.Terminals, v.name)))
}

func (v *View) onRename(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.naming, v.newName = true, v.name
}

func (v *View) onNewName(_ app.Context, action app.Action) {
	if text, ok := action.Value.(string); ok {
		v.newName = text
	}
}

func (v *View) onNameGiven(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	if nameProblem(v.newName, v.name, v.shown.Terminals) != "" {
		return
	}
	v.naming = false
	if v.link != nil && v.newName != v.name {
		v.link.order(map[string]string{"rename": v.name, "to": v.newName})
	}
}

func (v *View) onNameKept(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.naming = false
}

func (v *View) onClose(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.closing = true
}

func (v *View) onCloseAnswer(_ app.Context, action app.Action) {
	v.closing = false
	if yes, ok := action.Value.(bool); ok && yes && v.link != nil {
		v.link.order(map[string]string{"close": v.name})
	}
}

func (v *View) onPasteAnswer(_ app.Context, action app.Action) {
	text := v.pasting
	v.pasting = ""
	if yes, ok := action.Value.(bool); ok && yes && v.screen != nil {
		v.screen.paste(text)
	}
}

func (v *View) onAgain(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	if v.link == nil {
		return
	}
	v.link.hurry()
	v.link.restart()
	v.screen.focus()
}

func (v *View) onReload(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.reload()
}

// reload loads the emulator after it could not be loaded.
func (v *View) reload() {
	if v.loading == loadingFailed && v.screen != nil {
		v.loading = loadingBegun
		v.screen.load()
	}
}

func (v *View) onGuide(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.guide = true
}

func (v *View) onGuideRead(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.guide = false
	if v.screen != nil {
		v.screen.focus()
	}
}

func (v *View) onGuideKnown(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	v.settings.forgetGuide()
	v.onGuideRead(ctx, e)
}
