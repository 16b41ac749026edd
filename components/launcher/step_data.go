package launcher

import (
	"path"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// stepData draws the third step: the folders that the session gets.
func (v *View) stepData() app.UI {
	t, form := v.Texts, v.form.Form()
	problems := v.form.Problems().Of(FieldMounts)
	shown, more, automatic := v.folders()
	return app.Div().Class("step").Body(
		v.trouble(PartFolders),
		card(t.T("launcher.folders"),
			app.P().Class("hint").Text(t.T("launcher.folders.hint")),
			app.Div().Class("pair", "and-button").Body(
				v.labelled(control{input: "find", label: t.T("launcher.folders.find")},
					&ui.Input{ID: inputID("find"), Type: "search", Value: v.find, Action: actionFind}),
				app.Div().Class("launch-buttons").Body(
					ui.IconButton("refresh-cw", t.T("launcher.folders.refresh")).DataSet("action", "read-folders").
						OnClick(v.onFolders, app.EventScope("read-folders")),
					app.If(!form.Owner.Enabled, func() app.UI { // a new one would be the administrator's own
						return ui.Button("folder-plus", t.T("launcher.folders.new")).DataSet("dialog", string(dialogFolder)).OnClick(v.onOpen, app.EventScope("new-folder"))
					}),
				),
			),
			v.folderList(shown, form),
			app.If(more > 0, func() app.UI { return app.P().Class("hint").Text(t.N("launcher.folders.more", more)) }),
			v.wrong(control{input: string(FieldMounts), problems: row(problems, -1)}),
		),
		app.If(len(form.Mounts) > 0, func() app.UI {
			return card(t.T("launcher.mounts"),
				app.P().Class("hint").Text(t.T("launcher.mounts.hint", "home", Home)),
				app.Range(form.Mounts).Slice(func(i int) app.UI { return v.mount(i, form.Mounts[i], row(problems, i)) }),
			)
		}),
		app.If(len(automatic) > 0, func() app.UI {
			return card(t.T("launcher.automatic"),
				app.P().Class("hint").Text(t.T("launcher.automatic.hint")),
				app.Ul().Class("plain").Body(app.Range(automatic).Slice(func(i int) app.UI {
					return app.Li().Class("mono").Text(path.Join(Home, automatic[i].Name))
				})),
			)
		}),
	)
}

// mostFolders is how many folders are drawn that are not chosen. Who has more
// searches; drawing them all would take a second at every key.
const mostFolders = 100

// folders are those that can be chosen, as far as they match what is looked for
// or are chosen, how many more match, and those that are mounted by themselves.
func (v *View) folders() (shown []model.Folder, more int, automatic []model.Folder) {
	wanted := strings.ToLower(strings.TrimSpace(v.find))
	chosen := map[string]bool{}
	for _, m := range v.form.Form().Mounts {
		chosen[m.ID] = true
	}
	for _, folder := range v.form.Facts().Folders {
		switch {
		case folder.Automatic():
			automatic = append(automatic, folder)
		case chosen[folder.ID]:
			shown = append(shown, folder)
		case !folder.Ready() || !strings.Contains(strings.ToLower(folder.Name), wanted):
		case len(shown) < mostFolders:
			shown = append(shown, folder)
		default:
			more++
		}
	}
	return shown, more, automatic
}

func (v *View) folderList(list []model.Folder, form Form) app.UI {
	t := v.Texts
	switch {
	case v.form.Facts().Folders == nil:
		return app.P().Class("muted").Text(t.T("launcher.loading"))
	case form.Owner.Enabled && v.Account != nil && !v.Account.Role.IsSuperadmin():
		return app.P().Class("muted").Text(t.T("launcher.folders.foreign"))
	case len(list) == 0 && v.find != "":
		return app.P().Class("muted").Text(t.T("launcher.folders.nothing"))
	case len(list) == 0:
		return app.P().Class("muted").Text(t.T("launcher.folders.none"))
	}
	chosen := map[string]bool{}
	for _, m := range form.Mounts {
		chosen[m.ID] = true
	}
	return app.Div().Class("folder-box", "scroll").Body(
		app.Table().Class("folder-table").Body(
			app.THead().Body(app.Tr().Body(
				app.Th().Scope("col").Text(t.T("launcher.folder.name")),
				app.Th().Scope("col").Text(t.T("launcher.folder.use")),
				app.Th().Scope("col").Text(t.T("launcher.folder.host")),
				app.Th().Scope("col").Text(t.T("launcher.folder.owner")),
				app.Th().Scope("col").Text(t.T("launcher.folder.permission")),
				app.Th().Scope("col").Text(t.T("launcher.folder.created")),
			)),
			app.TBody().Body(app.Range(list).Slice(func(i int) app.UI {
				folder := list[i]
				owner := t.T("launcher.folder.own")
				if folder.Project != "" {
					owner = folder.Project
				} else if !folder.IsOwner && folder.Owner != "" {
					owner = folder.Owner
				}
				return app.Tr().Body(
					app.Th().Scope("row").Body(app.Label().Class("check").Body(
						app.Input().Type("checkbox").Value(folder.ID).Checked(chosen[folder.ID]).
							OnChange(v.onFolder, app.EventScope("folder", folder.ID)),
						app.Span().Text(folder.Name),
					)),
					app.Td().Text(v.use(folder.UsageMode)),
					app.Td().Text(folder.Host),
					app.Td().Text(owner),
					app.Td().Text(v.permission(folder.Permission)),
					app.Td().Class("num").Text(t.ShortTime(v.form.Now(), folder.CreatedAt.Local())),
				)
			})),
		),
	)
}

func (v *View) use(mode string) string {
	if key := "launcher.use." + mode; v.Texts.Has(key) {
		return v.Texts.T(key)
	}
	return mode
}

func (v *View) permission(code string) string {
	if key := "launcher.permission." + code; v.Texts.Has(key) {
		return v.Texts.T(key)
	}
	return code
}

// mount draws one folder that is mounted, with the path at which it appears.
func (v *View) mount(i int, m Mount, problems Problems) app.UI {
	t := v.Texts
	c := control{input: inputRow(inputAlias, i), label: t.T("launcher.alias", "name", m.Name), problems: problems}
	return app.Div().Class("mount").DataSet("mount", strconv.Itoa(i)).Body(
		v.text(c, m.Alias, func(input *ui.Input) { input.Placeholder = m.Name }),
		app.Span().Class("mono", "muted", "mount-path").Text(m.Path()),
	)
}

// stepNetwork draws the fourth step: the ports that are opened beforehand.
func (v *View) stepNetwork() app.UI {
	t, form := v.Texts, v.form.Form()
	problems := v.form.Problems().Of(FieldPorts)
	c := control{input: inputPortText, label: t.T("launcher.ports"), help: t.T("launcher.help.ports"), hint: t.T("launcher.ports.hint", "max", DefaultMaxPorts), problems: problems}
	return app.Div().Class("step").Body(card(t.T("launcher.network"),
		app.P().Class("hint").Text(t.T("launcher.ports.what")),
		app.Div().OnKeyDown(v.onPortKey).On("focusout", v.onPortBlur).Body(v.labelled(c,
			&ui.Input{ID: c.id(), Value: v.portText, Taken: v.portsIn, Action: actionPort, Mode: "numeric", Described: c.described(), Invalid: len(problems) > 0})),
		app.If(len(form.Ports) > 0, func() app.UI {
			return app.Ul().Class("ports").Aria("label", t.T("launcher.ports")).Body(app.Range(form.Ports).Slice(func(i int) app.UI {
				class := "port"
				if len(row(problems, i)) > 0 {
					class += " wrong"
				}
				return app.Li().Class(class).Body(
					app.Span().Class("mono").Text(form.Ports[i]),
					ui.IconButton("x", t.T("launcher.ports.remove", "port", form.Ports[i])).DataSet("input", inputRow(inputPortText, i)).
						OnClick(v.onRemovePort, app.EventScope("remove-port", i)),
				)
			}))
		}),
	))
}
