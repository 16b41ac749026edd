package palette

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/sessions"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

const (
	// typingPause is how long nothing must be typed before the manager is asked.
	typingPause = 200 * time.Millisecond
	// askTimeout is for how long its answer is waited for.
	askTimeout = 5 * time.Second
	// mostFound bounds the sessions that are offered.
	mostFound = 6
)

// The ids of the parts, which refer to each other.
const (
	idDialog = "palette"
	idInput  = "palette-input"
	idList   = "palette-list"
)

// View is the palette. Its exported fields are inputs of the shell.
type View struct {
	app.Compo

	Texts      *i18n.Texts
	Places     []Place
	OnList     bool // the session list is shown
	Connection *page.Connection
	Account    *model.Account
	Project    model.Project

	open     bool
	typed    string
	at       int // of the entry that Enter takes
	selected int
	found    []*model.Session
	asked    int // number of the last question; answers to others are dropped
	timer    *time.Timer
	stop     func()
	ctx      app.Context // of this component: that of an option is gone with it
}

var (
	_ app.Mounter    = (*View)(nil)
	_ app.Dismounter = (*View)(nil)
)

// OnMount listens for the key.
func (v *View) OnMount(ctx app.Context) {
	v.ctx = ctx
	v.stop = listenKey(func() {
		ctx.Dispatch(func(ctx app.Context) {
			defer ui.Recover(ctx)
			v.toggle()
		})
	})
	ctx.ObserveState(sessions.StateSelected, &v.selected)
}

// OnDismount ends what was started.
func (v *View) OnDismount() {
	if v.stop != nil {
		v.stop()
	}
	if v.timer != nil {
		v.timer.Stop()
	}
}

// toggle opens or closes the palette. Nobody who is not signed in has one.
func (v *View) toggle() {
	if v.open || v.Account == nil {
		v.close()
		return
	}
	v.open, v.typed, v.at, v.found = true, "", 0, nil
}

func (v *View) close() {
	v.open = false
	v.asked++
}

func (v *View) entries() []Entry {
	return input{
		texts: v.Texts, places: v.Places, account: v.Account, onList: v.OnList,
		selected: v.selected, typed: v.typed, found: v.found,
	}.entries()
}

// Render draws the dialog.
func (v *View) Render() app.UI {
	t := v.Texts
	var body []app.UI
	if v.open {
		entries := v.entries()
		v.at = min(v.at, max(len(entries)-1, 0))
		options := make([]app.UI, len(entries))
		for i, e := range entries {
			options[i] = v.option(i, e)
		}
		body = []app.UI{
			v.input(len(entries)),
			app.Ul().ID(idList).Class("palette-list").Role("listbox").Aria("label", t.T("palette.title")).
				OnClick(v.onClick).Body(options...),
			app.P().Class("palette-none").Role("status").Text(v.nothing(len(entries))),
		}
	}
	return ui.Dialog(ui.DialogProps{
		ID: idDialog, Open: v.open, Title: t.T("palette.title"), Class: "palette", Close: t.T("common.close"), OnClose: v.onClose,
	}, body...)
}

func (v *View) nothing(entries int) string {
	if entries > 0 {
		return ""
	}
	return v.Texts.T("palette.nothing")
}

func (v *View) input(entries int) app.UI {
	field := app.Input().ID(idInput).Class("input palette-input").Type("text").Attr("autofocus", true).
		Attr("autocomplete", "off").Attr("spellcheck", "false").
		Role("combobox").Aria("expanded", true).Aria("controls", idList).Aria("autocomplete", "list").
		Aria("label", v.Texts.T("palette.hint")).Placeholder(v.Texts.T("palette.hint")).
		OnInput(v.onInput).OnKeyDown(v.onKeyDown)
	if entries > 0 {
		field = field.Aria("activedescendant", optionID(v.at))
	}
	return field
}

func optionID(i int) string { return "palette-" + strconv.Itoa(i) }

func (v *View) option(i int, e Entry) app.UI {
	return app.Li().ID(optionID(i)).Class("palette-option").Role("option").DataSet("entry", i).
		Aria("selected", i == v.at).Body(
		ui.Icon(e.Icon),
		app.Span().Class("clip").Text(e.Text),
		app.Span().Class("muted clip").Text(strings.TrimSpace(e.Detail)),
		app.Span().Class("palette-group muted").Text(e.Group),
	)
}

func (v *View) onClose(app.Context, app.Event) { v.close() }

func (v *View) onInput(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.search(ctx, ctx.JSSrc().Get("value").String())
}

// search shows what matches, and asks the manager for sessions once the person
// pauses.
func (v *View) search(ctx app.Context, text string) {
	v.typed, v.at, v.found = text, 0, nil
	v.asked++
	mine := v.asked
	if v.timer != nil {
		v.timer.Stop()
	}
	if strings.TrimSpace(text) == "" || v.Connection == nil || v.Connection.Client() == nil {
		return
	}
	c := v.Connection.Client()
	v.timer = time.AfterFunc(typingPause, func() {
		ctx.Dispatch(func(ctx app.Context) {
			if v.asked == mine {
				v.ask(ctx, c, mine)
			}
		})
	})
}

// ask asks for sessions by name. A failure shows none: the list tells about the
// manager.
func (v *View) ask(ctx app.Context, c *client.Client, mine int) {
	request := sessions.ByName(v.typed, c.Version())
	request.Project, request.Limit, request.Timeout = v.Project.ID, mostFound, askTimeout
	ui.Go(ctx, func() {
		answer, err := c.Sessions().List(context.Background(), request)
		ctx.Dispatch(func(app.Context) {
			if err == nil && v.asked == mine {
				v.found = answer.Items
			}
		})
	})
}

// onKeyDown moves through the list and takes an entry; while characters are
// composed the keys belong to that.
func (v *View) onKeyDown(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if e.Get("isComposing").Truthy() {
		return
	}
	n := len(v.entries())
	switch e.Get("key").String() {
	case "ArrowDown":
		v.move(ctx, 1, n)
	case "ArrowUp":
		v.move(ctx, -1, n)
	case "Enter":
		v.take(v.at)
	default:
		return
	}
	e.PreventDefault()
}

func (v *View) move(ctx app.Context, by, n int) {
	if n == 0 {
		return
	}
	v.at = (v.at + by + n) % n
	ctx.Defer(func(app.Context) {
		if option := app.Window().GetElementByID(optionID(v.at)); option.Truthy() {
			option.Call("scrollIntoView", map[string]any{"block": "nearest"})
		}
	})
}

func (v *View) onClick(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	option := e.Get("target").Call("closest", "[data-entry]")
	if !option.Truthy() {
		return
	}
	if i, err := strconv.Atoi(option.Get("dataset").Get("entry").String()); err == nil {
		v.take(i)
	}
}

// take does what an entry says, after the palette has given the focus back.
func (v *View) take(i int) {
	entries := v.entries()
	if i < 0 || i >= len(entries) {
		return
	}
	e := entries[i]
	v.close()
	v.ctx.Dispatch(func(ctx app.Context) {
		if e.Action != "" {
			ctx.NewActionWithValue(e.Action, e.Value)
			return
		}
		ctx.Navigate(e.URL)
	})
}
