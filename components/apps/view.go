package apps

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/ui"
)

// Render draws the panel.
func (p *Panel) Render() app.UI {
	t := p.Texts
	switch {
	case p.Session == nil:
		return app.Div().Class("apps")
	case !p.Mine:
		return app.Div().Class("apps").Body(ui.Notice(ui.Info, t.T("apps.not_mine"), t.T("apps.not_mine.text")))
	case !p.running():
		return app.Div().Class("apps").Body(ui.Notice(ui.Info, t.T("apps.not_running"), t.T("apps.not_running.text")))
	}
	list := arrange(t, p.servicePorts())
	return app.Div().Class("apps").Body(
		app.If(len(list) == 0, func() app.UI { return app.P().Class("muted").Text(t.T("apps.none")) }),
		app.Range(list).Slice(func(i int) app.UI { return p.renderGroup(list[i]) }),
		p.renderOptions(),
		// Last, and held at the foot of the panel: what appears moves no button.
		p.renderOpening(),
	)
}

// renderGroup draws a heading with its apps.
func (p *Panel) renderGroup(g group) app.UI {
	t := p.Texts
	id := "apps-group-" + g.name
	return app.Section().Class("app-group").Aria("labelledby", id).Body(
		app.H3().ID(id).Text(t.T("apps.group."+g.name)),
		app.If(g.name == groupPorts, func() app.UI { return app.P().Class("hint").Text(t.T("apps.ports.hint")) }),
		app.Ul().Class("app-grid").Body(app.Range(g.entries).Slice(func(i int) app.UI { return p.renderTile(g.entries[i]) })),
		app.Range(g.entries).Slice(func(i int) app.UI {
			return app.If(g.entries[i].name == p.asking, func() app.UI { return p.renderChoices(g.entries[i]) })
		}),
	)
}

// renderTile draws the button of an app.
func (p *Panel) renderTile(e entry) app.UI {
	tile := app.Button().Type("button").Class("app-tile").DataSet("app", e.name).
		OnClick(p.onTile, app.EventScope(e.name)).
		Body(
			ui.Icon(e.icon),
			app.Span().Class("app-title").Text(e.title),
			app.Span().Class("app-port").Text(p.portText(e)),
			ui.Icon(mark(e)),
		)
	if e.asks() {
		tile = tile.Aria("expanded", strconv.FormatBool(p.asking == e.name))
	}
	if p.opening != nil && p.opening.Order.App == e.name && p.opening.Stage != StageDone && p.opening.Failed == nil {
		tile = tile.Aria("busy", true)
	}
	return app.Li().Body(tile)
}

// mark is the icon that says what a click on an app does.
func mark(e entry) string {
	switch {
	case e.asks():
		return "settings-2"
	case e.tcp():
		return "terminal"
	}
	return "external-link"
}

// portText says where the app listens.
func (p *Panel) portText(e entry) string {
	if len(e.port.ContainerPorts) == 0 {
		return e.port.Protocol
	}
	numbers := make([]string, len(e.port.ContainerPorts))
	for i, n := range e.port.ContainerPorts {
		numbers[i] = strconv.Itoa(n)
	}
	return strings.ToUpper(protocolWord(e.port.Protocol)) + " " + strings.Join(numbers, ", ")
}

// protocolWord is the protocol of a port for people: one that is opened in advance
// speaks whatever the session's programs make it speak.
func protocolWord(protocol string) string {
	if protocol == protocolPreopen {
		return "tcp"
	}
	return protocol
}

// choicesID is the id of the form of what can be chosen.
const choicesID = "app-choices"

// renderChoices draws what can be chosen before an app starts.
func (p *Panel) renderChoices(e entry) app.UI {
	t := p.Texts
	var fields []app.UI
	for i, c := range append(append([]choice(nil), e.arguments...), e.envs...) {
		id := "app-choice-" + strconv.Itoa(i)
		key := "apps.argument"
		if i >= len(e.arguments) {
			key = "apps.env"
		}
		input := app.Input().ID(id).Class("input").Type("text").Attr("spellcheck", "false").Attr("autocomplete", "off")
		if c.value != "" {
			input = input.Value(c.value)
		}
		fields = append(fields, ui.Field(id, t.T(key, "name", c.name), "", input))
	}
	return app.Form().ID(choicesID).Class("app-choices").DataSet("choices", e.name).OnSubmit(p.onChosen, app.EventScope(e.name)).Body(
		append(fields,
			app.P().Class("hint").Text(t.T("apps.choices.hint", "app", e.title)),
			ui.Button("external-link", t.T("apps.open", "app", e.title)).Class("primary").Type("submit"),
		)...,
	)
}

// renderOptions draws what holds for whatever is opened next; nothing where
// nothing of it works.
func (p *Panel) renderOptions() app.UI {
	t := p.Texts
	if !p.able.offersPublic() && !p.able.hostPort {
		return app.Div().Hidden(true)
	}
	return app.Details().Class("app-options").Body(
		app.Summary().Text(t.T("apps.options")),
		app.If(p.able.offersPublic(), func() app.UI {
			return app.Div().Class("field").Body(
				app.Label().Class("check").Body(
					app.Input().Type("checkbox").ID("apps-public").Checked(p.public).OnChange(p.onPublic),
					app.Span().Text(t.T("apps.public")),
				),
				app.P().Class("hint").Text(t.T("apps.public.hint")),
			)
		}),
		app.If(p.able.offersPublic() && p.public, func() app.UI {
			return ui.Field("apps-allowed", t.T("apps.allowed"), t.T("apps.allowed.hint"),
				app.Input().ID("apps-allowed").Class("input").Type("text").Attr("spellcheck", "false").
					Placeholder("203.0.113.7, 10.0.0.0/8").Aria("describedby", ui.HintID("apps-allowed")))
		}),
		app.If(p.able.hostPort, func() app.UI {
			return ui.Field("apps-port", t.T("apps.preferred"), t.T("apps.preferred.hint"),
				app.Input().ID("apps-port").Class("input").Type("number").Min(1025).Max(65534).
					Placeholder("10250").Aria("describedby", ui.HintID("apps-port")))
		}),
	)
}
