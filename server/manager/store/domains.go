package store

import (
	"context"
	"database/sql"
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

func insertDomain(ctx context.Context, tx *sql.Tx, d Domain) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO domains (name, description, is_active, created_at, modified_at,
		total_resource_slots, allowed_vfolder_hosts, allowed_docker_registries, integration_id) VALUES (`+marks(9)+`)`,
		d.Name, d.Description, d.IsActive, Micros(d.CreatedAt), Micros(d.ModifiedAt), d.TotalResourceSlots.object(),
		d.AllowedVFolderHosts.object(), listOf(d.AllowedDockerRegistries).value(), orNull(d.IntegrationID))
	return err
}
