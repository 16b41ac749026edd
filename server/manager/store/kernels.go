package store

import (
	"context"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Kernel is one member of a session: a sandbox on an agent. The wire also calls
// it a container.
type Kernel struct {
	ID              string
	SessionID       string
	ClusterRole     string // main, sub
	ClusterIdx      int    // from 1
	LocalRank       int
	ClusterHostname string // main1, sub1 ...
	Agent           string // empty before scheduling
	AgentAddr       string
	ContainerID     string // 64 hex characters; empty before creation
	Image           string
	Registry        string
	Architecture    string
	Status          model.Status
	StatusInfo      *string
	StatusData      JSON
	StatusHistory   JSON
	StatusChanged   time.Time
	CreatedAt       time.Time
	StartsAt        time.Time
	ScheduledAt     time.Time
	TerminatedAt    time.Time
	OccupiedSlots   JSON // also while it waits, and after the end
	RequestedSlots  JSON
	ResourceOpts    JSON // {"shmem": bytes}
	ServicePorts    JSON // empty before it runs
	PreopenPorts    []int
	ExitCode        *int
	LastStat        JSON // metrics at the end; empty before
}

const kernelColumns = `k.id, k.session_id, k.cluster_role, k.cluster_idx, k.local_rank, k.cluster_hostname, k.agent,
	k.agent_addr, k.container_id, k.image, k.registry, k.architecture, k.status, k.status_info, k.status_data,
	k.status_history, k.status_changed, k.created_at, k.starts_at, k.scheduled_at, k.terminated_at, k.occupied_slots,
	k.requested_slots, k.resource_opts, k.service_ports, k.preopen_ports, k.exit_code, k.last_stat`

func scanKernel(r scanner) (k Kernel, err error) {
	var preopen JSON
	err = r.Scan(&k.ID, &k.SessionID, &k.ClusterRole, &k.ClusterIdx, &k.LocalRank, &k.ClusterHostname,
		textColumn{&k.Agent}, textColumn{&k.AgentAddr}, textColumn{&k.ContainerID}, &k.Image, &k.Registry,
		&k.Architecture, &k.Status, &k.StatusInfo, &k.StatusData, &k.StatusHistory, timeColumn{&k.StatusChanged},
		timeColumn{&k.CreatedAt}, timeColumn{&k.StartsAt}, timeColumn{&k.ScheduledAt}, timeColumn{&k.TerminatedAt},
		&k.OccupiedSlots, &k.RequestedSlots, &k.ResourceOpts, &k.ServicePorts, &preopen, &k.ExitCode, &k.LastStat)
	if err != nil {
		return k, err
	}
	return k, preopen.Decode(&k.PreopenPorts)
}

// KernelQuery selects kernels. Aliases: k (kernels), s (their sessions).
type KernelQuery struct {
	IDs        []string // nil: any
	SessionIDs []string // nil: any
	Agent      string
	DomainName string
	AccessKey  string
	Role       string
	Statuses   []model.Status // nil: any
	Page
}

// Kernels lists kernels, those with the latest change of life first.
func (s *Store) Kernels(ctx context.Context, f KernelQuery) ([]Kernel, int, error) {
	q := query{
		from:  "kernels k JOIN sessions s ON s.id = k.session_id",
		order: "max(k.created_at, coalesce(k.terminated_at, 0), coalesce(k.status_changed, 0)) DESC, k.id",
	}
	q.in("k.id", f.IDs)
	q.in("k.session_id", f.SessionIDs)
	q.equal("k.agent", f.Agent)
	q.equal("s.domain_name", f.DomainName)
	q.equal("s.access_key", f.AccessKey)
	q.equal("k.cluster_role", f.Role)
	if f.Statuses != nil {
		q.in("k.status", texts(f.Statuses))
	}
	return list(ctx, s, "list kernels", q, kernelColumns, f.Page, scanKernel)
}

// readKernels fills in the kernels of all the sessions, and what they depend on,
// with two queries per thousand of them.
func readKernels(ctx context.Context, db querier, sessions []*Session) error {
	byID := make(map[string]*Session, len(sessions))
	ids := make([]string, len(sessions))
	for i, s := range sessions {
		s.Kernels = nil
		byID[s.ID], ids[i] = s, s.ID
	}
	for start := 0; start < len(ids); start += maxVariables {
		part := ids[start:min(start+maxVariables, len(ids))]
		found, err := rows(ctx, db, "SELECT "+kernelColumns+" FROM kernels k WHERE k.session_id IN ("+marks(len(part))+
			") ORDER BY k.session_id, k.local_rank, k.id", anys(part), scanKernel)
		if err != nil {
			return err
		}
		for _, k := range found {
			s := byID[k.SessionID]
			s.Kernels = append(s.Kernels, k)
		}
	}
	return readDependencies(ctx, db, sessions)
}
