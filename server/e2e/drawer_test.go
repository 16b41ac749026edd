//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// settledIn is how long a change may take to be seen by everybody.
const settledIn = time.Minute

// statusOf asks the manager for the status of a session.
func statusOf(t *testing.T, role, id string) model.Status {
	t.Helper()
	s, err := driverOf(t, role).Client.Sessions().Show(t.Context(), id, model.RoleUser)
	require.NoError(t, err)
	return s.Status
}

// waitStatus waits until the manager says that a session has a status.
func waitStatus(t *testing.T, role, id string, status model.Status) {
	t.Helper()
	require.Eventually(t, func() bool { return statusOf(t, role, id) == status }, settledIn, 100*time.Millisecond)
}

// assertNamed requires that every button and link of the drawer has a name.
func assertNamed(t *testing.T, p *Page) {
	t.Helper()
	var unnamed []string
	require.NoError(t, p.Eval(`[...document.querySelectorAll("#session-drawer :is(button, a, summary), .endings button")].filter(
		e => !(e.getAttribute("aria-label") || e.textContent.trim())).map(e => e.outerHTML)`, &unnamed))
	assert.Empty(t, unnamed)
}

func TestTheDrawerOpensByRowAndByAddress(t *testing.T) {
	world := enter(t)
	first, second := createSession(t, "user", "drawer-first"), createSession(t, "user", "drawer-second")
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.WaitSession(first, "RUNNING", settledIn))
	require.NoError(t, p.WaitSession(second, "RUNNING", settledIn))

	require.NoError(t, p.OpenSession(second))
	title, err := p.Text("#session-title")
	require.NoError(t, err)
	assert.Equal(t, "drawer-second", title)
	require.NoError(t, p.Wait(`document.activeElement.id === "session-title"`), "the focus moves into the drawer")
	assertNamed(t, p)
	assertAccessible(t, p, "the drawer")

	require.NoError(t, p.Press("j"))
	require.NoError(t, p.WaitDrawer(first))
	require.NoError(t, p.Press("k"))
	require.NoError(t, p.WaitDrawer(second))
	require.NoError(t, p.Click(Drawer+" [data-step=next]"))
	require.NoError(t, p.WaitDrawer(first))

	require.NoError(t, p.CloseWithEscape())
	require.NoError(t, p.WaitGone(Drawer))
	require.NoError(t, p.Wait(`!location.search.includes("session=")`))

	require.NoError(t, p.Open("/sessions?tab=interactive&session="+first))
	require.NoError(t, p.WaitDrawer(first))
	require.NoError(t, p.Open("/sessions?session=00000000-0000-4000-8000-000000000000"))
	require.NoError(t, p.WaitSelector(Drawer+" .notice"))
	require.NoError(t, p.Wait(`document.querySelector("#session-title").innerText === "There is no such session"`))
	assertAccessible(t, p, "the drawer of nothing")
}

func TestASessionIsRenamed(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "rename-me")
	createSession(t, "user", "rename-taken")
	p := signedIn(t, world.own, "user", "400", "Bad Request")
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("rename"))
	require.NoError(t, p.WaitSelector(DialogField))
	assertAccessible(t, p, "the field of the name")
	require.NoError(t, p.Wait(`document.activeElement.id === "session-dialog-field"`))

	for _, test := range []struct{ name, want string }{
		{"abc", "at least 4"},
		{"my name", "Only letters"},
		{"-name", "begins with"},
		{"name-", "ends with"},
	} {
		require.NoError(t, p.Fill(DialogField, test.name))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.Wait(`document.querySelector("#session-dialog-field-problem").textContent.includes(`+quote(test.want)+`)`))
	}
	require.NoError(t, p.Fill(DialogField, "rename-taken"))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitSelector(Drawer+" .rename .notice.error"))
	assertAccessible(t, p, "the field of a name that is taken")
	var typed string
	require.NoError(t, p.Eval(`document.querySelector("#session-dialog-field").value`, &typed))
	assert.Equal(t, "rename-taken", typed, "what was typed stays")

	require.NoError(t, p.CloseWithEscape())
	require.NoError(t, p.WaitGone(DialogField))
	open, err := p.Exists(Drawer)
	require.NoError(t, err)
	assert.True(t, open, "Escape closes one layer")
	require.NoError(t, p.Wait(`document.activeElement.id === "session-rename"`), "the focus stays in the drawer")

	require.NoError(t, p.Verb("rename"))
	require.NoError(t, p.Fill(DialogField, "renamed-now"))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitGone(DialogField))
	require.NoError(t, p.Wait(`document.querySelector("#session-title").textContent === "renamed-now"`))
	require.NoError(t, p.Wait(`document.activeElement.id === "session-title"`), "as after a new name")
	require.NoError(t, p.Wait(`document.querySelector('tr[data-session="`+id+`"]').innerText.includes("renamed-now")`))
	t.Cleanup(func() { endAsCleanup(t, "user", "renamed-now") })
}

