package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// benchmarked are the packages whose benchmarks say something about the product.
func benchmarked() []string {
	return []string{"./client/...", "./components/sessions", "./server/gateway", "./server/manager/gql"}
}

// benchmarkLine is a line of `go test -bench`.
var benchmarkLine = regexp.MustCompile(`^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op(.*)$`)

// measureCode runs the Go benchmarks.
func measureCode(ctx context.Context, _ *stage, _ options, report *Report) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", "0.5s"}, benchmarked()...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("go test -bench: %w\n%s", err, out)
	}
	report.Figures = append(report.Figures, readBenchmarks(string(out))...)
	return nil
}

// readBenchmarks reads the output of `go test -bench -benchmem`.
func readBenchmarks(output string) []Figure {
	var figures []Figure
	pkg := ""
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		if name, ok := strings.CutPrefix(line, "pkg: "); ok {
			pkg = name
			continue
		}
		m := benchmarkLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		ns, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue
		}
		figures = append(figures, Figure{
			Group: "code: " + strings.TrimPrefix(pkg, "github.com/baiui/baiui/"),
			Name:  m[1],
			Value: ns / 1000,
			Unit:  "µs",
			Note:  strings.Join(strings.Fields(m[3]), " "),
		})
	}
	return figures
}
