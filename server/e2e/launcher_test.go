//go:build e2e

package e2e

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/launcher"
)

// atLauncher opens the launcher as one of the roles.
func atLauncher(t *testing.T, role string, expected ...string) *Page {
	t.Helper()
	world := worldOf(t)
	// What is launched takes whole cores; a small machine has none left of what
	// earlier tests started.
	endTheRest(t)
	p := newPage(t, world.own, expected...)
	require.NoError(t, p.SignInToLaunch(world.accounts[role]))
	return p
}

// form is one that can be launched.
func form(t *testing.T, change func(*launcher.Form)) launcher.Form {
	t.Helper()
	world := worldOf(t)
	f := launcher.NewForm()
	group, image, err := world.own.containers()
	require.NoError(t, err)
	if group == "" {
		group, image = "default", driverOf(t, "user").image
	}
	f.Image, f.Group, f.Preset = image+"@"+model.DefaultArchitecture, group, launcher.PresetMinimum
	if change != nil {
		change(&f)
	}
	return f
}

func batch(f *launcher.Form, name, command string) {
	f.Name, f.Type, f.Batch.Command = name, model.TypeBatch, command
}

func TestEachMistakeIsSaidOnTheReview(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	custom := func(change func(*launcher.Form)) func(*launcher.Form) {
		return func(f *launcher.Form) {
			f.Preset, f.CPU, f.Memory, f.Shared = launcher.PresetCustom, 1, 1<<30, 64<<20
			change(f)
		}
	}
	mounts := func(list ...launcher.Mount) func(*launcher.Form) {
		return func(f *launcher.Form) { f.Mounts = list }
	}
	ports := func(list ...string) func(*launcher.Form) { return func(f *launcher.Form) { f.Ports = list } }
	variables := func(list ...launcher.Variable) func(*launcher.Form) {
		return func(f *launcher.Form) { f.Variables = list }
	}
	for _, test := range []struct {
		name string
		give func(*launcher.Form)
		says string // key under launcher.problem.
		args []any
		step string // that is marked
	}{
		{"a type that there is not", func(f *launcher.Form) { f.Type = "<script>" }, "type", nil, "type"},
		{"a name with a space", func(f *launcher.Form) { f.Name = "a name" }, "name.character", nil, "type"},
		{"a short name", func(f *launcher.Form) { f.Name = "abc" }, "name.short", []any{"min", 4}, "type"},
		{"a long name", func(f *launcher.Form) { f.Name = strings.Repeat("n", 65) }, "name.long", []any{"max", 64}, "type"},
		{"a name that begins with a dash", func(f *launcher.Form) { f.Name = "-name" }, "name.start", nil, "type"},
		{"a name that ends with a dot", func(f *launcher.Form) { f.Name = "name." }, "name.end", nil, "type"},
		{"a batch session without a command", func(f *launcher.Form) { f.Type = model.TypeBatch }, "command.missing", nil, "type"},
		{"no start time", func(f *launcher.Form) { batch(f, "", "true"); f.Batch.Scheduled = true }, "start.missing", nil, "type"},
		{"a start time that is over", func(f *launcher.Form) {
			batch(f, "", "true")
			f.Batch.Scheduled, f.Batch.Start = true, time.Now().Add(-time.Hour)
		}, "start.past", nil, "type"},
		{"no time limit", func(f *launcher.Form) { batch(f, "", "true"); f.Batch.Limited, f.Batch.Limit = true, 0 }, "limit.missing", nil, "type"},
		{"a time limit of centuries", func(f *launcher.Form) {
			batch(f, "", "true")
			f.Batch.Limited, f.Batch.Limit, f.Batch.LimitUnit = true, 1<<20, launcher.UnitWeek
		}, "limit.long", []any{"days", 3650}, "type"},
		{"an image that is gone", func(f *launcher.Form) { f.Image = "cr.backend.ai/gone:1@x86_64" }, "image.gone", []any{"name", "cr.backend.ai/gone:1@x86_64"}, "environment"},
		{"an image by name, which only admins may", func(f *launcher.Form) { f.Manual = "python" }, "image.manual", nil, "environment"},
		{"a variable without a name", variables(launcher.Variable{}), "variable.name.missing", nil, "environment"},
		{"a variable with a wrong name", variables(launcher.Variable{Name: "1A", Value: "x"}), "variable.name.wrong", []any{"name", "1A"}, "environment"},
		{"a variable twice", variables(launcher.Variable{Name: "A", Value: "x"}, launcher.Variable{Name: "A", Value: "y"}), "variable.twice", []any{"name", "A"}, "environment"},
		{"a secret that is to be filled in again", variables(launcher.Variable{Name: "API_TOKEN"}), "variable.value.missing", []any{"name", "API_TOKEN"}, "environment"},
		{"a resource group of others", func(f *launcher.Form) { f.Group = "foreign" }, "group.closed", []any{"name", "foreign"}, "environment"},
		{"a preset that is gone", func(f *launcher.Form) { f.Preset = "gone" }, "preset.gone", []any{"name", "gone"}, "environment"},
		{"no cores", custom(func(f *launcher.Form) { f.CPU = 0 }), "resource.little", []any{"min", 1}, "environment"},
		{"no sessions", func(f *launcher.Form) { f.Sessions = -1 }, "sessions", []any{"max", 100}, "environment"},
		{"a cluster mode that there is not", func(f *launcher.Form) { f.ClusterMode = "?" }, "cluster.mode", nil, "environment"},
		{"no threads", func(f *launcher.Form) { f.Threads = launcher.Threads{Manual: true} }, "threads", []any{"max", 1000}, "environment"},
		{"a folder that is gone", mounts(launcher.Mount{ID: "gone", Name: "data"}), "mount.gone", []any{"name", "data"}, "data"},
		{"a port that is no number", ports("http"), "port.number", []any{"port", "http"}, "network"},
		{"a port of the system", ports("80"), "port.range", []any{"port", "80", "min", 1024, "max", 65535}, "network"},
		{"the port of the terminal", ports("7681"), "port.reserved", []any{"port", "7681"}, "network"},
		{"a range the wrong way round", ports("9000:8000"), "port.order", []any{"port", "9000:8000"}, "network"},
		{"a port twice", ports("8000", "8000"), "port.twice", []any{"port", "8000"}, "network"},
		{"too many ports", ports("8000:8010"), "port.many", []any{"max", 10}, "network"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.NoError(t, p.OpenForm(launcher.StepReview, form(t, test.give)))
			text := i18n.Load("en").T("launcher.problem."+test.says, test.args...)
			require.NoError(t, p.Wait(`[...document.querySelectorAll(".review-card.wrong .problems li")].some(e => e.innerText.includes(`+quote(text)+`))`))
			require.NoError(t, p.WaitSelector(".launch-step[data-step="+test.step+"] .step-wrong"))
			p.ResetRequests()
			require.NoError(t, p.Click(LaunchButton))
			require.NoError(t, p.Wait(`document.activeElement.closest(".review-card.wrong")`), "the first card with a mistake has the focus")
			assert.Zero(t, p.CreationsAsked())
		})
	}
	t.Run("in Korean", func(t *testing.T) {
		switchLanguage(t, p, "ko")
		require.NoError(t, p.OpenForm(launcher.StepReview, form(t, func(f *launcher.Form) { f.Name = "a b c d" })))
		require.NoError(t, p.Wait(`document.querySelector(".review-card.wrong").innerText.includes(`+quote(i18n.Load("ko").T("launcher.problem.name.character"))+`)`))
	})
}

