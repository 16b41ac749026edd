package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The labels of a customised image: whose it is ("user:" and an id), what its
// owner calls it, and its own id.
const (
	LabelCustomOwner = "ai.backend.customized-image.owner"
	LabelCustomName  = "ai.backend.customized-image.name"
	LabelCustomID    = "ai.backend.customized-image.id"
	LabelCustomEmail = "ai.backend.customized-image.user.email"
)

// ErrTooManyImages is why [Store.AddCustomizedImage] refuses one more.
var ErrTooManyImages = errors.New("the owner has as many customised images as allowed")

const customOwner = `json_extract(labels, '$."` + LabelCustomOwner + `"')`

// AddCustomizedImage adds a customised image, unless its owner has as many as
// limit already, or one of that name: both are conflicts.
func (s *Store) AddCustomizedImage(ctx context.Context, i Image, limit int) error {
	const op = "add customised image"
	return s.tx(ctx, op, func(tx *sql.Tx) error {
		var total, same int
		err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(json_extract(labels, '$."`+LabelCustomName+`"') = ?), 0)
			FROM images WHERE installed AND `+customOwner+` = ?`, i.Labels[LabelCustomName], i.Labels[LabelCustomOwner]).Scan(&total, &same)
		switch {
		case err != nil:
			return err
		case same > 0:
			return &Error{Kind: KindConflict, Op: op, Cause: fmt.Errorf("there is one of the name %s", i.Labels[LabelCustomName])}
		case total >= limit:
			return &Error{Kind: KindConflict, Op: op, Cause: ErrTooManyImages}
		}
		return putImage(ctx, tx, i)
	})
}

// CustomizedImages are the ids of the customised images that sessions can be
// made of, or that are in use by one that is not over.
func (s *Store) CustomizedImages(ctx context.Context) ([]string, error) {
	ids, err := rows(ctx, s.read, `SELECT json_extract(labels, '$."`+LabelCustomID+`"') FROM images
		WHERE `+customOwner+` IS NOT NULL AND (installed OR EXISTS (SELECT 1 FROM sessions s WHERE s.dead = 0
			AND s.image = registry || '/' || name || ':' || tag))`, nil,
		func(r scanner) (id string, err error) { return id, r.Scan(textColumn{&id}) })
	return ids, wrap("list customised images", err)
}
