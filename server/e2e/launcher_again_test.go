//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/launcher"
)

func TestALaunchIsRememberedAndDoneAgain(t *testing.T) {
	world := enter(t)
	p := newPage(t, world.own)
	require.NoError(t, p.CaptureDownloads())
	require.NoError(t, p.SignInToLaunch(world.accounts["user"]))
	require.NoError(t, p.OpenForm(launcher.StepReview, form(t, func(f *launcher.Form) {
		batch(f, "remembered", "true")
		f.Variables = []launcher.Variable{{Name: "MODE", Value: "fast"}}
	})))
	require.NoError(t, p.Launch(false))
	_, err := p.WaitToldOf("remembered", "notices.session.finished")
	require.NoError(t, err)

	openHistory := func() {
		require.NoError(t, p.Click("[data-dialog=history]"))
		require.NoError(t, p.WaitSelector("#launcher-history[open] .kept"))
	}
	require.NoError(t, p.Follow(launcher.Path))
	openHistory()
	require.NoError(t, p.Click(".kept [aria-label='Pin remembered']"))
	require.NoError(t, p.WaitSelector(".kept [aria-label='Unpin remembered'][aria-pressed]"))
	require.NoError(t, p.Click(".kept [aria-label='Rename remembered']"))
	require.NoError(t, p.Wait(`document.activeElement.id === "launcher-rename"`))
	require.NoError(t, p.Fill("#launcher-rename", "not this one"))
	require.NoError(t, p.Press(kb.Escape))
	require.NoError(t, p.Wait(`document.activeElement.textContent === "remembered" && document.getElementById("launcher-history").open`), "Escape takes it back")
	require.NoError(t, p.Click(".kept [aria-label='Rename remembered']"))
	require.NoError(t, p.Wait(`document.activeElement.id === "launcher-rename"`))
	require.NoError(t, p.Fill("#launcher-rename", "the good one"))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.Wait(`document.querySelector(".kept a")?.innerText === "the good one"`))

	require.NoError(t, p.Open(launcher.Path))
	require.NoError(t, p.Wait(launcherAlive))
	openHistory()
	require.NoError(t, p.WaitSelector(".kept [aria-label='Unpin the good one']"), "this browser keeps pin and name")
	require.NoError(t, p.Click(".kept a"))
	require.NoError(t, p.WaitStep(launcher.StepReview))
	require.NoError(t, p.WaitGone("#launcher-history[open]"))
	again, err := p.FormOf()
	require.NoError(t, err)
	assert.Regexp(t, `^remembered-\w{4}$`, again.Name, "the name is taken")
	assert.Equal(t, []launcher.Variable{{Name: "MODE", Value: "fast"}}, again.Variables)

	t.Run("as a file", func(t *testing.T) {
		require.NoError(t, p.Click("[data-dialog=export]"))
		require.NoError(t, p.Click("#launcher-export .btn:has([href='#i-download'])"))
		var content string
		require.NoError(t, p.Eval(`window.files.at(-1).text()`, &content))
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone("#launcher-export[open]"))
		require.NoError(t, p.Click("[data-dialog=reset]"))
		require.NoError(t, p.Click("#launcher-reset .danger"))
		require.NoError(t, p.WaitStep(launcher.StepType))

		require.NoError(t, p.Click("[data-dialog=export]"))
		require.NoError(t, p.WaitSelector("#launcher-export[open]"))
		require.NoError(t, p.GiveFile("#launcher-export [type=file]", "launch.json", content))
		require.NoError(t, p.WaitStep(launcher.StepReview))
		require.NoError(t, p.WaitGone("#launcher-export[open]"))
		read, err := p.FormOf()
		require.NoError(t, err)
		assert.Equal(t, again, read)

		require.NoError(t, p.Click("[data-dialog=export]"))
		require.NoError(t, p.WaitSelector("#launcher-export[open]"))
		require.NoError(t, p.GiveFile("#launcher-export [type=file]", "notes.json", `{"kind": "shopping"}`))
		require.NoError(t, p.WaitSelector(".launcher > .notice"), "another file is refused")
	})
	t.Run("it can be launched", func(t *testing.T) {
		require.NoError(t, p.Launch(false))
		_, err := p.WaitToldOf(again.Name, "notices.session.finished")
		require.NoError(t, err)
	})
}

