package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

const (
	// waitTimeout is how long a page may take to do what a test waits for.
	waitTimeout = time.Minute
	// waitEvery is how often it is asked.
	waitEvery = 15 * time.Millisecond
)

// Page is one tab with a profile of its own.
type Page struct {
	ctx    context.Context
	cancel context.CancelFunc
	origin string

	mu       sync.Mutex
	problems []string
	requests map[network.RequestID]*Request
	order    []network.RequestID
}

// Request is one request that a page made.
type Request struct {
	Method, URL string
	Type        string // Document, Script, Fetch …
	Status      int
	// Encoded is the number of bytes received, headers included.
	Encoded   int64
	FromCache bool
	Failed    string
}

// NewPage opens an empty tab for a site.
func (b *Browser) NewPage(origin string) (*Page, error) {
	profile, tab, err := b.newProfile()
	if err != nil {
		return nil, err
	}
	ctx, cancelTab := chromedp.NewContext(b.ctx, chromedp.WithTargetID(tab))
	cancel := func() {
		cancelTab()
		// The profile goes with all that is in it; a browser that has ended
		// has nothing left to dispose of.
		_ = b.run(target.DisposeBrowserContext(profile).Do)
	}
	p := &Page{ctx: ctx, cancel: cancel, origin: origin, requests: map[network.RequestID]*Request{}}
	chromedp.ListenTarget(ctx, p.note)
	err = chromedp.Run(ctx, network.Enable(), log.Enable(), runtime.Enable(), chromedp.EmulateViewport(1280, 800))
	if err != nil {
		cancel()
		return nil, err
	}
	return p, nil
}

// newProfile makes an empty profile with one tab, in a window of its own: a tab
// without one cannot be opened in a new profile.
func (b *Browser) newProfile() (profile cdp.BrowserContextID, tab target.ID, err error) {
	err = b.run(func(ctx context.Context) error {
		if profile, err = target.CreateBrowserContext().WithDisposeOnDetach(true).Do(ctx); err != nil {
			return err
		}
		tab, err = target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(ctx)
		return err
	})
	return profile, tab, err
}

// Close closes the tab.
func (p *Page) Close() { p.cancel() }

// note writes down what happens in the page.
func (p *Page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeAssert {
			var words []string
			for _, arg := range e.Args {
				words = append(words, strings.Trim(string(arg.Value), `"`)+arg.Description)
			}
			p.problems = append(p.problems, "console: "+strings.Join(words, " "))
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, "exception: "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			p.problems = append(p.problems, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		if _, ok := p.requests[e.RequestID]; !ok {
			p.order = append(p.order, e.RequestID)
		}
		p.requests[e.RequestID] = &Request{Method: e.Request.Method, URL: e.Request.URL, Type: string(e.Type)}
	case *network.EventRequestServedFromCache:
		if r := p.requests[e.RequestID]; r != nil {
			r.FromCache = true
		}
	case *network.EventResponseReceived:
		if r := p.requests[e.RequestID]; r != nil {
			r.Status = int(e.Response.Status)
			r.FromCache = r.FromCache || e.Response.FromDiskCache || e.Response.FromServiceWorker
		}
	case *network.EventLoadingFinished:
		if r := p.requests[e.RequestID]; r != nil {
			r.Encoded = int64(e.EncodedDataLength)
		}
	case *network.EventLoadingFailed:
		if r := p.requests[e.RequestID]; r != nil {
			r.Failed = e.ErrorText
		}
	}
}

// Problems returns the errors on the console, uncaught exceptions and violations
// of the content security policy so far, but for those that contain one of the
// given texts.
func (p *Page) Problems(expected ...string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rest []string
next:
	for _, problem := range p.problems {
		for _, text := range expected {
			if strings.Contains(problem, text) {
				continue next
			}
		}
		rest = append(rest, problem)
	}
	return rest
}

// Requests returns the requests since the last ResetRequests, in order.
func (p *Page) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Request, 0, len(p.order))
	for _, id := range p.order {
		list = append(list, *p.requests[id])
	}
	return list
}

