package resolve

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// kernelBound are the fields of a session that need its kernels.
func kernelBound() []string {
	return []string{"containers", "main_kernel_id", "abusing_reports", "agent_ids", "agents", "service_ports", "commit_status"}
}

func (r *resolver) session(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byAccessKey(), false)
	if err != nil {
		return nil, err
	}
	id, _ := f.Text("id")
	session, err := r.store.Session(ctx, id)
	if err == nil && !(matches(s.domain, session.DomainName) && matches(s.owner, session.AccessKey)) {
		return nil, nil // as if it were not there
	}
	return found(session, err)
}

func (r *resolver) sessionList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byAccessKey(), false)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(f, sessionColumns())
	if err != nil {
		return nil, err
	}
	query, err := sessionsAsked(f, s)
	if err != nil {
		return nil, err
	}
	query.WithKernels = f.Asked("items").Any(kernelBound()...)
	return list(page, func(p store.Page) ([]*store.Session, int, error) {
		query.Page = p
		return r.store.Sessions(ctx, query)
	}, func(items []*store.Session) any { return values(items) })
}

// sessionsAsked are the sessions that a list is asked for, within what may be seen.
func sessionsAsked(f *gql.Field, s scope) (store.SessionQuery, error) {
	query := store.SessionQuery{DomainName: s.domain, AccessKey: s.owner}
	// The real manager does not check membership of the project either: the
	// scope already decides what is seen.
	query.ProjectID, _ = f.Text("group_id")
	if id, ok := normalUUID(query.ProjectID); ok {
		query.ProjectID = id
	}
	var err error
	if text, ok := f.Text("status"); ok {
		query.Statuses, err = parseStatuses(text)
	}
	return query, err
}

// parseStatuses reads a comma-separated list of exact names. An unknown one
// fails the query with its name alone, in the words of manager 24.09.
func parseStatuses(text string) ([]model.Status, error) {
	known := map[string]bool{}
	for _, name := range sessionStatuses() {
		known[name] = true
	}
	var out []model.Status
	for _, name := range strings.Split(text, ",") {
		if !known[name] {
			return nil, errUnknownName(name)
		}
		out = append(out, model.Status(name))
	}
	return out, nil
}

// errUnknownName is what the manager says to a name that its enumeration does
// not have: the name, quoted.
func errUnknownName(name string) error {
	return gql.Faultf("'%s'", strings.ReplaceAll(name, "'", `\'`))
}