func TestAHostileAddressNeverLaunches(t *testing.T) {
	world := enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.Eval("window.hacked = false", nil))
	const refused = ".launcher > .notice"
	for _, test := range []struct{ name, form, says string }{
		{"not JSON", `<script>window.hacked = true</script>`, "launcher.refused.wrong"},
		{"a list", `[]`, "launcher.refused.wrong"},
		{"a text for a number", `{"cpu":"4"}`, "launcher.refused.wrong"},
		{"a key that there is not", `{"launch":true}`, "launcher.refused.wrong"},
		{"somebody else's name", `{"owner":{"email":"a@b.c"}}`, "launcher.refused.wrong"},
		{"a number that is none", `{"cpu":1e999}`, "launcher.refused.wrong"},
		{"a megabyte", `{"name":"` + strings.Repeat("n", 1<<20) + `"}`, "launcher.refused.long"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p.ResetRequests()
			require.NoError(t, p.Follow(RawLauncherPath(test.form)))
			require.NoError(t, p.Wait(`document.querySelector(`+quote(refused)+`)?.innerText.includes(`+quote(i18n.Load("en").T(test.says))+`)`))
			assert.Zero(t, p.CreationsAsked())
			require.NoError(t, p.Follow(LauncherPath(launcher.StepType, form(t, nil))))
			require.NoError(t, p.WaitGone(refused))
		})
	}
	t.Run("markup is text", func(t *testing.T) {
		require.NoError(t, p.OpenForm(launcher.StepReview, form(t, func(f *launcher.Form) {
			f.Name = `<img src=x onerror="window.hacked=true">`
			f.Variables = []launcher.Variable{{Name: "X", Value: `"><script>window.hacked=true</script>`}}
		})))
		require.NoError(t, p.WaitSelector(".review-card.wrong"))
		var hacked bool
		require.NoError(t, p.Eval("window.hacked", &hacked))
		assert.False(t, hacked)
		assert.Zero(t, p.CreationsAsked())
	})
	t.Run("ten megabytes", func(t *testing.T) {
		answer := httpGet(t, world.own.UI+launcher.Path+"?form="+strings.Repeat("n", 10<<20))
		assert.GreaterOrEqual(t, answer.StatusCode, http.StatusBadRequest)
	})
}

