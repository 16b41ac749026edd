package launcher

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

// stepEnvironment draws the second step: environment, variables, resources.
func (v *View) stepEnvironment() app.UI {
	return app.Div().Class("step").Body(
		v.trouble(PartChoices), v.trouble(PartGroups),
		v.environmentCard(),
		v.variablesCard(),
		v.resourcesCard(),
		v.clusterCard(),
		v.threadsCard(),
	)
}

// environmentCard draws the environments to choose from, and the versions of the
// one that is chosen.
func (v *View) environmentCard() app.UI {
	t, form, facts := v.Texts, v.form.Form(), v.form.Facts()
	all := v.form.Offered()
	shown := Search(all, v.search)
	chosen := chosenEnvironment(all, form.Image)
	manual := form.Manual != ""
	var versions []option
	for _, image := range chosen.Versions {
		versions = append(versions, option{value: image.FullName(), text: versionTitle(image.Tag, image.CustomName(), image.Architecture)})
	}
	return card(t.T("launcher.environment"),
		v.labelled(control{input: "search", label: t.T("launcher.environment.search")},
			&ui.Input{ID: inputID("search"), Type: "search", Value: v.search, Action: actionSearch, Disabled: manual,
				Placeholder: t.T("launcher.environment.search.hint")}),
		app.FieldSet().Class("environments").Disabled(manual).Body(
			app.Legend().Class("unseen").Text(t.T("launcher.environment")),
			v.environments(shown, chosen.Key),
		),
		app.If(!manual && len(chosen.Versions) > 0, func() app.UI {
			return app.Div().Class("pair", "and-button").Body(
				v.choice(control{input: string(FieldImage), label: t.T("launcher.version")}, form.Image, versions, false),
				&ui.CopyButton{Texts: t, Text: form.Image, Label: t.T("launcher.image.copy")},
			)
		}),
		app.If(facts.Can.ManualImage, func() app.UI {
			return v.text(control{input: inputManual, label: t.T("launcher.manual"), hint: t.T("launcher.manual.hint")}, form.Manual,
				func(i *ui.Input) { i.Placeholder = "registry/name:tag@x86_64" })
		}),
		v.wrong(control{input: string(FieldImage), problems: v.visible(FieldImage)}),
	)
}

// environments draws the environments group by group.
func (v *View) environments(list []Environment, chosen string) app.UI {
	t := v.Texts
	if v.form.Facts().Images == nil {
		return app.P().Class("muted").Text(t.T("launcher.loading"))
	}
	if len(list) == 0 {
		return app.P().Class("muted").Text(t.T("launcher.environment.none"))
	}
	var body []app.UI
	for i := 0; i < len(list); {
		group := list[i].Group
		var members []app.UI
		for ; i < len(list) && list[i].Group == group; i++ {
			e := list[i]
			members = append(members, app.Label().Class("choice", "small").Body(
				app.Input().Type("radio").Name("environment").Value(e.Key).Checked(e.Key == chosen).
					OnChange(v.onEnvironment, app.EventScope("environment", e.Key)),
				app.Span().Class("choice-text").Body(
					app.Strong().Text(e.Title),
					app.Span().Text(t.N("launcher.versions", len(e.Versions))),
				),
			))
		}
		body = append(body, app.P().Class("group-title").Text(t.T(group)), app.Div().Class("choices").Body(members...))
	}
	return app.Div().Body(body...)
}

// chosenEnvironment is the environment that has an image.
func chosenEnvironment(list []Environment, image string) Environment {
	for _, e := range list {
		for _, version := range e.Versions {
			if version.FullName() == image {
				return e
			}
		}
	}
	return Environment{}
}

func versionTitle(tag, custom, architecture string) string {
	title := tag
	if custom != "" {
		title = custom + " · " + tag
	}
	if architecture != "" {
		title += " · " + architecture
	}
	return title
}

// slotName is what people call a slot.
func slotName(t *i18n.Texts, slot string) string {
	if t.Has("launcher.slot." + slot) {
		return t.T("launcher.slot." + slot)
	}
	return slot
}
