package apps

import "github.com/maxence-charriere/go-app/v10/pkg/app"

// tab is the browser tab that an app is on its way to.
type tab struct{ window app.Value }

// openTab opens an empty tab. It must be called while a click is handled: later
// the browser takes it for an advertisement. nil if the browser refuses.
func openTab(text string) *tab {
	if app.IsServer {
		return nil
	}
	window := app.Window().Call("open", "about:blank", "_blank")
	if !window.Truthy() {
		return nil
	}
	// What comes into the tab gets no handle on this page.
	window.Set("opener", nil)
	t := &tab{window}
	t.say(text)
	return t
}

// there reports whether the tab is still open.
func (t *tab) there() bool {
	return t != nil && t.window.Truthy() && !t.window.Get("closed").Bool()
}

// say shows a line of text in the tab, before the app is in it.
func (t *tab) say(text string) {
	if !t.there() {
		return
	}
	document := t.window.Get("document")
	if !document.Truthy() || !document.Get("body").Truthy() {
		return
	}
	document.Set("title", text)
	document.Get("body").Set("textContent", text)
}

// lead takes the tab to an address. It reports whether there was a tab.
func (t *tab) lead(address string) bool {
	if !t.there() {
		return false
	}
	t.window.Get("location").Call("replace", address)
	return true
}

// close closes the tab, which brings the person back to this page.
func (t *tab) close() {
	if t.there() {
		t.window.Call("close")
	}
}
