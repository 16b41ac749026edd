package resolve

import (
	"context"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// projectScope limits a query of projects to what the caller sees: a user the
// own ones, a domain admin those of the domain.
func projectScope(ctx context.Context, f *gql.Field) (store.ProjectQuery, error) {
	caller := callerOf(ctx)
	domain, given := f.Text("domain_name")
	foreign := given && domain != caller.DomainName
	switch {
	case caller.Role == model.RoleSuperadmin:
		return store.ProjectQuery{DomainName: domain}, nil
	case caller.Role != model.RoleAdmin && caller.Role != model.RoleUser:
		return store.ProjectQuery{}, errUnknownRole()
	case foreign:
		return store.ProjectQuery{}, errForbidden()
	case caller.Role == model.RoleAdmin:
		return store.ProjectQuery{DomainName: caller.DomainName}, nil
	}
	return store.ProjectQuery{DomainName: caller.DomainName, MemberID: caller.UserID}, nil
}

func (r *resolver) project(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := projectScope(ctx, f)
	if err != nil {
		return nil, err
	}
	id, _ := f.Text("id")
	query.IDs = []string{id}
	projects, _, err := r.store.Projects(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case len(projects) > 0:
		return rowOf(projects[0]), nil
	case callerOf(ctx).IsSuperadmin():
		return nil, nil
	}
	// Whether it exists is not the caller's business.
	return nil, errInsufficient()
}

func (r *resolver) projects(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := projectScope(ctx, f)
	if err != nil {
		return nil, err
	}
	query.IsActive = flag(f, "is_active")
	if query.Types, err = projectTypes(f); err != nil {
		return nil, err
	}
	projects, _, err := r.store.Projects(ctx, query)
	return rowsOf(projects), err
}

// projectTypes reads the argument type; null means any.
func projectTypes(f *gql.Field) ([]string, error) {
	given, _ := f.Args["type"].([]any)
	var types []string
	for _, value := range given {
		name, _ := value.(string)
		if upper := strings.ToUpper(name); upper != "GENERAL" && upper != "MODEL_STORE" {
			return nil, errUnknownName(name)
		}
		types = append(types, strings.ToUpper(name))
	}
	return types, nil
}

func (r *resolver) projectsByName(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := projectScope(ctx, f)
	if err != nil {
		return nil, err
	}
	name, _ := f.Text("name")
	query.Names = []string{name}
	projects, _, err := r.store.Projects(ctx, query)
	return rowsOf(projects), err
}

func (r *resolver) projectFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"id":                    of(func(p store.Project) any { return p.ID }),
		"name":                  of(func(p store.Project) any { return p.Name }),
		"description":           of(func(p store.Project) any { return p.Description }),
		"is_active":             of(func(p store.Project) any { return p.IsActive }),
		"created_at":            of(func(p store.Project) any { return when(p.CreatedAt) }),
		"modified_at":           of(func(p store.Project) any { return when(p.ModifiedAt) }),
		"domain_name":           of(func(p store.Project) any { return p.DomainName }),
		"total_resource_slots":  of(func(p store.Project) any { return p.TotalResourceSlots }),
		"allowed_vfolder_hosts": of(func(p store.Project) any { return p.AllowedVFolderHosts }),
		"integration_id":        of(func(p store.Project) any { return textOrNull(p.IntegrationID) }),
		"resource_policy":       of(func(p store.Project) any { return p.ResourcePolicy }),
		"type":                  of(func(p store.Project) any { return p.Type }),
		"container_registry":    null, // projects have none of their own here
		"scaling_groups": with(func(ctx context.Context, p *row[store.Project], _ *gql.Field) (any, error) {
			open, err := forPage(p, "scaling_groups", func(all []store.Project) (map[string][]string, error) {
				return r.store.ScalingGroupsOpenTo(ctx, store.AccessProject, keys(all, func(p store.Project) string { return p.ID }))
			})
			return values(open[p.value.ID]), err
		}),
	}
}

// oneOf is the condition that a column holds one of the values.
func oneOf(column string, values []string) filter.Clause {
	if len(values) == 0 {
		return filter.Clause{SQL: "0"}
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return filter.Clause{SQL: column + " IN (" + strings.TrimSuffix(strings.Repeat("?,", len(values)), ",") + ")", Args: args}
}
