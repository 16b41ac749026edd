package e2e

import (
	"fmt"
	"time"
)

// TimeLaunch presses the button of the review and returns the time from the
// click to the frame in which the list shows the session running. A folder must
// be mounted, or a warning waits for an answer.
func (p *Page) TimeLaunch(name string) (time.Duration, error) {
	err := p.Eval(fmt.Sprintf(`window.taken = new Promise(done => addEventListener("click", () => {
		const from = performance.now();
		const look = () => [...document.querySelectorAll("tr[data-status=RUNNING]")].some(row => row.textContent.includes(%s))
			? done(performance.now() - from) : requestAnimationFrame(look);
		look();
	}, {capture: true, once: true})); undefined`, quote(name)), nil)
	if err != nil {
		return 0, err
	}
	if err := p.Click(LaunchButton + ":not([disabled])"); err != nil {
		return 0, err
	}
	return p.taken()
}

// TimeKey presses a key and returns the time until the frame that shows what the
// launcher made of it.
func (p *Page) TimeKey(key string) (time.Duration, error) {
	err := p.Eval(`window.taken = new Promise(done => addEventListener("keydown", () => {
		const from = performance.now();
		const seen = new MutationObserver(() => {
			seen.disconnect();
			requestAnimationFrame(() => done(performance.now() - from));
		});
		seen.observe(document.querySelector(".launcher"), {subtree: true, childList: true, attributes: true, characterData: true});
	}, {capture: true, once: true})); undefined`, nil)
	if err != nil {
		return 0, err
	}
	if err := p.Press(key); err != nil {
		return 0, err
	}
	return p.taken()
}

// taken waits for what the page measures.
func (p *Page) taken() (time.Duration, error) {
	var milliseconds float64
	err := p.Eval("window.taken", &milliseconds)
	return time.Duration(milliseconds * float64(time.Millisecond)), err
}
