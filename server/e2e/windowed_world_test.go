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
	s, err := StartServer(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Stop() })
	accounts, err := s.Accounts()
	require.NoError(t, err)
	d, err := s.Driver(t.Context(), accounts["user"])
	require.NoError(t, err)
	_, err = d.Create(t.Context(), "template")
	require.NoError(t, err)
	require.NoError(t, d.Destroy(t.Context(), "template"))
	require.NoError(t, s.Stop())
	require.NoError(t, Fill(t.Context(), s.Data, Filling{Like: "template", Prefix: "past", Count: manyCount}))
	require.NoError(t, Fill(t.Context(), s.Data, Filling{Like: "template", Prefix: "wait", Count: 300, Waiting: true}))
	require.NoError(t, s.Restart(t.Context()))
	return s, accounts["user"]
}

func itoa(n int) string { return strconv.Itoa(n) }
