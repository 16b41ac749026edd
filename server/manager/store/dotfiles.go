package store

import (
	"context"
	"database/sql"
	"errors"
)

// DotfileScope is whose sessions a dotfile is put into.
type DotfileScope string

// The scopes of dotfiles.
const (
	DotfilesOfKeyPair DotfileScope = "keypair" // owner: the access key
	DotfilesOfProject DotfileScope = "project" // owner: the project's id
	DotfilesOfDomain  DotfileScope = "domain"  // owner: the domain's name
)

// Dotfile is a small file that sessions start with.
type Dotfile struct {
	Path       string // relative to the home directory
	Permission string // three octal digits
	Data       string
}

// Dotfiles lists the dotfiles of an owner by path.
func (s *Store) Dotfiles(ctx context.Context, scope DotfileScope, owner string) ([]Dotfile, error) {
	items, err := dotfiles(ctx, s.read, scope, owner)
	return items, wrap("list dotfiles", err)
}

func dotfiles(ctx context.Context, db querier, scope DotfileScope, owner string) ([]Dotfile, error) {
	return rows(ctx, db, "SELECT path, permission, data FROM dotfiles WHERE scope = ? AND owner = ? ORDER BY path",
		[]any{string(scope), owner}, func(r scanner) (d Dotfile, err error) { return d, r.Scan(&d.Path, &d.Permission, &d.Data) })
}

// ErrDotfileExists: there is a dotfile of that path.
var ErrDotfileExists = errors.New("the dotfile exists already")

// AddDotfile adds a dotfile. allowed sees those that are there and may refuse;
// nothing comes between its look and the addition.
func (s *Store) AddDotfile(ctx context.Context, scope DotfileScope, owner string, d Dotfile, allowed func(there []Dotfile) error) error {
	return s.putDotfile(ctx, "add dotfile", scope, owner, d, func(there []Dotfile, found bool) error {
		if found {
			return ErrDotfileExists
		}
		return allowed(there)
	})
}

// ChangeDotfile replaces the dotfile of a path; allowed sees the others.
func (s *Store) ChangeDotfile(ctx context.Context, scope DotfileScope, owner string, d Dotfile, allowed func(others []Dotfile) error) error {
	return s.putDotfile(ctx, "change dotfile", scope, owner, d, func(there []Dotfile, found bool) error {
		if !found {
			return sql.ErrNoRows
		}
		return allowed(there)
	})
}

func (s *Store) putDotfile(ctx context.Context, op string, scope DotfileScope, owner string, d Dotfile, allowed func([]Dotfile, bool) error) error {
	return s.tx(ctx, op, func(tx *sql.Tx) error {
		all, err := dotfiles(ctx, tx, scope, owner)
		if err != nil {
			return err
		}
		others := make([]Dotfile, 0, len(all))
		for _, other := range all {
			if other.Path != d.Path {
				others = append(others, other)
			}
		}
		if err := allowed(others, len(others) < len(all)); err != nil {
			return err
		}
		return run(ctx, tx, []any{string(scope), owner, d.Path, d.Permission, d.Data},
			"INSERT OR REPLACE INTO dotfiles (scope, owner, path, permission, data) VALUES (?, ?, ?, ?, ?)")
	})
}

// DeleteDotfile removes the dotfile of a path.
func (s *Store) DeleteDotfile(ctx context.Context, scope DotfileScope, owner, path string) error {
	return s.remove(ctx, "delete dotfile", "dotfiles", "scope = ? AND owner = ? AND path = ?", string(scope), owner, path)
}