// ResetRequests forgets the requests so far.
func (p *Page) ResetRequests() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests, p.order = map[network.RequestID]*Request{}, nil
}

// Run runs actions of chromedp with the page's deadline.
func (p *Page) Run(actions ...chromedp.Action) error {
	ctx, cancel := context.WithTimeout(p.ctx, waitTimeout)
	defer cancel()
	return chromedp.Run(ctx, actions...)
}

// Open loads a path of the site.
func (p *Page) Open(path string) error { return p.Run(chromedp.Navigate(p.origin + path)) }

// Reload loads the page again.
func (p *Page) Reload() error { return p.Run(chromedp.Reload()) }

// Back and Forward go through the page's history. Unlike chromedp's they do not
// wait for a load, which a page that handles its own links does not have.
func (p *Page) Back() error    { return p.Eval("history.back()", nil) }
func (p *Page) Forward() error { return p.Eval("history.forward()", nil) }

// Eval evaluates JavaScript and stores its value, through JSON, in out unless
// that is nil.
func (p *Page) Eval(script string, out any) error {
	var raw json.RawMessage
	err := p.Run(chromedp.ActionFunc(func(ctx context.Context) error {
		result, exception, err := runtime.Evaluate(script).WithReturnByValue(true).WithAwaitPromise(true).Do(ctx)
		if err != nil {
			return err
		}
		if exception != nil {
			return exception
		}
		raw = json.RawMessage(result.Value)
		return nil
	}))
	if err != nil {
		return fmt.Errorf("e2e: %.200s: %w", script, err)
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, out)
}

// Wait waits until a JavaScript expression is true.
func (p *Page) Wait(condition string) error { return p.WaitFor(condition, waitTimeout) }

// WaitFor is Wait with a time of its own. It is the time of a machine that has
// nothing else to do: one that is busy, where the page answers late, has as many
// looks at it.
func (p *Page) WaitFor(condition string, timeout time.Duration) error {
	began := time.Now()
	ticker := time.NewTicker(waitEvery)
	defer ticker.Stop()
	for looks := time.Duration(1); ; looks++ {
		var ok bool
		err := p.Eval("Boolean("+condition+")", &ok)
		if err == nil && ok {
			return nil
		}
		if took := time.Since(began); took > timeout && (looks*waitEvery > timeout*3/4 || took > waitTimeout) {
			return errors.Join(fmt.Errorf("e2e: after %s still not: %s\n%s", took, condition, p.describe()), err)
		}
		<-ticker.C
	}
}

// describe says what the page shows, for the message of a failed wait.
func (p *Page) describe() string {
	var text string
	if err := p.Eval(`location.href + "\n" + document.body.innerText.slice(0, 1500)`, &text); err != nil {
		text = err.Error()
	}
	return text + "\nproblems: " + strings.Join(p.Problems(), "\n  ")
}

// WaitSelector waits until an element is there and visible.
func (p *Page) WaitSelector(selector string) error { return p.Wait(visible(selector)) }

// WaitGone waits until no such element is visible.
func (p *Page) WaitGone(selector string) error { return p.Wait("!(" + visible(selector) + ")") }

// visible is the condition that an element is there and visible.
func visible(selector string) string {
	return fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.checkVisibility({visibilityProperty: true}))", quote(selector))
}

// Exists reports whether an element is there and visible.
func (p *Page) Exists(selector string) (bool, error) {
	var ok bool
	err := p.Eval(visible(selector), &ok)
	return ok, err
}

// Text returns the visible text of the first element.
func (p *Page) Text(selector string) (string, error) {
	var text string
	err := p.Eval(fmt.Sprintf("document.querySelector(%s).innerText.trim()", quote(selector)), &text)
	return text, err
}