func TestPortsArePastedAndTyped(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.OpenForm(launcher.StepNetwork, form(t, nil)))
	const field, wrong = "#launcher-port-text", ".ports .port.wrong"
	listed := func(want, left string) {
		t.Helper()
		require.NoError(t, p.Wait(fmt.Sprintf(`[...document.querySelectorAll(".ports .port")].map(e => e.innerText.trim()).join() === %s
			&& document.querySelector(%s).value === %s`, quote(want), quote(field), quote(left))))
	}
	require.NoError(t, p.Fill(field, "8000, 9000:9001 "))
	listed("8000,9000:9001", "")
	require.NoError(t, p.Fill(field, "8001,80"))
	listed("8000,9000:9001,8001", "80")
	// As a keyboard does it: no character follows a key that was taken.
	require.NoError(t, p.Run(input.DispatchKeyEvent(input.KeyDown).WithKey("Enter").WithCode("Enter").WithText("\r").WithWindowsVirtualKeyCode(13)))
	listed("8000,9000:9001,8001,80", "")
	require.NoError(t, p.WaitSelector(wrong))
	require.NoError(t, p.WaitStep(launcher.StepNetwork), "Enter is for the port")
	require.NoError(t, p.Press(kb.Backspace))
	require.NoError(t, p.WaitGone(wrong))
	listed("8000,9000:9001,8001", "")
}

func TestSlidersMoveTheirNumbers(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.OpenForm(launcher.StepEnvironment, form(t, nil)))
	for _, test := range []struct{ slider, number string }{
		{"#launcher-memory-slider", "#launcher-memory"},
		{"#launcher-sessions-slider", "#launcher-sessions"},
	} {
		require.NoError(t, p.WaitSelector(test.slider+":enabled"))
		value := "Number(document.querySelector(" + quote(test.number) + ").value)"
		var before float64
		require.NoError(t, p.Eval(value, &before))
		require.NoError(t, p.Eval("document.querySelector("+quote(test.slider)+").focus()", nil))
		require.NoError(t, p.Press(kb.ArrowRight))
		require.NoError(t, p.Wait(fmt.Sprintf("%s > %v", value, before)), test.slider)
	}
	require.NoError(t, p.Wait(`document.querySelector("#launcher-preset").value === `+quote(launcher.PresetCustom)))
	require.NoError(t, p.Click("#launcher-sessions-slider"), "in its middle")
	require.NoError(t, p.Wait(`Number(document.querySelector("#launcher-sessions").value) > 2`))
}

