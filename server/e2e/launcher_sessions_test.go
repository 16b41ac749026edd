//go:build e2e

package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/launcher"
)

// What the kernels of a cluster say to each other: the first calls the second by
// its name, and is called back by its own.
const (
	mainSays = `exec python3 -c '
import socket, time
back = socket.create_server(("", 8991))
for attempt in range(600):
    try: there = socket.create_connection(("sub1", 8990), 1); break
    except OSError: time.sleep(.05)
there.sendall(b"main1\n")
print("main1 heard:", back.accept()[0].makefile().readline())'`
	subSays = `if [ "$BACKENDAI_CLUSTER_ROLE" = sub ]; then python3 -c '
import socket
name = socket.create_server(("", 8990)).accept()[0].makefile().readline().strip()
socket.create_connection((name, 8991)).sendall(b"sub1 was called by " + name.encode() + b"\n")'; fi`
)

// TestLaunchesOnAnEmptyMachine is about what needs all of a machine's cores, or
// changes what every launch can choose.
func TestLaunchesOnAnEmptyMachine(t *testing.T) {
	enter(t)
	s, err := StartServer(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Stop()) })
	accounts, err := s.Accounts()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.EndSessions(context.WithoutCancel(t.Context()), accounts["superadmin"])) })
	root, err := s.Driver(t.Context(), accounts["superadmin"])
	require.NoError(t, err)
	for name, slots := range map[string]string{"a-giant": `{"cpu": 4000, "mem": "1g"}`, "b-small": `{"cpu": 1, "mem": "300m"}`, "c-roomy": `{"cpu": 1, "mem": "512m"}`} {
		require.NoError(t, root.Client.Query(t.Context(), `mutation($name: String!, $slots: JSONString!) {
			create_resource_preset(name: $name, props: {resource_slots: $slots, shared_memory: "64m"}) { ok msg } }`,
			map[string]any{"name": name, "slots": slots}, nil))
	}
	p := newPage(t, s, "400 (Bad Request)")
	require.NoError(t, p.SignInToLaunch(accounts["user"]))

	t.Run("presets", func(t *testing.T) {
		require.NoError(t, p.OpenForm(launcher.StepEnvironment, form(t, func(f *launcher.Form) { f.Preset = launcher.PresetAuto })))
		memory := func(gib string) string { return `document.querySelector("#launcher-memory").value === ` + quote(gib) }
		require.NoError(t, p.Wait(memory("0.293")), "the first by name that fits is chosen by itself")
		var offered []string
		require.NoError(t, p.Eval(`[...document.querySelector("#launcher-preset").options].map(o => o.value)`, &offered))
		assert.Subset(t, offered, []string{"b-small", "c-roomy"})
		assert.NotContains(t, offered, "a-giant", "what this machine never has is not offered")
		require.NoError(t, p.Choose("#launcher-preset", "c-roomy"))
		require.NoError(t, p.Wait(memory("0.5")))
		require.NoError(t, p.Fill("#launcher-memory", "0.75"))
		require.NoError(t, p.Wait(`document.querySelector("#launcher-preset").value === "custom"`), "an amount of one's own is no preset any more")
	})
	t.Run("the kernels of a cluster reach each other", func(t *testing.T) {
		require.NoError(t, p.OpenForm(launcher.StepEnvironment, form(t, func(f *launcher.Form) {
			batch(f, "two-kernels", mainSays)
			f.Bootstrap, f.Preset = subSays, "b-small"
		})))
		require.NoError(t, p.Fill("#launcher-cluster-size", "2"))
		require.NoError(t, p.Click("a.launch-step[data-step=review]"))
		require.NoError(t, p.WaitStep(launcher.StepReview))
		require.NoError(t, p.Launch(false))
		const refused = "[data-text='launcher.told.failed']"
		require.NoError(t, p.WaitFor(`document.querySelector("`+refused+`, [data-text='notices.session.finished']")`, 2*waitTimeout))
		var why string
		require.NoError(t, p.Eval(`document.querySelector("`+refused+`")?.textContent ?? ""`, &why))
		if why != "" { // where the system gives no private networks
			assert.Contains(t, why, "they cannot be clusters")
			return
		}
		id, err := p.WaitToldOf("two-kernels", "notices.session.finished")
		require.NoError(t, err)
		require.NoError(t, p.Open(PanelPath(id, "logs")))
		require.NoError(t, p.WaitLog("main1 heard: sub1 was called by main1"))
	})
	t.Run("a session that was kept as an image", func(t *testing.T) {
		d, err := s.Driver(t.Context(), accounts["user"])
		require.NoError(t, err)
		id, err := d.Create(t.Context(), "kept-as-image")
		require.NoError(t, err)
		if _, err = d.Client.Sessions().Imagify(t.Context(), id, "made-here"); err != nil {
			assert.ErrorContains(t, err, "This machine cannot keep") // its file system has no overlays
			return
		}
		var images []client.CustomImage
		require.Eventually(t, func() bool {
			images, err = d.Client.CustomImages(t.Context())
			return err == nil && len(images) == 1
		}, waitTimeout, 50*time.Millisecond)

		require.NoError(t, p.Open(launcher.Path))
		require.NoError(t, p.Wait(launcherAlive))
		require.NoError(t, p.Fill("#launcher-name", "of-my-image"))
		require.NoError(t, p.Click("a.launch-step[data-step=environment]"))
		require.NoError(t, p.WaitStep(launcher.StepEnvironment))
		require.NoError(t, p.Fill("#launcher-search", "made-here"))
		require.NoError(t, p.Wait(`document.querySelectorAll("[name=environment]").length === 1`), "it is found by the name it was given")
		require.NoError(t, p.Click(".choice:has([name=environment])"))
		require.NoError(t, p.Wait(`document.querySelector("#launcher-image").selectedOptions[0].text.startsWith("made-here")`))
		require.NoError(t, p.Click("a.launch-step[data-step=review]"))
		require.NoError(t, p.WaitStep(launcher.StepReview))
		require.NoError(t, p.Launch(false))
		launched, err := p.WaitLaunched("of-my-image", "RUNNING")
		require.NoError(t, err)
		made, err := d.Client.Sessions().Show(t.Context(), launched, model.RoleUser)
		require.NoError(t, err)
		assert.Equal(t, images[0].Name, made.Image)
	})
}

