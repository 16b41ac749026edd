package notices

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
)

// startDesktop takes over what the person wanted at the last visit.
func (b *Bell) startDesktop(ctx app.Context) {
	var wanted bool
	if err := ctx.LocalStorage().Get(keyDesktop, &wanted); err != nil {
		app.Log(err)
	}
	b.setDesktop(ctx, wanted)
}

// setDesktop notes whether the person wants to be told on the desktop; what the
// browser does not allow is not wanted.
func (b *Bell) setDesktop(ctx app.Context, wanted bool) {
	b.wanted = wanted && desktopPermission() == permissionGranted
	ctx.NewActionWithValue(ActionDesktop, b.wanted)
}

// onDesktop is the switch. The browser asks the person when it is switched on
// for the first time, and never otherwise.
func (b *Bell) onDesktop(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	wanted := ctx.JSSrc().Get("checked").Bool()
	box := ctx.JSSrc()
	decide := func(ctx app.Context) {
		b.setDesktop(ctx, wanted)
		box.Set("checked", b.wanted) // the box shows what is, not what was clicked
		if err := ctx.LocalStorage().Set(keyDesktop, b.wanted); err != nil {
			app.Log(err)
		}
	}
	if !wanted || desktopPermission() != permissionDefault {
		decide(ctx)
		return
	}
	askDesktop(func(Permission) { ctx.Dispatch(decide) })
}

// tellDesktop tells of a notification on the desktop while nobody sees the page.
func (b *Bell) tellDesktop(ctx app.Context, item *Item) {
	if !b.wanted || !hidden() || desktopPermission() != permissionGranted {
		return
	}
	id, href := item.Session, item.Href
	showDesktop(title(b.Texts, item.Notice), detail(b.Texts, item.Notice), item.Key, func() {
		ctx.Dispatch(func(ctx app.Context) {
			switch {
			case id != "":
				ctx.Navigate(session.Link(ctx.Page().URL(), id, ""))
			case href != "":
				ctx.Navigate(href)
			}
		})
	})
}
