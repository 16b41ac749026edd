package store

import (
	"context"
	"database/sql"
)

// AddScalingGroup adds a resource group; a name that is taken is a conflict.
func (s *Store) AddScalingGroup(ctx context.Context, g ScalingGroup) error {
	return s.add(ctx, "add resource group", "scaling_groups", scalingGroupCells(g))
}

// ChangeScalingGroup changes the resource group of a name.
func (s *Store) ChangeScalingGroup(ctx context.Context, name string, edit func(*ScalingGroup) error) (ScalingGroup, error) {
	return change(ctx, s, "change resource group", table[ScalingGroup]{"scaling_groups",
		"SELECT " + scalingGroupColumns + " FROM scaling_groups r WHERE r.name = ?", "name = ?", scanScalingGroup, scalingGroupCells}, name, edit, nil)
}

// DeleteScalingGroup removes a resource group and who may use it. One that has
// agents is a conflict; [ErrInUse] refuses one that sessions wait for or run in.
func (s *Store) DeleteScalingGroup(ctx context.Context, name string) error {
	return s.tx(ctx, "delete resource group", func(tx *sql.Tx) error {
		live, err := exists(ctx, tx, "SELECT 1 FROM sessions WHERE dead = 0 AND scaling_group = ?", name)
		if err != nil {
			return err
		}
		if live {
			return ErrInUse
		}
		if err := run(ctx, tx, []any{name}, "DELETE FROM scaling_group_access WHERE scaling_group = ?"); err != nil {
			return err
		}
		return touch(ctx, tx, "DELETE FROM scaling_groups WHERE name = ?", name)
	})
}

// OpenScalingGroups opens resource groups to a domain, project or key pair. One
// that is open already, or a group or target that is not there, is a conflict.
func (s *Store) OpenScalingGroups(ctx context.Context, kind AccessKind, target string, groups []string) error {
	owners := map[AccessKind]string{
		AccessDomain:  "SELECT 1 FROM domains WHERE name = ?",
		AccessProject: "SELECT 1 FROM projects WHERE id = ?",
		AccessKeyPair: "SELECT 1 FROM keypairs WHERE access_key = ?",
	}
	return s.tx(ctx, "open resource groups", func(tx *sql.Tx) error {
		known, err := exists(ctx, tx, owners[kind], target)
		if err != nil {
			return err
		}
		if !known {
			return &Error{Kind: KindConflict, Op: "open resource groups", Cause: sql.ErrNoRows}
		}
		for _, group := range groups {
			if err := (cells{{"scaling_group", group}, {"kind", string(kind)}, {"target", target}}).insert(ctx, tx, "scaling_group_access"); err != nil {
				return err
			}
		}
		return nil
	})
}

// CloseScalingGroups takes resource groups from a domain, project or key pair;
// nil takes all. None is "not found".
func (s *Store) CloseScalingGroups(ctx context.Context, kind AccessKind, target string, groups []string) error {
	where, args := "kind = ? AND target = ?", []any{string(kind), target}
	if groups != nil {
		where += " AND scaling_group IN (" + marks(len(groups)) + ")"
		args = append(args, anys(groups)...)
	}
	return s.remove(ctx, "close resource groups", "scaling_group_access", where, args...)
}

// AgentEdit is what administrators may change of an agent.
type AgentEdit struct {
	Schedulable  bool
	ScalingGroup string
}

// ChangeAgent changes the agent of an id; a resource group that is not there is
// a conflict.
func (s *Store) ChangeAgent(ctx context.Context, id string, edit func(*AgentEdit) error) error {
	_, err := change(ctx, s, "change agent", table[AgentEdit]{"agents", "SELECT schedulable, scaling_group FROM agents WHERE id = ?", "id = ?",
		func(r scanner) (e AgentEdit, err error) { return e, r.Scan(&e.Schedulable, &e.ScalingGroup) },
		func(e AgentEdit) cells {
			return cells{{"schedulable", e.Schedulable}, {"scaling_group", e.ScalingGroup}}
		}}, id, edit, nil)
	return err
}