func TestGoingBackAfterALaunchFindsAFreshForm(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user", "Failed to load resource")
	createSession(t, "user", "launched-once") // the launch is refused: that is enough
	require.NoError(t, p.Follow("/sessions?tab=finished"))
	require.NoError(t, p.Wait(`location.search.includes("finished")`))
	taken := form(t, func(f *launcher.Form) { f.Name = "launched-once" })
	for _, step := range []launcher.Step{launcher.StepType, launcher.StepData, launcher.StepReview} {
		require.NoError(t, p.OpenForm(step, taken))
	}
	require.NoError(t, p.Launch(false))
	for range 2 {
		require.NoError(t, p.Back())
		require.NoError(t, p.WaitStep(launcher.StepType))
		require.NoError(t, p.Wait(`document.querySelector("#launcher-name")?.value === "" && !location.href.includes("launched-once")`))
	}
	require.NoError(t, p.Back())
	require.NoError(t, p.Wait(`location.pathname === "/sessions" && location.search.includes("finished")`), "where one was before the launcher")
	require.NoError(t, p.Follow(LauncherPath(launcher.StepReview, taken)))
	require.NoError(t, p.Wait(`document.querySelector(".review")?.innerText.includes("launched-once")`), "a link to the same form leads to it")
}

func TestALaunchLikeASession(t *testing.T) {
	world := enter(t)
	id := createSession(t, "user", "like-this")
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.WaitSession(id, "RUNNING", settledIn))
	require.NoError(t, p.OpenSession(id))
	require.NoError(t, p.Verb("again"))
	require.NoError(t, p.WaitStep(launcher.StepReview))
	like, err := p.FormOf()
	require.NoError(t, err)
	assert.Regexp(t, `^like-this-\w{4}$`, like.Name)
	assert.Equal(t, driverOf(t, "user").image+"@"+model.DefaultArchitecture, like.Image)
	require.NoError(t, p.Wait(launcherAlive))
	wrong, err := p.Exists(".review-card.wrong")
	require.NoError(t, err)
	assert.False(t, wrong, "it can be launched as it is")
}

func TestARefusedLaunchLeadsBackToTheForm(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user", "Failed to load resource")
	createSession(t, "user", "name-in-use") // and is told of while the button is pressed, which nothing may cover
	require.NoError(t, p.OpenForm(launcher.StepReview, form(t, func(f *launcher.Form) { f.Name, f.Ports = "name-in-use", []string{"8000"} })))
	require.NoError(t, p.Launch(false))
	const back = "[data-text='launcher.told.failed'] a[href^='/sessions/start']"
	require.NoError(t, p.Wait(`document.querySelector(`+quote(back)+`)`))
	require.NoError(t, p.Click(BellButton))
	require.NoError(t, p.Click(back))
	require.NoError(t, p.WaitStep(launcher.StepReview))
	require.NoError(t, p.Wait(`["name-in-use", "8000"].every(text => document.querySelector(".review").innerText.includes(text))`))
}

func TestAReloadAndGoingBackLoseNothing(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.Fill("#launcher-name", "not-lost"))
	require.NoError(t, p.Wait(`location.href.includes("not-lost")`))
	require.NoError(t, p.Click("[data-action=next]"))
	require.NoError(t, p.WaitStep(launcher.StepEnvironment))
	require.NoError(t, p.Fill("#launcher-search", "py"))
	require.NoError(t, p.Wait(`document.querySelectorAll("[name=environment]").length === 1`), "what stands below has moved up")
	require.NoError(t, p.Type("\r"))
	require.NoError(t, p.Click("#launcher-add-variable"))
	require.NoError(t, p.Fill("[id='launcher-var-name.0']", "MODE"))
	require.NoError(t, p.Fill("[id='launcher-var-value.0']", "fast"))
	require.NoError(t, p.Wait(`location.href.includes("MODE")`))
	require.NoError(t, p.WaitStep(launcher.StepEnvironment), "Enter in a search field leads nowhere")

	require.NoError(t, p.Reload())
	require.NoError(t, p.Wait(launcherAlive))
	require.NoError(t, p.Back())
	require.NoError(t, p.WaitStep(launcher.StepType))
	require.NoError(t, p.Wait(`location.href.includes("MODE")`), "the form of before the variable is not taken for another one")
	require.NoError(t, p.Forward())
	require.NoError(t, p.WaitStep(launcher.StepEnvironment))
	require.NoError(t, p.Wait(`document.getElementById("launcher-var-value.0")?.value === "fast"`))

	// No server takes an address of 30 kB.
	require.NoError(t, p.Fill("[id='launcher-var-value.0']", strings.Repeat("long ", 6000)))
	require.NoError(t, p.Wait(`!location.href.includes("MODE")`))
	require.NoError(t, p.Click("[data-action=next]"))
	require.NoError(t, p.WaitStep(launcher.StepData))
	require.NoError(t, p.Reload())
	require.NoError(t, p.Wait(launcherAlive))
	require.NoError(t, p.Back())
	require.NoError(t, p.WaitStep(launcher.StepEnvironment))
	require.NoError(t, p.Wait(`document.getElementById("launcher-var-value.0")?.value.length === 30000`))
}
