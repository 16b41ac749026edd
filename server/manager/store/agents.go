package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Agent is a node that runs kernels.
type Agent struct {
	ID               string
	Status           string // ALIVE, LOST, RESTARTING, TERMINATED
	StatusChanged    time.Time
	Region           string
	ScalingGroup     string
	Schedulable      bool
	AvailableSlots   model.ResourceSlots
	OccupiedSlots    model.ResourceSlots // added up from its kernels; not written
	ContainerCount   int                 // running kernels; not written
	Addr             string
	Architecture     string
	FirstContact     time.Time
	LostAt           time.Time
	Version          string
	ComputePlugins   JSON
	HardwareMetadata JSON
}

// AgentAlive is the status of an agent that answers.
const AgentAlive = "ALIVE"

const agentColumns = `a.id, a.status, a.status_changed, a.region, a.scaling_group, a.schedulable, a.available_slots,
	a.addr, a.architecture, a.first_contact, a.lost_at, a.version, a.compute_plugins, a.hardware_metadata`

func scanAgent(r scanner) (a Agent, err error) {
	var slots JSON
	err = r.Scan(&a.ID, &a.Status, timeColumn{&a.StatusChanged}, &a.Region, &a.ScalingGroup, &a.Schedulable, &slots,
		&a.Addr, &a.Architecture, timeColumn{&a.FirstContact}, timeColumn{&a.LostAt}, &a.Version, &a.ComputePlugins,
		&a.HardwareMetadata)
	if err != nil {
		return a, err
	}
	return a, slots.Decode(&a.AvailableSlots)
}

// AgentQuery selects agents. Alias: a (agents).
type AgentQuery struct {
	ID            string
	Status        string
	ScalingGroups []string // nil: any
	Page
}

// Agents lists agents by id, with what their kernels occupy.
func (s *Store) Agents(ctx context.Context, f AgentQuery) ([]Agent, int, error) {
	q := query{from: "agents a", order: "a.id"}
	q.equal("a.id", f.ID)
	q.equal("a.status", f.Status)
	q.in("a.scaling_group", f.ScalingGroups)
	agents, total, err := list(ctx, s, "list agents", q, agentColumns, f.Page, scanAgent)
	if err != nil || len(agents) == 0 {
		return agents, total, err
	}
	held, err := s.Occupancy(ctx)
	if err != nil {
		return nil, 0, err
	}
	for i := range agents {
		a := &agents[i]
		use := held.Agents[a.ID]
		a.OccupiedSlots, a.ContainerCount = use.Slots.Model(), use.Kernels
		for name := range a.AvailableSlots {
			if _, ok := a.OccupiedSlots[name]; !ok {
				a.OccupiedSlots[name] = "0"
			}
		}
	}
	return agents, total, nil
}

// PutAgent writes what is known of the one agent there is. Its first contact is
// kept, and what administrators decide: its resource group and whether it takes
// sessions. Another agent that was there is this one under another name, after the
// machine was renamed or its data restored on another: it is LOST, and what it held
// is held here.
func (s *Store) PutAgent(ctx context.Context, a Agent) error {
	return s.tx(ctx, "put agent", func(tx *sql.Tx) error {
		for _, step := range []struct {
			do   string
			with []any
		}{
			{`INSERT INTO agents (id, status, status_changed, region, scaling_group, schedulable,
			available_slots, addr, architecture, first_contact, lost_at, version, compute_plugins, hardware_metadata)
			VALUES (?, ?, ?, ?, coalesce((SELECT scaling_group FROM agents WHERE status = 'ALIVE' ORDER BY first_contact DESC LIMIT 1), ?),
			coalesce((SELECT schedulable FROM agents WHERE status = 'ALIVE' ORDER BY first_contact DESC LIMIT 1), ?), ` + marks(8) + `)
			ON CONFLICT (id) DO UPDATE SET status = excluded.status,
			status_changed = excluded.status_changed, region = excluded.region,
			available_slots = excluded.available_slots, addr = excluded.addr, architecture = excluded.architecture,
			lost_at = excluded.lost_at, version = excluded.version, compute_plugins = excluded.compute_plugins,
			hardware_metadata = excluded.hardware_metadata`,
				[]any{a.ID, a.Status, Micros(a.StatusChanged), a.Region, a.ScalingGroup, a.Schedulable, ToJSON(a.AvailableSlots).value(),
					a.Addr, a.Architecture, Micros(a.FirstContact), Micros(a.LostAt), a.Version, a.ComputePlugins.object(),
					a.HardwareMetadata.object()}},
			{"UPDATE agents SET status = ?, status_changed = ?, lost_at = ? WHERE id <> ? AND status = ?",
				[]any{agentLost, Micros(a.StatusChanged), Micros(a.StatusChanged), a.ID, AgentAlive}},
			{"UPDATE kernels SET agent = ?, agent_addr = ? WHERE agent <> ? AND status NOT IN ('TERMINATED', 'CANCELLED')",
				[]any{a.ID, a.Addr, a.ID}},
		} {
			if _, err := tx.ExecContext(ctx, step.do, step.with...); err != nil {
				return err
			}
		}
		return nil
	})
}

// agentLost is the status of an agent that does not answer any more.
const agentLost = "LOST"
