package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestOpeningTwiceKeepsWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Plant(t.Context(), testSeed()))
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	require.NoError(t, s.Close())

	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds secret keys")

	s, err = Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	got, err := s.Session(t.Context(), testSession(1).ID)
	require.NoError(t, err)
	want := testSession(1)
	want.Seq, want.ProjectName, want.UserEmail = got.Seq, "default", "user@example.test"
	want.Kernels[0].PreopenPorts = []int{}
	want.Mounts, want.VFolderMounts, want.MountPoints = []string{}, []string{}, "[]"
	assert.Equal(t, want, got)
}

// A copy of the files taken while the database is open is what a crash leaves.
func TestACrashLosesNothingThatWasReported(t *testing.T) {
	from := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(t.Context(), from)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Plant(t.Context(), testSeed()))
	for n := range 20 {
		require.NoError(t, s.AddSession(t.Context(), testSession(n)))
	}
	to := filepath.Join(t.TempDir(), "state.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(from + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(to+suffix, data, 0o600))
	}
	crashed, err := Open(t.Context(), to)
	require.NoError(t, err)
	defer func() { require.NoError(t, crashed.Close()) }()
	_, total, err := crashed.Sessions(t.Context(), SessionQuery{})
	require.NoError(t, err)
	assert.Equal(t, 20, total)
}

func TestAFileOfANewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	_, err = s.write.Exec("PRAGMA user_version = 999")
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(t.Context(), path)
	require.ErrorContains(t, err, "newer version")
}

func TestMigrationsMustBeNumberedWithoutGaps(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		ok    bool
	}{
		"one after the other":     {[]string{"0001_a.sql", "0002_b.sql"}, true},
		"a gap":                   {[]string{"0001_a.sql", "0003_b.sql"}, false},
		"the same number twice":   {[]string{"0001_a.sql", "0001_b.sql"}, false},
		"a name without a number": {[]string{"first.sql"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for _, f := range test.files {
				files["migrations/"+f] = &fstest.MapFile{Data: []byte("SELECT 1")}
			}
			steps, err := migrations(files)
			if !test.ok {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Len(t, steps, len(test.files))
		})
	}
}

func TestAFullDiskIsToldAndNothingIsLost(t *testing.T) {
	s := planted(t)
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	var pages int
	require.NoError(t, s.write.QueryRow("PRAGMA page_count").Scan(&pages))
	_, err := s.write.Exec("PRAGMA max_page_count = " + strconv.Itoa(pages))
	require.NoError(t, err)

	big := testSession(2)
	big.BootstrapScript = string(make([]byte, 1<<20))
	err = s.AddSession(t.Context(), big)
	require.Error(t, err)
	assert.Equal(t, KindFull, KindOf(err))
	_, total, err := s.Sessions(t.Context(), SessionQuery{})
	require.NoError(t, err)
	assert.Equal(t, 1, total)

	_, err = s.write.Exec("PRAGMA max_page_count = 1000000")
	require.NoError(t, err)
	require.NoError(t, s.AddSession(t.Context(), big), "it works again once there is room")
}

func TestErrorsHaveAKind(t *testing.T) {
	s := planted(t)
	_, err := s.User(t.Context(), "nobody")
	assert.True(t, IsNotFound(err))
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	again := testSession(2)
	again.Name = testSession(1).Name
	err = s.AddSession(t.Context(), again)
	assert.Equal(t, KindConflict, KindOf(err), "a name is taken while its session lives")
	_, err = s.read.Exec("DELETE FROM users")
	assert.Equal(t, KindReadOnly, kindOfCause(err), "readers cannot write")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err = s.Users(ctx, UserQuery{})
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, KindInternal, KindOf(errors.New("other")))
	assert.False(t, IsNotFound(nil))
}

func TestUpdatingASessionIsAllOrNothing(t *testing.T) {
	s := planted(t)
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	id := testSession(1).ID
	info := ""

	got, err := s.UpdateSession(t.Context(), id, func(row *Session) error {
		row.Status, row.StatusInfo = model.StatusScheduled, &info
		row.Kernels[0].Status, row.Kernels[0].Agent = model.StatusScheduled, "i-1"
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, model.StatusScheduled, got.Status)

	no := errors.New("no")
	_, err = s.UpdateSession(t.Context(), id, func(row *Session) error {
		row.Status = model.StatusTerminated
		return no
	})
	require.ErrorIs(t, err, no)
	_, err = s.UpdateSession(t.Context(), id, func(row *Session) error {
		row.Status = model.StatusTerminated
		return ErrUnchanged
	})
	require.NoError(t, err)
	read, err := s.Session(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, model.StatusScheduled, read.Status)
	assert.Equal(t, &info, read.StatusInfo)
	assert.Equal(t, []string{"i-1"}, read.Agents())
	assert.Equal(t, model.StatusScheduled, read.Main().Status)

	_, err = s.UpdateSession(t.Context(), "nothing", func(*Session) error { return nil })
	assert.True(t, IsNotFound(err))
}

func TestAPanicInAChangeReleasesTheWriter(t *testing.T) {
	s := planted(t)
	require.NoError(t, s.AddSession(t.Context(), testSession(1)))
	assert.Panics(t, func() {
		_, _ = s.UpdateSession(t.Context(), testSession(1).ID, func(*Session) error { panic("x") })
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, s.PutLog(ctx, testSession(1).Kernels[0].ID, []byte("x"), false))
}
