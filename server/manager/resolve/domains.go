package resolve

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) domain(ctx context.Context, _ any, f *gql.Field) (any, error) {
	caller := callerOf(ctx)
	name, given := f.Text("name")
	if !given {
		name = caller.DomainName
	}
	if name != caller.DomainName && !caller.IsSuperadmin() {
		return nil, gql.Faultf("No such domain.")
	}
	domain, err := r.store.Domain(ctx, name)
	return found(rowOf(domain), err)
}

func (r *resolver) domains(ctx context.Context, _ any, f *gql.Field) (any, error) {
	domains, _, err := r.store.Domains(ctx, store.DomainQuery{IsActive: flag(f, "is_active")})
	return rowsOf(domains), err
}

func (r *resolver) domainFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"name":                      of(func(d store.Domain) any { return d.Name }),
		"description":               of(func(d store.Domain) any { return d.Description }),
		"is_active":                 of(func(d store.Domain) any { return d.IsActive }),
		"created_at":                of(func(d store.Domain) any { return when(d.CreatedAt) }),
		"modified_at":               of(func(d store.Domain) any { return when(d.ModifiedAt) }),
		"total_resource_slots":      of(func(d store.Domain) any { return d.TotalResourceSlots }),
		"allowed_vfolder_hosts":     of(func(d store.Domain) any { return d.AllowedVFolderHosts }),
		"allowed_docker_registries": of(func(d store.Domain) any { return values(d.AllowedDockerRegistries) }),
		"integration_id":            of(func(d store.Domain) any { return textOrNull(d.IntegrationID) }),
		"scaling_groups": with(func(ctx context.Context, d *row[store.Domain], _ *gql.Field) (any, error) {
			open, err := forPage(d, "scaling_groups", func(all []store.Domain) (map[string][]string, error) {
				return r.store.ScalingGroupsOpenTo(ctx, store.AccessDomain, keys(all, func(d store.Domain) string { return d.Name }))
			})
			return values(open[d.value.Name]), err
		}),
	}
}

func (r *resolver) scalingGroup(ctx context.Context, _ any, f *gql.Field) (any, error) {
	name, given := f.Text("name")
	if !given {
		return nil, nil
	}
	groups, _, err := r.store.ScalingGroups(ctx, store.ScalingGroupQuery{Name: name})
	if err != nil || len(groups) == 0 {
		return nil, err
	}
	return groups[0], nil
}

func (r *resolver) scalingGroups(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query := store.ScalingGroupQuery{IsActive: flag(f, "is_active")}
	query.Name, _ = f.Text("name")
	groups, _, err := r.store.ScalingGroups(ctx, query)
	return values(groups), err
}

// scalingGroupsFor answers the queries for what is open to one domain, project
// or key pair, which the argument names.
func (r *resolver) scalingGroupsFor(argument string) gql.Resolver {
	return func(ctx context.Context, _ any, f *gql.Field) (any, error) {
		query := store.ScalingGroupQuery{IsActive: flag(f, "is_active")}
		value, _ := f.Text(argument)
		if value == "" {
			return []store.ScalingGroup{}, nil // nothing is open to nobody
		}
		switch argument {
		case "domain":
			query.DomainName = value
		case "user_group":
			query.ProjectID = value
		case "access_key":
			query.AccessKey = value
		}
		groups, _, err := r.store.ScalingGroups(ctx, query)
		return values(groups), err
	}
}

func (r *resolver) scalingGroupFields() map[string]gql.Resolver {
	of := gql.Of[store.ScalingGroup]
	return map[string]gql.Resolver{
		"name":              of(func(g store.ScalingGroup) any { return g.Name }),
		"description":       of(func(g store.ScalingGroup) any { return g.Description }),
		"is_active":         of(func(g store.ScalingGroup) any { return g.IsActive }),
		"is_public":         of(func(g store.ScalingGroup) any { return g.IsPublic }),
		"created_at":        of(func(g store.ScalingGroup) any { return when(g.CreatedAt) }),
		"wsproxy_addr":      of(func(g store.ScalingGroup) any { return textOrNull(g.WSProxyAddr) }),
		"wsproxy_api_token": of(func(g store.ScalingGroup) any { return textOrNull(g.WSProxyAPIToken) }),
		"driver":            of(func(g store.ScalingGroup) any { return g.Driver }),
		"driver_opts":       of(func(g store.ScalingGroup) any { return g.DriverOpts }),
		"scheduler":         of(func(g store.ScalingGroup) any { return g.Scheduler }),
		"scheduler_opts":    of(func(g store.ScalingGroup) any { return g.SchedulerOpts }),
		"use_host_network":  of(func(g store.ScalingGroup) any { return g.UseHostNetwork }),
		"agent_count_by_status": gql.With(func(ctx context.Context, g store.ScalingGroup, f *gql.Field) (any, error) {
			agents, err := r.agentsOf(ctx, g.Name, f)
			return len(agents), err
		}),
		"agent_total_resource_slots_by_status": gql.With(func(ctx context.Context, g store.ScalingGroup, f *gql.Field) (any, error) {
			agents, err := r.agentsOf(ctx, g.Name, f)
			if err != nil {
				return nil, err
			}
			return totalSlots(agents)
		}),
	}
}

// totalSlots adds up what agents hold and offer.
func totalSlots(agents []store.Agent) (any, error) {
	occupied, available := slots.Slots{}, slots.Slots{}
	for _, a := range agents {
		used, err := slots.FromModel(a.OccupiedSlots)
		if err != nil {
			return nil, err
		}
		offered, err := slots.FromModel(a.AvailableSlots)
		if err != nil {
			return nil, err
		}
		occupied, available = occupied.Add(used), available.Add(offered)
	}
	return json.Marshal(map[string]model.ResourceSlots{
		"occupied_slots": occupied.Model(), "available_slots": available.Model(),
	})
}

// agentsOf gives the agents of a resource group in the status the argument
// names.
func (r *resolver) agentsOf(ctx context.Context, group string, f *gql.Field) ([]store.Agent, error) {
	status, _ := f.Text("status")
	if !slices.Contains(agentStatuses(), status) {
		return nil, errUnknownName(status)
	}
	all, err := r.allAgents(ctx)
	return slices.DeleteFunc(slices.Clone(all), func(a store.Agent) bool {
		return a.ScalingGroup != group || a.Status != status
	}), err
}

// allAgents reads the agents once per request.
func (r *resolver) allAgents(ctx context.Context) ([]store.Agent, error) {
	request := requestOf(ctx)
	if request.agents == nil {
		all, _, err := r.store.Agents(ctx, store.AgentQuery{})
		if err != nil {
			return nil, err
		}
		request.agents = values(all)
	}
	return request.agents, nil
}
