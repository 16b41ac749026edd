package resolve

import (
	"context"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) kernel(ctx context.Context, _ any, f *gql.Field) (any, error) {
	id, _ := f.Text("id")
	kernels, err := r.kernelsWhere(ctx, f, store.KernelQuery{IDs: []string{id}})
	if err != nil || len(kernels) == 0 {
		return nil, err
	}
	return kernels[0], nil
}

func (r *resolver) kernelsWhere(ctx context.Context, f *gql.Field, query store.KernelQuery) ([]*store.Kernel, error) {
	s, err := scoped(ctx, f, byAccessKey(), false)
	if err != nil {
		return nil, err
	}
	query.DomainName, query.AccessKey = s.domain, s.owner
	kernels, _, err := r.store.Kernels(ctx, query)
	return pointers(kernels), err
}

func (r *resolver) kernelList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byAccessKey(), false)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(f, kernelColumns())
	if err != nil {
		return nil, err
	}
	session, _ := f.Text("session_id")
	id, ok := normalUUID(session)
	if !ok {
		return nil, gql.Faultf("badly formed hexadecimal UUID string")
	}
	query := store.KernelQuery{SessionIDs: []string{id}, DomainName: s.domain, AccessKey: s.owner}
	query.Role, _ = f.Text("role")
	return list(page, func(p store.Page) ([]store.Kernel, int, error) {
		query.Page = p
		return r.store.Kernels(ctx, query)
	}, func(items []store.Kernel) any { return pointers(items) })
}

func pointers[T any](items []T) []*T {
	out := make([]*T, len(items))
	for i := range items {
		out[i] = &items[i]
	}
	return out
}

func (r *resolver) kernelFields() map[string]gql.Resolver {
	of := gql.Of[*store.Kernel]
	return map[string]gql.Resolver{
		"id":               of(func(k *store.Kernel) any { return k.ID }),
		"kernel_id":        of(func(k *store.Kernel) any { return k.ID }),
		"idx":              of(func(k *store.Kernel) any { return k.ClusterIdx }),
		"cluster_idx":      of(func(k *store.Kernel) any { return k.ClusterIdx }),
		"role":             of(func(k *store.Kernel) any { return k.ClusterRole }),
		"cluster_role":     of(func(k *store.Kernel) any { return k.ClusterRole }),
		"hostname":         of(func(k *store.Kernel) any { return k.ClusterHostname }),
		"cluster_hostname": of(func(k *store.Kernel) any { return k.ClusterHostname }),
		"local_rank":       of(func(k *store.Kernel) any { return k.LocalRank }),
		"session_id":       of(func(k *store.Kernel) any { return k.SessionID }),
		"image":            of(func(k *store.Kernel) any { return k.Image }),
		"image_object": gql.With(func(ctx context.Context, k *store.Kernel, _ *gql.Field) (any, error) {
			return r.imageOf(ctx, k.Image, k.Architecture)
		}),
		"architecture":   of(func(k *store.Kernel) any { return k.Architecture }),
		"registry":       of(func(k *store.Kernel) any { return k.Registry }),
		"status":         of(func(k *store.Kernel) any { return k.Status }),
		"status_changed": of(func(k *store.Kernel) any { return when(k.StatusChanged) }),
		"status_info":    of(func(k *store.Kernel) any { return k.StatusInfo }),
		"status_data":    of(func(k *store.Kernel) any { return jsonOrNull(k.StatusData) }),
		"created_at":     of(func(k *store.Kernel) any { return when(k.CreatedAt) }),
		"terminated_at":  of(func(k *store.Kernel) any { return when(k.TerminatedAt) }),
		"starts_at":      of(func(k *store.Kernel) any { return when(k.StartsAt) }),
		"scheduled_at":   of(func(k *store.Kernel) any { return when(k.ScheduledAt) }),
		"abusing_report": null, // nothing here reports abuse
		"agent":          of(func(k *store.Kernel) any { return textOrNull(k.Agent) }),
		"agent_addr":     of(func(k *store.Kernel) any { return textOrNull(k.AgentAddr) }),
		"container_id":   of(func(k *store.Kernel) any { return textOrNull(k.ContainerID) }),
		"resource_opts":  of(func(k *store.Kernel) any { return jsonOrNull(k.ResourceOpts) }),
		"occupied_slots": of(func(k *store.Kernel) any { return k.OccupiedSlots }),
		"live_stat":      of(r.kernelStat),
		"last_stat":      of(r.kernelStat), // the same content in 24.09
		"preopen_ports":  of(func(k *store.Kernel) any { return values(k.PreopenPorts) }),
	}
}

// kernelStat is what a kernel uses now, or used last; null before the first
// sample.
func (r *resolver) kernelStat(k *store.Kernel) any {
	if k.LastStat != "" {
		return k.LastStat
	}
	if metrics := r.live.Metrics(k.ID); metrics != nil {
		return metrics
	}
	return nil
}