func TestASessionIsLaunchedWithTheKeyboard(t *testing.T) {
	world := enter(t)
	createSession(t, "user", "here-already")
	p := signedIn(t, world.own, "user")
	require.NoError(t, p.WaitStreaming(1, waitTimeout))
	require.NoError(t, p.TabTo("a[href^='/sessions/start']"))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.Wait(launcherAlive))
	require.NoError(t, p.TabTo("#launcher-name"))
	require.NoError(t, p.Type("by-keyboard"))
	for _, step := range []launcher.Step{launcher.StepEnvironment, launcher.StepData, launcher.StepNetwork, launcher.StepReview} {
		require.NoError(t, p.TabTo("[data-action=next]"))
		require.NoError(t, p.Press(kb.Enter))
		require.NoError(t, p.WaitStep(step))
		require.NoError(t, p.Wait(`document.activeElement.id === "launcher-step"`), "the focus is where the step begins")
	}
	require.NoError(t, p.TabTo(LaunchButton))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitSelector("#launcher-no-folder[open]"))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.Wait(`[...document.querySelectorAll("tr[data-session]")].some(r => r.innerText.includes("by-keyboard"))`), "it is in the list at once")
	require.NoError(t, p.WaitFor(`[...document.querySelectorAll("tr[data-status=RUNNING]")].some(r => r.innerText.includes("by-keyboard"))`, startedIn))
	ended(t, "user", "by-keyboard")
	ids, err := p.Launched("by-keyboard")
	require.NoError(t, err)
	require.Len(t, ids, 1)
	require.NoError(t, p.WaitNotice(ids[0], "notices.session.running"))
	require.NoError(t, p.Click(BellButton))
	for _, part := range []string{"a[href*='panel=apps']", "a[href*='panel=terminal']", "a[href*='panel=logs']", "[data-action=terminate]"} {
		require.NoError(t, p.WaitSelector(BellList+" [data-notice='session "+ids[0]+"'] "+part))
	}
	saveScreenshot(t, p, "launcher-launched")
}

// ended ends a session with the test.
func ended(t *testing.T, role, name string) {
	d := driverOf(t, role)
	t.Cleanup(func() { _ = d.Destroy(context.WithoutCancel(t.Context()), name) })
}

func TestTheResultOfABatchSessionIsOneClickAway(t *testing.T) {
	world := enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.OpenForm(launcher.StepReview, form(t, func(f *launcher.Form) { batch(f, "ends-with-three", "echo said by a batch; exit 3") })))
	require.NoError(t, p.Launch(false))
	const notice = `[data-text^="notices.session.failed"]`
	require.NoError(t, p.WaitFor(`document.querySelector(`+quote(notice)+`)?.textContent.includes("ends-with-three")`, startedIn))
	if !world.own.elsewhere() { // managers up to 26.9 do not tell the exit code
		require.NoError(t, p.Wait(`document.querySelector(`+quote(notice)+`).textContent.includes("exit code 3")`))
	}
	require.NoError(t, p.Click(BellButton))
	require.NoError(t, p.WaitSelector(notice+" a[href*='panel=logs']"))
}

func TestAFolderOfTheFormIsMountedAtItsAlias(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.OpenForm(launcher.StepData, form(t, func(f *launcher.Form) {
		batch(f, "writes-a-file", "echo kept > /home/work/out/file && test -s /home/work/out/file")
	})))
	require.NoError(t, p.Click("[data-dialog=folder]"))
	name := "made-in-the-form-" + strings.ToLower(rand.Text()[:6]) // it stays
	require.NoError(t, p.Fill("#launcher-new-folder", name))
	require.NoError(t, p.WaitSelector("#launcher-folder [type=submit]:enabled"))
	require.NoError(t, p.Press(kb.Enter))
	require.NoError(t, p.WaitSelector("#launcher-folder .notice"))
	require.NoError(t, p.Press(kb.Escape))
	require.NoError(t, p.WaitGone("#launcher-folder[open]"), "and has given the focus back")
	_, err := driverOf(t, "user").Client.CreateFolder(t.Context(), client.NewFolder{Name: "elsewhere-" + name})
	require.NoError(t, err)
	require.NoError(t, p.Click("[data-action=read-folders]"))
	require.NoError(t, p.Wait(`document.querySelector(".folder-table").innerText.includes("elsewhere-`+name+`")`), "one that was made elsewhere")
	require.NoError(t, p.Fill("[id='launcher-alias.0']", "out"))
	require.NoError(t, p.Wait(`document.querySelector(".mount-path").innerText === "/home/work/out"`))
	require.NoError(t, p.Click("a.launch-step[data-step=review]"))
	require.NoError(t, p.WaitStep(launcher.StepReview))
	require.NoError(t, p.Launch(true))
	require.NoError(t, p.WaitFor(`[...document.querySelectorAll("[data-text='notices.session.finished']")].some(e => e.textContent.includes("writes-a-file"))`, startedIn))
}

