package launcher

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/notices"
	"github.com/baiui/baiui/components/ui"
)

// onSet puts what was typed into the form.
func (v *View) onSet(ctx app.Context, a app.Action) {
	typed, ok := a.Value.(ui.Typed)
	if !ok {
		return
	}
	v.put(typed.Field, typed.Text)
}

// put changes one input. What was typed stays as it was typed, as long as it
// says the same as the form.
func (v *View) put(input, text string) {
	v.typed[input] = text
	if name, _ := rowOf(strings.TrimSuffix(input, sliderEnd)); name != "" {
		v.touched[Field(name)] = true
	}
	v.form.Change(func(f *Form) { set(f, input, text) })
	if input == string(FieldImage) {
		v.search = ""
	}
}

// onChoose is for selects, boxes and radio buttons.
func (v *View) onChoose(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	element := ctx.JSSrc()
	text := element.Get("value").String()
	if element.Get("type").String() == "checkbox" {
		text = "false"
		if element.Get("checked").Bool() {
			text = "true"
		}
	}
	input := element.Get("dataset").Get("input").String()
	if input == inputScheduled && text == "true" && v.form.Form().Batch.Start.IsZero() {
		v.form.Change(func(f *Form) { f.Batch.Start = DefaultStart(time.Now()) })
	}
	v.put(input, text)
}

// onSearch narrows the environments; a whole image name chooses that image.
func (v *View) onSearch(_ app.Context, a app.Action) {
	v.search, _ = a.Value.(string)
	if image, ok := FindImage(v.form.Facts().Images, strings.TrimSpace(v.search)); ok {
		v.put(string(FieldImage), image.FullName())
	}
}

// onEnvironment chooses the newest version of an environment.
func (v *View) onEnvironment(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	key := ctx.JSSrc().Get("value").String()
	for _, e := range v.form.Offered() {
		if e.Key == key {
			v.form.Change(func(f *Form) { f.Image, f.Manual = e.Versions[0].FullName(), "" })
		}
	}
}

// onPort takes ports as they are typed: what a comma or a space ends is one.
func (v *View) onPort(ctx app.Context, a app.Action) {
	text, _ := a.Value.(string)
	done := strings.LastIndexAny(text, ", ;\n\t")
	v.portText = text
	if done < 0 {
		return
	}
	v.portText = text[done+1:]
	ctx.Dispatch(func(app.Context) { v.portsIn++ }) // once the field knows that its text was handled
	v.addPorts(text[:done])
}

func (v *View) addPorts(text string) {
	ports := SplitPorts(text)
	if len(ports) > 0 {
		v.form.Change(func(f *Form) { f.Ports = append(f.Ports, ports...) })
	}
}

// onPortKey takes the port that stands there with Enter, and takes the last one
// back with Backspace.
func (v *View) onPortKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	switch key := e.Get("key").String(); {
	case key == "Enter":
		e.PreventDefault()
		v.takePort()
	case key == "Backspace" && v.portText == "":
		v.form.Change(func(f *Form) { f.Ports = f.Ports[:max(len(f.Ports)-1, 0)] })
	}
}

func (v *View) onPortBlur(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.takePort()
}

func (v *View) takePort() {
	v.addPorts(v.portText)
	v.portText = ""
}

func (v *View) onRemovePort(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	_, row := rowOf(ctx.JSSrc().Get("dataset").Get("input").String())
	v.form.Change(func(f *Form) {
		if row < len(f.Ports) {
			f.Ports = slices.Delete(f.Ports, row, row+1)
		}
	})
	v.drawn(func() { focus(inputID(inputPortText)) })
}

// onFolders reads the folders again.
func (v *View) onFolders(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.form.ReadFolders()
}

// onFolder mounts a folder or does so no longer.
func (v *View) onFolder(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	id := ctx.JSSrc().Get("value").String()
	for _, folder := range v.form.Facts().Folders {
		if folder.ID == id {
			v.form.Toggle(folder)
		}
	}
}

func (v *View) onFindOwner(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	e.PreventDefault()
	v.form.FindOwner()
}

