package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/baiui/baiui/server/e2e"
)

const (
	// longList is how many sessions the list has, changedRows of how many of them
	// the values change at once.
	longList    = 100_000
	changedRows = 1_000
	// scrollFrames is for how many frames the list is scrolled, each by
	// scrollStep px.
	scrollFrames = 300
	scrollStep   = 120
	// openFor is how long a list is watched that nobody touches.
	openFor = time.Minute
)

// measureLongList scrolls a long list in the browser, changes rows of it, and
// leaves it open.
func measureLongList(ctx context.Context, s *stage, o options, report *Report) error {
	own, account, err := s.longListed(ctx)
	if err != nil {
		return err
	}
	browser, front, counter, err := s.counted(ctx, own.Manager)
	if err != nil {
		return err
	}
	p, err := browser.NewPage(front.UI)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.SignIn("/sessions?tab=finished", account); err != nil {
		return err
	}
	if err := measureFrames(p, report); err != nil {
		return err
	}
	if err := measureChange(ctx, p, own.Data, o.runs, report); err != nil {
		return err
	}
	return measureOpenList(ctx, p, counter, report)
}

// past are the sessions of the long list.
func past(count int) e2e.Filling { return e2e.Filling{Like: "template", Prefix: "past", Count: count} }

// longListed starts a server whose user has had many sessions and has some that
// wait.
func (s *stage) longListed(ctx context.Context) (*e2e.Server, e2e.Account, error) {
	server, err := s.server(ctx)
	if err != nil {
		return nil, e2e.Account{}, err
	}
	accounts, err := server.Accounts()
	if err != nil {
		return nil, e2e.Account{}, err
	}
	account := accounts["user"]
	driver, err := server.Driver(ctx, account)
	if err != nil {
		return nil, account, err
	}
	if _, err := driver.Create(ctx, "template"); err != nil {
		return nil, account, err
	}
	if err := driver.Destroy(ctx, "template"); err != nil {
		return nil, account, err
	}
	if err := server.Stop(); err != nil {
		return nil, account, err
	}
	waiting := e2e.Filling{Like: "template", Prefix: "wait", Count: 100, Waiting: true}
	if err := errors.Join(e2e.Fill(ctx, server.Data, past(longList)), e2e.Fill(ctx, server.Data, waiting)); err != nil {
		return nil, account, err
	}
	return server, account, server.Restart(ctx)
}

// measureFrames scrolls as a wheel that never rests.
func measureFrames(p *e2e.Page, report *Report) error {
	var frames []float64
	err := p.Eval(fmt.Sprintf(`(async () => {
		const frame = () => new Promise(requestAnimationFrame);
		const times = [];
		let before = await frame();
		const end = performance.now() + 20_000; // on a machine that hardly draws
		for (let i = 0; i < %d && before < end; i++) {
			scrollBy(0, %d);
			const now = await frame();
			times.push(now - before);
			before = now;
		}
		return times;
	})()`, scrollFrames, scrollStep), &frames)
	if err != nil {
		return err
	}
	slices.Sort(frames)
	const group = "list of 100,000 in Chromium"
	note := fmt.Sprintf("%d frames of %d px", len(frames), scrollStep)
	report.add(group, "scrolling: time of a frame, median", frames[len(frames)/2], "ms", note)
	report.add(group, "scrolling: time of a frame, 95th percentile", frames[len(frames)*95/100], "ms", note)
	report.add(group, "scrolling: longest frame", frames[len(frames)-1], "ms", note)
	var rows float64
	if err := p.Eval(`document.querySelectorAll("tbody.rows > tr").length`, &rows); err != nil {
		return err
	}
	report.add(group, "rows in the document", rows, "", "")
	return nil
}

// measureChange changes rows at the manager and waits until the list, asked to
// refresh, shows it.
func measureChange(ctx context.Context, p *e2e.Page, data string, runs int, report *Report) error {
	if err := p.Eval("scrollTo(0, 0)", nil); err != nil {
		return err
	}
	var times []float64
	for i := range runs {
		reason := fmt.Sprintf("changed-%d", i)
		if err := e2e.Mark(ctx, data, past(changedRows), reason); err != nil {
			return err
		}
		var took float64
		err := p.Eval(fmt.Sprintf(`(async () => {
			const began = performance.now();
			document.querySelector("[data-action=refresh]").click();
			while (![...document.querySelectorAll("tr[data-session]")].slice(0, 10).some(r => r.innerText.includes(%q))) {
				await new Promise(requestAnimationFrame);
			}
			return performance.now() - began;
		})()`, reason), &took)
		if err != nil {
			return err
		}
		times = append(times, took)
	}
	report.add("list of 100,000 in Chromium", "refresh to 1,000 changed rows shown", median(times), "ms",
		fmt.Sprintf("median of %d, with the request", runs))
	return nil
}

// measureOpenList leaves the running tab open and counts what it asks.
func measureOpenList(ctx context.Context, p *e2e.Page, counter *e2e.Counter, report *Report) error {
	if err := p.OpenTab("running"); err != nil {
		return err
	}
	if err := p.WaitRows(); err != nil {
		return err
	}
	counter.Reset()
	select {
	case <-time.After(openFor):
	case <-ctx.Done():
		return ctx.Err()
	}
	calls := counter.Calls()
	var received int64
	for _, c := range calls {
		received += c.Received
	}
	report.add("list of 100,000 in Chromium", "open list: requests in a minute", float64(len(calls)), "", "100 waiting sessions")
	report.add("list of 100,000 in Chromium", "open list: received in a minute", float64(received)/1000, "kB", "100 waiting sessions")
	return nil
}