func TestSessionsLaunchedAtOnceAreOneNotification(t *testing.T) {
	world := enter(t)
	p := atLauncher(t, "user")
	// What is over is told of by itself, so none may be over when it is looked.
	require.NoError(t, p.OpenForm(launcher.StepReview, form(t, func(f *launcher.Form) { batch(f, "three-at-once", "sleep 600"); f.Sessions = 3 })))
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		assert.NoError(t, world.own.EndSessions(ctx, world.accounts["superadmin"], nameOf("user"), nameOf("admin"), nameOf("superadmin")))
	})
	require.NoError(t, p.Launch(false))
	require.NoError(t, p.WaitFor(`document.querySelector("[data-text^='notices.sessions.']")`, startedIn))
	var others int
	require.NoError(t, p.Eval(`document.querySelectorAll("[data-notice^='session ']").length`, &others))
	assert.Zero(t, others)
}

func TestWhatIsFilledInIsNotLost(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.Fill("#launcher-name", "kept-name"))
	require.NoError(t, p.Click("[data-action=next]"))
	require.NoError(t, p.WaitStep(launcher.StepEnvironment))
	require.NoError(t, p.Click("#launcher-add-variable"))
	require.NoError(t, p.Fill("[id='launcher-var-name.0']", "MY_TOKEN"))
	require.NoError(t, p.Fill("[id='launcher-var-value.0']", "hunter2hunter2"))
	require.NoError(t, p.Back())
	require.NoError(t, p.WaitStep(launcher.StepType))
	require.NoError(t, p.Wait(`document.querySelector("#launcher-name").value === "kept-name"`))
	require.NoError(t, p.Forward())
	require.NoError(t, p.WaitStep(launcher.StepEnvironment))
	require.NoError(t, p.Wait(`document.getElementById("launcher-var-value.0").value === "hunter2hunter2"`), "not even a secret")

	require.NoError(t, p.Wait(`Object.values(localStorage).some(v => v.includes("MY_TOKEN"))`), "the draft is kept")
	require.NoError(t, p.Wait(`location.href.includes("MY_TOKEN")`))
	kept, err := p.Kept()
	require.NoError(t, err)
	assert.NotContains(t, kept, "hunter2", "without secrets")

	require.NoError(t, p.Open(launcher.Path)) // an address without a form
	require.NoError(t, p.Wait(launcherAlive))
	require.NoError(t, p.Wait(`document.querySelector("#launcher-name").value === "kept-name"`), "a draft survives a reload")
	require.NoError(t, p.Click("[data-dialog=reset]"))
	require.NoError(t, p.Click("#launcher-reset .danger"))
	require.NoError(t, p.Wait(`document.querySelector("#launcher-name").value === ""`))
}

func TestWhatWasTypedLastIsNotLostEither(t *testing.T) {
	enter(t)
	p := atLauncher(t, "user")
	require.NoError(t, p.Fill("#launcher-name", "typed-last"))
	require.NoError(t, p.Open(launcher.Path))
	require.NoError(t, p.Wait(launcherAlive))
	require.NoError(t, p.Wait(`document.querySelector("#launcher-name").value === "typed-last"`), "it was kept on leaving")
}

func TestOnlyAdminsStartSessionsForOthersAndNameImages(t *testing.T) {
	world := enter(t)
	for role, admin := range map[string]bool{"superadmin": true, "admin": true, "user": false} {
		t.Run(role, func(t *testing.T) {
			p := atLauncher(t, role)
			owner, err := p.Exists("#launcher-owner-on")
			require.NoError(t, err)
			assert.Equal(t, admin, owner)
			require.NoError(t, p.OpenForm(launcher.StepEnvironment, form(t, nil)))
			manual, err := p.Exists("#launcher-manual")
			require.NoError(t, err)
			assert.Equal(t, admin, manual)
			if role != "superadmin" {
				return
			}
			require.NoError(t, p.OpenForm(launcher.StepType, form(t, nil)))
			require.NoError(t, p.Click("#launcher-owner-on"))
			require.NoError(t, p.Fill("#launcher-owner", world.accounts["user"].Email))
			require.NoError(t, p.Type("\r"))
			require.NoError(t, p.Wait(`document.querySelector("#launcher-owner-key")?.value === `+quote(world.accounts["user"].AccessKey)))
			require.NoError(t, p.Fill("#launcher-owner", "nobody@nowhere.local"))
			require.NoError(t, p.Type("\r"))
			require.NoError(t, p.WaitSelector(".owner .notice"))
		})
	}
}

