package store

import (
	"context"
	"slices"
	"time"
)

// UsageQuery says whose kernels are counted, and when. No id stands for everybody.
type UsageQuery struct {
	From, To   time.Time
	UserID     string
	ProjectIDs []string
}

// UsedKernel is a kernel that held resources, with what its session tells of it.
type UsedKernel struct {
	Kernel
	SessionName string
	DomainName  string
	ProjectID   string
	ProjectName string
	UserID      string
	UserEmail   string
	FullName    string
	AccessKey   string
	ClusterMode string
	Mounts      []string
}

// UsedKernels calls each with every kernel that was there between From and To,
// also for a moment, until it returns an error: those that still live, and those
// that ended since From. Cancelled ones never held anything, those that wait do not
// yet. The order is that of the sessions' ends.
func (s *Store) UsedKernels(ctx context.Context, u UsageQuery, each func(UsedKernel) error) error {
	for _, part := range u.parts() {
		text, args := u.statement(part)
		if err := s.usedKernels(ctx, text, args, each); err != nil {
			return wrap("list usage", err)
		}
	}
	return nil
}

// part is one walk along an index: by when a session was last heard of, live ones
// and others apart.
type part struct{ column, value string }

func (u UsageQuery) parts() []part {
	switch {
	case u.UserID != "":
		return []part{{"s.user_id", u.UserID}}
	case u.ProjectIDs != nil:
		ids := slices.Compact(slices.Sorted(slices.Values(u.ProjectIDs)))
		out := make([]part, len(ids))
		for i, id := range ids {
			out[i] = part{"s.project_id", id}
		}
		return out
	}
	return []part{{}}
}

// statement reads the kernels of a part. What a session was last heard of is never
// before the end of its kernels, so that older ones need not be looked at.
func (u UsageQuery) statement(p part) (string, []any) {
	const columns = "SELECT " + kernelColumns + `, s.name, s.domain_name, s.project_id, g.name, s.user_id, u.email, u.full_name,
		s.access_key, s.cluster_mode, s.mounts FROM `
	const joins = ` JOIN kernels k ON k.session_id = s.id LEFT JOIN users u ON u.uuid = s.user_id LEFT JOIN projects g ON g.id = s.project_id
		WHERE `
	from, to := Micros(u.From), Micros(u.To)
	over := "s.dead = 1 AND s.activity >= ? AND k.status <> 'CANCELLED' AND coalesce(k.terminated_at, s.terminated_at) >= ? AND k.created_at < ?"
	live := "s.dead = 0 AND s.status NOT IN ('PENDING', 'SCHEDULED') AND coalesce(k.terminated_at, ?) >= ? AND k.created_at < ?"
	args := []any{from, from, to}
	index := map[string]string{"": "sessions_activity", "s.user_id": "sessions_user_activity", "s.project_id": "sessions_project_activity"}[p.column]
	text := columns + "sessions s INDEXED BY " + index + joins + over
	if p.column != "" {
		text += " AND " + p.column + " = ?"
		args = append(args, p.value)
	}
	text += " UNION ALL " + columns + "sessions s INDEXED BY sessions_activity" + joins + live
	args = append(args, to, from, to)
	if p.column != "" {
		text += " AND " + p.column + " = ?"
		args = append(args, p.value)
	}
	return text, args
}

func (s *Store) usedKernels(ctx context.Context, text string, args []any, each func(UsedKernel) error) error {
	found, err := s.read.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = found.Close() }()
	for found.Next() {
		var u UsedKernel
		u.Kernel, err = scanKernel(wider{found, []any{&u.SessionName, &u.DomainName, &u.ProjectID, textColumn{&u.ProjectName}, &u.UserID,
			textColumn{&u.UserEmail}, textColumn{&u.FullName}, &u.AccessKey, &u.ClusterMode, listColumn{&u.Mounts}}})
		if err != nil {
			return err
		}
		if err := each(u); err != nil {
			return err
		}
	}
	return found.Err()
}

// wider scans more columns than the function that it is given to knows of.
type wider struct {
	scanner
	more []any
}

func (w wider) Scan(to ...any) error { return w.scanner.Scan(append(to, w.more...)...) }
