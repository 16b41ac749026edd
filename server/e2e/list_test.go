//go:build e2e

package e2e

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pollTime is how long a change may take to reach a list of running sessions,
// which asks every 5 s, on a busy machine.
const pollTime = 15 * time.Second

// notBusy is the condition that the list asks for nothing.
const notBusy = `document.querySelector("table[data-list=sessions]").getAttribute("aria-busy") !== "true"`

func TestASessionAppearsAndMovesToFinishedByItself(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "user")
	id := createSession(t, "user", "comes-and-goes")
	require.NoError(t, p.WaitSession(id, "RUNNING", pollTime))

	require.NoError(t, driverOf(t, "user").Destroy(t.Context(), "comes-and-goes"))
	require.NoError(t, p.WaitNoSession(id, pollTime))
	require.NoError(t, p.OpenTab("finished"))
	require.NoError(t, p.WaitSession(id, "TERMINATED", pollTime))
}

func TestTheURLKeepsTheStateOfTheList(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own)
	require.NoError(t, p.SignIn("/sessions?tab=interactive&order=name", world.accounts["superadmin"]))
	assert.Equal(t, "/sessions?tab=interactive&order=name", address(t, p))
	require.NoError(t, p.WaitSelector("a[data-tab=interactive][aria-current]"))

	require.NoError(t, p.OpenTab("finished"))
	require.NoError(t, p.OpenTab("running"))
	require.NoError(t, p.Back())
	require.NoError(t, p.WaitSelector("a[data-tab=finished][aria-current]"))
	require.NoError(t, p.Back())
	require.NoError(t, p.WaitSelector("a[data-tab=interactive][aria-current]"))
	require.NoError(t, p.WaitRows())
	require.NoError(t, p.Forward())
	require.NoError(t, p.WaitSelector("a[data-tab=finished][aria-current]"))

	require.NoError(t, p.OpenTab("running"))
	require.NoError(t, p.Fill("[name=filter]", nameOf("admin")))
	only := `document.querySelectorAll("tr[data-session]").length === 1`
	require.NoError(t, p.Wait(only))
	before := address(t, p)
	assert.Contains(t, before, "filter=")
	require.NoError(t, p.Reload())
	require.NoError(t, p.Wait(only))
	assert.Equal(t, before, address(t, p))
}

// address returns the page's path and query.
func address(t *testing.T, p *Page) string {
	t.Helper()
	var a string
	require.NoError(t, p.Eval("location.pathname + location.search", &a))
	return a
}

func TestTheListIsSortedByTheManager(t *testing.T) {
	world := enter(t)
	p := signedIn(t, world.own, "superadmin")
	names := func() string {
		rows, err := p.Rows()
		require.NoError(t, err)
		var list []string
		for _, row := range rows {
			for _, role := range []string{"superadmin", "admin", "user"} {
				if strings.Contains(row.Text, nameOf(role)) {
					list = append(list, role)
				}
			}
		}
		return strings.Join(list, " ")
	}
	require.NoError(t, p.Click("th[data-col=name] a, th[data-col=name] button"))
	require.NoError(t, p.WaitSelector("th[data-col=name][aria-sort]"))
	require.NoError(t, p.Wait(`new URLSearchParams(location.search).get("order")?.includes("name")`))
	ascending := address(t, p)
	require.Eventually(t, func() bool { n := names(); return n == "admin superadmin user" || n == "user superadmin admin" }, pollTime, waitEvery)
	first := names()
	require.NoError(t, p.Click("th[data-col=name] a, th[data-col=name] button"))
	require.Eventually(t, func() bool { return names() != first && names() != "" }, pollTime, waitEvery)
	assert.NotEqual(t, ascending, address(t, p))
}

func TestAStoppedManagerIsSaidAndTheRowsStay(t *testing.T) {
	enter(t)
	own, err := StartServer(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = own.Stop() })
	accounts, err := own.Accounts()
	require.NoError(t, err)
	driver, err := own.Driver(t.Context(), accounts["user"])
	require.NoError(t, err)
	id, err := driver.Create(t.Context(), "survivor")
	require.NoError(t, err)
	front, err := StartServer(t.Context(), t.TempDir(), "--manager", own.Manager)
	require.NoError(t, err)
	t.Cleanup(func() { _ = front.Stop() })

	p := newPage(t, front, "502 (Bad Gateway)", "503 (Service Unavailable)", "504 (Gateway Timeout)")
	require.NoError(t, p.SignIn("/sessions", accounts["user"]))
	require.NoError(t, p.WaitSession(id, "RUNNING", pollTime))

	require.NoError(t, own.Stop())
	require.NoError(t, p.Click("[data-action=refresh]"))
	require.NoError(t, p.WaitSelector(ListError))
	require.NoError(t, p.WaitSession(id, "", time.Second), "the last rows stay")
	require.NoError(t, p.WaitSelector("[data-updated]"), "with their date")
	saveScreenshot(t, p, "list-with-error")

	require.NoError(t, own.Restart(t.Context()))
	require.NoError(t, p.WaitFor("!("+visible(ListError)+")", 40*time.Second), "the list asks again by itself")
	require.NoError(t, p.WaitSession(id, "", pollTime))
	require.NoError(t, driver.Destroy(t.Context(), "survivor"))
}

func TestFromEnterToTheFirstRowTakesFourRequests(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.relayed)
	require.NoError(t, p.Open("/sessions"))
	require.NoError(t, p.WaitFormAlive())
	world.counter.Reset()
	require.NoError(t, p.SubmitPassword(world.accounts["user"].Email, world.accounts["user"].Password))
	require.NoError(t, p.WaitRows())
	assert.LessOrEqual(t, len(world.counter.Calls()), 4, "%v", world.counter.Calls())

	// The list may ask by itself, too, in between: not three times.
	least := math.MaxInt
	for range 3 {
		world.counter.Reset()
		require.NoError(t, p.Click("[data-action=refresh]"))
		require.Eventually(t, func() bool { return len(world.counter.Calls()) > 0 }, pollTime, waitEvery)
		require.NoError(t, p.Wait(notBusy))
		if least = min(least, len(world.counter.Calls())); least == 1 {
			break
		}
	}
	assert.Equal(t, 1, least)
}

func TestAHiddenPageAsksForNothing(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.relayed)
	require.NoError(t, p.Before(`
		let hidden = false;
		Object.defineProperty(document, "visibilityState", {get: () => hidden ? "hidden" : "visible"});
		Object.defineProperty(document, "hidden", {get: () => hidden});
		window.setHidden = (value) => { hidden = value; document.dispatchEvent(new Event("visibilitychange")); };`))
	require.NoError(t, p.SignIn("/sessions", world.accounts["user"]))
	world.counter.Reset()
	require.Eventually(t, func() bool { return len(world.counter.Calls()) > 0 }, pollTime, waitEvery, "a visible page asks")

	require.NoError(t, p.Eval("setHidden(true)", nil))
	require.NoError(t, p.Wait(notBusy))
	world.counter.Reset()
	require.Never(t, func() bool { return len(world.counter.Calls()) > 0 }, 7*time.Second, 100*time.Millisecond, "a hidden one does not")

	require.NoError(t, p.Eval("setHidden(false)", nil))
	require.Eventually(t, func() bool { return len(world.counter.Calls()) > 0 }, pollTime, waitEvery, "and asks again when it is shown")
}
