package launcher

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// fact is one line of a card of the review.
type fact struct{ name, value string }

// stepReview draws the last step: everything that was filled in, card by card,
// with what is wrong on the card that has it.
func (v *View) stepReview() app.UI {
	t, form := v.Texts, v.form.Form()
	return app.Div().Class("step", "review").Body(
		app.If(form.Bootstrap != "", func() app.UI { return ui.Notice(ui.Info, t.T("launcher.review.bootstrap"), "") }),
		v.reviewCard("launcher.type", StepType, []Field{FieldType, FieldName, FieldCommand, FieldStart, FieldLimit}, v.typeFacts()),
		app.If(form.Owner.Enabled, func() app.UI {
			return v.reviewCard("launcher.owner", StepType, []Field{FieldOwner, FieldOwnerKey, FieldOwnerGroup}, v.ownerFacts())
		}),
		v.reviewCard("launcher.environment", StepEnvironment, []Field{FieldImage, FieldVariables}, v.environmentFacts()),
		v.reviewCard("launcher.resources", StepEnvironment, []Field{FieldGroup, FieldPreset, FieldCPU, FieldMemory, FieldShared,
			FieldAccelerator, FieldSessions, FieldAgent, FieldCluster, FieldThreads}, v.resourceFacts()),
		v.reviewCard("launcher.folders", StepData, []Field{FieldMounts}, v.folderFacts()),
		v.reviewCard("launcher.network", StepNetwork, []Field{FieldPorts}, v.networkFacts()),
	)
}

// reviewCard draws one card with a link to the step where it is changed.
func (v *View) reviewCard(title string, step Step, fields []Field, facts []fact) app.UI {
	t := v.Texts
	var problems Problems
	for _, field := range fields {
		problems = append(problems, v.form.Problems().Of(field)...)
	}
	class := "card launch-card review-card"
	if len(problems) > 0 {
		class += " wrong"
	}
	return app.Section().Class(class).Body(
		app.Div().Class("review-head").Body(
			app.H3().Text(t.T(title)),
			app.A().Class("btn", "quiet").Href(v.link(step)).Aria("label", t.T("launcher.review.edit", "card", t.T(title))).Text(t.T("launcher.edit")),
		),
		v.wrong(control{input: "review-" + step.String() + strings.ReplaceAll(title, ".", "-"), problems: problems}),
		app.Dl().Class("review-facts").Body(app.Range(facts).Slice(func(i int) app.UI {
			return app.Div().Body(app.Dt().Text(facts[i].name), app.Dd().Text(facts[i].value))
		})),
	)
}

func (v *View) typeFacts() []fact {
	t, form := v.Texts, v.form.Form()
	name := form.Name
	if name == "" {
		name = t.T("launcher.name.none")
	}
	list := []fact{{t.T("launcher.type"), t.T("launcher.type." + form.Type.Lower())}, {t.T("launcher.name"), name}}
	if form.Type != model.TypeBatch {
		return list
	}
	list = append(list, fact{t.T("launcher.command"), form.Batch.Command})
	if form.Batch.Scheduled {
		list = append(list, fact{t.T("launcher.start"), t.DateTime(form.Batch.Start)})
	}
	if form.Batch.Limited && v.form.Facts().Can.TimeLimit {
		list = append(list, fact{t.T("launcher.limit"), v.length(form.Batch.Duration())})
	}
	return list
}

func (v *View) ownerFacts() []fact {
	t, o := v.Texts, v.form.Form().Owner
	return []fact{{t.T("launcher.owner.email"), o.Email}, {t.T("launcher.owner.key"), o.AccessKey}, {t.T("launcher.owner.project"), o.Project}}
}

func (v *View) environmentFacts() []fact {
	t, form := v.Texts, v.form.Form()
	image := form.Manual
	if image == "" {
		image = form.Image
	}
	list := []fact{{t.T("app.project"), v.form.project()}, {t.T("launcher.image"), image}}
	for _, variable := range form.Variables {
		value := variable.Value
		if Secret(variable.Name) && value != "" {
			value = "••••••"
		}
		list = append(list, fact{variable.Name, value})
	}
	return list
}

func (v *View) resourceFacts() []fact {
	t, form := v.Texts, v.form.Form()
	list := []fact{
		{t.T("launcher.group"), form.Group},
		{t.T("launcher.each"), v.each(form)},
	}
	if form.Containers() > 1 {
		list = append(list, fact{t.T("launcher.total"), v.size(amounts(form, form.Containers()))})
	}
	if form.Sessions > 1 {
		list = append(list, fact{t.T("launcher.sessions"), strconv.Itoa(form.Sessions)})
	}
	if form.ClusterSize > 1 {
		mode := "launcher.cluster.single"
		if form.ClusterMode == MultiNode {
			mode = "launcher.cluster.multi"
		}
		list = append(list, fact{t.T("launcher.cluster"), strconv.Itoa(form.ClusterSize) + " · " + t.T(mode)})
	}
	if form.Agent != "" {
		list = append(list, fact{t.T("launcher.agent"), form.Agent})
	}
	if form.Threads.Manual {
		list = append(list, fact{"OMP_NUM_THREADS", strconv.Itoa(form.Threads.OMP)}, fact{"OPENBLAS_NUM_THREADS", strconv.Itoa(form.Threads.OpenBLAS)})
	}
	return list
}

func (v *View) folderFacts() []fact {
	var list []fact
	for _, m := range v.form.Form().Mounts {
		list = append(list, fact{m.Name, m.Path()})
	}
	if len(list) == 0 {
		list = append(list, fact{v.Texts.T("launcher.mounts"), v.Texts.T("launcher.mounts.none")})
	}
	return list
}

func (v *View) networkFacts() []fact {
	ports := strings.Join(v.form.Form().Ports, ", ")
	if ports == "" {
		ports = v.Texts.T("launcher.ports.none")
	}
	return []fact{{v.Texts.T("launcher.ports"), ports}}
}

// each says what one container takes; nothing while that is not known.
func (v *View) each(form Form) string {
	size := v.size(amounts(form, 1))
	if size == "" {
		return ""
	}
	return size + " (" + v.Texts.T("launcher.shared.of", "shared", v.memoryText(float64(SentShared(form)))) + ")"
}
