package resolve

import (
	"context"
	"encoding/json"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// legacySession is the session of a name, as clients before 20.03 ask for it.
func (r *resolver) legacySession(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byAccessKey(), true)
	if err != nil {
		return nil, err
	}
	name, _ := f.Text("sess_id")
	sessions, _, err := r.store.Sessions(ctx, store.SessionQuery{Name: name, DomainName: s.domain, AccessKey: s.owner,
		WithKernels: true, Page: store.Page{Limit: 1}})
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	return sessions[0], nil
}

// legacySessionList is the list of those clients.
func (r *resolver) legacySessionList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	s, err := scoped(ctx, f, byAccessKey(), false)
	if err != nil {
		return nil, err
	}
	page, err := pageOf(f, sessionColumns())
	if err != nil {
		return nil, err
	}
	if key, ok := f.Text("order_key"); ok {
		if up, given := f.Bool("order_asc"); given && !up {
			key = "-" + key
		}
		clause, err := sessionColumns().Order(key)
		if err != nil {
			return nil, fault(err)
		}
		page.Order = store.Clause(clause)
	}
	query, err := sessionsAsked(f, s)
	if err != nil {
		return nil, err
	}
	query.WithKernels = true
	return list(page, func(p store.Page) ([]*store.Session, int, error) {
		query.Page = p
		return r.store.Sessions(ctx, query)
	}, func(items []*store.Session) any { return values(items) })
}

// legacyFields are those of a session's main kernel: to the clients that ask for
// them a session was one container.
func (r *resolver) legacyFields() map[string]gql.Resolver {
	of := gql.Of[*store.Session]
	main := func(get func(*store.Kernel) any) gql.Resolver {
		return of(func(s *store.Session) any {
			if k := s.Main(); k != nil {
				return get(k)
			}
			return nil
		})
	}
	fields := map[string]gql.Resolver{
		"id":              main(func(k *store.Kernel) any { return k.ID }),
		"sess_id":         of(func(s *store.Session) any { return s.Name }),
		"sess_type":       of(func(s *store.Session) any { return s.Type }),
		"session_name":    of(func(s *store.Session) any { return s.Name }),
		"session_type":    of(func(s *store.Session) any { return s.Type }),
		"role":            main(func(k *store.Kernel) any { return k.ClusterRole }),
		"lang":            of(func(s *store.Session) any { return s.Image }),
		"user_uuid":       of(func(s *store.Session) any { return s.UserID }),
		"agent":           main(func(k *store.Kernel) any { return textOrNull(k.Agent) }),
		"container_id":    main(func(k *store.Kernel) any { return textOrNull(k.ContainerID) }),
		"occupied_slots":  main(func(k *store.Kernel) any { return k.OccupiedSlots }),
		"occupied_shares": of(func(*store.Session) any { return json.RawMessage("{}") }),
		"resource_opts":   main(func(k *store.Kernel) any { return jsonOrNull(k.ResourceOpts) }),
		"mounts":          of(mountLists),
		"live_stat":       main(r.kernelStat),
		"last_stat":       main(r.kernelStat),
		"mem_slot":        main(func(k *store.Kernel) any { return int(held(k, "mem") / (1 << 20)) }),
		"cpu_slot":        main(func(k *store.Kernel) any { return held(k, "cpu") }),
		"gpu_slot":        main(func(k *store.Kernel) any { return held(k, "cuda.device") }),
		"tpu_slot":        main(func(k *store.Kernel) any { return held(k, "tpu.device") }),
		"cpu_using":       main(func(k *store.Kernel) any { return number(r.metric(k, "cpu_util").Pct) }),
	}
	for _, name := range []string{"tag", "image", "architecture", "registry", "domain_name", "group_name", "group_id", "scaling_group", "access_key",
		"status", "status_changed", "status_info", "created_at", "terminated_at", "startup_command", "result", "service_ports", "num_queries", "user_email"} {
		fields[name] = r.sessionFields()[name]
	}
	for name, get := range map[string]func(*store.Kernel) string{
		"cpu_used":            func(k *store.Kernel) string { return r.metric(k, "cpu_used").Current },
		"mem_max_bytes":       func(k *store.Kernel) string { return r.metric(k, "mem").Max },
		"mem_cur_bytes":       func(k *store.Kernel) string { return r.metric(k, "mem").Current },
		"net_rx_bytes":        func(k *store.Kernel) string { return r.metric(k, "net_rx").Rate },
		"net_tx_bytes":        func(k *store.Kernel) string { return r.metric(k, "net_tx").Rate },
		"io_read_bytes":       func(k *store.Kernel) string { return r.metric(k, "io_read").Current },
		"io_write_bytes":      func(k *store.Kernel) string { return r.metric(k, "io_write").Current },
		"io_max_scratch_size": func(k *store.Kernel) string { return r.metric(k, "io_scratch_size").Max },
		"io_cur_scratch_size": func(k *store.Kernel) string { return r.metric(k, "io_scratch_size").Current },
	} {
		fields[name] = main(func(k *store.Kernel) any { return int64(number(get(k))) })
	}
	return fields
}