// endAsCleanup ends a session that a test gave another name.
func endAsCleanup(t *testing.T, role, name string) {
	t.Helper()
	world := worldOf(t)
	ctx, cancel := context.WithTimeout(context.Background(), settledIn)
	defer cancel()
	d, err := world.own.Driver(ctx, world.accounts[role])
	if assert.NoError(t, err) {
		_ = d.Destroy(ctx, name) // the test may have ended it
	}
}

func TestATerminationCanBeTakenBack(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "undo-me")
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("terminate"))
	require.NoError(t, p.WaitSelector(SessionDialog))
	assertAccessible(t, p, "the dialog of the termination")
	p.ResetRequests()
	require.NoError(t, p.Eval(`(b => { b.click(); b.click() })(document.querySelector("#session-dialog [type=submit]"))`, nil))
	require.NoError(t, p.Click(UndoButton), "while there is time")
	require.NoError(t, p.WaitGone(UndoButton))
	assert.Equal(t, model.StatusRunning, statusOf(t, "user", id))

	require.NoError(t, p.Verb("terminate"))
	require.NoError(t, p.Submit())
	require.NoError(t, p.WaitSelector(UndoButton))
	assertNamed(t, p)
	assertAccessible(t, p, "the undo window")
	waitStatus(t, "user", id, model.StatusTerminated)
	require.NoError(t, p.WaitNoSession(id, settledIn))
	require.NoError(t, p.Wait(`document.querySelector("#session-why")?.textContent.includes("on request")`))
	deletes := 0
	for _, r := range p.Requests() {
		if r.Method == "DELETE" {
			deletes++
		}
	}
	assert.Equal(t, 1, deletes, "one call, however often was clicked")

	require.NoError(t, p.CloseWithEscape())
	require.NoError(t, p.WaitGone(Drawer))
	require.NoError(t, p.Wait(`document.activeElement !== document.body`), "the focus is not lost with the button and the row that had it")
}

func TestATerminationIsSentWhenThePageGoes(t *testing.T) {
	world := enter(t)
	for _, mode := range []string{"SESSION", "API"} {
		t.Run(mode, func(t *testing.T) {
			id := createSession(t, "user", "leave-me-"+mode)
			p := newPage(t, world.own)
			if mode == "API" {
				require.NoError(t, p.Open("/sessions"))
				account := world.accounts["user"]
				require.NoError(t, p.SubmitKeyPair(world.own.Manager, account.AccessKey, account.SecretKey))
				require.NoError(t, p.WaitRows())
			} else {
				require.NoError(t, p.SignIn("/sessions", world.accounts["user"]))
			}
			require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
			require.NoError(t, p.OpenSession(id))
			require.NoError(t, p.Verb("terminate"))
			require.NoError(t, p.WaitSelector(SessionDialog))
			require.NoError(t, p.Submit())
			require.NoError(t, p.WaitSelector(UndoButton))
			require.NoError(t, p.Run(chromedp.Navigate("about:blank")))
			waitStatus(t, "user", id, model.StatusTerminated)
		})
	}
}

