package resolve

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) domainMutations() map[string]mutation {
	return map[string]mutation{
		"create_domain": {"CreateDomain", "domain", superadmins(), r.createDomain},
		"modify_domain": {"ModifyDomain", "domain", superadmins(), r.modifyDomain},
		"delete_domain": {"DeleteDomain", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			name, _ := f.Text("name")
			_, err := r.store.ChangeDomain(ctx, name, func(d *store.Domain) error { d.IsActive = false; return nil })
			return nil, err
		}},
		"purge_domain": {"PurgeDomain", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			name, _ := f.Text("name")
			return nil, r.store.PurgeDomain(ctx, name)
		}},
	}
}

func (r *resolver) createDomain(ctx context.Context, f *gql.Field) (any, error) {
	domain := store.Domain{CreatedAt: r.now(), ModifiedAt: r.now()}
	domain.Name, _ = f.Text("name")
	if err := setDomain(&domain, propsOf(f)); err != nil {
		return nil, err
	}
	return rowOf(domain), r.store.AddDomain(ctx, domain)
}

func (r *resolver) modifyDomain(ctx context.Context, f *gql.Field) (any, error) {
	name, _ := f.Text("name")
	p := propsOf(f)
	domain, err := r.store.ChangeDomain(ctx, name, func(d *store.Domain) error {
		put(p, "name", &d.Name)
		d.ModifiedAt = r.now()
		return setDomain(d, p)
	})
	return rowOf(domain), err
}

func setDomain(domain *store.Domain, p props) error {
	put(p, "description", &domain.Description)
	put(p, "is_active", &domain.IsActive)
	putNullable(p, "integration_id", &domain.IntegrationID)
	if registries, given := p.texts("allowed_docker_registries"); given {
		domain.AllowedDockerRegistries = registries
	}
	return first(checkName(domain.Name),
		putSlots(p, "total_resource_slots", &domain.TotalResourceSlots),
		putHosts(p, "allowed_vfolder_hosts", &domain.AllowedVFolderHosts))
}

func (r *resolver) projectMutations() map[string]mutation {
	return map[string]mutation{
		"create_group": {"CreateGroup", "group", admins(), r.createProject},
		"modify_group": {"ModifyGroup", "group", admins(), r.modifyProject},
		"delete_group": {"DeleteGroup", "", admins(), func(ctx context.Context, f *gql.Field) (any, error) {
			id, _ := f.Text("gid")
			_, err := r.store.ChangeProject(ctx, id, func(e *store.ProjectEdit) error {
				e.IsActive = false
				return within(ctx, e.DomainName)
			})
			return nil, r.unseen(ctx, err)
		}},
		"purge_group": {"PurgeGroup", "", admins(), func(ctx context.Context, f *gql.Field) (any, error) {
			id, _ := f.Text("gid")
			project, err := r.store.Project(ctx, id)
			if err == nil {
				err = within(ctx, project.DomainName)
			}
			if err != nil {
				return nil, r.unseen(ctx, err)
			}
			err = r.store.PurgeProject(ctx, id)
			if errors.Is(err, store.ErrHasFolders) && r.estate != nil {
				if err = r.estate.Purge(ctx, "", id); err == nil {
					err = r.store.PurgeProject(ctx, id)
				}
			}
			return nil, err
		}},
	}
}

// unseen keeps from a domain admin whether a project of another domain exists.
func (r *resolver) unseen(ctx context.Context, err error) error {
	if store.IsNotFound(err) && !callerOf(ctx).IsSuperadmin() {
		return errDenied
	}
	return err
}

func (r *resolver) createProject(ctx context.Context, f *gql.Field) (any, error) {
	p := propsOf(f)
	project := store.Project{ID: uuid.NewString(), CreatedAt: r.now(), ModifiedAt: r.now(), IsActive: true, ResourcePolicy: firstPolicy, Type: "GENERAL"}
	project.Name, _ = f.Text("name")
	put(p, "type", &project.Type)
	if project.Type != "GENERAL" && project.Type != "MODEL_STORE" {
		return nil, refuse("'%s' is not a valid ProjectType", project.Type)
	}
	if err := setProject(ctx, &project, p); err != nil {
		return nil, err
	}
	return rowOf(project), r.store.AddProject(ctx, project)
}

func (r *resolver) modifyProject(ctx context.Context, f *gql.Field) (any, error) {
	p := propsOf(f)
	users, _, err := p.ids("user_uuids")
	if err != nil {
		return nil, err
	}
	mode, _ := p["user_update_mode"].(string)
	if mode != "" && mode != "add" && mode != "remove" {
		return nil, refuse("invalid user_update_mode")
	}
	if len(p) == 1 && p.has("container_registry") { // it has a default
		return nil, refuse("nothing to update")
	}
	id, _ := f.Text("gid")
	project, err := r.store.ChangeProject(ctx, id, func(e *store.ProjectEdit) error {
		if err := within(ctx, e.DomainName); err != nil {
			return err
		}
		put(p, "name", &e.Name)
		switch mode {
		case "add":
			e.Join = users
		case "remove":
			e.Leave = users
		}
		e.ModifiedAt = r.now()
		return setProject(ctx, &e.Project, p)
	})
	return rowOf(project), r.unseen(ctx, err)
}

func setProject(ctx context.Context, project *store.Project, p props) error {
	put(p, "description", &project.Description)
	put(p, "is_active", &project.IsActive)
	put(p, "domain_name", &project.DomainName)
	put(p, "resource_policy", &project.ResourcePolicy)
	putNullable(p, "integration_id", &project.IntegrationID)
	if registry, ok := p["container_registry"].(store.JSON); ok && registry != "{}" {
		return refuse("container_registry: projects have no registries of their own here")
	}
	return first(within(ctx, project.DomainName), checkName(project.Name),
		putSlots(p, "total_resource_slots", &project.TotalResourceSlots),
		putHosts(p, "allowed_vfolder_hosts", &project.AllowedVFolderHosts))
}
