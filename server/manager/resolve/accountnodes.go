package resolve

import (
	"context"
	"maps"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// What nodes are called in global ids.
const (
	userNode    = "UserNode"
	projectNode = "GroupNode"
)

func userNodes() nodeKind[store.User] {
	return nodeKind[store.User]{typ: userNode, from: "users u", id: "u.uuid", columns: userColumns(),
		key: func(u store.User) string { return u.ID }, wrap: wrapRows[store.User]}
}

// wrapRows makes the rows of a page the values of nodes.
func wrapRows[T any](items []T) []any {
	out := make([]any, len(items))
	for i, row := range rowsOf(items) {
		out[i] = row
	}
	return out
}

// userNode gives a user to superadmins, to the admins of the domain and to
// oneself.
func (r *resolver) userNode(ctx context.Context, _ any, f *gql.Field) (any, error) {
	id, _ := f.Text("id")
	user, err := r.store.User(ctx, rowID(userNode, id))
	caller := callerOf(ctx)
	switch {
	case err != nil:
		return found(nil, err)
	case caller.IsSuperadmin(), user.ID == caller.UserID, caller.Role == model.RoleAdmin && user.DomainName == caller.DomainName:
		return rowOf(user), nil
	}
	return nil, nil
}

func (r *resolver) userNodes(ctx context.Context, _ any, f *gql.Field) (any, error) {
	return r.usersOf(ctx, f, store.UserQuery{})
}

func (r *resolver) usersOf(ctx context.Context, f *gql.Field, query store.UserQuery) (any, error) {
	return connect(f, userNodes(), func(p store.Page) ([]store.User, int, error) {
		query.Page = p
		return r.store.Users(ctx, query)
	})
}

func (r *resolver) userNodeFields() map[string]gql.Resolver {
	fields := r.userFields()
	for _, classic := range []string{"uuid", "main_access_key", "groups"} {
		delete(fields, classic)
	}
	fields["id"] = of(func(u store.User) any { return globalID(userNode, u.ID) })
	return fields
}

func projectNodes() nodeKind[store.Project] {
	return nodeKind[store.Project]{typ: projectNode, from: "projects g", id: "g.id", columns: projectColumns(),
		key: func(p store.Project) string { return p.ID }, wrap: wrapRows[store.Project]}
}

func projectColumns() filter.Columns {
	return filter.Columns{
		"id":              {SQL: "g.id", Convert: uuidColumn},
		"row_id":          {SQL: "g.id", Convert: uuidColumn},
		"name":            {SQL: "g.name"},
		"is_active":       {SQL: "g.is_active", Convert: filter.Bool},
		"created_at":      {SQL: "g.created_at", Convert: instant()},
		"modified_at":     {SQL: "g.modified_at", Convert: instant()},
		"domain_name":     {SQL: "g.domain_name"},
		"resource_policy": {SQL: "g.resource_policy"},
	}
}

// projectNode and projectNodes show what the queries of projects show.
func (r *resolver) projectNode(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := projectScope(ctx, f)
	if err != nil {
		return nil, err
	}
	id, _ := f.Text("id")
	query.IDs = []string{rowID(projectNode, id)}
	projects, _, err := r.store.Projects(ctx, query)
	if err != nil || len(projects) == 0 {
		return nil, err
	}
	return rowOf(projects[0]), nil
}

func (r *resolver) projectNodes(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := projectScope(ctx, f)
	if err != nil {
		return nil, err
	}
	return connect(f, projectNodes(), func(p store.Page) ([]store.Project, int, error) {
		query.Page = p
		return r.store.Projects(ctx, query)
	})
}

func (r *resolver) projectNodeFields() map[string]gql.Resolver {
	fields := maps.Clone(r.projectFields())
	fields["id"] = of(func(p store.Project) any { return globalID(projectNode, p.ID) })
	fields["row_id"] = of(func(p store.Project) any { return p.ID })
	// Members are shown to those who administer them.
	fields["user_nodes"] = with(func(ctx context.Context, p *row[store.Project], f *gql.Field) (any, error) {
		if !callerOf(ctx).IsAdmin() || within(ctx, p.value.DomainName) != nil {
			return nil, errForbidden()
		}
		return r.usersOf(ctx, f, store.UserQuery{ProjectID: p.value.ID})
	})
	return fields
}

// customizedImages gives the caller's own customised images.
func (r *resolver) customizedImages(ctx context.Context, _ any, _ *gql.Field) (any, error) {
	installed := true
	images, _, err := r.store.Images(ctx, store.ImageQuery{Installed: &installed})
	view := imageView{caller: callerOf(ctx)}
	own := []store.Image{}
	for _, image := range images {
		if view.owns(image) {
			own = append(own, image)
		}
	}
	return rowsOf(own), err
}
