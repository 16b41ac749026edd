package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
)

// Toast is a short message at the edge of the page. An error stays until it is
// closed; anything else goes after [ToastTime].
type Toast struct {
	Tone Tone
	// Key is the key of the text, Args its placeholders; the text follows the
	// language while the toast stands.
	Key  string
	Args []any
	// Detail is what was said elsewhere, in the words it was said: the manager's
	// message, the reason of a panic. It may be empty.
	Detail string
	// From names who shows it, for [HideToasts]; empty for one that only the
	// person, or time, takes away.
	From string
	// Stays says that it stands until it is closed although it is no error.
	Stays bool
}

// ToastTime is how long a toast that is not an error stands.
const ToastTime = 6 * time.Second

const (
	// actionToast carries a Toast to the Toasts of the page.
	actionToast = "ui.toast"
	// actionHideToasts carries a Toast.From.
	actionHideToasts = "ui.toast.hide"
)

// ShowToast shows a toast; it may be called from any goroutine.
func ShowToast(ctx app.Context, toast Toast) { ctx.NewActionWithValue(actionToast, toast) }

// HideToasts takes away the toasts of one who shows them, and of those whose name
// goes on after his and a slash, because the person has read elsewhere what they
// say.
func HideToasts(ctx app.Context, from string) { ctx.NewActionWithValue(actionHideToasts, from) }

// Toasts shows the toasts of the page. A page has one.
type Toasts struct {
	app.Compo

	Texts *i18n.Texts

	list stack
}

// OnMount starts listening.
func (t *Toasts) OnMount(ctx app.Context) {
	ctx.Handle(actionToast, t.onToast)
	ctx.Handle(actionHideToasts, func(_ app.Context, action app.Action) {
		if from, ok := action.Value.(string); ok {
			t.list.hide(from)
		}
	})
}

func (t *Toasts) onToast(ctx app.Context, action app.Action) {
	toast, ok := action.Value.(Toast)
	if !ok {
		return
	}
	number := t.list.add(toast)
	if toast.Tone != Danger && !toast.Stays {
		ctx.After(ToastTime, func(app.Context) { t.list.remove(number) })
	}
}

// Render draws the stack, the newest last.
func (t *Toasts) Render() app.UI {
	return app.Section().Class("toasts").Aria("label", t.Texts.T("common.messages")).Body(
		app.Range(t.list.items).Slice(func(i int) app.UI {
			item := t.list.items[i]
			title := t.Texts.T(item.toast.Key, item.toast.Args...)
			if item.times > 1 {
				title += " ×" + t.Texts.Int(item.times)
			}
			return Notice(item.toast.Tone, title, item.toast.Detail,
				IconButton("x", t.Texts.T("common.close")).
					DataSet("toast", item.number).
					OnClick(t.onClose, app.EventScope(item.number)),
			).Class("toast")
		}),
	)
}

func (t *Toasts) onClose(ctx app.Context, _ app.Event) {
	defer Recover(ctx)
	number := ctx.JSSrc().Get("dataset").Get("toast").String()
	for _, item := range t.list.items {
		if strconv.Itoa(item.number) == number {
			t.list.remove(item.number)
			return
		}
	}
}

// stack is the list of standing toasts.
type stack struct {
	items []standing
	last  int
}

// standing is a toast with the number it is closed by and how often it came.
type standing struct {
	toast  Toast
	number int
	times  int
}

// add puts a toast on the stack and returns its number. One that stands already
// is counted instead of repeated, and keeps its number.
func (s *stack) add(toast Toast) int {
	for i := range s.items {
		if item := &s.items[i]; item.toast.Tone == toast.Tone && item.toast.Key == toast.Key &&
			item.toast.Detail == toast.Detail && item.toast.From == toast.From && slices.Equal(item.toast.Args, toast.Args) {
			item.times++
			return item.number
		}
	}
	s.last++
	s.items = append(s.items, standing{toast: toast, number: s.last, times: 1})
	return s.last
}

// remove takes the toast with this number away; one that is gone is no error.
func (s *stack) remove(number int) {
	s.items = slices.DeleteFunc(s.items, func(item standing) bool { return item.number == number })
}

// hide takes away the toasts of one who shows them.
func (s *stack) hide(from string) {
	s.items = slices.DeleteFunc(s.items, func(item standing) bool {
		return from != "" && (item.toast.From == from || strings.HasPrefix(item.toast.From, from+"/"))
	})
}
