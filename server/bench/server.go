package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/server/e2e"
)

// measureServer measures start and memory of the server, before a manager and
// with its own.
func measureServer(ctx context.Context, s *stage, o options, report *Report) error {
	stub, err := s.role(ctx, "stub")
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		name string
		args []string
	}{
		{"--manager", []string{"--manager", stub.URL}},
		{"embedded manager, empty folder", nil},
	} {
		var ready, answers []time.Duration
		var rss []float64
		for range o.runs {
			r, a, m, err := startOnce(ctx, s.folder(), kind.args)
			if err != nil {
				return err
			}
			ready, answers, rss = append(ready, r), append(answers, a), append(rss, m)
		}
		note := fmt.Sprintf("median of %d", o.runs)
		group := "server, " + kind.name
		report.add(group, "start to ready line", milliseconds(median(ready)), "ms", note)
		report.add(group, "start to first page answered", milliseconds(median(answers)), "ms", note)
		report.add(group, "memory after the first page", median(rss), "MiB", note+", resident")
	}
	binary, err := e2e.Binary()
	if err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	report.add("server", "size of the binary", float64(info.Size())/1e6, "MB", "")
	return nil
}

// startOnce starts a server in a folder that is empty and returns the time to its ready
// line, to the answer to GET /, and the memory it has then.
func startOnce(ctx context.Context, dir string, args []string) (ready, answer time.Duration, rss float64, err error) {
	began := time.Now()
	server, err := e2e.StartServer(ctx, dir, args...)
	if err != nil {
		return 0, 0, 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.UI+"/", nil)
	if err != nil {
		return 0, 0, 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, 0, err
	}
	_ = resp.Body.Close()
	answer = time.Since(began)
	if resp.StatusCode != http.StatusOK {
		return 0, 0, 0, fmt.Errorf("GET / answered %s", resp.Status)
	}
	rss, err = residentMiB(server.PID())
	return server.Ready, answer, rss, err
}

// residentMiB returns the resident memory of a process in MiB.
func residentMiB(pid int) (float64, error) {
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, errNoProc
	}
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			return kib / 1024, err
		}
	}
	return 0, errNoProc
}
