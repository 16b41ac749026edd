package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
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
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "code,relay,server,browser", "parts to measure")
	flag.StringVar(&o.jsonFile, "json", "", "also write the figures into this file")
	flag.StringVar(&o.role, "role", "", "run as the stub manager (stub) or the bare proxy (bare); used by the program itself")
	flag.StringVar(&o.target, "target", "", "where the bare proxy leads")
	flag.DurationVar(&o.duration, "duration", 3*time.Second, "length of one measurement of throughput")
	flag.IntVar(&o.runs, "runs", 5, "repetitions of measurements of which the median counts")
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
		measure func(context.Context, options, *Report) error
	}{
		{"code", measureCode},
		{"relay", measureRelay},
		{"server", measureServer},
		{"browser", measureBrowser},
	}
	report := &Report{Machine: machine(ctx)}
	report.print(os.Stdout)
	wanted := strings.Split(o.only, ",")
	for _, part := range parts {
		if !slices.Contains(wanted, part.name) {
			continue
		}
		from := len(report.Figures)
		if err := part.measure(ctx, o, report); err != nil {
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
