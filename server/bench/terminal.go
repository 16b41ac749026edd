package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/baiui/baiui/server/e2e"
)

// terminalOutput is how many bytes a command writes into the terminal; they pass
// through the page, whose tmux leaves out what nobody could read.
const terminalOutput = 10_000_000

// measureTerminal measures how fast a terminal in the browser takes output, and
// how long a key takes to be seen.
func measureTerminal(ctx context.Context, s *stage, o options, report *Report) error {
	own, accounts, err := s.populated(ctx)
	if err != nil {
		return err
	}
	driver, err := own.Driver(ctx, accounts["user"])
	if err != nil {
		return err
	}
	id, err := driver.Create(ctx, "bench-terminal")
	if err != nil {
		return err
	}
	p, err := s.page(ctx, own)
	if err != nil {
		return err
	}
	if err := errors.Join(p.WithoutTerminalGuide(), p.Open(e2e.TerminalPath(id, "")),
		p.SubmitPassword(accounts["user"].Email, accounts["user"].Password), p.WaitTerminal("open")); err != nil {
		return err
	}
	var flood, key []float64
	for i := range o.runs {
		end := fmt.Sprintf("end-%d", i)
		command := fmt.Sprintf("clear; yes 'a line of output as long as most' | head -c %d; echo end''-%d\r", terminalOutput, i)
		if err := p.Type(command); err != nil {
			return err
		}
		began := time.Now()
		if err := p.WaitScreenFor(end, 2*time.Minute); err != nil {
			return err
		}
		flood = append(flood, terminalOutput/1e6/time.Since(began).Seconds())
		mark := fmt.Sprintf("typed%d", i)
		began = time.Now()
		if err := errors.Join(p.Type(mark), p.WaitScreen(mark)); err != nil {
			return err
		}
		key = append(key, milliseconds(time.Since(began))/float64(len(mark)))
		if err := p.Type("\r"); err != nil {
			return err
		}
	}
	report.add("terminal in the browser", "output of a command", median(flood), "MB/s", fmt.Sprintf("%d MB, through tmux where it is installed", terminalOutput/1_000_000))
	report.add("terminal in the browser", "a key typed until it is seen", median(key), "ms", "with the test's own way to the browser")
	return nil
}
