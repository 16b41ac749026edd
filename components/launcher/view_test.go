package launcher

import (
	"errors"
	"html"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

// drawn is a launcher with everything answered, as the page draws it.
type drawn struct {
	*View
	markup, text string
}

var (
	tag   = regexp.MustCompile(`<[^>]*>`)
	space = regexp.MustCompile(`\s+`)
)

// settled is a view of a step after a test has changed what it holds.
func settled(lang string, step Step, change func(*View)) *View {
	v := &View{Texts: i18n.Load(lang), Active: true, Project: model.Project{Name: "team"}}
	v.OnInit()
	v.step, v.form.form, v.form.facts = step, filled(), facts()
	v.form.now = func() time.Time { return now }
	if change != nil {
		change(v)
	}
	v.form.offered = Environments(v.form.facts.Images)
	v.form.settle()
	return v
}

// draw draws a step of the launcher after a test has changed what it holds.
func draw(t *testing.T, lang string, step Step, change func(*View)) drawn {
	t.Helper()
	return drawView(t, settled(lang, step, change))
}

func drawView(t *testing.T, v *View) drawn {
	t.Helper()
	markup := app.HTMLString(v.Render())
	text := html.UnescapeString(space.ReplaceAllString(tag.ReplaceAllString(markup, " "), " "))
	assert.NotContains(t, markup, "style=", "the page's policy allows no style attribute")
	assert.NotContains(t, text, "launcher.", "every text is there")
	return drawn{v, markup, text}
}

// changed is a change of the form alone.
func changed(change func(*Form)) func(*View) { return func(v *View) { change(&v.form.form) } }

func batchForm(f *Form) {
	f.Type, f.Batch.Command, f.Batch.Scheduled, f.Batch.Limited = model.TypeBatch, "make all", true, true
	f.Batch.Limit, f.Batch.LimitUnit = 90, UnitMinute
	f.Batch.Start = now.Add(3 * time.Hour)
}

func TestWhatTheStepsShow(t *testing.T) {
	for _, test := range []struct {
		what   string
		step   Step
		change func(*View)
		shows  []string // texts, by their keys where they have one
		hides  []string
	}{
		{"both types, and a name", StepType, nil,
			[]string{"launcher.type.interactive.hint", "launcher.type.batch.hint", "launcher.name.hint"}, []string{"launcher.command", "launcher.owner.on"}},
		{"a batch session's command, start and limit", StepType,
			func(v *View) { v.form.facts.Can.TimeLimit = true; batchForm(&v.form.form) },
			[]string{"launcher.command.hint", "launcher.start.hours", "launcher.scheduled", "launcher.limited", "launcher.limit.unit"}, nil},
		{"no time limit where the manager has none", StepType, changed(batchForm), []string{"launcher.command"}, []string{"launcher.limited"}},
		{"an owner for admins", StepType, func(v *View) { v.form.facts.Can.Admin = true }, []string{"launcher.owner.on"}, []string{"launcher.owner.email"}},
		{"an owner to be found", StepType,
			func(v *View) { v.form.facts.Can.Admin, v.form.form.Owner.Enabled = true, true },
			[]string{"launcher.owner.email", "launcher.owner.find"}, []string{"launcher.owner.key"}},
		{"an owner that was found", StepType, func(v *View) {
			v.form.facts.Can.Admin, v.form.form.Owner = true, Owner{Enabled: true, Email: "a@b.c", AccessKey: "AK1"}
			v.form.owner = client.Owner{Email: "a@b.c", AccessKeys: []string{"AK1", "AK2"}, Projects: []model.Project{{Name: "theirs"}}}
		}, []string{"launcher.owner.key", "AK1", "AK2", "theirs"}, nil},
		{"an owner that is nobody", StepType, func(v *View) {
			v.form.facts.Can.Admin, v.form.form.Owner.Enabled = true, true
			v.form.failed[PartOwner] = &client.Error{Kind: client.KindNotFound, Title: "No such user."}
		}, []string{"launcher.failed.owner", "No such user."}, nil},

		{"no folders of somebody else to domain admins", StepData, func(v *View) {
			v.Account = &model.Account{Role: model.RoleAdmin}
			v.form.facts.Can.Admin, v.form.form.Owner = true, Owner{Enabled: true, Email: "a@b.c", AccessKey: "AK1"}
			v.form.facts.Folders = []model.Folder{}
		}, []string{"launcher.folders.foreign"}, []string{"launcher.folders.new", "launcher.folders.none"}},
		{"environments with their versions", StepEnvironment, nil,
			[]string{"launcher.group.stable", "Python", "3.13-ubuntu24.04 · x86_64"}, []string{"launcher.manual", "launcher.agent"}},
		{"an image by its name for admins", StepEnvironment, func(v *View) { v.form.facts.Can.ManualImage = true }, []string{"launcher.manual.hint"}, nil},
		{"that images are being read", StepEnvironment, func(v *View) { v.form.facts.Images = nil }, []string{"launcher.loading"}, []string{"launcher.version"}},
		{"that there are no images", StepEnvironment, func(v *View) { v.form.facts.Images = []model.Image{} }, []string{"launcher.environment.none"}, []string{"launcher.version"}},
		{"that no image is called so", StepEnvironment, func(v *View) { v.search = "cobol" }, []string{"launcher.environment.none"}, nil},
		{"why images cannot be read", StepEnvironment, func(v *View) { v.form.failed[PartChoices] = errors.New("away") },
			[]string{"launcher.failed.choices", "away", "app.retry"}, nil},
		{"variables", StepEnvironment, changed(func(f *Form) { f.Variables = []Variable{{Name: "MODE", Value: "fast"}} }), []string{"launcher.variables.add"}, nil},
		{"the presets that fit", StepEnvironment, nil, []string{"launcher.preset.auto", "cpu-small · 1 core, 1 GiB", "gpu · 2 cores, 8 GiB, 1 GPU"}, []string{"huge"}},
		{"amounts with their bounds", StepEnvironment, func(v *View) {
			v.form.facts.Room.Groups["default"] = model.GroupRoom{Remaining: model.ResourceSlots{"cpu": "4", "cuda.device": "2"}}
		}, []string{"1 core to 8 cores.", "4 cores free now.", "launcher.accelerator.none"}, nil},
		{"an accelerator's amount", StepEnvironment, changed(func(f *Form) {
			f.Preset, f.Accelerator, f.AcceleratorAmount = PresetCustom, "cuda.device", 1
		}), []string{"launcher.unit.devices", "0 GPU to 2 GPU."}, nil},
		{"an image that is too large for the group", StepEnvironment, changed(func(f *Form) { f.Preset = PresetMinimum }), nil, []string{"launcher.range.none"}},
		{"shared memory by hand", StepEnvironment, changed(func(f *Form) { f.Preset, f.ManualShare, f.Shared = PresetCustom, true, f.Memory }),
			[]string{"launcher.shared.much"}, nil},
		{"a cluster is one session", StepEnvironment, changed(func(f *Form) { f.ClusterSize = 2 }), []string{"launcher.sessions.cluster", "launcher.cluster.hint"}, nil},
		{"agents with what is free", StepEnvironment, func(v *View) { v.form.facts.Can.PickAgent = true },
			[]string{"launcher.agent.auto", "a — free: 4 cores, 16 GiB, 1 GPU"}, nil},
		{"an agent takes one container", StepEnvironment, func(v *View) { v.form.facts.Can.PickAgent, v.form.form.Agent = true, "a" },
			[]string{"launcher.cluster.agent"}, nil},
		{"threads by hand", StepEnvironment, changed(func(f *Form) { f.Threads.Manual = true }), []string{"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}, nil},

		{"folders and those that come by themselves", StepData, nil, []string{"data", "launcher.automatic.hint", "/home/work/.local"}, []string{" old ", "launcher.mounts.hint"}},
		{"where a folder is mounted", StepData, changed(func(f *Form) { f.Mounts = []Mount{{ID: "f1", Name: "data", Alias: "in/here"}} }), []string{"/home/work/in/here"}, nil},
		{"that folders are being read", StepData, func(v *View) { v.form.facts.Folders = nil }, []string{"launcher.loading"}, nil},
		{"that there are no folders", StepData, func(v *View) { v.form.facts.Folders = []model.Folder{} }, []string{"launcher.folders.none"}, nil},
		{"that no folder is called so", StepData, func(v *View) { v.find = "zzz" }, []string{"launcher.folders.nothing"}, []string{"launcher.folders.none"}},
		{"a chosen folder whatever is looked for", StepData, func(v *View) { v.find = "zzz"; v.form.form.Mounts = []Mount{{ID: "f1", Name: "data"}} }, []string{"data"}, nil},
		{"why folders cannot be read", StepData, func(v *View) { v.form.failed[PartFolders] = &client.Error{Kind: client.KindUnreachable} }, []string{"launcher.failed.folders", "app.retry"}, nil},

		{"ports", StepNetwork, changed(func(f *Form) { f.Ports = []string{"8000", "80"} }), []string{"8000", "launcher.ports.what", "80 is not between 1024 and 65535."}, nil},

		{"everything on the review", StepReview, nil, []string{"launcher.mounts.none", "launcher.ports.none", "launcher.name.none", "launcher.launch"}, []string{"launcher.complete"}},
		{"no secret on the review", StepReview, changed(func(f *Form) { f.Variables = []Variable{{Name: "API_TOKEN", Value: "hunter2"}} }), []string{"API_TOKEN", "••••••"}, []string{"hunter2"}},
		{"the sum of a cluster", StepReview, changed(func(f *Form) { f.Preset, f.ClusterSize, f.ClusterMode = "cpu-small", 2, MultiNode }),
			[]string{"launcher.total", "2 cores, 2 GiB", "2 · Several nodes"}, nil},
		{"what is wrong on the review", StepReview, changed(func(f *Form) { f.Name = "a b" }), []string{"launcher.problem.name.character", "launcher.complete"}, []string{"launcher.name.none"}},
		{"a bootstrap script on the review", StepReview, changed(func(f *Form) { f.Bootstrap = "true" }), []string{"launcher.review.bootstrap"}, nil},
		{"a batch session on the review", StepReview, func(v *View) { v.form.facts.Can.TimeLimit = true; batchForm(&v.form.form) }, []string{"make all", "1 hour 30 minutes"}, nil},
	} {
		t.Run(test.what, func(t *testing.T) {
			d := draw(t, "en", test.step, test.change)
			all := d.text + d.markup
			for _, key := range test.shows {
				assert.Contains(t, all, said(d.Texts, key))
			}
			for _, key := range test.hides {
				assert.NotContains(t, d.text, said(d.Texts, key))
			}
			draw(t, "ko", test.step, test.change)
		})
	}
}

// said is the text of a key, up to the first thing that is put into it.
func said(t *i18n.Texts, key string) string {
	if !t.Has(key) {
		return key
	}
	text, _, _ := strings.Cut(t.T(key), "{")
	return strings.TrimSpace(text)
}

func TestWhatWouldHappenIsSaidBesideTheForm(t *testing.T) {
	for _, test := range []struct {
		what     string
		forecast Forecast
		shows    []string
	}{
		{"not known yet", Forecast{}, []string{"launcher.outcome.unknown.text"}},
		{"at once", Forecast{Outcome: Starts, Now: 1}, []string{"launcher.outcome.starts", "In all: 1 core, 1 GiB"}},
		{"behind others that can be seen", Forecast{Outcome: Waits, Ahead: 2}, []string{"At least 2 sessions wait before it."}},
		{"behind others, as the manager says", Forecast{Outcome: Waits, Ahead: 1, Exact: true}, []string{" 1 session waits before it."}},
		{"some of them at once", Forecast{Outcome: Waits, Now: 1, Shortages: []Shortage{{"cpu", OfAgent, 4, 2}}},
			[]string{"1 of 1 sessions start now.", "CPU: a session takes 4 cores, no agent has more than 2 cores free."}},
		{"never", Forecast{Outcome: Never, Shortages: []Shortage{{"mem", OfGroup, 64 * GiB, 32 * GiB}}},
			[]string{"Memory: 64 GiB asked for, the whole resource group has 32 GiB."}},
		{"refused", Forecast{Outcome: Refused, Why: "The name is taken."}, []string{"launcher.outcome.refused", "The name is taken."}},
	} {
		t.Run(test.what, func(t *testing.T) {
			for _, lang := range []string{"en", "ko"} {
				v := settled(lang, StepType, nil)
				v.form.forecast = test.forecast
				d := drawView(t, v)
				assert.Contains(t, d.markup, `data-outcome="`+test.forecast.Outcome.String()+`"`)
				for _, text := range test.shows {
					if lang == "en" || v.Texts.Has(text) {
						assert.Contains(t, d.text, said(v.Texts, text))
					}
				}
			}
		})
	}
}

func TestABatchSessionOfLaterDoesNotStartNow(t *testing.T) {
	d := draw(t, "en", StepType, changed(batchForm))
	assert.Contains(t, d.text, said(d.Texts, "launcher.outcome.later"))
	assert.NotContains(t, d.text, d.Texts.T("launcher.outcome.starts"))
	over := draw(t, "en", StepType, changed(func(f *Form) { batchForm(f); f.Batch.Start = now }))
	assert.NotContains(t, over.text, said(d.Texts, "launcher.outcome.later"))
}

func TestProblemsAreTiedToTheirInputs(t *testing.T) {
	wrong := func(v *View) { v.form.form.Name = "a b" }
	quiet := draw(t, "en", StepType, wrong)
	assert.NotContains(t, quiet.markup, "aria-invalid", "not before somebody was there")

	d := draw(t, "en", StepType, func(v *View) { wrong(v); v.touched[FieldName] = true })
	assert.Contains(t, d.markup, `aria-invalid`)
	assert.Contains(t, d.markup, `id="launcher-name-problems"`)
	assert.Regexp(t, `aria-describedby="[^"]*launcher-name-problems`, d.markup)
	assert.NotContains(t, d.markup, "step-wrong", "the steps are marked once a launch was tried")

	tried := draw(t, "en", StepNetwork, func(v *View) { wrong(v); v.tried = true })
	assert.Equal(t, 1, strings.Count(tried.markup, "step-wrong"), "the step that has it")
}

func TestDialogsAreMadeOnlyWhileTheyAreOpen(t *testing.T) {
	at := time.Date(2026, 5, 4, 11, 0, 0, 0, time.UTC)
	content := map[dialog]string{
		dialogNoFolder: "Everything that the session writes is deleted with it. Start it all the same?",
		dialogReset:    "Everything that is filled in goes back to its default.",
		dialogFolder:   "Create and mount",
		dialogHistory:  "first try",
		dialogExport:   "backend.ai session create",
	}
	for open := range content {
		t.Run(string(open), func(t *testing.T) {
			d := draw(t, "en", StepReview, func(v *View) {
				v.dialog, v.suffix = open, "abcdefgh"
				v.history = History{}.Add("1", "first try", at, filled())
			})
			for which, text := range content {
				if which == dialogReset {
					continue // a component of its own
				}
				assert.Equal(t, which == open, strings.Contains(d.text, text), string(which))
			}
		})
	}
}

func TestDrawingChangesNothing(t *testing.T) {
	for _, step := range Steps() {
		t.Run(step.String(), func(t *testing.T) {
			d := draw(t, "en", step, nil)
			form, query, before := d.form.Form(), d.query, maps.Clone(d.written)
			app.HTMLString(d.Render())
			assert.Equal(t, form, d.form.Form())
			assert.Equal(t, query, d.query)
			assert.Equal(t, before, d.written)
			assert.True(t, d.written.has(d.form.Encoded()), "going to a step is no form from elsewhere")
			for _, other := range Steps() {
				link := State{Step: other, Form: d.form.Form(), Given: true}.URL(inProject("team"))
				assert.Contains(t, d.markup, `"`+link+`"`, "every step can be gone to")
			}
		})
	}
}
