package resolve

import (
	"context"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/filter"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// folderColumns are what folder lists may be filtered and ordered by. The status
// goes by its value there; nodes use the name of the enumeration.
func folderColumns() filter.Columns {
	return filter.Columns{
		"id":             {SQL: "f.id", Convert: uuidColumn},
		"host":           {SQL: "f.host"},
		"quota_scope_id": {SQL: "f.quota_scope"},
		"name":           {SQL: "f.name"},
		"group":          {SQL: "f.project_id", Nullable: true, Convert: uuidColumn},
		"group_name":     {SQL: "g.name", Nullable: true},
		"user":           {SQL: "f.user_id", Nullable: true, Convert: uuidColumn},
		"user_email":     {SQL: "u.email", Nullable: true},
		"creator":        {SQL: "f.creator"},
		"domain_name":    {SQL: "f.domain_name"},
		"usage_mode":     {SQL: "f.usage_mode", Convert: lowered("general", "model", "data")},
		"permission":     {SQL: "f.permission"},
		"ownership_type": {SQL: "iif(f.user_id IS NULL, 'group', 'user')", Convert: lowered("user", "group")},
		"max_files":      {SQL: "f.max_files", Convert: filter.Number},
		"max_size":       {SQL: "f.max_size / 1048576", Convert: filter.Number},
		"created_at":     {SQL: "f.created_at", Convert: instant()},
		"cloneable":      {SQL: "f.cloneable", Convert: filter.Bool},
		"status":         {SQL: "f.status"},
	}
}

// lowered takes names of an enumeration in any case for values in lower case.
func lowered(values ...string) func(any) (any, error) {
	var pairs []string
	for _, value := range values {
		pairs = append(pairs, strings.ToUpper(strings.ReplaceAll(value, "-", "_")), value)
	}
	return filter.Mapped(pairs...)
}

// folderScope is the rule of vfolder_list: a user the own folders, a domain
// admin those of the domain's users, a superadmin all or as the arguments say.
func folderScope(ctx context.Context, f *gql.Field) (store.FolderQuery, error) {
	s, err := scoped(ctx, f, byAccessKey(), false)
	if err != nil {
		return store.FolderQuery{}, err
	}
	query := store.FolderQuery{DomainName: s.domain}
	query.ProjectID, _ = f.Text("group_id")
	switch callerOf(ctx).Role {
	case model.RoleUser:
		query.UserID = callerOf(ctx).UserID
	case model.RoleAdmin:
		query.Where = store.Clause{SQL: "f.user_id IS NOT NULL"}
	}
	return query, nil
}

// narrowed adds the condition of a page to one that is there.
func narrowed(have, more store.Clause) store.Clause {
	if have.SQL == "" || more.SQL == "" {
		return store.Clause{SQL: have.SQL + more.SQL, Args: append(have.Args, more.Args...)}
	}
	return store.Clause{SQL: "(" + have.SQL + ") AND (" + more.SQL + ")", Args: append(slices.Clone(have.Args), more.Args...)}
}

// folderLists makes the resolver of a list of folders, newest first.
func (r *resolver) folderLists(scope func(context.Context, *gql.Field) (store.FolderQuery, error)) gql.Resolver {
	return func(ctx context.Context, _ any, f *gql.Field) (any, error) {
		query, err := scope(ctx, f)
		if err != nil {
			return nil, err
		}
		page, err := pageOf(f, folderColumns())
		if err != nil {
			return nil, err
		}
		page.Where = narrowed(query.Where, page.Where)
		if page.Order.SQL == "" {
			page.Order.SQL = "f.created_at DESC"
		}
		return list(page, func(p store.Page) ([]store.Folder, int, error) {
			query.Page = p
			return r.store.Folders(ctx, query)
		}, func(items []store.Folder) any { return values(items) })
	}
}

// ownFolders limits lists to the caller's folders, whatever the role, where
// condition (with one question mark for the caller's id) says which.
func ownFolders(condition string) func(context.Context, *gql.Field) (store.FolderQuery, error) {
	return func(ctx context.Context, f *gql.Field) (store.FolderQuery, error) {
		if _, err := scoped(ctx, f, byAccessKey(), true); err != nil {
			return store.FolderQuery{}, err
		}
		return store.FolderQuery{Page: store.Page{Where: store.Clause{SQL: condition, Args: []any{callerOf(ctx).UserID}}}}, nil
	}
}

func (r *resolver) folder(ctx context.Context, _ any, f *gql.Field) (any, error) {
	id, _ := f.Text("id")
	if plain, ok := normalUUID(id); ok {
		id = plain
	}
	folder, err := r.store.Folder(ctx, id)
	return found(folder, err)
}

// maxFolders is how many the query without pages gives.
const maxFolders = 100

func (r *resolver) folders(ctx context.Context, _ any, f *gql.Field) (any, error) {
	query, err := folderScope(ctx, f)
	if err != nil {
		return nil, err
	}
	query.Limit = maxFolders
	folders, _, err := r.store.Folders(ctx, query)
	return values(folders), err
}

func (r *resolver) folderFields() map[string]gql.Resolver {
	of := gql.Of[store.Folder]
	return map[string]gql.Resolver{
		"id":             of(func(f store.Folder) any { return f.ID }),
		"host":           of(func(f store.Folder) any { return f.Host }),
		"quota_scope_id": of(func(f store.Folder) any { return f.QuotaScope }),
		"name":           of(func(f store.Folder) any { return f.Name }),
		"user":           of(func(f store.Folder) any { return textOrNull(f.UserID) }),
		"user_email":     of(func(f store.Folder) any { return textOrNull(f.UserEmail) }),
		"group":          of(func(f store.Folder) any { return textOrNull(f.ProjectID) }),
		"group_name":     of(func(f store.Folder) any { return textOrNull(f.ProjectName) }),
		"creator":        of(func(f store.Folder) any { return f.Creator }),
		"domain_name":    of(func(f store.Folder) any { return f.DomainName }),
		"unmanaged_path": null, // all folders are the manager's own
		"usage_mode":     of(func(f store.Folder) any { return f.UsageMode }),
		"permission":     of(func(f store.Folder) any { return f.Permission }),
		"ownership_type": of(func(f store.Folder) any {
			if f.UserID == "" {
				return "group"
			}
			return "user"
		}),
		"max_files": of(func(f store.Folder) any { return f.MaxFiles }),
		"max_size": of(func(f store.Folder) any { // MiB
			if f.MaxSize == 0 {
				return nil
			}
			return f.MaxSize >> 20
		}),
		"created_at": of(func(f store.Folder) any { return when(f.CreatedAt) }),
		"last_used":  null, // not kept, as on most storages
		"num_files":  gql.With(func(ctx context.Context, f store.Folder, _ *gql.Field) (any, error) { return r.used(ctx, f).Files, nil }),
		"cur_size":   gql.With(func(ctx context.Context, f store.Folder, _ *gql.Field) (any, error) { return r.used(ctx, f).Bytes, nil }),
		"cloneable":  of(func(f store.Folder) any { return f.Cloneable }),
		"status":     of(func(f store.Folder) any { return f.Status }),
	}
}

// shareColumns are those of what folders are shared with.
func shareColumns() filter.Columns {
	return filter.Columns{
		"permission":   {SQL: "p.permission"},
		"vfolder":      {SQL: "p.vfolder_id", Convert: uuidColumn},
		"vfolder_name": {SQL: "f.name"},
		"user":         {SQL: "p.user_id", Convert: uuidColumn},
		"user_email":   {SQL: "u.email"},
	}
}

func (r *resolver) shareList(ctx context.Context, _ any, f *gql.Field) (any, error) {
	page, err := pageOf(f, shareColumns())
	if err != nil {
		return nil, err
	}
	return list(page, func(p store.Page) ([]store.FolderShare, int, error) {
		return r.store.FolderShares(ctx, store.FolderShareQuery{Page: p})
	}, func(items []store.FolderShare) any { return values(items) })
}

func shareFields() map[string]gql.Resolver {
	of := gql.Of[store.FolderShare]
	return map[string]gql.Resolver{
		"id":           of(func(s store.FolderShare) any { return s.FolderID + ":" + s.UserID }),
		"permission":   of(func(s store.FolderShare) any { return s.Permission }),
		"vfolder":      of(func(s store.FolderShare) any { return s.FolderID }),
		"vfolder_name": of(func(s store.FolderShare) any { return s.FolderName }),
		"user":         of(func(s store.FolderShare) any { return s.UserID }),
		"user_email":   of(func(s store.FolderShare) any { return s.UserEmail }),
	}
}
