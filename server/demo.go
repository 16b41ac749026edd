package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/manager/accounts"
)

// demoSession is one session of the demonstration.
type demoSession struct {
	owner   model.Role
	name    string
	command string // of a batch session; empty for an interactive one
	cpu     any
	memory  string
	// in is how long from now a batch session is to wait before it may start.
	in time.Duration
	// once says that a session which has ended is not started again.
	once bool
}

// demoSessions is something of everything that a list shows: running and waiting,
// ended well and badly, idle and busy, of each owner. Together they fit on one
// core.
func demoSessions() []demoSession {
	// Holds 64 MiB for some seconds and computes for a moment, again and again for
	// about ten minutes: both gauges move, and nobody's fan does for long.
	const busy = `for n in $(seq 100); do head -c 64M /dev/zero | (x=$(tr '\0' x); sleep 4); i=0; while [ $i -lt 150000 ]; do i=$((i+1)); done; sleep 1; echo "step $n of 100"; done`
	return []demoSession{
		{owner: model.RoleSuperadmin, name: "demo-console", cpu: 0.2, memory: "256m"},
		{owner: model.RoleAdmin, name: "demo-training", command: busy, cpu: 0.4, memory: "512m"},
		// Waits, and lets others pass. One that is too large for the machine would
		// hold up everything behind it.
		{owner: model.RoleAdmin, name: "demo-reserved", command: "echo started", in: 30 * 24 * time.Hour, cpu: 0.2, memory: "128m"},
		{owner: model.RoleUser, name: "demo-shell", cpu: 0.2, memory: "128m"},
		{owner: model.RoleUser, name: "demo-report", command: `echo "the report is done"`, cpu: 0.2, memory: "128m", once: true},
		{owner: model.RoleUser, name: "demo-broken", command: `echo "no such data set" >&2; exit 3`, cpu: 0.2, memory: "128m", once: true},
	}
}

// startDemo starts the sessions of the demonstration that are not there yet,
// through the manager's API and with the key pairs of their owners, as those
// people would. file is the accounts file.
func startDemo(ctx context.Context, manager, file string, log *slog.Logger) error {
	kept, err := readAccounts(file)
	if err != nil {
		return fmt.Errorf("the accounts of the demonstration: %w", err)
	}
	var errs []error
	for _, account := range kept {
		if err := startDemoOf(ctx, manager, account, log); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", account.Email, err))
		}
	}
	return errors.Join(errs...)
}

// startDemoOf starts the sessions of one owner.
func startDemoOf(ctx context.Context, manager string, account accounts.Account, log *slog.Logger) error {
	c, err := client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: manager,
		KeyPair: signing.KeyPair{AccessKey: account.AccessKey, SecretKey: account.SecretKey},
	})
	if err != nil {
		return err
	}
	image, architecture, err := demoImage(ctx, c)
	if err != nil {
		return err
	}
	there, err := c.Sessions().List(ctx, client.ListRequest{
		AccessKey: account.AccessKey, Fields: []string{"name", "status"}, Filter: `name like "demo-%"`, Limit: 100,
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, wanted := range demoSessions() {
		if wanted.owner != account.Role || wanted.isIn(there.Items) {
			continue
		}
		request := client.CreateRequest{
			Name: wanted.name, Image: image, Architecture: architecture, Type: model.TypeInteractive,
			Project: "default", Domain: "default", EnqueueOnly: true, StartupCommand: wanted.command,
			Config: client.CreateConfig{ScalingGroup: "default", Resources: map[string]any{"cpu": wanted.cpu, "mem": wanted.memory}},
		}
		if wanted.command != "" {
			request.Type = model.TypeBatch
		}
		if wanted.in > 0 {
			request.StartsAt = time.Now().Add(wanted.in).UTC().Format(time.RFC3339)
		}
		if _, err := c.Sessions().Create(ctx, request); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", wanted.name, err))
			continue
		}
		log.Info("session of the demonstration started", "name", wanted.name, "owner", account.Email)
	}
	return errors.Join(errs...)
}

// isIn reports whether the session need not be started.
func (d demoSession) isIn(sessions []*model.Session) bool {
	for _, s := range sessions {
		if s.Name == d.name && (d.once || !s.Status.Ended()) {
			return true
		}
	}
	return false
}

// demoImage is the environment to use: a shell if there is one.
func demoImage(ctx context.Context, c *client.Client) (reference, architecture string, err error) {
	var answer struct {
		Images []struct {
			Registry     string   `json:"registry"`
			Name         string   `json:"name"`
			Tag          string   `json:"tag"`
			Architecture string   `json:"architecture"`
			Aliases      []string `json:"aliases"`
		} `json:"images"`
	}
	if err := c.Query(ctx, `query { images(is_installed: true) { registry name tag architecture aliases } }`, nil, &answer); err != nil {
		return "", "", err
	}
	if len(answer.Images) == 0 {
		return "", "", errors.New("no environment was found on this machine")
	}
	best := answer.Images[0]
	for _, image := range answer.Images {
		if len(image.Aliases) > 0 && image.Aliases[0] == "bash" {
			best = image
		}
	}
	return best.Registry + "/" + best.Name + ":" + best.Tag, best.Architecture, nil
}
