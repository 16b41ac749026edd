package resolve

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) agent(ctx context.Context, _ any, f *gql.Field) (any, error) {
	id, _ := f.Text("agent_id")
	if id == "" {
		return nil, nil
	}
	agents, _, err := r.store.Agents(ctx, store.AgentQuery{ID: id})
	if err != nil || len(agents) == 0 {
		return nil, err
	}
	return rowOf(agents[0]), nil
}

func (r *resolver) agents(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := agentQuery(f)
	if err != nil {
		return nil, err
	}
	agents, _, err := r.store.Agents(ctx, query)
	return rowsOf(agents), err
}

func (r *resolver) agentList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := agentQuery(f)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(f, agentColumns())
	if err != nil {
		return nil, err
	}
	return list(page, func(p store.Page) ([]store.Agent, int, error) {
		query.Page = p
		return r.store.Agents(ctx, query)
	}, asRows)
}

func agentQuery(f *gql.Field) (query store.AgentQuery, err error) {
	if group, ok := f.Text("scaling_group"); ok {
		query.ScalingGroups = []string{group}
	}
	if status, ok := f.Text("status"); ok {
		if !slices.Contains(agentStatuses(), status) {
			return query, errUnknownName(status)
		}
		query.Status = status
	}
	return query, nil
}

// agentSummary and agentSummaryList are for everybody: the agents of the
// resource groups that are open to the caller.
func (r *resolver) agentSummary(ctx context.Context, _ any, f *gql.Field) (any, error) {
	groups, err := r.openGroups(ctx, f)
	if err != nil {
		return nil, err
	}
	id, _ := f.Text("agent_id")
	if id == "" {
		return nil, nil
	}
	agents, _, err := r.store.Agents(ctx, store.AgentQuery{ID: id, ScalingGroups: groups})
	if err != nil || len(agents) == 0 {
		return nil, err
	}
	return rowOf(agents[0]), nil
}

func (r *resolver) agentSummaryList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	groups, err := r.openGroups(ctx, f)
	if err != nil {
		return nil, err
	}
	query, err := agentQuery(f)
	if err != nil {
		return nil, err
	}
	if query.ScalingGroups != nil {
		asked := query.ScalingGroups[0]
		groups = slices.DeleteFunc(groups, func(name string) bool { return name != asked })
	}
	query.ScalingGroups = groups
	page, err := pageOf(f, agentSummaryColumns())
	if err != nil {
		return nil, err
	}
	return list(page, func(p store.Page) ([]store.Agent, int, error) {
		query.Page = p
		return r.store.Agents(ctx, query)
	}, asRows)
}

// openGroups names the resource groups open to the caller through the domain,
// the own projects or the key pair. Never nil.
func (r *resolver) openGroups(ctx context.Context, f *gql.Field) ([]string, error) {
	if _, err := scoped(ctx, f, byAccessKey(), true); err != nil {
		return nil, err
	}
	caller := callerOf(ctx)
	projects, err := r.store.ProjectsOfUsers(ctx, []string{caller.UserID})
	if err != nil {
		return nil, err
	}
	open := []string{}
	for kind, targets := range map[store.AccessKind][]string{
		store.AccessDomain:  {caller.DomainName},
		store.AccessKeyPair: {caller.AccessKey},
		store.AccessProject: keys(projects[caller.UserID], func(p store.ProjectRef) string { return p.ID }),
	} {
		groups, err := r.store.ScalingGroupsOpenTo(ctx, kind, targets)
		if err != nil {
			return nil, err
		}
		for _, names := range groups {
			open = append(open, names...)
		}
	}
	slices.Sort(open)
	return slices.Compact(open), nil
}

func agentSummaryFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"id":              of(func(a store.Agent) any { return a.ID }),
		"status":          of(func(a store.Agent) any { return a.Status }),
		"scaling_group":   of(func(a store.Agent) any { return a.ScalingGroup }),
		"schedulable":     of(func(a store.Agent) any { return a.Schedulable }),
		"available_slots": of(func(a store.Agent) any { return a.AvailableSlots }),
		"occupied_slots":  of(func(a store.Agent) any { return a.OccupiedSlots }),
		"architecture":    of(func(a store.Agent) any { return a.Architecture }),
	}
}

