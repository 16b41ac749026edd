package store

import (
	"context"
	"database/sql"
	"errors"
)

// The labels of a customised image: whose it is ("user:" and an id), what its
// owner calls it, and its own id.
const (
	LabelCustomOwner = "ai.backend.customized-image.owner"
	LabelCustomName  = "ai.backend.customized-image.name"
	LabelCustomID    = "ai.backend.customized-image.id"
	LabelCustomEmail = "ai.backend.customized-image.user.email"
)

// CustomMark stands in the tag of a customised image before its id.
const CustomMark = "-customized_"

// ErrTooManyImages is why [Store.AddCustomizedImage] refuses one more.
var ErrTooManyImages = errors.New("the owner has as many customised images as allowed")

const customOwner = `json_extract(labels, '$."` + LabelCustomOwner + `"')`

// CustomizedImageOf is the image in the offer that an owner keeps under a name,
// made of one base: family is the beginning of its tag. No such image is an error
// of its own kind.
func (s *Store) CustomizedImageOf(ctx context.Context, like Image, family string) (Image, error) {
	return one(ctx, s.read, "read customised image", "SELECT "+imageColumns+` FROM images i WHERE installed AND registry = ? AND name = ?
		AND architecture = ? AND substr(tag, 1, ?) = ? AND `+customOwner+` = ? AND json_extract(labels, '$."`+LabelCustomName+`"') = ?`,
		[]any{like.Registry, like.Name, like.Architecture, len(family), family, like.Labels[LabelCustomOwner], like.Labels[LabelCustomName]}, scanImage)
}

// AddCustomizedImage adds a customised image, unless its owner has as many as
// limit already: a conflict. One that is there already, by its id, is replaced.
func (s *Store) AddCustomizedImage(ctx context.Context, i Image, limit int) error {
	const op = "add customised image"
	return s.tx(ctx, op, func(tx *sql.Tx) error {
		var others int
		err := tx.QueryRowContext(ctx, `SELECT count(*) FROM images WHERE installed AND `+customOwner+` = ? AND id <> ?`,
			i.Labels[LabelCustomOwner], i.ID).Scan(&others)
		switch {
		case err != nil:
			return err
		case others >= limit:
			return &Error{Kind: KindConflict, Op: op, Cause: ErrTooManyImages}
		}
		return putImage(ctx, tx, i)
	})
}

// CustomizedImages are the ids of the customised images that sessions can be
// made of, or that are in use by one that is not over.
func (s *Store) CustomizedImages(ctx context.Context) ([]string, error) {
	ids, err := rows(ctx, s.read, `SELECT json_extract(labels, '$."`+LabelCustomID+`"') FROM images i
		WHERE `+customOwner+` IS NOT NULL AND (installed OR EXISTS (SELECT 1 FROM sessions s WHERE s.dead = 0
			AND s.image = i.registry || '/' || i.name || ':' || i.tag))`, nil,
		func(r scanner) (id string, err error) { return id, r.Scan(textColumn{&id}) })
	return ids, wrap("list customised images", err)
}
