package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/chromedp/chromedp/kb"

	"github.com/baiui/baiui/components/launcher"
)

// LaunchButton starts what the review shows.
const LaunchButton = "[data-action=launch]"

// launcherAlive is the condition that the launcher has all that it checks a form
// against.
const launcherAlive = `document.querySelector(".outlook[data-outcome]:not([data-outcome=unknown])")`

// LauncherPath is the address of a step of the launcher with a form.
func LauncherPath(step launcher.Step, form launcher.Form) string {
	return launcher.State{Step: step, Form: form, Given: true}.URL(nil)
}

// RawLauncherPath is the address of the review with any text as its form.
func RawLauncherPath(form string) string {
	return launcher.Path + "?" + url.Values{"step": {"review"}, "form": {form}}.Encode()
}

// Follow goes to an address of the site as a click on a link does, without
// loading the page again.
func (p *Page) Follow(path string) error {
	return p.Eval(fmt.Sprintf(`(() => { const a = document.createElement("a"); a.href = %s; document.body.append(a); a.click(); a.remove(); })()`, quote(path)), nil)
}

// SignInToLaunch opens the launcher and signs in.
func (p *Page) SignInToLaunch(account Account) error {
	if err := p.Open(launcher.Path); err != nil {
		return err
	}
	if err := p.SubmitPassword(account.Email, account.Password); err != nil {
		return err
	}
	return p.Wait(launcherAlive)
}

// OpenForm shows a form in one of the launcher's steps.
func (p *Page) OpenForm(step launcher.Step, form launcher.Form) error {
	if err := p.Follow(LauncherPath(step, form)); err != nil {
		return err
	}
	return p.WaitStep(step)
}

// WaitStep waits until the launcher shows a step.
func (p *Page) WaitStep(step launcher.Step) error {
	return p.WaitSelector(fmt.Sprintf(`a.launch-step[data-step=%s][aria-current=step]`, step))
}

// Launch presses the button of the review, and the one of the warning if no
// folder is mounted, and waits for the list.
func (p *Page) Launch(mounted bool) error {
	if err := p.Click(LaunchButton + ":not([disabled])"); err != nil {
		return err
	}
	if !mounted {
		if err := p.Click("#launcher-no-folder [type=submit]"); err != nil {
			return err
		}
	}
	return p.Wait(`location.pathname === "/sessions"`)
}

// TabTo presses Tab until an element has the focus.
func (p *Page) TabTo(selector string) error {
	const most = 80
	for range most {
		var there bool
		if err := p.Eval(fmt.Sprintf("document.activeElement?.matches(%s) === true", quote(selector)), &there); err != nil || there {
			return err
		}
		if err := p.Press(kb.Tab); err != nil {
			return err
		}
	}
	return fmt.Errorf("e2e: %s is not reached by Tab", selector)
}

// Launched returns the ids of the sessions that the list shows under names that
// begin with a text.
func (p *Page) Launched(prefix string) ([]string, error) {
	rows, err := p.Rows()
	var ids []string
	for _, r := range rows {
		if strings.Contains(r.Text, prefix) {
			ids = append(ids, r.ID)
		}
	}
	return ids, err
}

// CreationsAsked counts how often the page asked for a session.
func (p *Page) CreationsAsked() int {
	count := 0
	for _, r := range p.Requests() {
		if r.Method == "POST" && strings.HasSuffix(r.URL, "/session") {
			count++
		}
	}
	return count
}

// FormOf reads the form in the address of the page.
func (p *Page) FormOf() (launcher.Form, error) {
	// The page writes it there once the form has rested.
	const address = `new URLSearchParams(location.search).get("form")`
	if err := p.Wait(address); err != nil {
		return launcher.Form{}, err
	}
	var text string
	if err := p.Eval(address, &text); err != nil {
		return launcher.Form{}, err
	}
	form := launcher.NewForm()
	return form, json.Unmarshal([]byte(text), &form)
}

// Kept is all that the browser keeps for the site, as one text.
func (p *Page) Kept() (string, error) {
	var text string
	err := p.Eval(`JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href`, &text)
	return text, err
}

// WaitLaunched waits until the list shows a session whose name begins with a
// text and that has a status, and returns its id.
func (p *Page) WaitLaunched(prefix, status string) (string, error) {
	row := fmt.Sprintf(`[...document.querySelectorAll("tr[data-status=%s]")].find(r => r.innerText.includes(%s))`, status, quote(prefix))
	if err := p.WaitFor(row, 2*waitTimeout); err != nil {
		return "", err
	}
	var id string
	return id, p.Eval(row+"?.dataset.session", &id)
}

// WaitToldOf waits until a notification with a text is about a session of a
// name, and returns the session's id.
func (p *Page) WaitToldOf(name, text string) (string, error) {
	notice := fmt.Sprintf(`[...document.querySelectorAll("[data-notice][data-text='%s']")].find(e => e.textContent.includes(%s))`, text, quote(name))
	if err := p.WaitFor(notice, 2*waitTimeout); err != nil {
		return "", err
	}
	var key string
	err := p.Eval(notice+"?.dataset.notice", &key)
	return strings.TrimPrefix(key, "session "), err
}

// GiveFile gives a file to an input that is not seen, as choosing it does.
func (p *Page) GiveFile(selector, name, content string) error {
	return p.Eval(fmt.Sprintf(`(() => {
		const files = new DataTransfer(), input = document.querySelector(%s);
		files.items.add(new File([%s], %s));
		input.files = files.files;
		input.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, quote(selector), quote(content), quote(name)), nil)
}
