package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
)

// Store is an open database. Its methods may be called from several goroutines.
type Store struct {
	write *sql.DB // one connection; transactions start immediate
	read  *sql.DB // query_only connections

	onRevoke func(context.Context, Revocation) // nil: nobody asks
}

// Option changes how [Open] treats a file.
type Option func(*options)

type options struct{ synchronous string }

// LoseOnPowerCut leaves out waiting for the disk. A process that ends, however
// suddenly, loses nothing by it; a machine that loses its power loses what was
// reported as written, or the whole file. It is for tests, whose files live as
// long as they do.
func LoseOnPowerCut() Option { return func(o *options) { o.synchronous = "OFF" } }

// Open opens the file, creating it (mode 0600) and its folder if need be, and
// brings its schema up to date. Before that is done to a file with an older
// schema a copy of it is made: see [CopyPath].
func Open(ctx context.Context, path string, opts ...Option) (*Store, error) {
	o := options{synchronous: "FULL"}
	for _, option := range opts {
		option(&o)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, &Error{Kind: KindReadOnly, Op: "open", Cause: err}
	}
	// SQLite would create the file with the umask's mode; it holds secret keys.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, &Error{Kind: KindReadOnly, Op: "open", Cause: err}
	}
	if err := f.Close(); err != nil {
		return nil, wrap("open", err)
	}
	s := &Store{}
	if s.write, err = sql.Open("sqlite", o.dsn(path, "_txlock", "immediate")); err != nil {
		return nil, wrap("open", err)
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", o.dsn(path, "_pragma", "query_only(1)")); err != nil {
		return nil, errors.Join(wrap("open", err), s.write.Close())
	}
	readers := max(4, 2*runtime.NumCPU())
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err := s.migrate(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// dsn is the data source name with what both kinds of connections share. FULL
// makes a commit survive a power cut, which WAL's usual NORMAL does not.
func (o options) dsn(path string, extra ...string) string {
	v := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + o.synchronous + ")", "foreign_keys(1)",
	}}
	for i := 0; i < len(extra); i += 2 {
		v.Add(extra[i], extra[i+1])
	}
	return fileURL(path, v)
}

// fileURL names a file to the database.
func fileURL(path string, v url.Values) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: v.Encode()}).String()
}

// Close ends all connections; the write-ahead log is folded into the file.
func (s *Store) Close() error {
	// Readers first: the last connection to close does the checkpoint, and a
	// query_only one cannot.
	return errors.Join(s.read.Close(), s.write.Close())
}

// tx runs one write transaction; an error or a panic of f rolls it back.
func (s *Store) tx(ctx context.Context, op string, f func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return wrap(op, err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after a commit
	if err := f(tx); err != nil {
		return wrap(op, err)
	}
	return wrap(op, tx.Commit())
}

// view runs reads that must see one and the same state.
func (s *Store) view(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was changed
	return f(tx)
}

// querier is what reads need: a pool, or a transaction that must see its own
// changes.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
