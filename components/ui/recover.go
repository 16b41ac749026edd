package ui

import (
	"fmt"
	"runtime/debug"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Recover, deferred at the top of an event handler or a goroutine, keeps a panic
// there from ending the whole program: it writes the panic to the console and
// tells the person with a toast.
//
//	func (f *Form) onSubmit(ctx app.Context, e app.Event) {
//		defer ui.Recover(ctx)
//		...
//	}
func Recover(ctx app.Context) {
	reason := recover()
	if reason == nil {
		return
	}
	app.Logf("panic: %v\n%s", reason, debug.Stack())
	ShowToast(ctx, Toast{Tone: Danger, Key: "common.broken", Detail: fmt.Sprint(reason)})
}

// Go runs f on a goroutine of its own with [Recover] in place.
func Go(ctx app.Context, f func()) {
	ctx.Async(func() {
		defer Recover(ctx)
		f()
	})
}
