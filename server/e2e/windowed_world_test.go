//go:build e2e

package e2e

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// manyCount is the number of sessions of a long list.
const manyCount = 100_000

// manySessions starts a server whose user has a hundred thousand sessions that
// are over, and three hundred that wait.
func manySessions(t *testing.T) (*Server, Account) {
	t.Helper()
	s, account, _ := filled(t, Filling{Prefix: "past", Count: manyCount}, Filling{Prefix: "wait", Count: 300, Waiting: true})
	return s, account
}

// filled starts a server whose user has sessions like one that ran there.
func filled(t *testing.T, with ...Filling) (*Server, Account, *Driver) {
	t.Helper()
	s, err := StartServer(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Stop() })
	accounts, err := s.Accounts()
	require.NoError(t, err)
	account := accounts["user"]
	d, err := s.Driver(t.Context(), account)
	require.NoError(t, err)
	const like = "template"
	_, err = d.Create(t.Context(), like)
	require.NoError(t, err)
	require.NoError(t, d.Destroy(t.Context(), like))
	require.NoError(t, s.Stop())
	for _, f := range with {
		f.Like = like
		require.NoError(t, Fill(t.Context(), s.Data, f))
	}
	require.NoError(t, s.Restart(t.Context()))
	return s, account, d
}

func itoa(n int) string { return strconv.Itoa(n) }
