package sessions

import (
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// shortcut is one line of the help: keys, and the key of what they do.
type shortcut struct {
	keys []string
	text string
}

func shortcuts() []shortcut {
	return []shortcut{
		{[]string{"Ctrl", "K"}, "sessions.keys.palette"},
		{[]string{"/"}, "sessions.keys.filter"},
		{[]string{"j"}, "sessions.keys.next"},
		{[]string{"k"}, "sessions.keys.previous"},
		{[]string{"x"}, "sessions.keys.select"},
		{[]string{"Shift", "x"}, "sessions.keys.range"},
		{[]string{"Enter"}, "sessions.keys.open"},
		{[]string{"Esc"}, "sessions.keys.clear"},
		{[]string{"["}, "sessions.keys.menu"},
		{[]string{"]"}, "sessions.keys.notices"},
		{[]string{"?"}, "sessions.keys.help"},
	}
}

// help is the dialog that lists the keys.
func (v *View) help() app.UI {
	t := v.Texts
	var rows []app.UI
	if v.dialog == dialogHelp {
		for _, s := range shortcuts() {
			keys := make([]app.UI, len(s.keys))
			for i, key := range s.keys {
				keys[i] = app.Kbd().Text(key)
			}
			rows = append(rows, app.Dt().Body(keys...), app.Dd().Text(t.T(s.text)))
		}
	}
	return ui.Dialog(ui.DialogProps{
		ID: "sessions-help", Open: v.dialog == dialogHelp, Title: t.T("sessions.keys"), Class: "keys",
		Close: t.T("common.close"), OnClose: v.onCloseDialog,
	}, app.Dl().Class("keys-list").Body(rows...))
}
