package ui

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/components/i18n"
)

func TestDialog(t *testing.T) {
	nothing := func(app.Context, app.Event) {}
	closed := app.HTMLString(Dialog(DialogProps{ID: "d", Title: "Rename", OnClose: nothing}, app.P().Text("body")))
	assert.NotContains(t, closed, "body", "a closed dialog holds nothing")
	assert.Contains(t, closed, `aria-labelledby="d-title"`)

	open := app.HTMLString(Dialog(DialogProps{
		ID: "d", Open: true, Title: "Rename", Close: "Close", OnClose: nothing, OnSubmit: nothing, Sending: true,
		Actions: []app.UI{Button("", "Save").Type("submit")},
	}, app.P().Text("body")))
	assert.Contains(t, open, `id="d-title"`)
	assert.Contains(t, open, "Rename")
	assert.Contains(t, open, "body")
	assert.Contains(t, open, "<form")
	assert.Contains(t, open, "aria-busy")
	assert.Contains(t, open, `aria-label="Close"`)

	assert.NotContains(t, app.HTMLString(Dialog(DialogProps{ID: "d", Open: true, OnClose: nothing})), "<form",
		"a dialog that only shows has no form")
}

func TestDrawer(t *testing.T) {
	closed := app.HTMLString(Drawer(DrawerProps{ID: "x", Label: "x-title"}, app.P().Text("body")))
	assert.NotContains(t, closed, "body")
	assert.NotContains(t, closed, "role=", "a closed panel is nothing for a screen reader")

	open := app.HTMLString(Drawer(DrawerProps{ID: "x", Label: "x-title", Open: true, Busy: true}, app.P().Text("body")))
	assert.Contains(t, open, "body")
	assert.Contains(t, open, `role="dialog"`)
	assert.Contains(t, open, `aria-labelledby="x-title"`)
	assert.Contains(t, open, "aria-busy")
}

func TestCopyButton(t *testing.T) {
	button := &CopyButton{Texts: i18n.Load("en"), Text: "abc", Label: "Copy the id"}
	assert.Contains(t, app.HTMLString(button), `aria-label="Copy the id"`)

	h, engine := mount(t, button, actionToast)
	button.onClick(h.ctx, app.Event{})
	engine.ConsumeAll()
	assert.Equal(t, []any{Toast{Tone: Danger, Key: "common.copy_failed"}}, h.actions[actionToast], "outside of a browser nothing can be copied")

	worked := &CopyButton{Texts: i18n.Load("en"), Text: "abc", Label: "Copy the id", copied: 1}
	assert.Contains(t, app.HTMLString(worked), "Copied")
}
