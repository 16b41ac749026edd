package store

import (
	"context"
	"time"
)

// Domain is a tenant: users, projects and resource groups belong to it.
type Domain struct {
	Name                    string
	Description             string
	IsActive                bool
	CreatedAt               time.Time
	ModifiedAt              time.Time
	TotalResourceSlots      JSON
	AllowedVFolderHosts     JSON
	AllowedDockerRegistries []string
	IntegrationID           string // empty: null
}

const domainColumns = `d.name, d.description, d.is_active, d.created_at, d.modified_at, d.total_resource_slots,
	d.allowed_vfolder_hosts, d.allowed_docker_registries, d.integration_id`

func scanDomain(r scanner) (d Domain, err error) {
	err = r.Scan(&d.Name, &d.Description, &d.IsActive, timeColumn{&d.CreatedAt}, timeColumn{&d.ModifiedAt},
		&d.TotalResourceSlots, &d.AllowedVFolderHosts, listColumn{&d.AllowedDockerRegistries}, textColumn{&d.IntegrationID})
	return d, err
}

// DomainQuery selects domains. Alias: d (domains).
type DomainQuery struct {
	IsActive *bool
	Page
}

// Domains lists domains by name.
func (s *Store) Domains(ctx context.Context, f DomainQuery) ([]Domain, int, error) {
	q := query{from: "domains d", order: "d.name"}
	q.flag("d.is_active", f.IsActive)
	return list(ctx, s, "list domains", q, domainColumns, f.Page, scanDomain)
}

// Domain finds a domain by name.
func (s *Store) Domain(ctx context.Context, name string) (Domain, error) {
	return one(ctx, s.read, "find domain", "SELECT "+domainColumns+" FROM domains d WHERE d.name = ?", []any{name}, scanDomain)
}

func domainCells(d Domain) cells {
	return cells{{"name", d.Name}, {"description", d.Description}, {"is_active", d.IsActive}, {"created_at", Micros(d.CreatedAt)},
		{"modified_at", Micros(d.ModifiedAt)}, {"total_resource_slots", d.TotalResourceSlots.object()},
		{"allowed_vfolder_hosts", d.AllowedVFolderHosts.object()},
		{"allowed_docker_registries", listOf(d.AllowedDockerRegistries).value()}, {"integration_id", orNull(d.IntegrationID)}}
}
