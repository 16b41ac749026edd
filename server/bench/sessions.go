package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/e2e"
	"github.com/baiui/baiui/server/node/census"
)

// endPatience is how long what sessions held may take to be given back.
const endPatience = time.Minute

// crowd is a server with many sessions.
type crowd struct {
	server  *e2e.Server
	driver  *e2e.Driver
	image   string
	counted census.Server
}

// startCrowd starts a server whose environments ask for next to nothing, so that
// many sessions fit on the machine.
func startCrowd(ctx context.Context, dir string) (c *crowd, err error) {
	c = &crowd{}
	if c.server, err = e2e.StartServer(ctx, dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.server.Stop())
		}
	}()
	accounts, err := c.server.Accounts()
	if err != nil {
		return nil, err
	}
	if c.driver, err = c.server.Driver(ctx, accounts["superadmin"]); err != nil {
		return nil, err
	}
	var answer struct {
		Images []struct{ Registry, Name, Tag, Architecture string }
	}
	if err := c.driver.Client.Query(ctx, "query { images(is_installed: true) { registry name tag architecture } }", nil, &answer); err != nil {
		return nil, err
	}
	for _, image := range answer.Images {
		if !strings.HasSuffix(image.Name, "bash") {
			continue
		}
		c.image = fmt.Sprintf("%s/%s:%s", image.Registry, image.Name, image.Tag)
		const text = `mutation($t: String!, $a: String) { modify_image(target: $t, architecture: $a, props: {resource_limits: [
			{key: "cpu", min: "0.001"}, {key: "mem", min: "1m"}]}) { ok msg } }`
		err := c.driver.Client.Query(ctx, text, map[string]any{"t": c.image, "a": image.Architecture}, &struct{}{})
		if err != nil {
			return nil, err
		}
	}
	if c.image == "" {
		return nil, errors.New("there is no shell on this machine")
	}
	binary, err := e2e.Binary()
	if err != nil {
		return nil, err
	}
	c.counted = census.Server{Binary: binary, Data: dir, PID: c.server.PID()}
	return c, nil
}

// stop ends the sessions and the server.
func (c *crowd) stop(ctx context.Context) error {
	accounts, err := c.server.Accounts()
	if err == nil {
		err = c.server.EndSessions(context.WithoutCancel(ctx), accounts["superadmin"])
	}
	return errors.Join(err, c.server.Stop())
}

// create starts a session that waits for nothing, and returns when it runs.
func (c *crowd) create(ctx context.Context, name string, cpu float64) (id string, err error) {
	created, err := c.driver.Client.Sessions().Create(ctx, client.CreateRequest{
		Name: name, Image: c.image, Project: "default", Domain: "default", MaxWaitSeconds: 30,
		Config: client.CreateConfig{
			ScalingGroup: "default", ResourceOpts: map[string]any{"shmem": "1m"},
			Resources: map[string]any{"cpu": strconv.FormatFloat(cpu, 'f', 3, 64), "mem": "32m"},
		},
	})
	if err == nil && created.Status != model.StatusRunning {
		return "", errors.Join(fmt.Errorf("session %s is %s, not running: %s", name, created.Status, c.why(ctx, created.ID)), ctx.Err())
	}
	return created.ID, err
}

// why is what the manager says of a session's status.
func (c *crowd) why(ctx context.Context, id string) string {
	var answer struct {
		Session struct {
			StatusInfo *string         `json:"status_info"`
			StatusData json.RawMessage `json:"status_data"`
		} `json:"compute_session"`
	}
	if err := c.driver.Client.Query(ctx, "query($id: UUID!) { compute_session(id: $id) { status_info status_data } }", map[string]any{"id": id}, &answer); err != nil {
		return err.Error()
	}
	info := ""
	if answer.Session.StatusInfo != nil {
		info = *answer.Session.StatusInfo
	}
	return fmt.Sprintf("%s %s", info, answer.Session.StatusData)
}

