package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/baiui/baiui/client/model"
)

// ErrUnchanged is what a change function returns to leave the session as it is;
// [Store.UpdateSession] then writes nothing and reports no error.
var ErrUnchanged = errors.New("unchanged")

// AddSession writes a new session with its kernels and sets its Seq. A live
// session of the same key pair and name, or the same id, is a conflict, and
// [QueueFullError] refuses one that would have to wait behind too many.
func (s *Store) AddSession(ctx context.Context, row *Session) error {
	const op = "add session"
	return s.tx(ctx, op, func(tx *sql.Tx) error {
		if row.Status == model.StatusPending {
			if err := checkQueue(ctx, tx, row.AccessKey); err != nil {
				return err
			}
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO sessions (id, name, type, priority, tag, domain_name, project_id, user_id,
			access_key, scaling_group, image, registry, architecture, cluster_mode, cluster_size, status, status_info,
			status_data, status_history, status_changed, result, created_at, scheduled_at, starts_at, terminated_at,
			startup_command, bootstrap_script, environ, resource_opts, requested_slots, occupying_slots, mounts,
			vfolder_mounts, callback_url, num_queries, batch_timeout, mount_points) VALUES (`+marks(37)+`)`,
			row.ID, row.Name, string(row.Type), row.Priority, row.Tag, row.DomainName, row.ProjectID, row.UserID,
			row.AccessKey, row.ScalingGroup, row.Image, row.Registry, row.Architecture, row.ClusterMode, row.ClusterSize,
			string(row.Status), row.StatusInfo, row.StatusData.value(), row.StatusHistory.object(),
			Micros(row.StatusChanged), row.Result, Micros(row.CreatedAt), Micros(row.ScheduledAt), Micros(row.StartsAt),
			Micros(row.TerminatedAt), row.StartupCommand, orNull(row.BootstrapScript), environOf(row.Environ).value(),
			row.ResourceOpts.object(), row.RequestedSlots.object(), row.OccupyingSlots.object(), listOf(row.Mounts).value(),
			listOf(row.VFolderMounts).value(), orNull(row.CallbackURL), row.NumQueries,
			limitOf(row.TimeLimit), row.MountPoints.list())
		if err != nil {
			return err
		}
		if row.Seq, err = r.LastInsertId(); err != nil {
			return err
		}
		for _, k := range row.Kernels {
			if err := insertKernel(ctx, tx, k); err != nil {
				return err
			}
		}
		for _, id := range row.DependsOn {
			_, err := tx.ExecContext(ctx, "INSERT INTO session_dependencies (session_id, depends_on) VALUES (?, ?) ON CONFLICT DO NOTHING",
				row.ID, id)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// limitOf binds a time limit; none is NULL.
func limitOf(d time.Duration) any {
	if d == 0 {
		return nil
	}
	return d.Microseconds()
}

func environOf(env map[string]string) JSON {
	if env == nil {
		return "{}"
	}
	return ToJSON(env)
}

func insertKernel(ctx context.Context, tx *sql.Tx, k Kernel) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO kernels (id, session_id, cluster_role, cluster_idx, local_rank,
		cluster_hostname, agent, agent_addr, container_id, image, registry, architecture, status, status_info,
		status_data, status_history, status_changed, created_at, starts_at, scheduled_at, terminated_at,
		occupied_slots, requested_slots, resource_opts, service_ports, preopen_ports, exit_code, last_stat)
		VALUES (`+marks(28)+`)`,
		k.ID, k.SessionID, k.ClusterRole, k.ClusterIdx, k.LocalRank, k.ClusterHostname, orNull(k.Agent),
		orNull(k.AgentAddr), orNull(k.ContainerID), k.Image, k.Registry, k.Architecture, string(k.Status), k.StatusInfo,
		k.StatusData.value(), k.StatusHistory.object(), Micros(k.StatusChanged), Micros(k.CreatedAt), Micros(k.StartsAt),
		Micros(k.ScheduledAt), Micros(k.TerminatedAt), k.OccupiedSlots.object(), k.RequestedSlots.object(),
		k.ResourceOpts.object(), k.ServicePorts.value(), portsOf(k.PreopenPorts).value(), k.ExitCode, k.LastStat.value())
	return err
}

func portsOf(ports []int) JSON {
	if ports == nil {
		return "[]"
	}
	return ToJSON(ports)
}

// UpdateSession reads a session with its kernels, lets change alter it, and
// writes back what may change in a session's life, all in one transaction. The
// error of change is returned as it is and nothing is written. The returned
// session is the one after the change.
func (s *Store) UpdateSession(ctx context.Context, id string, change func(*Session) error) (*Session, error) {
	const op = "update session"
	var row *Session
	var refused error
	err := s.tx(ctx, op, func(tx *sql.Tx) (err error) {
		if row, err = session(ctx, tx, id); err != nil {
			return err
		}
		if refused = change(row); refused != nil {
			return nil
		}
		if err := updateSessionRow(ctx, tx, row); err != nil {
			return err
		}
		for _, k := range row.Kernels {
			if err := updateKernelRow(ctx, tx, k); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case errors.Is(refused, ErrUnchanged):
		return row, nil
	case refused != nil:
		return nil, refused
	}
	return row, nil
}

func updateSessionRow(ctx context.Context, tx *sql.Tx, s *Session) error {
	_, err := tx.ExecContext(ctx, `UPDATE sessions SET name = ?, priority = ?, tag = ?, status = ?, status_info = ?,
		status_data = ?, status_history = ?, status_changed = ?, result = ?, scheduled_at = ?, starts_at = ?,
		terminated_at = ?, occupying_slots = ? WHERE id = ?`,
		s.Name, s.Priority, s.Tag, string(s.Status), s.StatusInfo, s.StatusData.value(), s.StatusHistory.object(),
		Micros(s.StatusChanged), s.Result, Micros(s.ScheduledAt), Micros(s.StartsAt), Micros(s.TerminatedAt),
		s.OccupyingSlots.object(), s.ID)
	return err
}

func updateKernelRow(ctx context.Context, tx *sql.Tx, k Kernel) error {
	_, err := tx.ExecContext(ctx, `UPDATE kernels SET agent = ?, agent_addr = ?, container_id = ?, status = ?,
		status_info = ?, status_data = ?, status_history = ?, status_changed = ?, starts_at = ?, scheduled_at = ?,
		terminated_at = ?, occupied_slots = ?, service_ports = ?, exit_code = ?, last_stat = ? WHERE id = ?`,
		orNull(k.Agent), orNull(k.AgentAddr), orNull(k.ContainerID), string(k.Status), k.StatusInfo, k.StatusData.value(),
		k.StatusHistory.object(), Micros(k.StatusChanged), Micros(k.StartsAt), Micros(k.ScheduledAt),
		Micros(k.TerminatedAt), k.OccupiedSlots.object(), k.ServicePorts.value(), k.ExitCode, k.LastStat.value(), k.ID)
	return err
}
