package store

import (
	"context"
	"database/sql"
	"time"
)

// LocalRegistry and NativeProject are where the environments of this machine are
// found on the wire: local/native/python:3.11-debian12.
const (
	LocalRegistry = "local"
	NativeProject = "native"
)

// Image is an environment that sessions can be made of.
type Image struct {
	ID           string // uuid
	Registry     string // "local" in local/native/python:3.11-debian12
	Project      string // "native"
	Name         string // "native/python": project and base name, as on the wire
	Tag          string // "3.11-debian12"
	Architecture string
	Digest       string
	SizeBytes    int64
	Labels       map[string]string
	// Resources are the limits per slot: minimum, and maximum ("" = none).
	Resources    map[string]Range
	Accelerators []string
	IsLocal      bool
	Installed    bool
	CreatedAt    time.Time
	Aliases      []string // sorted
}

// Range is what an image asks of one slot, as texts of the wire ("64m", "1").
type Range struct {
	Min string `json:"min"`
	Max string `json:"max,omitempty"`
}

// Reference is the full name that session creation takes.
func (i Image) Reference() string { return i.Registry + "/" + i.Name + ":" + i.Tag }

const imageColumns = `i.id, i.registry, i.project, i.name, i.tag, i.architecture, i.digest, i.size_bytes, i.labels,
	i.resources, i.accelerators, i.is_local, i.installed, i.created_at,
	(SELECT json_group_array(alias) FROM (SELECT alias FROM image_aliases WHERE image_id = i.id ORDER BY alias))`

func scanImage(r scanner) (i Image, err error) {
	var labels, resources, accelerators JSON
	err = r.Scan(&i.ID, &i.Registry, &i.Project, &i.Name, &i.Tag, &i.Architecture, &i.Digest, &i.SizeBytes, &labels,
		&resources, &accelerators, &i.IsLocal, &i.Installed, timeColumn{&i.CreatedAt}, listColumn{&i.Aliases})
	if err != nil {
		return i, err
	}
	if err := labels.Decode(&i.Labels); err != nil {
		return i, err
	}
	if err := resources.Decode(&i.Resources); err != nil {
		return i, err
	}
	return i, accelerators.Decode(&i.Accelerators)
}

// ImageQuery selects images. Alias: i (images).
type ImageQuery struct {
	ID         string
	Registries []string // nil: any
	Installed  *bool
	Page
}

// Images lists images by name.
func (s *Store) Images(ctx context.Context, f ImageQuery) ([]Image, int, error) {
	q := query{from: "images i", order: "i.registry, i.name, i.tag, i.architecture"}
	q.equal("i.id", f.ID)
	q.in("i.registry", f.Registries)
	q.flag("i.installed", f.Installed)
	return list(ctx, s, "list images", q, imageColumns, f.Page, scanImage)
}

// ImageByReference finds an installed image by its full name or an alias of it.
func (s *Store) ImageByReference(ctx context.Context, reference, architecture string) (Image, error) {
	return one(ctx, s.read, "find image", `SELECT `+imageColumns+` FROM images i
		WHERE i.architecture = ?2 AND i.installed AND (i.registry || '/' || i.name || ':' || i.tag = ?1
			OR i.id = (SELECT image_id FROM image_aliases WHERE alias = ?1)) LIMIT 1`,
		[]any{reference, architecture}, scanImage)
}

// ReplaceImages makes the local images exactly the given ones: those already
// known (by name, tag and architecture) keep their id and what administrators
// changed, those gone are marked as not installed, because ended sessions still
// name them.
func (s *Store) ReplaceImages(ctx context.Context, images []Image) error {
	return s.tx(ctx, "replace images", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE images SET installed = 0 WHERE is_local"); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM image_aliases WHERE NOT added AND image_id IN (SELECT id FROM images WHERE is_local)"); err != nil {
			return err
		}
		for _, i := range images {
			if err := putImage(ctx, tx, i); err != nil {
				return err
			}
		}
		return nil
	})
}

func putImage(ctx context.Context, tx *sql.Tx, i Image) error {
	var id string
	err := tx.QueryRowContext(ctx, `INSERT INTO images (id, registry, project, name, tag, architecture, digest,
		size_bytes, labels, resources, accelerators, is_local, installed, created_at) VALUES (`+marks(14)+`)
		ON CONFLICT (registry, name, tag, architecture) DO UPDATE SET project = excluded.project,
			digest = excluded.digest, size_bytes = excluded.size_bytes, is_local = excluded.is_local,
			labels = iif(edited, labels, excluded.labels), resources = iif(edited, resources, excluded.resources),
			accelerators = iif(edited, accelerators, excluded.accelerators), installed = excluded.installed
		RETURNING id`,
		i.ID, i.Registry, i.Project, i.Name, i.Tag, i.Architecture, i.Digest, i.SizeBytes, ToJSON(i.Labels).value(),
		ToJSON(i.Resources).value(), listOf(i.Accelerators).value(), i.IsLocal, i.Installed, Micros(i.CreatedAt)).Scan(&id)
	if err != nil {
		return err
	}
	for _, alias := range i.Aliases {
		_, err := tx.ExecContext(ctx, "INSERT INTO image_aliases (alias, image_id) VALUES (?, ?) ON CONFLICT DO NOTHING", alias, id)
		if err != nil {
			return err
		}
	}
	return nil
}
