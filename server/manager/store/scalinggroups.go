package store

import (
	"context"
	"time"
)

// ScalingGroup is a resource group: a pool of agents.
type ScalingGroup struct {
	Name            string
	Description     string
	IsActive        bool
	IsPublic        bool
	CreatedAt       time.Time
	WSProxyAddr     string // empty: null
	WSProxyAPIToken string // empty: null
	Driver          string
	DriverOpts      JSON
	Scheduler       string // fifo
	SchedulerOpts   JSON
	UseHostNetwork  bool
}

// SchedulerOptions are the options of a resource group's scheduler that have an
// effect; the others are kept as they were given.
type SchedulerOptions struct {
	// Types are the session types that the group takes, in lower case; nil: all.
	Types []string `json:"allowed_session_types"`
	// PendingTimeout is for how many seconds a session may wait; 0: for ever.
	PendingTimeout float64 `json:"pending_timeout"`
}

// PendingLimit is PendingTimeout as a duration.
func (o SchedulerOptions) PendingLimit() time.Duration {
	return time.Duration(o.PendingTimeout * float64(time.Second))
}

// Options reads the options of the group's scheduler.
func (g ScalingGroup) Options() (SchedulerOptions, error) {
	var o SchedulerOptions
	err := g.SchedulerOpts.Decode(&o)
	return o, wrap("scheduler_opts of resource group "+g.Name, err)
}

// AccessKind is through what a resource group is open to somebody.
type AccessKind string

// The kinds of access to a resource group.
const (
	AccessDomain  AccessKind = "domain"  // target: the domain's name
	AccessProject AccessKind = "project" // target: the project's id
	AccessKeyPair AccessKind = "keypair" // target: the access key
)

const scalingGroupColumns = `r.name, r.description, r.is_active, r.is_public, r.created_at, r.wsproxy_addr,
	r.wsproxy_api_token, r.driver, r.driver_opts, r.scheduler, r.scheduler_opts, r.use_host_network`

func scanScalingGroup(r scanner) (g ScalingGroup, err error) {
	err = r.Scan(&g.Name, &g.Description, &g.IsActive, &g.IsPublic, timeColumn{&g.CreatedAt}, textColumn{&g.WSProxyAddr},
		textColumn{&g.WSProxyAPIToken}, &g.Driver, &g.DriverOpts, &g.Scheduler, &g.SchedulerOpts, &g.UseHostNetwork)
	return g, err
}

// ScalingGroupQuery selects resource groups. Alias: r (scaling_groups). The
// three access fields select the union of what is open through each of them;
// all empty: every group.
type ScalingGroupQuery struct {
	Name       string
	IsActive   *bool
	IsPublic   *bool
	DomainName string
	ProjectID  string
	AccessKey  string
	Page
}

// ScalingGroups lists resource groups by name.
func (s *Store) ScalingGroups(ctx context.Context, f ScalingGroupQuery) ([]ScalingGroup, int, error) {
	q := query{from: "scaling_groups r", order: "r.name"}
	q.equal("r.name", f.Name)
	q.flag("r.is_active", f.IsActive)
	q.flag("r.is_public", f.IsPublic)
	if f.DomainName != "" || f.ProjectID != "" || f.AccessKey != "" {
		q.and(`r.name IN (SELECT scaling_group FROM scaling_group_access WHERE
			(kind = 'domain' AND target = ?) OR (kind = 'project' AND target = ?) OR (kind = 'keypair' AND target = ?))`,
			f.DomainName, f.ProjectID, f.AccessKey)
	}
	return list(ctx, s, "list resource groups", q, scalingGroupColumns, f.Page, scanScalingGroup)
}

// ScalingGroupsOpenTo gives the names of the resource groups that are open to
// each of the targets, sorted.
func (s *Store) ScalingGroupsOpenTo(ctx context.Context, kind AccessKind, targets []string) (map[string][]string, error) {
	if len(targets) == 0 {
		return nil, nil
	}
	found, err := rows(ctx, s.read, `SELECT target, scaling_group FROM scaling_group_access
		WHERE kind = ? AND target IN (`+marks(len(targets))+`) ORDER BY scaling_group`,
		append([]any{string(kind)}, anys(targets)...),
		func(r scanner) (p [2]string, err error) { return p, r.Scan(&p[0], &p[1]) })
	if err != nil {
		return nil, wrap("list resource groups", err)
	}
	out := make(map[string][]string, len(targets))
	for _, p := range found {
		out[p[0]] = append(out[p[0]], p[1])
	}
	return out, nil
}

func scalingGroupCells(g ScalingGroup) cells {
	return cells{{"name", g.Name}, {"description", g.Description}, {"is_active", g.IsActive}, {"is_public", g.IsPublic},
		{"created_at", Micros(g.CreatedAt)}, {"wsproxy_addr", orNull(g.WSProxyAddr)}, {"wsproxy_api_token", orNull(g.WSProxyAPIToken)},
		{"driver", g.Driver}, {"driver_opts", g.DriverOpts.object()}, {"scheduler", g.Scheduler},
		{"scheduler_opts", g.SchedulerOpts.object()}, {"use_host_network", g.UseHostNetwork}}
}
