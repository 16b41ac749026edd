package store

import (
	"context"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/slots"
)

// Occupancy is what sessions hold at one moment, summed up.
type Occupancy struct {
	Agents   map[string]AgentUse
	KeyPairs map[string]KeyPairUse  // by access key
	Users    map[string]slots.Slots // by user id
	Projects map[string]slots.Slots // by project id
	Domains  map[string]slots.Slots // by name
	// Groups is what a key pair holds in a resource group.
	Groups map[GroupKey]slots.Slots
}

// GroupKey is a key pair in a resource group.
type GroupKey struct{ AccessKey, ScalingGroup string }

// AgentUse is what the kernels of one agent hold.
type AgentUse struct {
	Slots   slots.Slots
	Kernels int
}

// KeyPairUse is what the sessions of one key pair hold.
type KeyPairUse struct {
	Slots    slots.Slots
	Sessions int // the wire's concurrency_used
	// Pending and PendingSlots are those of the sessions that wait.
	Pending      int
	PendingSlots slots.Slots
}

// Occupancy adds up the slots of live kernels. On an agent slots are held in
// every status but PENDING, TERMINATED and CANCELLED; towards the limits of a
// key pair TERMINATING does not count either, so that ending a session makes
// room for the next at once. System sessions do not count for the key pair.
func (s *Store) Occupancy(ctx context.Context) (Occupancy, error) {
	return occupancy(ctx, s.read)
}

func occupancy(ctx context.Context, db querier) (Occupancy, error) {
	type held struct {
		agent, key, user, project, domain, group string
		status                                   model.Status
		kind                                     model.SessionType
		role                                     string
		slots                                    JSON
	}
	found, err := rows(ctx, db, `SELECT coalesce(k.agent, ''), s.access_key, s.user_id, s.project_id, s.domain_name,
		s.scaling_group, k.status, s.type, k.cluster_role, k.occupied_slots
		FROM kernels k JOIN sessions s ON s.id = k.session_id
		WHERE k.status NOT IN ('TERMINATED', 'CANCELLED')`, nil,
		func(r scanner) (h held, err error) {
			return h, r.Scan(&h.agent, &h.key, &h.user, &h.project, &h.domain, &h.group, &h.status, &h.kind, &h.role, &h.slots)
		})
	if err != nil {
		return Occupancy{}, wrap("occupancy", err)
	}
	out := Occupancy{Agents: map[string]AgentUse{}, KeyPairs: map[string]KeyPairUse{},
		Users: map[string]slots.Slots{}, Projects: map[string]slots.Slots{}, Domains: map[string]slots.Slots{},
		Groups: map[GroupKey]slots.Slots{}}
	for _, h := range found {
		amounts, err := slots.FromJSON(string(h.slots))
		if err != nil {
			return Occupancy{}, wrap("occupancy", err)
		}
		key := out.KeyPairs[h.key]
		if h.status == model.StatusPending {
			if h.role == "main" {
				key.Pending++
			}
			key.PendingSlots = key.PendingSlots.Add(amounts)
			out.KeyPairs[h.key] = key
			continue
		}
		agent := out.Agents[h.agent]
		agent.Slots = agent.Slots.Add(amounts)
		agent.Kernels++
		out.Agents[h.agent] = agent
		if h.status == model.StatusTerminating || h.kind == model.TypeSystem {
			continue
		}
		key.Slots = key.Slots.Add(amounts)
		if h.role == "main" {
			key.Sessions++
		}
		out.KeyPairs[h.key] = key
		out.Users[h.user] = out.Users[h.user].Add(amounts)
		out.Projects[h.project] = out.Projects[h.project].Add(amounts)
		out.Domains[h.domain] = out.Domains[h.domain].Add(amounts)
		group := GroupKey{h.key, h.group}
		out.Groups[group] = out.Groups[group].Add(amounts)
	}
	return out, nil
}