// mountLists are the mounted folders; those clients get a list for each.
func mountLists(s *store.Session) any {
	out := make([][]string, len(s.Mounts))
	for i, name := range s.Mounts {
		out[i] = []string{name}
	}
	return out
}

// metric is one that a kernel has now, or had last; zero if it has none.
func (r *resolver) metric(k *store.Kernel, name string) model.Metric {
	if k.LastStat == "" {
		return r.live.Metrics(k.ID)[name]
	}
	var metrics model.Metrics
	if err := metrics.UnmarshalJSON([]byte(k.LastStat)); err != nil {
		return model.Metric{}
	}
	return metrics[name]
}

// held is how much of a resource a kernel occupies.
func held(k *store.Kernel, name string) float64 {
	occupied, err := slots.FromJSON(string(k.OccupiedSlots))
	if err != nil {
		return 0
	}
	return occupied[name].Float()
}

// endpoint and endpointList answer for model services, which this manager does
// not have.
func (r *resolver) endpoint(ctx context.Context, _ any, f *gql.Field) (any, error) {
	if _, err := scoped(ctx, f, byUserUUID(), false); err != nil {
		return nil, err
	}
	return nil, gql.Faultf("No such endpoint.")
}

func (r *resolver) endpointList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	if _, err := scoped(ctx, f, byUserUUID(), false); err != nil {
		return nil, err
	}
	return listResult{items: []any{}}, nil
}

func byUserUUID() identity {
	return identity{"user_uuid", byUserID().own}
}

// fieldless are the fields of objects that there are none of.
func fieldless(names ...string) map[string]gql.Resolver {
	out := make(map[string]gql.Resolver, len(names))
	for _, name := range names {
		out[name] = null
	}
	return out
}

func addEndpoints(table map[string]map[string]gql.Resolver) {
	table["Endpoint"] = fieldless("id", "endpoint_id", "image", "image_object", "domain", "project", "resource_group", "resource_slots", "url",
		"model", "model_definition_path", "model_mount_destiation", "model_mount_destination", "extra_mounts", "created_user", "created_user_email",
		"created_user_id", "session_owner", "session_owner_email", "session_owner_id", "tag", "startup_command", "bootstrap_script", "callback_url",
		"environ", "name", "resource_opts", "desired_session_count", "cluster_mode", "cluster_size", "open_to_public", "runtime_variant", "created_at",
		"destroyed_at", "routings", "retries", "status", "lifecycle_stage", "errors")
	table["RuntimeVariantInfo"] = fieldless("name", "human_readable_name")
	table["Routing"] = fieldless("id", "routing_id", "endpoint", "session", "status", "traffic_ratio", "created_at", "error_data")
	table["InferenceSessionError"] = fieldless("session_id", "errors")
	table["InferenceSessionErrorInfo"] = fieldless("src", "name", "repr")
}