// inParallel calls f with 0 to n-1, some at a time, until one fails.
func inParallel(n, atOnce int, f func(i int) error) error {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		next int
		errs error
	)
	for range atOnce {
		wg.Go(func() {
			for {
				mu.Lock()
				i := next
				next++
				stop := errs != nil || i >= n
				mu.Unlock()
				if stop {
					return
				}
				if err := f(i); err != nil {
					mu.Lock()
					errs = errors.Join(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return errs
}

// measureSessions measures sessions: many one after the other, and many at once.
func measureSessions(ctx context.Context, s *stage, o options, report *Report) (err error) {
	c, err := startCrowd(ctx, s.folder())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.stop(ctx)) }()
	if err := c.inARow(ctx, o.sessions, report); err != nil {
		return err
	}
	return c.atOnce(ctx, o.live, report)
}

// inARow creates and ends n sessions, two at a time, and checks that nothing of
// them is left.
func (c *crowd) inARow(ctx context.Context, n int, report *Report) error {
	var mu sync.Mutex
	var started, ended []time.Duration
	batch := func(from, to int) error {
		err := inParallel(to-from, 2, func(i int) error {
			name := fmt.Sprintf("row-%06d", from+i)
			began := time.Now()
			if _, err := c.create(ctx, name, 0.1); err != nil {
				return err
			}
			running := time.Now()
			if err := c.driver.Destroy(ctx, name); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			started, ended = append(started, running.Sub(began)), append(ended, time.Since(running))
			return nil
		})
		if err != nil {
			return err
		}
		return c.settled(ctx)
	}
	// The first ones open what stays open.
	if err := batch(0, max(n/20, 2)); err != nil {
		return err
	}
	before, err := c.counted.Take()
	if err != nil {
		return err
	}
	begin, err := residentMiB(c.server.PID())
	if err != nil {
		return err
	}
	started, ended = nil, nil
	began := time.Now()
	if err := batch(n, n+n/2); err != nil {
		return err
	}
	middle, err := residentMiB(c.server.PID())
	if err != nil {
		return err
	}
	if err := batch(n+n/2, 2*n); err != nil {
		return err
	}
	took := time.Since(began)
	last, err := residentMiB(c.server.PID())
	if err != nil {
		return err
	}
	after, err := c.noMoreThan(ctx, before)
	if err != nil {
		return fmt.Errorf("after %d sessions something is left: %+v, before them: %+v: %w", n, after, before, err)
	}
	group := fmt.Sprintf("sessions: %d created and ended in a row", n)
	slices.Sort(started)
	slices.Sort(ended)
	report.add(group, "sessions a second", float64(n)/took.Seconds(), "1/s", "two at a time")
	report.add(group, "asked for to running", milliseconds(quantile(started, 0.5)), "ms", fmt.Sprintf("p99 %.0f ms", milliseconds(quantile(started, 0.99))))
	report.add(group, "end asked for to answered", milliseconds(quantile(ended, 0.5)), "ms", fmt.Sprintf("p99 %.0f ms", milliseconds(quantile(ended, 0.99))))
	report.add(group, "memory of the server before", begin, "MiB", "resident")
	report.add(group, "memory of the server after half", middle, "MiB", "resident")
	report.add(group, "memory of the server after all", last, "MiB", "resident")
	for _, count := range []struct {
		name          string
		before, after int
	}{
		{"processes of kernels", before.Processes, after.Processes}, {"descriptors of the server", before.Descriptors, after.Descriptors},
		{"mounts", before.Mounts, after.Mounts}, {"control groups", before.Groups, after.Groups},
	} {
		report.add(group, count.name+" left over", float64(count.after-count.before), "", fmt.Sprintf("before %d, after %d", count.before, count.after))
	}
	// Caches fill and the collector works in strokes; a leak grows without end.
	if grown := last - middle; grown > max(16, middle/4) {
		return fmt.Errorf("the server's memory grew by %.1f MiB in the second half of %d sessions", grown, n)
	}
	return nil
}

// settled waits until no session lives.
func (c *crowd) settled(ctx context.Context) error {
	return eventually(ctx, "the sessions end", func() (bool, error) {
		page, err := c.driver.Client.Sessions().List(ctx, client.ListRequest{Statuses: []model.Status{model.StatusRunning, model.StatusTerminating},
			Fields: []string{"id"}, Limit: 1})
		return len(page.Items) == 0, err
	})
}

// noMoreThan waits until there is no more than before.
func (c *crowd) noMoreThan(ctx context.Context, before census.Counts) (now census.Counts, err error) {
	err = eventually(ctx, "all is given back", func() (bool, error) {
		now, err = c.counted.Take()
		return now.NoMoreThan(before), err
	})
	return now, err
}

func eventually(ctx context.Context, what string, happened func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, endPatience)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		if done, err := happened(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: not within %s", what, endPatience)
		case <-ticker.C:
		}
	}
}

// atOnce lets n idle sessions live at the same time.
func (c *crowd) atOnce(ctx context.Context, n int, report *Report) error {
	before, err := c.footprint()
	if err != nil {
		return err
	}
	began := time.Now()
	cpu := 0.9 / float64(n)
	if cpu < 0.001 {
		return fmt.Errorf("%d sessions are more than this machine can count", n)
	}
	err = inParallel(n, 2, func(i int) error {
		_, err := c.create(ctx, fmt.Sprintf("live-%06d", i), cpu)
		return err
	})
	if err != nil {
		return err
	}
	took := time.Since(began)
	after, err := c.footprint()
	if err != nil {
		return err
	}
	answers, err := c.listTimes(ctx, client.ListRequest{Statuses: []model.Status{model.StatusRunning}, Limit: 20}, 50)
	if err != nil {
		return err
	}
	group := fmt.Sprintf("sessions: %d idle ones at once", n)
	report.add(group, "all started", took.Seconds(), "s", "two at a time")
	report.add(group, "memory of the server, per session", 1024*(after.server-before.server)/float64(n), "KiB", fmt.Sprintf("%.1f MiB before, %.1f MiB after", before.server, after.server))
	report.add(group, "memory of a session's own processes", 1024*(after.kernels-before.kernels)/float64(n), "KiB", "proportional share")
	report.add(group, "descriptors of the server, per session", float64(after.Descriptors-before.Descriptors)/float64(n), "", "")
	report.add(group, "list of the first 20 answered", milliseconds(quantile(answers, 0.5)), "ms", fmt.Sprintf("p99 %.1f ms", milliseconds(quantile(answers, 0.99))))
	return nil
}

// footprint is what memory is used, in MiB, and what else is held.
type footprint struct {
	server, kernels float64
	census.Counts
}

func (c *crowd) footprint() (f footprint, err error) {
	if f.server, err = residentMiB(c.server.PID()); err != nil {
		return f, err
	}
	if f.Counts, err = c.counted.Take(); err != nil {
		return f, err
	}
	kernels, err := c.counted.Kernels()
	if err != nil {
		return f, err
	}
	for pid := range kernels {
		f.kernels += shareMiB(pid)
	}
	return f, nil
}

// shareMiB is a process's part of the memory it uses, shared pages divided among
// those who share them; 0 if it has ended.
func shareMiB(pid int) float64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "Pss:" {
			kib, err := strconv.ParseFloat(fields[1], 64)
			if err == nil {
				return kib / 1024
			}
		}
	}
	return 0
}

// listTimes asks for a list again and again and returns how long each answer took,
// the shortest first.
func (c *crowd) listTimes(ctx context.Context, r client.ListRequest, times int) ([]time.Duration, error) {
	var took []time.Duration
	for i := range times + 3 {
		began := time.Now()
		page, err := c.driver.Client.Sessions().List(ctx, r)
		if err != nil {
			return nil, err
		}
		if len(page.Items) == 0 {
			return nil, errors.New("the list is empty")
		}
		if i >= 3 { // the first ones warm up
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	return took, nil
}
