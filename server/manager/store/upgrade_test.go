package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// older makes a database as the program left it when schema was the newest: each
// step was followed by a time in which its tables were used.
func older(t *testing.T, schema int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "state.db")
	db := raw(t, path)
	steps, err := migrations(migrationFiles)
	require.NoError(t, err)
	for _, step := range steps[:schema] {
		_, err := db.Exec(step.sql)
		require.NoError(t, err)
		used, err := os.ReadFile(filepath.Join("testdata", "schema", fmt.Sprintf("%04d.sql", step.version)))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it brought nothing that holds data of its own
		}
		require.NoError(t, err)
		_, err = db.Exec(string(used))
		require.NoError(t, err)
	}
	_, err = db.Exec(fmt.Sprintf("PRAGMA user_version = %d", schema))
	require.NoError(t, err)
	require.NoError(t, db.Close())
	return path
}

// raw opens a file without bringing its schema up to date.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", fileURL(path, url.Values{"_pragma": {"foreign_keys(1)", "synchronous(OFF)"}}))
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

// contents reads every row of every table, as "column=value" texts.
func contents(t *testing.T, db *sql.DB) map[string][]map[string]string {
	t.Helper()
	tables := column(t, db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	out := map[string][]map[string]string{}
	for _, table := range tables {
		r, err := db.Query("SELECT * FROM " + table)
		require.NoError(t, err)
		columns, err := r.Columns()
		require.NoError(t, err)
		for r.Next() {
			values, at := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				at[i] = &values[i]
			}
			require.NoError(t, r.Scan(at...))
			row := map[string]string{}
			for i, column := range columns {
				row[column] = fmt.Sprintf("%v", values[i])
			}
			out[table] = append(out[table], row)
		}
		require.NoError(t, errors.Join(r.Err(), r.Close()))
	}
	return out
}

func column(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	r, err := db.Query(query)
	require.NoError(t, err)
	for r.Next() {
		var text string
		require.NoError(t, r.Scan(&text))
		found = append(found, text)
	}
	require.NoError(t, errors.Join(r.Err(), r.Close()))
	return found
}

func TestEveryEarlierSchemaIsBroughtUpToDateWithItsData(t *testing.T) {
	newest, err := Schema()
	require.NoError(t, err)
	fresh := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(t.Context(), fresh, LoseOnPowerCut())
	require.NoError(t, err)
	require.NoError(t, s.Close())
	const shape = "SELECT type || ' ' || name || ' ' || sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
	wanted := column(t, raw(t, fresh), shape)

	for schema := 1; schema <= newest; schema++ {
		t.Run(fmt.Sprintf("schema %d", schema), func(t *testing.T) {
			path := older(t, schema)
			db := raw(t, path)
			before := contents(t, db)
			require.NotEmpty(t, before["sessions"])
			require.NoError(t, db.Close())

			s, err := Open(t.Context(), path, LoseOnPowerCut())
			require.NoError(t, err)
			checkReadable(t, s, schema)
			require.NoError(t, s.Close())

			db = raw(t, path)
			assert.Equal(t, wanted, column(t, db, shape), "the schema is that of a new file")
			assert.Equal(t, []string{"ok"}, column(t, db, "PRAGMA integrity_check"))
			assert.Empty(t, column(t, db, "SELECT \"table\" FROM pragma_foreign_key_check"))
			after := contents(t, db)
			for table, rows := range before {
				checkRows(t, table, rows, after[table])
			}

			copied := CopyPath(path, schema)
			if schema == newest {
				assert.NoFileExists(t, copied, "nothing was changed")
				return
			}
			info, err := os.Stat(copied)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			assert.Equal(t, before, contents(t, raw(t, copied)), "the copy is the file as it was")
			assert.Equal(t, []string{fmt.Sprint(schema)}, column(t, raw(t, copied), "PRAGMA user_version"))
		})
	}
}

// checkRows checks that each row that was there is there with the values it had.
func checkRows(t *testing.T, table string, before, after []map[string]string) {
	t.Helper()
	for _, row := range before {
		found := false
		for _, candidate := range after {
			same := true
			for column, value := range row {
				// The fourth step opens the volume to the domains that are there.
				if table == "domains" && column == "allowed_vfolder_hosts" {
					continue
				}
				same = same && candidate[column] == value
			}
			found = found || same
		}
		assert.True(t, found, "%s: %v", table, row)
	}
}

// checkReadable reads what was written through the store's own methods.
func checkReadable(t *testing.T, s *Store, schema int) {
	t.Helper()
	ctx := t.Context()
	user, err := s.UserByEmail(ctx, "user@example.test")
	require.NoError(t, err)
	assert.Equal(t, "사용자", user.Username)
	all, total, err := s.Sessions(ctx, SessionQuery{WithKernels: true, Page: Page{Limit: 2}})
	require.NoError(t, err)
	assert.Len(t, all, 2)
	assert.Equal(t, 3, total)
	over, err := s.Session(ctx, "00000000-0000-4000-8000-000000000001")
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"A": "1"}, over.Environ)
	assert.Equal(t, model.StatusTerminated, over.Status)
	log, cut, err := s.Log(ctx, over.Kernels[0].ID)
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 0xff, 0x0a}, log)
	assert.True(t, cut)
	if schema >= 4 {
		folder, err := s.Folder(ctx, "00000000-0000-4000-8000-000000000021")
		require.NoError(t, err)
		assert.Equal(t, "data", folder.Name)
	}
	// And it can be worked with.
	_, err = s.UpdateSession(ctx, "00000000-0000-4000-8000-000000000002", func(row *Session) error {
		row.Status = model.StatusTerminated
		return nil
	})
	require.NoError(t, err)
	_, err = s.UpdateSession(ctx, "00000000-0000-4000-8000-000000000002", func(row *Session) error {
		row.Status = model.StatusRunning
		return nil
	})
	require.NoError(t, err)
}

