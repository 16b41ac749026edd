//go:build figures

package real

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/signing"
	"github.com/baiui/baiui/server/e2e"
)

const (
	// measured is how long a list is watched.
	measured = 30 * time.Second
	// refreshed is how often an open list asks by itself.
	refreshed = 5 * time.Second
	// startTime is how long the session that is copied may take to run.
	startTime = 2 * time.Minute
)

// TestFigures measures the page before a real manager with 20, 200 and 2,000
// running sessions, as a superadmin: from the sign-in to the first row, and a
// list that stays open. More requests than the page promises are a failure: four
// to open the list, and then no more than its own rhythm, whatever happens in the
// cluster. BAI_SQL names the manager's database, as psql takes it.
func TestFigures(t *testing.T) {
	ctx := t.Context()
	counter, err := e2e.StartCounter(os.Getenv(e2e.ManagerVariable))
	require.NoError(t, err)
	t.Cleanup(func() { _ = counter.Close() })
	site, err := e2e.StartServer(ctx, t.TempDir(), "--manager", counter.URL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = site.Stop() })
	accounts, err := e2e.ReadAccounts(os.Getenv(e2e.AccountsVariable))
	require.NoError(t, err)
	browser, err := e2e.StartBrowser(ctx)
	require.NoError(t, err)
	t.Cleanup(browser.Close)
	source := running(t, accounts["user"])
	t.Cleanup(func() {
		sql(t, "-c", "delete from kernels where session_name like 'bulk-%'; delete from sessions where name like 'bulk-%'")
	})

	for _, n := range []int{20, 200, 2000} {
		sql(t, "-v", "src="+source, "-v", "n="+strconv.Itoa(n-1), "-v", "status=RUNNING", "-f", "bulk.sql")
		p, err := browser.NewPage(site.UI)
		require.NoError(t, err)
		require.NoError(t, p.Open("/sessions"))
		require.NoError(t, p.WaitFormAlive())
		counter.Reset()
		account := accounts["superadmin"]
		require.NoError(t, p.FillPassword(account.Email, account.Password))
		began := time.Now()
		require.NoError(t, p.Press("\r"))
		require.NoError(t, p.WaitRows())
		first := time.Since(began)
		requests, bytes := sum(counter)
		require.LessOrEqual(t, requests, 4, "%v", counter.Calls())
		for _, call := range counter.Calls() {
			t.Logf("%s %s: %d ms", call.Method, call.Path, call.Took.Milliseconds())
		}
		counter.Reset()
		<-time.After(measured)
		every, held := sum(counter)
		assert.LessOrEqual(t, every, int(measured/refreshed)+2, "no more than its own rhythm: %v", counter.Calls())
		fmt.Printf("%5d sessions: sign-in to first row %4d ms, %d requests, %.1f kB; open list %d requests and %.1f kB a minute\n", n,
			first.Milliseconds(), requests, float64(bytes)/1000, every*2, float64(held)*2/1000)
		p.Close()
	}
}

// sum adds up what reached the manager.
func sum(counter *e2e.Counter) (requests int, bytes int64) {
	for _, call := range counter.Calls() {
		requests++
		bytes += call.Sent + call.Received
	}
	return requests, bytes
}

// running starts a session that is copied, and returns its id.
func running(t *testing.T, account e2e.Account) string {
	t.Helper()
	c, err := client.New(client.Config{
		Mode: model.ModeAPI, Endpoint: os.Getenv(e2e.ManagerVariable),
		KeyPair: signing.KeyPair{AccessKey: account.AccessKey, SecretKey: account.SecretKey},
	})
	require.NoError(t, err)
	choices, err := c.Choices(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, choices.Images)
	created, err := c.Sessions().Create(t.Context(), client.CreateRequest{
		Name: "figures", Image: choices.Images[0].Reference(), Project: "default", Domain: "default", ReuseIfExists: true,
		MaxWaitSeconds: int(startTime.Seconds()),
	})
	require.NoError(t, err)
	require.Equal(t, model.StatusRunning, created.Status)
	t.Cleanup(func() {
		_, _ = c.Sessions().Destroy(context.Background(), created.ID, client.DestroyRequest{Forced: true})
	})
	return created.ID
}

// sql asks the manager's database.
func sql(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("psql", append([]string{"-q", os.Getenv("BAI_SQL")}, args...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