// Click clicks into the middle of an element, as a mouse does: as soon as it stays
// where it is for a frame, so that nothing else is hit.
func (p *Page) Click(selector string) error {
	if err := p.WaitSelector(selector); err != nil {
		return err
	}
	var at struct{ X, Y float64 }
	err := p.Eval(fmt.Sprintf(`(async () => {
		let before;
		for (let frames = 0; frames < 60; frames++) {
			const e = [...document.querySelectorAll(%s)].find(e => e.checkVisibility({visibilityProperty: true}));
			e?.scrollIntoView({block: "nearest", inline: "nearest", behavior: "instant"});
			const r = e?.getBoundingClientRect();
			const now = r && {X: r.x + r.width / 2, Y: r.y + r.height / 2};
			if (now && before?.X === now.X && before?.Y === now.Y) return now;
			before = now;
			await new Promise(done => { requestAnimationFrame(done); setTimeout(done, 50); }); // a tab behind another is not drawn
		}
		return before;
	})()`, quote(selector)), &at)
	if err != nil {
		return err
	}
	return p.Run(chromedp.MouseClickXY(at.X, at.Y))
}

// Fill replaces the text of an input, as typing does.
func (p *Page) Fill(selector, text string) error {
	if err := p.WaitSelector(selector); err != nil {
		return err
	}
	// All at once, so that nothing else can take the focus in between.
	var done bool
	err := p.Eval(fmt.Sprintf("(() => { const e = document.querySelector(%s); e.focus(); e.select(); return document.execCommand('insertText', false, %s); })()", quote(selector), quote(text)), &done)
	if err == nil && !done {
		err = fmt.Errorf("e2e: nothing can be typed into %s\n%s", selector, p.describe())
	}
	return err
}

// Press presses a key, such as kb.Enter.
func (p *Page) Press(key string) error { return p.Run(chromedp.KeyEvent(key)) }

// Choose selects an option of a select element by its value.
func (p *Page) Choose(selector, value string) error {
	if err := p.WaitSelector(selector); err != nil {
		return err
	}
	return p.Eval(fmt.Sprintf(`(() => {
		const e = document.querySelector(%s);
		e.value = %s;
		e.dispatchEvent(new Event("input", {bubbles: true}));
		e.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, quote(selector), quote(value)), nil)
}

// Size sets the size of the window in CSS pixels.
func (p *Page) Size(width, height int64) error {
	return p.Run(chromedp.EmulateViewport(width, height))
}

// PreferDark says whether the person's system is set to dark colours, and waits
// until the page has been drawn with them.
func (p *Page) PreferDark(dark bool) error {
	value := "light"
	if dark {
		value = "dark"
	}
	err := p.Run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: value},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}))
	if err != nil {
		return err
	}
	return p.Frames(2)
}

// Frames waits until the page has been drawn so many times.
func (p *Page) Frames(n int) error {
	return p.Eval(fmt.Sprintf("(async () => { for (let i = 0; i < %d; i++) await new Promise(requestAnimationFrame); })()", n), nil)
}

// WithoutScripts turns JavaScript off for what is opened from now on.
func (p *Page) WithoutScripts() error { return p.Run(emulation.SetScriptExecutionDisabled(true)) }

// Block makes requests fail whose URL matches one of the patterns ("*.wasm").
func (p *Page) Block(patterns ...string) error { return p.Run(network.SetBlockedURLs(patterns)) }

// Before runs a script at the start of every document opened from now on, before
// the page's own.
func (p *Page) Before(script string) error {
	return p.Run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
		return err
	}))
}

// Screenshot returns a picture of the window as PNG.
func (p *Page) Screenshot() ([]byte, error) {
	var png []byte
	err := p.Run(chromedp.CaptureScreenshot(&png))
	return png, err
}

// quote writes a text as JavaScript does.
func quote(text string) string {
	data, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always has a JSON form
	}
	return string(data)
}