func (r *resolver) agentFields() map[string]gql.Resolver {
	fields := agentSummaryFields()
	for name, resolve := range map[string]gql.Resolver{
		"status_changed":  of(func(a store.Agent) any { return when(a.StatusChanged) }),
		"region":          of(func(a store.Agent) any { return a.Region }),
		"addr":            of(func(a store.Agent) any { return a.Addr }),
		"first_contact":   of(func(a store.Agent) any { return when(a.FirstContact) }),
		"lost_at":         of(func(a store.Agent) any { return when(a.LostAt) }),
		"live_stat":       of(func(a store.Agent) any { return r.agentStat(a.ID) }),
		"version":         of(func(a store.Agent) any { return a.Version }),
		"compute_plugins": of(func(a store.Agent) any { return jsonOrNull(a.ComputePlugins) }),
		"hardware_metadata": of(func(a store.Agent) any {
			if a.Status != store.AgentAlive {
				return nil // nobody to ask
			}
			return jsonOrNull(a.HardwareMetadata)
		}),
		// Abuse is not looked for here, so nothing is ended for it.
		"auto_terminate_abusing_kernel": of(func(store.Agent) any { return false }),
		"local_config": of(func(store.Agent) any {
			return json.RawMessage(`{"agent": {"auto_terminate_abusing_kernel": false}}`)
		}),
		"container_count": of(func(a store.Agent) any { return a.ContainerCount }),
		// The shortcuts of old clients, memory in MiB.
		"mem_slots":      of(func(a store.Agent) any { return int64(amount(a.AvailableSlots, "mem")) >> 20 }),
		"cpu_slots":      of(func(a store.Agent) any { return amount(a.AvailableSlots, "cpu") }),
		"gpu_slots":      of(func(a store.Agent) any { return amount(a.AvailableSlots, "cuda.shares", "cuda.device") }),
		"tpu_slots":      of(func(a store.Agent) any { return amount(a.AvailableSlots, "tpu.device") }),
		"used_mem_slots": of(func(a store.Agent) any { return int64(amount(a.OccupiedSlots, "mem")) >> 20 }),
		"used_cpu_slots": of(func(a store.Agent) any { return amount(a.OccupiedSlots, "cpu") }),
		"used_gpu_slots": of(func(a store.Agent) any { return amount(a.OccupiedSlots, "cuda.shares", "cuda.device") }),
		"used_tpu_slots": of(func(a store.Agent) any { return amount(a.OccupiedSlots, "tpu.device") }),
		"cpu_cur_pct":    of(func(a store.Agent) any { return number(r.metrics(a.ID)["cpu_util"].Pct) }),
		"mem_cur_bytes":  of(func(a store.Agent) any { return number(r.metrics(a.ID)["mem"].Current) }),
		"compute_containers": with(func(ctx context.Context, a *row[store.Agent], f *gql.Field) (any, error) {
			kernels, err := forPage(a, f, func(agents []store.Agent) (map[string][]*store.Kernel, error) {
				return r.kernelsOfAgents(ctx, agents, f)
			})
			return values(kernels[a.value.ID]), err
		}),
	} {
		fields[name] = resolve
	}
	return fields
}

func (r *resolver) kernelsOfAgents(ctx context.Context, agents []store.Agent, f *gql.Field) (map[string][]*store.Kernel, error) {
	query := store.KernelQuery{}
	query.Where = store.Clause(oneOf("k.agent", keys(agents, func(a store.Agent) string { return a.ID })))
	if text, ok := f.Text("status"); ok {
		statuses, err := parseStatuses(text)
		if err != nil {
			return nil, err
		}
		query.Statuses = statuses
	}
	kernels, _, err := r.store.Kernels(ctx, query)
	byAgent := map[string][]*store.Kernel{}
	for i := range kernels {
		byAgent[kernels[i].Agent] = append(byAgent[kernels[i].Agent], &kernels[i])
	}
	return byAgent, err
}

func (r *resolver) metrics(agentID string) model.Metrics {
	if r.nodes == nil {
		return nil
	}
	return r.nodes.NodeMetrics(agentID)
}

// agentStat is the layout of an agent's live_stat; devices are not told apart.
func (r *resolver) agentStat(agentID string) any {
	metrics := r.metrics(agentID)
	if metrics == nil {
		metrics = model.Metrics{}
	}
	return map[string]any{"node": metrics, "devices": struct{}{}}
}

// amount is what an agent has of the first of the slots that it knows.
func amount(s model.ResourceSlots, names ...string) float64 {
	for _, name := range names {
		if text, ok := s[name]; ok {
			return number(text)
		}
	}
	return 0
}

// number reads a decimal text; 0 when it is none, or not finite.
func number(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return 0
	}
	return f
}