func (r *resolver) sessionFields() map[string]gql.Resolver {
	of := gql.Of[*store.Session]
	return map[string]gql.Resolver{
		"id":         of(func(s *store.Session) any { return s.ID }),
		"session_id": of(func(s *store.Session) any { return s.ID }),
		"main_kernel_id": of(func(s *store.Session) any {
			if k := s.Main(); k != nil {
				return k.ID
			}
			return nil
		}),
		"tag":              of(func(s *store.Session) any { return s.Tag }),
		"name":             of(func(s *store.Session) any { return s.Name }),
		"type":             of(func(s *store.Session) any { return s.Type }),
		"main_kernel_role": of(func(s *store.Session) any { return s.Type }), // repeats the type
		"priority":         of(func(s *store.Session) any { return s.Priority }),
		"image":            of(func(s *store.Session) any { return s.Image }),
		"architecture":     of(func(s *store.Session) any { return s.Architecture }),
		"registry":         of(func(s *store.Session) any { return s.Registry }),
		"cluster_template": null, // always, in the real one too
		"cluster_mode":     of(func(s *store.Session) any { return s.ClusterMode }),
		"cluster_size":     of(func(s *store.Session) any { return s.ClusterSize }),
		"domain_name":      of(func(s *store.Session) any { return s.DomainName }),
		// The real one gives only the first letter in compute_session(id).
		"group_name":         of(func(s *store.Session) any { return textOrNull(s.ProjectName) }),
		"group_id":           of(func(s *store.Session) any { return s.ProjectID }),
		"user_email":         of(func(s *store.Session) any { return textOrNull(s.UserEmail) }),
		"full_name":          of(func(s *store.Session) any { return s.FullName }),
		"user_id":            of(func(s *store.Session) any { return s.UserID }),
		"access_key":         of(func(s *store.Session) any { return s.AccessKey }),
		"created_user_email": null, // always, in the real one too
		"created_user_id":    null,
		"status":             of(func(s *store.Session) any { return s.Status }),
		"status_changed":     of(func(s *store.Session) any { return when(s.StatusChanged) }),
		"status_info":        of(func(s *store.Session) any { return s.StatusInfo }),
		"status_data":        of(func(s *store.Session) any { return jsonOrNull(s.StatusData) }),
		"status_history":     of(func(s *store.Session) any { return jsonOrNull(s.StatusHistory) }),
		"created_at":         of(func(s *store.Session) any { return when(s.CreatedAt) }),
		"terminated_at":      of(func(s *store.Session) any { return when(s.TerminatedAt) }),
		"starts_at":          of(func(s *store.Session) any { return when(s.StartsAt) }),
		"scheduled_at":       of(func(s *store.Session) any { return when(s.ScheduledAt) }),
		"startup_command":    of(func(s *store.Session) any { return s.StartupCommand }),
		"result":             of(func(s *store.Session) any { return s.Result }),
		"commit_status": of(func(s *store.Session) any {
			if slices.ContainsFunc(s.Kernels, func(k store.Kernel) bool { return r.live.Committing(k.ID) }) {
				return "ongoing"
			}
			return "ready"
		}),
		// One report per kernel; nothing here reports abuse.
		"abusing_reports": of(func(s *store.Session) any { return make([]any, len(s.Kernels)) }),
		"idle_checks": of(func(s *store.Session) any {
			checks := r.live.IdleChecks(s.ID)
			if checks == nil {
				return json.RawMessage("{}")
			}
			return checks
		}),
		"agent_ids":         of(func(s *store.Session) any { return s.Agents() }), // null before scheduling
		"agents":            of(func(s *store.Session) any { return s.Agents() }),
		"resource_opts":     of(func(s *store.Session) any { return jsonOrNull(s.ResourceOpts) }),
		"scaling_group":     of(func(s *store.Session) any { return s.ScalingGroup }),
		"service_ports":     of(servicePorts),
		"mounts":            of(func(s *store.Session) any { return values(s.Mounts) }),
		"vfolder_mounts":    of(func(s *store.Session) any { return values(s.VFolderMounts) }),
		"occupying_slots":   of(func(s *store.Session) any { return s.OccupyingSlots }),
		"occupied_slots":    of(func(s *store.Session) any { return s.OccupyingSlots }),
		"requested_slots":   of(func(s *store.Session) any { return s.RequestedSlots }),
		"num_queries":       of(func(s *store.Session) any { return s.NumQueries }),
		"containers":        of(func(s *store.Session) any { return kernelsOf(s) }),
		"inference_metrics": null, // no session serves a model
		"dependencies": gql.With(func(ctx context.Context, s *store.Session, _ *gql.Field) (any, error) {
			ids, err := r.dependees(ctx, s.ID)
			if err != nil {
				return nil, err
			}
			sessions, err := r.seenSessions(ctx, ids)
			return values(sessions), err
		}),
	}
}

// servicePorts are those of the main kernel; null before it runs.
func servicePorts(s *store.Session) any {
	if k := s.Main(); k != nil {
		return jsonOrNull(k.ServicePorts)
	}
	return nil
}

// kernelsOf lists the kernels, the main one first.
func kernelsOf(s *store.Session) []*store.Kernel {
	out := pointers(s.Kernels)
	slices.SortStableFunc(out, func(a, b *store.Kernel) int {
		switch {
		case a.ClusterRole == b.ClusterRole:
			return a.ClusterIdx - b.ClusterIdx
		case a.ClusterRole == "main":
			return -1
		case b.ClusterRole == "main":
			return 1
		}
		return strings.Compare(a.ClusterRole, b.ClusterRole)
	})
	return out
}