func TestAForcedTerminationNamesTheContainers(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "force-me")
	p := signedIn(t, world.own, "superadmin")
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	text, err := p.Text(Drawer + " .alerts")
	require.NoError(t, err)
	assert.Contains(t, text, world.accounts["user"].Email, "it is somebody else's")
	for _, verb := range []string{"rename", "commit", "interrupt", "restart"} {
		offered, err := p.Exists(fmt.Sprintf(`%s [data-verb=%q]`, Drawer, verb))
		require.NoError(t, err)
		assert.False(t, offered, "%s is for the owner", verb)
	}

	require.NoError(t, p.Verb("force-terminate"))
	require.NoError(t, p.WaitSelector(SessionDialog+" .containers"))
	assertAccessible(t, p, "the dialog of the forced termination")
	s, err := driverOf(t, "superadmin").Client.Sessions().Show(t.Context(), id, model.RoleSuperadmin)
	require.NoError(t, err)
	text, err = p.Text(SessionDialog + " .containers")
	require.NoError(t, err)
	assert.Contains(t, text, s.Kernels[0].ContainerID)
	assert.Contains(t, text, s.Kernels[0].Agent)

	require.NoError(t, p.Submit())
	waitStatus(t, "superadmin", id, model.StatusTerminated)
}

func TestASessionBecomesAnImage(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "commit-me")
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("commit"))
	require.NoError(t, p.WaitSelector(SessionDialog))
	assertAccessible(t, p, "the dialog of the image")
	require.NoError(t, p.Fill(DialogField, "no.dots"))
	require.NoError(t, p.Submit())
	require.NoError(t, p.Wait(`document.querySelector("#session-dialog-field-problem").textContent !== ""`))
	require.NoError(t, p.Fill(DialogField, "my-image"))
	require.NoError(t, p.Submit())
	require.NoError(t, p.Wait(`document.querySelector("#session-dialog .commit-state, #session-dialog .notice.error")`))
	require.NoError(t, p.Wait(`document.querySelector("#session-dialog .notice.success, #session-dialog .notice.error")`))
	assertAccessible(t, p, "the dialog of a finished image")

	images, err := driverOf(t, "user").Client.CustomImages(t.Context())
	require.NoError(t, err)
	images = slices.DeleteFunc(images, func(i client.CustomImage) bool { return i.Customized != "my-image" }) // of other tests
	failed, err := p.Exists(SessionDialog + " .notice.error")
	require.NoError(t, err)
	if failed { // where the file system has no overlays the manager says so, and so does the page
		text, err := p.Text(SessionDialog + " .notice.error")
		require.NoError(t, err)
		assert.Contains(t, text, "This machine cannot keep")
		assert.Empty(t, images)
		return
	}
	require.Len(t, images, 1)
	text, err := p.Text(SessionDialog + " .image-name")
	require.NoError(t, err)
	assert.Contains(t, text, images[0].Name)
}

func TestASessionEndsWhileItsDialogIsOpen(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "gone-me")
	p := signedIn(t, world.own, "user", "404 (Not Found)")
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("terminate"))
	require.NoError(t, p.WaitSelector(SessionDialog))
	_, err := driverOf(t, "user").Client.Sessions().Destroy(t.Context(), id, client.DestroyRequest{})
	require.NoError(t, err)
	waitStatus(t, "user", id, model.StatusTerminated)
	require.NoError(t, p.Wait(`document.querySelector("#session-dialog .notice.info")`), "the dialog says that there is nothing left to do")
	require.NoError(t, p.Submit())
	require.NoError(t, p.Wait(`!document.querySelector(".endings .notice")`), "ending what has ended is no failure")
	shown, err := p.Exists(Drawer + " .notice.error")
	require.NoError(t, err)
	assert.False(t, shown)
}

