package resolve

import (
	"context"
	"slices"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) scalingGroupMutations() map[string]mutation {
	return map[string]mutation{
		"create_scaling_group": {"CreateScalingGroup", "scaling_group", superadmins(), r.createScalingGroup},
		"modify_scaling_group": {"ModifyScalingGroup", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			name, _ := f.Text("name")
			_, err := r.store.ChangeScalingGroup(ctx, name, func(g *store.ScalingGroup) error { return setScalingGroup(g, propsOf(f)) })
			return nil, err
		}},
		"delete_scaling_group": {"DeleteScalingGroup", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			name, _ := f.Text("name")
			return nil, r.store.DeleteScalingGroup(ctx, name)
		}},
	}
}

func (r *resolver) createScalingGroup(ctx context.Context, f *gql.Field) (any, error) {
	group := store.ScalingGroup{CreatedAt: r.now(), IsActive: true, IsPublic: true}
	group.Name, _ = f.Text("name")
	if err := first(checkName(group.Name), setScalingGroup(&group, propsOf(f))); err != nil {
		return nil, err
	}
	return group, r.store.AddScalingGroup(ctx, group)
}

func setScalingGroup(group *store.ScalingGroup, p props) error {
	put(p, "description", &group.Description)
	put(p, "is_active", &group.IsActive)
	put(p, "is_public", &group.IsPublic)
	putNullable(p, "wsproxy_addr", &group.WSProxyAddr)
	putNullable(p, "wsproxy_api_token", &group.WSProxyAPIToken)
	put(p, "driver", &group.Driver)
	put(p, "scheduler", &group.Scheduler)
	put(p, "use_host_network", &group.UseHostNetwork)
	switch {
	case !slices.Contains([]string{"fifo", "lifo", "drf"}, group.Scheduler):
		return refuse("'%s' is not a valid scheduler: fifo, lifo, drf", group.Scheduler)
	case group.Scheduler != "fifo" && p.has("scheduler"):
		return refuse("scheduler: sessions start in the order they were asked for here, which is 'fifo'")
	case group.UseHostNetwork && p.has("use_host_network"):
		return refuse("use_host_network: sessions have networks of their own here")
	case group.WSProxyAddr != "" && p.has("wsproxy_addr"):
		return refuse("wsproxy_addr: apps are reached through this manager's own tunnel")
	}
	if err := first(putObject(p, "driver_opts", &group.DriverOpts), putObject(p, "scheduler_opts", &group.SchedulerOpts)); err != nil {
		return err
	}
	switch options, err := group.Options(); {
	case err != nil:
		return refuse("scheduler_opts: allowed_session_types is a list of texts, pending_timeout a number of seconds")
	case options.PendingTimeout < 0 || options.PendingTimeout > maxPending:
		return refuse("scheduler_opts: pending_timeout is between 0, for ever, and %d seconds", maxPending)
	}
	return nil
}

// maxPending bounds pending_timeout, in seconds: ten years.
const maxPending = 10 * 365 * 24 * 3600

// accessMutations open and close resource groups to domains, projects and key
// pairs: each one group or several.
func (r *resolver) accessMutations() map[string]mutation {
	table := map[string]mutation{
		"disassociate_all_scaling_groups_with_domain": {"DisassociateAllScalingGroupsWithDomain", "", superadmins(), r.closeAll(store.AccessDomain, "domain")},
		"disassociate_all_scaling_groups_with_group":  {"DisassociateAllScalingGroupsWithGroup", "", superadmins(), r.closeAll(store.AccessProject, "user_group")},
	}
	for _, to := range []struct {
		kind                    store.AccessKind
		argument, field, suffix string
	}{
		{store.AccessDomain, "domain", "domain", "Domain"},
		{store.AccessProject, "user_group", "user_group", "UserGroup"},
		{store.AccessKeyPair, "access_key", "keypair", "KeyPair"},
	} {
		for _, number := range []string{"", "s"} {
			table["associate_scaling_group"+number+"_with_"+to.field] = mutation{"AssociateScalingGroup" + number + "With" + to.suffix, "", superadmins(),
				func(ctx context.Context, f *gql.Field) (any, error) {
					target, groups := accessOf(f, to.argument)
					return nil, r.store.OpenScalingGroups(ctx, to.kind, target, groups)
				}}
			table["disassociate_scaling_group"+number+"_with_"+to.field] = mutation{"DisassociateScalingGroup" + number + "With" + to.suffix, "", superadmins(),
				func(ctx context.Context, f *gql.Field) (any, error) {
					target, groups := accessOf(f, to.argument)
					return nil, r.store.CloseScalingGroups(ctx, to.kind, target, groups)
				}}
		}
	}
	return table
}

// accessOf reads the target and the names of resource groups, never nil.
func accessOf(f *gql.Field, argument string) (target string, groups []string) {
	target, _ = f.Text(argument)
	groups, _ = props(f.Args).texts("scaling_groups")
	if one, ok := f.Text("scaling_group"); ok {
		groups = append(groups, one)
	}
	return target, groups
}

func (r *resolver) closeAll(kind store.AccessKind, argument string) func(context.Context, *gql.Field) (any, error) {
	return func(ctx context.Context, f *gql.Field) (any, error) {
		target, _ := f.Text(argument)
		return nil, r.store.CloseScalingGroups(ctx, kind, target, nil)
	}
}

func (r *resolver) agentMutations() map[string]mutation {
	return map[string]mutation{
		"modify_agent": {"ModifyAgent", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			id, _ := f.Text("id")
			return nil, r.store.ChangeAgent(ctx, id, func(e *store.AgentEdit) error {
				put(propsOf(f), "schedulable", &e.Schedulable)
				put(propsOf(f), "scaling_group", &e.ScalingGroup)
				return nil
			})
		}},
	}
}
