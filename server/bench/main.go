package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are the command line's choices.
type options struct {
	only     string
	jsonFile string
	role     string
	target   string
	duration time.Duration
	runs     int
	sessions int
	live     int
	rows     []int
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "code,relay,apps,server,sessions,lists,browser,longlist,terminal,launch", "parts to measure")
	flag.StringVar(&o.jsonFile, "json", "", "also write the figures into this file")
	flag.StringVar(&o.role, "role", "", "run as the stub manager (stub) or the bare proxy (bare); used by the program itself")
	flag.StringVar(&o.target, "target", "", "where the bare proxy leads")
	flag.DurationVar(&o.duration, "duration", 3*time.Second, "length of one measurement of throughput")
	flag.IntVar(&o.runs, "runs", 5, "repetitions of measurements of which the median counts")
	flag.IntVar(&o.sessions, "sessions", 1000, "sessions to create and end in a row")
	flag.IntVar(&o.live, "live", 200, "sessions to keep alive at once")
	o.rows = []int{100, 1_000, 10_000, 100_000}
	flag.Func("rows", "numbers of sessions in the database to measure lists with, separated by commas (default 100,1000,10000,100000)", func(text string) (err error) {
		o.rows, err = readNumbers(text)
		return err
	})
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	switch o.role {
	case "stub":
		return serveRole(ctx, stubHandler())
	case "bare":
		handler, err := bareHandler(o.target)
		if err != nil {
			return err
		}
		return serveRole(ctx, handler)
	case "":
	default:
		return fmt.Errorf("unknown role %q", o.role)
	}

	parts := []struct {
		name    string
		measure measurement
	}{
		{"code", measureCode},
		{"relay", measureRelay},
		{"apps", measureApps},
		{"server", measureServer},
		{"sessions", measureSessions},
		{"lists", measureLists},
		{"browser", measureBrowser},
		{"longlist", measureLongList},
		{"terminal", measureTerminal},
		{"launch", measureLaunch},
	}
	report := &Report{Machine: machine(ctx)}
	report.print(os.Stdout)
	wanted := strings.Split(o.only, ",")
	for _, part := range parts {
		if !slices.Contains(wanted, part.name) {
			continue
		}
		from := len(report.Figures)
		if err := onStage(ctx, part.measure, o, report); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		printFigures(os.Stdout, report.Figures[from:])
	}
	if o.jsonFile == "" {
		return nil
	}
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.jsonFile, append(data, '\n'), 0o644)
}

// measurement is one part of what is measured. It adds its figures to the report.
type measurement func(context.Context, *stage, options, *Report) error

// onStage measures on a stage of its own.
func onStage(ctx context.Context, measure measurement, o options, report *Report) (err error) {
	s, err := newStage()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.clear()) }()
	return measure(ctx, s, o, report)
}

// readNumbers reads numbers that are separated by commas and grow.
func readNumbers(text string) ([]int, error) {
	var numbers []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 40 || len(numbers) > 0 && n <= numbers[len(numbers)-1] {
			return nil, fmt.Errorf("%q: want growing numbers from 40", text)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}