func TestAnExpiredSignInKeepsWhatWasTyped(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "expire-me")
	p := signedIn(t, world.own, "user", unauthorized)
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("commit"))
	require.NoError(t, p.WaitSelector(SessionDialog))
	require.NoError(t, p.Fill(DialogField, "typed-before"))
	require.NoError(t, p.Run(network.ClearBrowserCookies()))
	require.NoError(t, p.Submit())
	require.NoError(t, p.WaitSelector("#signin"))
	require.NoError(t, p.Fill("#signin [name=password]", world.accounts["user"].Password))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitGone("#signin"))

	require.NoError(t, p.Wait(`document.querySelector("#session-dialog[open] #session-dialog-field")?.value === "typed-before"`))
	require.NoError(t, p.CloseWithEscape())
	require.NoError(t, p.WaitGone(SessionDialog))
}

func TestASignOutElsewhereLeavesNoDialogBehind(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "sign-out-me")
	p := signedIn(t, world.own, "user", unauthorized)
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("terminate"))
	require.NoError(t, p.WaitSelector(SessionDialog))
	// What another tab of the browser leaves in the storage when it signs out.
	require.NoError(t, p.Run(network.ClearBrowserCookies()))
	require.NoError(t, p.Eval(`dispatchEvent(new StorageEvent("storage", {key: "baiui.signed-out", newValue: "1"}))`, nil))
	require.NoError(t, p.WaitFormAlive())
	left, err := p.Exists(SessionDialog)
	require.NoError(t, err)
	assert.False(t, left)
	assert.Equal(t, model.StatusRunning, statusOf(t, "user", id), "nothing was confirmed")
}

// dialogReachable is the condition that the title and the buttons of the open
// dialog, if there is one, are in the window and that nothing lies over them.
const dialogReachable = `[...document.querySelectorAll("dialog[open] :is(.dialog-head, .dialog-actions) :is(h2, .btn)")].every(e => {
	const r = e.getBoundingClientRect();
	return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2));
})`

func TestDrawerScreenshots(t *testing.T) {
	world := enter(t)
	id := createSession(t, "superadmin", "pictured")
	states := []struct {
		name string
		open func(p *Page) error
	}{
		{"drawer", func(*Page) error { return nil }},
		{"rename", func(p *Page) error {
			if err := p.Verb("rename"); err != nil {
				return err
			}
			if err := p.Fill(DialogField, "a b c"); err != nil {
				return err
			}
			return p.Press(kb.Enter)
		}},
		{"terminate", func(p *Page) error { return p.Verb("terminate") }},
		{"force-terminate", func(p *Page) error { return p.Verb("force-terminate") }},
		{"commit", func(p *Page) error { return p.Verb("commit") }},
		{"command", func(p *Page) error { return p.Verb("copy-command") }},
	}
	for _, look := range []struct {
		name, lang string
		dark       bool
	}{{"", "en", false}, {"-dark-ko", "ko", true}} {
		p := newPage(t, world.own)
		require.NoError(t, p.PreferDark(look.dark))
		require.NoError(t, p.SignIn("/sessions", world.accounts["superadmin"]))
		require.NoError(t, p.Eval(`document.cookie = "baiui_lang=`+look.lang+`; path=/"`, nil))
		for _, state := range states {
			require.NoError(t, p.Size(1280, 800))
			require.NoError(t, p.Open("/sessions?session="+id))
			require.NoError(t, p.WaitDrawer(id))
			require.NoError(t, state.open(p))
			for width, height := range map[int64]int64{1280: 800, 360: 600} {
				require.NoError(t, p.Size(width, height))
				require.NoError(t, p.Frames(2))
				require.NoError(t, p.Wait(`[...document.querySelectorAll("#session-drawer, dialog[open]")].every(e => e.scrollWidth <= e.offsetWidth && e.getBoundingClientRect().right <= innerWidth)`), "nothing is wider than the window")
				require.NoError(t, p.Wait(dialogReachable), "title and buttons of a dialog are in sight")
				saveScreenshot(t, p, fmt.Sprintf("session-%s-%d%s", state.name, width, look.name))
			}
			assertAccessible(t, p, state.name+look.name)
		}
	}
}
