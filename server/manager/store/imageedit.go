package store

import (
	"context"
	"database/sql"
)

// ChangeImage changes the image of an id: what is written here outlives the next
// look at the machine's environments. Its aliases have methods of their own.
func (s *Store) ChangeImage(ctx context.Context, id string, edit func(*Image) error) (Image, error) {
	return change(ctx, s, "change image", table[Image]{"images", "SELECT " + imageColumns + " FROM images i WHERE i.id = ?", "id = ?", scanImage,
		func(i Image) cells {
			return cells{{"registry", i.Registry}, {"project", i.Project}, {"name", i.Name}, {"tag", i.Tag},
				{"architecture", i.Architecture}, {"digest", i.Digest}, {"size_bytes", i.SizeBytes},
				{"labels", ToJSON(i.Labels).value()}, {"resources", ToJSON(i.Resources).value()},
				{"accelerators", listOf(i.Accelerators).value()}, {"is_local", i.IsLocal}, {"edited", true}}
		}}, id, edit, nil)
}

// ForgetImage takes an image out of the offer. A local environment that is still
// there comes back with the next look at the machine.
func (s *Store) ForgetImage(ctx context.Context, id string) error {
	return s.tx(ctx, "forget image", func(tx *sql.Tx) error {
		if err := run(ctx, tx, []any{id}, "DELETE FROM image_aliases WHERE image_id = ?"); err != nil {
			return err
		}
		return touch(ctx, tx, "UPDATE images SET installed = 0, edited = 0 WHERE id = ?", id)
	})
}

// ForgetImages takes all images of a registry out of the offer; empty: all.
func (s *Store) ForgetImages(ctx context.Context, registry string) error {
	return s.tx(ctx, "forget images", func(tx *sql.Tx) error {
		return run(ctx, tx, []any{registry},
			"DELETE FROM image_aliases WHERE image_id IN (SELECT id FROM images WHERE ?1 IN ('', registry))",
			"UPDATE images SET installed = 0, edited = 0 WHERE ?1 IN ('', registry)")
	})
}

// AddImageAlias gives an image another name; one that is taken is a conflict.
func (s *Store) AddImageAlias(ctx context.Context, id, alias string) error {
	return s.add(ctx, "add alias", "image_aliases", cells{{"alias", alias}, {"image_id", id}, {"added", true}})
}

// DeleteImageAlias takes the name away.
func (s *Store) DeleteImageAlias(ctx context.Context, alias string) error {
	return s.remove(ctx, "delete alias", "image_aliases", "alias = ?", alias)
}