func TestAnUpgradeThatFailsLeavesTheFileAsItWas(t *testing.T) {
	path := older(t, 1)
	db := raw(t, path)
	_, err := db.Exec("CREATE TABLE settings (x)") // in the way of the second step
	require.NoError(t, err)
	before := contents(t, db)
	require.NoError(t, db.Close())
	_, err = Open(t.Context(), path, LoseOnPowerCut())
	require.ErrorContains(t, err, "step 2")
	db = raw(t, path)
	assert.Equal(t, before, contents(t, db))
	assert.Equal(t, []string{"1"}, column(t, db, "PRAGMA user_version"))
}

func TestAnUpgradeNeedsItsCopy(t *testing.T) {
	path := older(t, 1)
	// Nothing can take the copy's name.
	require.NoError(t, os.MkdirAll(filepath.Join(CopyPath(path, 1), "x"), 0o700))
	_, err := Open(t.Context(), path, LoseOnPowerCut())
	require.ErrorContains(t, err, "copy before the upgrade")
	assert.Equal(t, []string{"1"}, column(t, raw(t, path), "PRAGMA user_version"), "nothing was changed")
	left, err := filepath.Glob(path + ".*part*")
	require.NoError(t, err)
	assert.Empty(t, left)
}

// A step that somebody's file has already seen must never be edited: such a file
// would differ from a new one for good. A new step gets a line in the list, made
// by: cd migrations && sha256sum *.sql > ../testdata/migrations.sha256
func TestReleasedMigrationsAreNeverEdited(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("testdata", "migrations.sha256"))
	require.NoError(t, err)
	want := map[string]string{}
	for line := range strings.Lines(string(list)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		want[name] = sum
	}
	got := map[string]string{}
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	require.NoError(t, err)
	for _, name := range names {
		text, err := fs.ReadFile(migrationFiles, name)
		require.NoError(t, err)
		sum := sha256.Sum256(text)
		got[filepath.Base(name)] = hex.EncodeToString(sum[:])
	}
	assert.Equal(t, want, got)
}

func TestASnapshotIsTheDatabaseAtOneMoment(t *testing.T) {
	from := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(t.Context(), from, LoseOnPowerCut())
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Plant(t.Context(), testSeed()))
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	newest, err := Schema()
	require.NoError(t, err)

	to := filepath.Join(t.TempDir(), "copy.db")
	schema, err := Snapshot(t.Context(), from, to)
	require.NoError(t, err)
	assert.Equal(t, newest, schema)
	require.NoError(t, s.AddSession(t.Context(), testSession(2)), "the server goes on")

	info, err := os.Stat(to)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds secret keys")
	copied, err := Open(t.Context(), to, LoseOnPowerCut())
	require.NoError(t, err)
	defer func() { require.NoError(t, copied.Close()) }()
	_, total, err := copied.Sessions(t.Context(), SessionQuery{})
	require.NoError(t, err)
	assert.Equal(t, 1, total)
}

func TestASnapshotOfSomethingElseIsRefused(t *testing.T) {
	dir := t.TempDir()
	newer, other, foreign, broken := filepath.Join(dir, "newer.db"), filepath.Join(dir, "notes.txt"), filepath.Join(dir, "foreign.db"), filepath.Join(dir, "broken.db")
	s, err := Open(t.Context(), newer, LoseOnPowerCut())
	require.NoError(t, err)
	require.NoError(t, s.Plant(t.Context(), testSeed()))
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(newer)
	require.NoError(t, err)
	for i := len(whole) / 2; i < len(whole); i++ {
		whole[i] = 0x55
	}
	require.NoError(t, os.WriteFile(broken, whole, 0o600))
	db := raw(t, newer)
	_, err = db.Exec("PRAGMA user_version = 999")
	require.NoError(t, errors.Join(err, db.Close()))
	require.NoError(t, os.WriteFile(other, []byte(strings.Repeat("these are notes\n", 200)), 0o600))
	_, err = raw(t, foreign).Exec("CREATE TABLE x (y)")
	require.NoError(t, err)

	for name, test := range map[string]struct{ path, want string }{
		"a file of a newer version":  {newer, "newer version"},
		"a file that is no database": {other, "not a database"},
		"a database of another kind": {foreign, "not a database of this program"},
		"a damaged file":             {broken, "malformed"},
		"no file":                    {filepath.Join(dir, "missing"), "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Snapshot(t.Context(), test.path, filepath.Join(t.TempDir(), "copy.db"))
			require.ErrorContains(t, err, test.want)
			_, err = Check(context.Background(), test.path)
			require.Error(t, err)
		})
	}
	assert.NoFileExists(t, filepath.Join(dir, "missing"), "asking makes nothing")
}