// seeHelp opens what explains an amount, at the button and with the keyboard.
func seeHelp(t *testing.T, p *Page, theme string) {
	const help = "#launcher-cpu-help"
	for _, width := range []int64{1280, 360} {
		require.NoError(t, p.Size(width, 800))
		require.NoError(t, p.Click("[popovertarget=launcher-cpu-help]"))
		require.NoError(t, p.WaitSelector(help))
		require.NoError(t, p.Wait(`(() => { const r = document.querySelector("`+help+`").getBoundingClientRect();
			return r.left >= 0 && r.top >= 0 && r.right <= innerWidth && r.bottom <= innerHeight; })()`), "all of it is in sight")
		assertAccessible(t, p, "the help")
		saveScreenshot(t, p, fmt.Sprintf("launcher-help-%d", width)+theme)
		require.NoError(t, p.Press(kb.Escape))
		require.NoError(t, p.WaitGone(help))
		require.NoError(t, p.Wait(`document.activeElement.matches("[popovertarget=launcher-cpu-help]")`))
	}
	require.NoError(t, p.Size(1280, 800))
}

func TestTheLauncherOnAllScreens(t *testing.T) {
	enter(t)
	for _, dark := range []bool{false, true} {
		theme := map[bool]string{false: "", true: "-dark"}[dark]
		t.Run("light or dark"+theme, func(t *testing.T) {
			p := atLauncher(t, "superadmin")
			require.NoError(t, p.PreferDark(dark))
			for _, step := range launcher.Steps() {
				require.NoError(t, p.OpenForm(step, form(t, func(f *launcher.Form) {
					batch(f, "a-batch-session", "make all")
					f.Batch.Scheduled, f.Batch.Limited, f.Ports = true, true, []string{"8000", "80"}
					f.Variables = []launcher.Variable{{Name: "MODE", Value: "fast"}, {Name: "API_TOKEN"}}
				})))
				for _, width := range []int64{1440, 768, 360} {
					require.NoError(t, p.Size(width, 900))
					require.NoError(t, p.Frames(2))
					require.NoError(t, p.Wait("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window")
					saveScreenshot(t, p, "launcher-"+step.String()+map[int64]string{768: "-768", 360: "-360"}[width]+theme)
				}
				require.NoError(t, p.Size(1280, 800))
				assertAccessible(t, p, "the step "+step.String())
				if step == launcher.StepEnvironment {
					seeHelp(t, p, theme)
				}
			}
			for _, dialog := range []string{"history", "export", "reset", "folder", "no-folder"} {
				button := "[data-dialog=" + dialog + "]"
				switch dialog {
				case "folder":
					require.NoError(t, p.OpenForm(launcher.StepData, form(t, nil)))
				case "no-folder":
					require.NoError(t, p.OpenForm(launcher.StepReview, form(t, nil)))
					button = LaunchButton + ":not([disabled])"
				}
				require.NoError(t, p.Click(button))
				require.NoError(t, p.WaitSelector("#launcher-"+dialog+"[open]"))
				assertAccessible(t, p, "the dialog "+dialog)
				saveScreenshot(t, p, "launcher-dialog-"+dialog+theme)
				require.NoError(t, p.Press(kb.Escape))
				require.NoError(t, p.WaitGone("#launcher-"+dialog+"[open]"))
			}
			if !dark {
				switchLanguage(t, p, "ko")
				for _, step := range launcher.Steps() {
					require.NoError(t, p.Click("a.launch-step[data-step="+step.String()+"]"))
					require.NoError(t, p.WaitStep(step))
					saveScreenshot(t, p, "launcher-"+step.String()+"-ko")
				}
			}
		})
	}
}
