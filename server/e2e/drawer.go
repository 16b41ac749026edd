package e2e

import (
	"fmt"

	"github.com/chromedp/chromedp/kb"
)

// Selectors of the drawer of a session and of its dialogs.
const (
	Drawer        = "#session-drawer.open"
	SessionDialog = "#session-dialog[open]"
	DialogField   = "#session-dialog-field"
	UndoButton    = ".endings [data-batch]"
)

// OpenSession opens a session's drawer by its row.
func (p *Page) OpenSession(id string) error {
	if err := p.Click(fmt.Sprintf(`tr[data-session=%q] a[data-open]`, id)); err != nil {
		return err
	}
	return p.WaitDrawer(id)
}

// WaitDrawer waits until the drawer shows a session completely: only the
// manager's answer about it holds the history.
func (p *Page) WaitDrawer(id string) error {
	return p.Wait(fmt.Sprintf(`document.querySelector(%q) && document.querySelector(".timeline") && document.querySelector(".items .mono").textContent === %q`, Drawer, id))
}

// Verb presses the button of an action in the drawer; those that are folded away
// are unfolded first.
func (p *Page) Verb(verb string) error {
	selector := fmt.Sprintf(`%s [data-verb=%q]`, Drawer, verb)
	if err := p.WaitFor("document.querySelector("+quote(selector)+")", waitTimeout); err != nil {
		return err
	}
	var folded bool
	if err := p.Eval(`!!document.querySelector(`+quote(selector)+`).closest("details:not([open])")`, &folded); err != nil {
		return err
	}
	if folded {
		if err := p.Click(Drawer + " details.menu > summary"); err != nil {
			return err
		}
	}
	return p.Click(selector)
}

// Submit presses the primary button of the open dialog.
func (p *Page) Submit() error { return p.Click(SessionDialog + " [type=submit]") }

// CloseWithEscape presses Escape.
func (p *Page) CloseWithEscape() error { return p.Press(kb.Escape) }
