package login

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// carried is what the person had typed into the prerendered form.
type carried struct {
	values map[string]string
	focus  string // the name of the input with the cursor, "" for none
	start  int    // the selection in it
	end    int
}

func (c *carried) set(name, value string) {
	if c.values == nil {
		c.values = map[string]string{}
	}
	c.values[name] = value
}

// carriedNames lists the inputs that can be typed into before the program runs.
func carriedNames() []string { return []string{"username", "password"} }

// readDocument reads the form that is in the document now; there is none where
// the page was not prerendered with it, and on a host.
func readDocument() carried {
	var c carried
	form := app.Window().GetElementByID(FormID)
	if !form.Truthy() {
		return c
	}
	active := app.Window().Get("document").Get("activeElement")
	for _, name := range carriedNames() {
		input := field(form, name)
		if !input.Truthy() {
			continue
		}
		if value := input.Get("value").String(); value != "" {
			c.set(name, value)
		}
		if active.Truthy() && active.Equal(input) {
			c.focus = name
			c.start = input.Get("selectionStart").Int()
			c.end = input.Get("selectionEnd").Int()
		}
	}
	return c
}

// write puts everything into the new form.
func (c *carried) write(form app.Value) {
	for name, value := range c.values {
		if input := field(form, name); input.Truthy() {
			input.Set("value", value)
		}
	}
	if c.focus == "" {
		return
	}
	if input := field(form, c.focus); input.Truthy() {
		input.Call("focus")
		input.Call("setSelectionRange", c.start, c.end)
	}
}

// field returns an input of the form by its name.
func field(form app.Value, name string) app.Value {
	return form.Call("querySelector", `[name="`+name+`"]`)
}

// focusField moves the cursor to the input that a failure is about; where it is
// about none it stays.
func focusField(form app.Value, failure *Failure) {
	if failure == nil || failure.Field == "" {
		return
	}
	if input := field(form, failure.Field); input.Truthy() {
		input.Call("focus")
		input.Call("select")
	}
}
