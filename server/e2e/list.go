package e2e

import (
	"fmt"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// Selectors of the page's fixed parts.
const (
	SignInForm    = "form#signin"
	SignInFailure = "#signin [role=alert]"
	SessionTable  = "table[data-list=sessions]"
	ListError     = "[data-list-error][role=alert]"
)

// rowsShown is the condition that the list shows rows.
const rowsShown = `document.querySelector("table[data-list=sessions] tr[data-session]")`

// formAlive is the condition that the program has taken over the sign-in form:
// before, the choice of a key pair is disabled.
const formAlive = `document.querySelector("form#signin input[name=mode][value=API]:not([disabled])")`

// WaitFormAlive waits until the program runs and the sign-in form is its own.
func (p *Page) WaitFormAlive() error { return p.Wait(formAlive) }

// FillPassword fills the sign-in form for an account.
func (p *Page) FillPassword(username, password string) error {
	if err := p.WaitFormAlive(); err != nil {
		return err
	}
	if err := p.Fill("#signin [name=username]", username); err != nil {
		return err
	}
	return p.Fill("#signin [name=password]", password)
}

// SubmitPassword fills the sign-in form for an account and presses Enter.
func (p *Page) SubmitPassword(username, password string) error {
	if err := p.FillPassword(username, password); err != nil {
		return err
	}
	return p.Press(kb.Enter)
}

// SubmitKeyPair fills the sign-in form in API mode and presses Enter.
func (p *Page) SubmitKeyPair(endpoint, accessKey, secretKey string) error {
	if err := p.WaitFormAlive(); err != nil {
		return err
	}
	if err := p.Click("#signin label:has([name=mode][value=API])"); err != nil {
		return err
	}
	for _, field := range [][2]string{{"access_key", accessKey}, {"secret_key", secretKey}, {"endpoint", endpoint}} {
		if err := p.Fill("#signin [name="+field[0]+"]", field[1]); err != nil {
			return err
		}
	}
	return p.Press(kb.Enter)
}

// SignIn opens a path of the site, signs in with a password and waits for the
// first row of the list.
func (p *Page) SignIn(path string, account Account) error {
	if err := p.Open(path); err != nil {
		return err
	}
	if err := p.SubmitPassword(account.Email, account.Password); err != nil {
		return err
	}
	return p.WaitRows()
}

// WaitRows waits until the list shows rows.
func (p *Page) WaitRows() error { return p.Wait(rowsShown) }

// Row is one row of the session list.
type Row struct {
	ID     string
	Status string // as on the wire: RUNNING …
	Text   string // everything the row says
}

// Rows returns the rows that the list shows.
func (p *Page) Rows() ([]Row, error) {
	var rows []Row
	err := p.Eval(`[...document.querySelectorAll("table[data-list=sessions] tr[data-session]")].map(
		r => ({ID: r.dataset.session, Status: r.dataset.status, Text: r.innerText}))`, &rows)
	return rows, err
}

// Columns returns the ids of the columns that the list shows, in order.
func (p *Page) Columns() ([]string, error) {
	var ids []string
	err := p.Eval(`[...document.querySelectorAll("table[data-list=sessions] th[data-col]")].map(h => h.dataset.col)`, &ids)
	return ids, err
}

// WaitSession waits until the list shows a session, with a status unless that
// is empty.
func (p *Page) WaitSession(id, status string, timeout time.Duration) error {
	selector := fmt.Sprintf(`tr[data-session=%q]`, id)
	if status != "" {
		selector += fmt.Sprintf(`[data-status=%q]`, status)
	}
	return p.WaitFor("document.querySelector("+quote(selector)+")", timeout)
}

// WaitNoSession waits until the list no longer shows a session.
func (p *Page) WaitNoSession(id string, timeout time.Duration) error {
	return p.WaitFor("!document.querySelector("+quote(fmt.Sprintf(`tr[data-session=%q]`, id))+")", timeout)
}

// OpenTab opens one of the list's tabs.
func (p *Page) OpenTab(id string) error {
	if err := p.Click("a[data-tab=" + id + "]"); err != nil {
		return err
	}
	return p.WaitSelector("a[data-tab=" + id + "][aria-current]")
}
