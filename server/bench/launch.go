package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/launcher"
	"github.com/baiui/baiui/server/e2e"
)

// launches is how many sessions are started through the form, and keysOfStep how
// many keys are pressed in each of its steps.
const (
	launches   = 20
	keysOfStep = 40
)

// launchFolder is mounted in every session, so that no warning waits for an answer.
const launchFolder = "bench-folder"

// measureLaunch starts sessions through the form, one after the other, and types
// into its steps.
func measureLaunch(ctx context.Context, s *stage, _ options, report *Report) error {
	own, accounts, err := s.populated(ctx)
	if err != nil {
		return err
	}
	driver, err := own.Driver(ctx, accounts["user"])
	if err != nil {
		return err
	}
	folder, err := driver.Client.CreateFolder(ctx, client.NewFolder{Name: launchFolder})
	if err != nil {
		return err
	}
	p, err := s.page(ctx, own)
	if err != nil {
		return err
	}
	if err := p.SignInToLaunch(accounts["user"]); err != nil {
		return err
	}
	form, err := p.FormOf()
	if err != nil {
		return err
	}
	form.Preset = launcher.PresetMinimum
	if err := measureKeys(p, form, report); err != nil {
		return err
	}
	form.Mounts = []launcher.Mount{{ID: folder.ID, Name: folder.Name}}
	end := func() error { return own.EndSessions(ctx, accounts["superadmin"]) }
	return measureStarts(p, form, end, report)
}

// measureStarts measures from the click to the running session; each has the
// machine to itself.
func measureStarts(p *e2e.Page, form launcher.Form, end func() error, report *Report) error {
	var taken []time.Duration
	for i := range launches {
		form.Name = fmt.Sprintf("bench-launch-%02d", i)
		// A page that was just opened, as people have: one that saw many sessions
		// start in a row asks the manager for them less often.
		if err := p.Open(e2e.LauncherPath(launcher.StepReview, form)); err != nil {
			return err
		}
		one, err := p.TimeLaunch(form.Name)
		if err := errors.Join(err, end()); err != nil {
			return err
		}
		taken = append(taken, one)
	}
	slices.Sort(taken)
	report.add("launch", "click on Start to a running session in the list", milliseconds(median(taken)), "ms",
		fmt.Sprintf("median of %d, p95 %.0f ms", launches, milliseconds(quantile(taken, 0.95))))
	return nil
}

// measureKeys measures how long each step takes to answer a key. The review has
// nothing to type into.
func measureKeys(p *e2e.Page, form launcher.Form, report *Report) error {
	for _, step := range []struct {
		step  launcher.Step
		input string
		first string   // typed before anything is measured
		keys  []string // pressed in turn; each changes what the step shows
	}{
		{launcher.StepType, "name", "bench", []string{"a", kb.Backspace}},
		{launcher.StepEnvironment, "memory", "0.", []string{"5", kb.Backspace}},
		{launcher.StepData, "find", "", []string{"?", kb.Backspace}},
		{launcher.StepNetwork, "port-text", "", []string{",", kb.Backspace}},
	} {
		if err := p.OpenForm(step.step, form); err != nil {
			return err
		}
		input := "#launcher-" + step.input
		if err := p.Fill(input, step.first); err != nil {
			return err
		}
		var taken []time.Duration
		for i := range keysOfStep {
			key := step.keys[i%len(step.keys)]
			if key == "," {
				if err := p.Fill(input, "8000"); err != nil {
					return err
				}
			}
			one, err := p.TimeKey(key)
			if err != nil {
				return fmt.Errorf("%s: %w", input, err)
			}
			taken = append(taken, one)
		}
		slices.Sort(taken)
		report.add("launch", "a key until the step shows its answer: "+step.step.String(), milliseconds(median(taken)), "ms",
			fmt.Sprintf("median of %d, p95 %.0f ms", keysOfStep, milliseconds(quantile(taken, 0.95))))
	}
	return nil
}
