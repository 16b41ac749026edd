package main

import (
	"context"
	"fmt"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/baiui/baiui/server/e2e"
)

// coldRun is one visit with an empty profile.
type coldRun struct {
	form    time.Duration // the plain form can be filled in and sent
	alive   time.Duration // the program runs
	bytes   int64         // received until then
	calls   int           // requests until then
	row     time.Duration // Enter to the first row
	manager []e2e.Call    // what reached the manager for it
	warm    time.Duration // reload to the first row
	warmed  []e2e.Call
}

// measureBrowser visits the page as a person would, several times with an empty
// profile, with a counting relay between server and manager.
func measureBrowser(ctx context.Context, s *stage, o options, report *Report) error {
	own, accounts, err := s.populated(ctx)
	if err != nil {
		return err
	}
	account := accounts["user"]
	driver, err := own.Driver(ctx, account)
	if err != nil {
		return err
	}
	for i := range 3 {
		if _, err := driver.Create(ctx, fmt.Sprintf("bench-%d", i)); err != nil {
			return err
		}
	}
	browser, front, counter, err := s.counted(ctx, own.Manager)
	if err != nil {
		return err
	}

	var runs []coldRun
	for range o.runs {
		r, err := visit(browser, front, counter, account)
		if err != nil {
			return err
		}
		runs = append(runs, r)
	}
	reportVisits(report, runs)
	return nil
}

// visit opens the page with an empty profile, signs in and reloads.
func visit(browser *e2e.Browser, front *e2e.Server, counter *e2e.Counter, account e2e.Account) (r coldRun, err error) {
	p, err := browser.NewPage(front.UI)
	if err != nil {
		return r, err
	}
	defer p.Close()

	began := time.Now()
	opened := make(chan error, 1)
	go func() { opened <- p.Open("/sessions") }()
	if err := p.WaitSelector(e2e.SignInForm + " [type=submit]"); err != nil {
		return r, err
	}
	r.form = time.Since(began)
	if err := p.WaitFormAlive(); err != nil {
		return r, err
	}
	r.alive = time.Since(began)
	if err := <-opened; err != nil {
		return r, err
	}
	for _, request := range p.Requests() {
		r.bytes += request.Encoded
		r.calls++
	}

	if err := p.FillPassword(account.Email, account.Password); err != nil {
		return r, err
	}
	counter.Reset()
	began = time.Now()
	if err := p.Press(kb.Enter); err != nil {
		return r, err
	}
	if err := p.WaitRows(); err != nil {
		return r, err
	}
	r.row = time.Since(began)
	r.manager = counter.Calls()

	counter.Reset()
	began = time.Now()
	if err := p.Reload(); err != nil {
		return r, err
	}
	if err := p.WaitRows(); err != nil {
		return r, err
	}
	r.warm = time.Since(began)
	r.warmed = counter.Calls()
	return r, nil
}

// reportVisits adds the medians of the visits.
func reportVisits(report *Report, runs []coldRun) {
	const group = "page in Chromium"
	note := fmt.Sprintf("median of %d", len(runs))
	pick := func(f func(coldRun) float64) float64 {
		var values []float64
		for _, r := range runs {
			values = append(values, f(r))
		}
		return median(values)
	}
	received := func(calls []e2e.Call) float64 {
		var n int64
		for _, c := range calls {
			n += c.Received
		}
		return float64(n) / 1000
	}
	report.add(group, "cold: to a sign-in form that can be sent", pick(func(r coldRun) float64 { return milliseconds(r.form) }), "ms", note)
	report.add(group, "cold: to the running program", pick(func(r coldRun) float64 { return milliseconds(r.alive) }), "ms", note)
	report.add(group, "cold: requests until then", pick(func(r coldRun) float64 { return float64(r.calls) }), "", note)
	report.add(group, "cold: received until then", pick(func(r coldRun) float64 { return float64(r.bytes) / 1e6 }), "MB", note)
	report.add(group, "Enter to the first row", pick(func(r coldRun) float64 { return milliseconds(r.row) }), "ms", note)
	report.add(group, "manager requests for it", pick(func(r coldRun) float64 { return float64(len(r.manager)) }), "", note)
	report.add(group, "manager bytes for it", pick(func(r coldRun) float64 { return received(r.manager) }), "kB", note)
	report.add(group, "warm reload to the first row", pick(func(r coldRun) float64 { return milliseconds(r.warm) }), "ms", note)
	report.add(group, "manager requests for it", pick(func(r coldRun) float64 { return float64(len(r.warmed)) }), "", note)
	report.add(group, "manager bytes for it", pick(func(r coldRun) float64 { return received(r.warmed) }), "kB", note)
}