func (v *View) onOwnerKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if e.Get("key").String() == "Enter" {
		e.PreventDefault()
		v.form.FindOwner()
	}
}

// onOpen opens the dialog that a button names.
func (v *View) onOpen(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.dialog = dialog(ctx.JSSrc().Get("dataset").Get("dialog").String())
	v.folder, v.renaming, v.suffix = "", "", randomText(8)
	v.form.DropFolderFailure()
}

func (v *View) onClose(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.dialog = dialogNone
}

func (v *View) onNewFolder(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	name := strings.TrimSpace(v.folder)
	if name == "" || v.form.Asking(PartFolder) {
		return
	}
	v.form.NewFolder(client.NewFolder{Name: name})
}

// onReset empties the form, if that was meant.
func (v *View) onReset(ctx app.Context, a app.Action) {
	v.dialog = dialogNone
	if sure, _ := a.Value.(bool); !sure {
		return
	}
	v.typed, v.touched, v.tried, v.written = map[string]string{}, map[Field]bool{}, false, written{}
	group, image := v.form.Form().Group, v.form.Form().Image
	form := NewForm()
	form.Group, form.Image = group, image
	v.form.Load(form)
	v.keeper.dropDraft(v.Account.AccessKey)
	v.keeper.dropPassed()
	v.goTo(ctx, StepType)
}

func (v *View) goTo(ctx app.Context, step Step) { ctx.Navigate(v.link(step)) }

// onSubmit goes on to the next step; on the last one it launches.
func (v *View) onSubmit(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	e.PreventDefault()
	if v.step != StepReview {
		v.goTo(ctx, v.step+1)
		return
	}
	v.tried = true
	switch {
	case !v.form.Ready() || len(v.form.Problems()) > 0:
		v.drawn(func() { focusFirstProblem() })
	case len(v.form.Form().Mounts) == 0:
		v.dialog = dialogNoFolder
	default:
		v.launch(ctx)
	}
}

// onFormKey keeps Enter in a search field from going on to the next step.
func (v *View) onFormKey(ctx app.Context, e app.Event) {
	defer ui.Recover(ctx)
	if e.Get("key").String() == "Enter" && e.Get("target").Get("type").String() == "search" {
		e.PreventDefault()
	}
	ctx.PreventUpdate()
}

// onLaunch is the answer to the warning that nothing is mounted.
func (v *View) onLaunch(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.dialog = dialogNone
	v.launch(ctx)
}

// launch sends the form and goes back to the list at once; what becomes of it is
// told by the list and by notifications.
func (v *View) launch(ctx app.Context) {
	form, accessKey := v.form.Form(), v.Account.AccessKey
	sent := v.form.Launch(telling{v.Track, ctx}, randomText, func(result Launched) {
		for _, notice := range notify(v.Texts, result, v.Project.Name) {
			ctx.NewActionWithValue(notices.ActionAdd, notice)
		}
	})
	if !sent {
		return
	}
	name := form.Name
	if name == "" {
		name = environmentName(form, v.form.Facts())
	}
	v.history = v.history.Add(randomText(8), name, time.Now(), form)
	v.keeper.saveHistory(accessKey, v.history)
	v.keeper.saveGroup(accessKey, form.Group)
	v.keeper.dropDraft(accessKey)
	v.keeper.spend()
	v.typed, v.touched, v.tried, v.written = map[string]string{}, map[Field]bool{}, false, written{}
	v.keeper.given = false
	next := NewForm()
	next.Group, next.Image = form.Group, form.Image
	v.form.Load(next)
	v.keeper.stop()
	replace(ctx, listPath(v.Project.Name))
}

// randomText is random letters and digits.
func randomText(n int) string {
	text := strings.ToLower(rand.Text())
	for len(text) < n {
		text += strings.ToLower(rand.Text())
	}
	return text[:n]
}

// environmentName is a name for a launch that was given none.
func environmentName(form Form, f Facts) string {
	image, ok := f.Image(form)
	if !ok {
		return form.Manual
	}
	return environmentTitle(image) + " " + image.Tag
}
