package resolve

import (
	"context"
	"maps"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// What nodes are called in global ids.
const (
	sessionNode = "ComputeSessionNode"
	kernelNode  = "KernelNode"
)

// sessionScope limits sessions of a project to those the caller sees: a user the
// own ones, a domain admin those of the domain.
func sessionScope(ctx context.Context, f *gql.Field) (store.SessionQuery, error) {
	caller := callerOf(ctx)
	var query store.SessionQuery
	query.ProjectID, _ = f.Text("project_id")
	switch caller.Role {
	case model.RoleSuperadmin:
		return query, nil
	case model.RoleAdmin:
		query.DomainName = caller.DomainName
		return query, nil
	case model.RoleUser:
		query.DomainName, query.UserID = caller.DomainName, caller.UserID
		return query, nil
	}
	return query, errUnknownRole()
}

func sessionNodes() nodeKind[*store.Session] {
	columns := maps.Clone(sessionColumns())
	columns["project_id"] = filter.Column{SQL: "s.project_id", Convert: uuidColumn}
	return nodeKind[*store.Session]{typ: sessionNode, id: "s.id", columns: columns,
		from: "sessions s LEFT JOIN users u ON u.uuid = s.user_id",
		key:  func(s *store.Session) string { return s.ID },
		wrap: func(items []*store.Session) []any {
			out := make([]any, len(items))
			for i, s := range items {
				out[i] = s
			}
			return out
		}}
}

func (r *resolver) sessionNode(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := sessionScope(ctx, f)
	if err != nil {
		return nil, err
	}
	id, _ := f.Text("id")
	query.IDs = []string{rowID(sessionNode, id)}
	query.WithKernels = true
	sessions, _, err := r.store.Sessions(ctx, query)
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	return sessions[0], nil
}

func (r *resolver) sessionNodes(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := sessionScope(ctx, f)
	if err != nil {
		return nil, err
	}
	query.WithKernels = f.Asked("edges", "node").Any(append(kernelBound(), "kernel_nodes")...)
	return connect(f, sessionNodes(), func(p store.Page) ([]*store.Session, int, error) {
		query.Page = p
		return r.store.Sessions(ctx, query)
	})
}

// sessionNodeFields are those of the classic type, but for what nodes spell
// otherwise. resource_opts is that of the session; 24.09.14 leaves it empty.
func (r *resolver) sessionNodeFields() map[string]gql.Resolver {
	of := gql.Of[*store.Session]
	fields := map[string]gql.Resolver{
		"id":          of(func(s *store.Session) any { return globalID(sessionNode, s.ID) }),
		"row_id":      of(func(s *store.Session) any { return s.ID }),
		"type":        of(func(s *store.Session) any { return strings.ToLower(string(s.Type)) }),
		"project_id":  of(func(s *store.Session) any { return s.ProjectID }),
		"permissions": of(func(*store.Session) any { return sessionPermissions() }),
		// Only the classic type tells it.
		"commit_status": null,
		"kernel_nodes": of(func(s *store.Session) any {
			return everything(kernelNode, kernelsOf(s), func(k *store.Kernel) string { return k.ID }, func(k *store.Kernel) any { return k })
		}),
		"dependees": gql.With(func(ctx context.Context, s *store.Session, _ *gql.Field) (any, error) {
			ids, err := r.dependees(ctx, s.ID)
			return r.sessionsByID(ctx, ids, err)
		}),
		"dependents": gql.With(func(ctx context.Context, s *store.Session, _ *gql.Field) (any, error) {
			ids, err := r.store.Dependents(ctx, s.ID)
			return r.sessionsByID(ctx, ids, err)
		}),
		"graph": gql.With(func(ctx context.Context, s *store.Session, _ *gql.Field) (any, error) {
			ids, err := r.dependencyGraph(ctx, s.ID)
			return r.sessionsByID(ctx, ids, err)
		}),
	}
	classic := r.sessionFields()
	for _, name := range []string{"tag", "name", "priority", "cluster_template", "cluster_mode", "cluster_size", "domain_name", "user_id",
		"access_key", "status", "status_info", "status_data", "status_history", "created_at", "terminated_at", "starts_at", "scheduled_at",
		"startup_command", "result", "abusing_reports", "idle_checks", "agent_ids", "resource_opts", "scaling_group", "service_ports",
		"vfolder_mounts", "occupied_slots", "requested_slots", "num_queries", "inference_metrics"} {
		fields[name] = classic[name]
	}
	return fields
}

func (r *resolver) dependees(ctx context.Context, id string) ([]string, error) {
	dependencies, err := r.store.Dependencies(ctx, id)
	return keys(dependencies, func(d store.Dependency) string { return d.SessionID }), err
}

// dependencyGraph gives all sessions that a session is connected with, itself
// among them. Cycles cannot be made.
func (r *resolver) dependencyGraph(ctx context.Context, id string) ([]string, error) {
	seen := map[string]bool{id: true}
	all := []string{id}
	for next := 0; next < len(all) && len(all) <= maxGraph; next++ {
		before, err := r.dependees(ctx, all[next])
		if err != nil {
			return nil, err
		}
		after, err := r.store.Dependents(ctx, all[next])
		if err != nil {
			return nil, err
		}
		for _, other := range append(before, after...) {
			if !seen[other] {
				seen[other] = true
				all = append(all, other)
			}
		}
	}
	return all, nil
}

// maxGraph bounds how far a graph of dependencies is followed.
const maxGraph = 200

// sessionsByID gives the sessions that the caller sees as a connection.
func (r *resolver) sessionsByID(ctx context.Context, ids []string, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	sessions, err := r.seenSessions(ctx, ids)
	return everything(sessionNode, sessions, func(s *store.Session) string { return s.ID }, func(s *store.Session) any { return s }), err
}

// seenSessions loads sessions as far as the caller sees them.
func (r *resolver) seenSessions(ctx context.Context, ids []string) ([]*store.Session, error) {
	query, err := sessionScope(ctx, &gql.Field{})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	query.IDs, query.WithKernels = ids, true
	sessions, _, err := r.store.Sessions(ctx, query)
	return sessions, err
}

// kernelNodeFields are those of the classic type under the names of nodes. The
// image is there, which 24.09.14 leaves empty.
func (r *resolver) kernelNodeFields() map[string]gql.Resolver {
	of := gql.Of[*store.Kernel]
	classic := r.kernelFields()
	fields := map[string]gql.Resolver{
		"id":       of(func(k *store.Kernel) any { return globalID(kernelNode, k.ID) }),
		"row_id":   of(func(k *store.Kernel) any { return k.ID }),
		"agent_id": classic["agent"],
		"image":    classic["image_object"],
	}
	for _, name := range []string{"cluster_idx", "local_rank", "cluster_role", "cluster_hostname", "session_id", "status", "status_changed",
		"status_info", "status_data", "created_at", "terminated_at", "starts_at", "scheduled_at", "agent_addr", "container_id", "resource_opts",
		"occupied_slots", "live_stat", "abusing_report", "preopen_ports"} {
		fields[name] = classic[name]
	}
	return fields
}

// modifySession changes name and priority of a session for the admins above it.
func (r *resolver) modifySession(ctx context.Context, f *gql.Field) (any, error) {
	input, _ := f.Args["input"].(map[string]any)
	id, _ := input["id"].(string)
	id = rowID(sessionNode, id)
	edit := store.SessionEdit{}
	if name, ok := input["name"].(string); ok {
		if err := checkName(name); err != nil {
			return nil, gql.Faultf("%s", err)
		}
		edit.Name = &name
	}
	if priority, ok := input["priority"].(int); ok {
		if priority < 0 || priority > 100 {
			return nil, gql.Faultf("The priority must be between 0 and 100.")
		}
		edit.Priority = &priority
	}
	session, err := r.store.Session(ctx, id)
	if err == nil {
		err = within(ctx, session.DomainName)
	}
	switch {
	case store.IsNotFound(err) || err == errDenied:
		return nil, gql.Faultf("Session (id=%s) does not exist.", id)
	case err != nil:
		return nil, err
	}
	if err := r.store.EditSession(ctx, id, edit); err != nil {
		if store.KindOf(err) == store.KindConflict {
			return nil, gql.Faultf("Duplicate session name: %s", *edit.Name)
		}
		return nil, err
	}
	session, err = r.store.Session(ctx, id)
	mutationID, _ := input["clientMutationId"].(string)
	return sessionPayload{session, mutationID}, err
}

// sessionPayload is the answer to a change of a session.
type sessionPayload struct {
	session    *store.Session
	mutationID string
}

func sessionPayloadFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"item":             gql.Of(func(p sessionPayload) any { return p.session }),
		"clientMutationId": gql.Of(func(p sessionPayload) any { return textOrNull(p.mutationID) }),
	}
}