func TestAPortOfTheFormIsOpened(t *testing.T) {
	enter(t)
	const port = "8130"
	p := atLauncher(t, "user")
	code := base64.StdEncoding.EncodeToString([]byte(WebApp))
	require.NoError(t, p.OpenForm(launcher.StepNetwork, form(t, func(f *launcher.Form) {
		batch(f, "serves-a-port", fmt.Sprintf("echo %s | base64 -d > app.py && exec python3 app.py %s", code, port))
	})))
	ended(t, "user", "serves-a-port")
	require.NoError(t, p.Fill("#launcher-port-text", port))
	require.NoError(t, p.Type("\r"))
	require.NoError(t, p.Wait(`document.querySelector(".ports").innerText.trim() === `+quote(port)))
	require.NoError(t, p.Click("a.launch-step[data-step=review]"))
	require.NoError(t, p.WaitStep(launcher.StepReview))
	require.NoError(t, p.Launch(false))
	id, err := p.WaitLaunched("serves-a-port", "RUNNING")
	require.NoError(t, err)
	require.NoError(t, p.OpenApps(id))
	tab, err := p.OpenApp(port)
	tab = closed(t, tab, err)
	require.NoError(t, tab.Wait(`document.querySelector("h1")?.innerText === "served in the session"`))
}

func TestABatchSessionIsEndedByItsTimeLimit(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	scheduled := func(start time.Time) func(*launcher.Form) {
		return func(f *launcher.Form) {
			batch(f, "limited-batch", "sleep 60")
			f.Batch.Scheduled, f.Batch.Start = true, start
			f.Batch.Limited, f.Batch.Limit, f.Batch.LimitUnit = true, 1, launcher.UnitSecond
		}
	}
	began := time.Now()
	require.NoError(t, p.OpenForm(launcher.StepReview, form(t, scheduled(began.Add(time.Hour)))))
	require.NoError(t, p.Click(LaunchButton+":not([disabled])"))
	require.NoError(t, p.WaitSelector("#launcher-no-folder[open]"))
	require.NoError(t, p.Press(kb.Escape))
	require.NoError(t, p.WaitGone("#launcher-no-folder[open]"))
	// A little more than what launching takes on this machine, as just seen.
	start := time.Now().Add(3*time.Second + 2*time.Since(began)).Truncate(time.Second) // managers take whole seconds
	require.NoError(t, p.OpenForm(launcher.StepReview, form(t, scheduled(start))))
	require.NoError(t, p.Launch(false))
	id, err := p.WaitToldOf("limited-batch", "notices.session.failed")
	require.NoError(t, err)
	assert.False(t, time.Now().Before(start.Add(time.Second)), "not before its start and its limit")
	en := i18n.Load("en")
	require.NoError(t, p.Wait(fmt.Sprintf(`document.querySelector("[data-notice='session %s']").textContent.includes(%s)`, id, quote(en.T("session.why.ended.task-timeout")))))
	require.NoError(t, p.Open("/sessions?session="+id))
	require.NoError(t, p.Wait(`document.querySelector("#session-drawer.open")?.innerText.includes(`+quote(en.T("session.why.ended.task-timeout"))+`)`), "and the session itself says why")
}
