package launcher

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/ui"
)

// CommandLine spells a form for the published command line client, which knows
// the key pair from its own settings. Secret values are left to the shell's
// environment; several sessions are made by a loop. A form without a name leaves
// that to the client.
func CommandLine(form Form, f Facts, project, domain string) string {
	command := commandLine(request(form, f, project, domain), form)
	if form.Sessions > 1 {
		return "for i in $(seq " + strconv.Itoa(form.Sessions) + "); do " + command + "; done"
	}
	return command
}

func commandLine(r client.CreateRequest, form Form) string {
	words := []string{"backend.ai", "session", "create", "--enqueue-only", "--no-reuse"}
	option := func(name, value string) {
		if value != "" {
			words = append(words, name, quote(value))
		}
	}
	switch name := form.Name; {
	case name != "" && form.Sessions > 1:
		number := "-" + strconv.Itoa(form.Sessions) // the longest
		words = append(words, "--name", quote(strings.TrimRight(name[:min(len(name), MaxName-len(number))], ".-"))+"-$i")
	default:
		option("--name", name)
	}
	option("--type", r.Type.Lower())
	option("--startup-command", r.StartupCommand)
	option("--starts-at", r.StartsAt)
	option("--batch-timeout", r.BatchTimeout)
	if r.BootstrapScript != "" { // the client sends a file as it is, and managers want base64
		words = append(words, "--bootstrap-script", "<(echo "+r.BootstrapScript+")")
	}
	option("--owner", r.OwnerAccessKey)
	option("--domain", r.Domain)
	option("--group", r.Project)
	option("--scaling-group", r.Config.ScalingGroup)
	option("--architecture", r.Architecture)
	for _, slot := range slices.Sorted(maps.Keys(r.Config.Resources)) {
		text, isText := r.Config.Resources[slot].(string)
		if number, ok := r.Config.Resources[slot].(int); ok && !isText {
			text = strconv.Itoa(number)
		}
		if slot == slotMemory {
			text = kibibytes(text) // a bare number would be taken for MiB
		}
		option("--resources", slot+"="+text)
	}
	if shared, ok := r.Config.ResourceOpts["shmem"].(string); ok {
		option("--resource-opts", "shmem="+kibibytes(shared))
	}
	if r.ClusterSize > 1 {
		option("--cluster-size", strconv.Itoa(r.ClusterSize))
		option("--cluster-mode", r.ClusterMode)
	}
	for _, name := range r.Config.Mounts {
		if alias := r.Config.MountMap[name]; alias != "" {
			name += "=" + alias
		}
		option("--volume", name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Config.Environ)) {
		if Secret(name) {
			words = append(words, "--env", name+`="$`+name+`"`)
			continue
		}
		option("--env", name+"="+r.Config.Environ[name])
	}
	var ports []string
	for _, port := range r.Config.PreopenPorts {
		ports = append(ports, strconv.Itoa(port))
	}
	option("--preopen", strings.Join(ports, ","))
	option("--assign-agent", strings.Join(r.Config.AgentList, ","))
	return strings.Join(append(words, quote(r.Image)), " ")
}

// kibibytes spells a number of bytes in the largest unit that holds it whole.
func kibibytes(bytes string) string {
	n, err := strconv.ParseInt(bytes, 10, 64)
	if err != nil {
		return bytes
	}
	for _, unit := range []struct {
		name string
		size int64
	}{{"g", GiB}, {"m", MiB}} {
		if n%unit.size == 0 {
			return strconv.FormatInt(n/unit.size, 10) + unit.name
		}
	}
	return strconv.FormatInt((n+1023)/1024, 10) + "k"
}

// quote makes a text one word of a shell's command line.
func quote(text string) string {
	plain := func(r rune) bool { return word(r) || strings.ContainsRune("-./:=,@+%", r) }
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool { return !plain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// word reports whether a character means nothing to a shell.
func word(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z'
}

// fileKind marks a file that holds a launch.
const fileKind = "baiui-launch"

// file is a launch as a file.
type file struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
	Form Form      `json:"form"`
}

// EncodeFile spells a launch as a file, without secrets.
func EncodeFile(form Form, at time.Time) []byte {
	data, err := json.MarshalIndent(file{Kind: fileKind, At: at.UTC().Truncate(time.Second), Form: WithoutSecrets(form)}, "", "  ")
	if err != nil {
		return nil // a form holds nothing that JSON cannot spell
	}
	return append(data, '\n')
}

// DecodeFile reads a launch from a file that anybody can have made.
func DecodeFile(data []byte) (Form, error) {
	if len(data) > MaxState {
		return NewForm(), ErrStateTooLong
	}
	var f struct {
		Kind string          `json:"kind"`
		Form json.RawMessage `json:"form"`
	}
	if json.Unmarshal(data, &f) != nil || f.Kind != fileKind {
		return NewForm(), ErrStateWrong
	}
	return Decode(string(f.Form))
}

// exportDialog offers the launch as a command and as a file, and takes a file.
func (v *View) exportDialog() app.UI {
	t := v.Texts
	props := ui.DialogProps{
		ID: "launcher-export", Open: v.dialog == dialogExport, Title: t.T("launcher.export"), Close: t.T("common.close"), Class: "wide", OnClose: v.onClose,
	}
	if !props.Open {
		return ui.Dialog(props)
	}
	return ui.Dialog(props,
		app.Div().Class("field").Body(v.exportCommand()...),
		app.Div().Class("field").Body(
			app.H3().Text(t.T("launcher.export.file")),
			app.P().Class("hint").Text(t.T("launcher.export.file.hint")),
			app.Div().Class("launch-buttons").Body(
				ui.Button("download", t.T("launcher.export.save")).OnClick(v.onSaveFile, app.EventScope("save-file")),
				app.Label().Class("btn").Body(
					ui.Icon("upload"), app.Span().Text(t.T("launcher.export.open")),
					app.Input().Type("file").Class("unseen").Accept("application/json,.json").OnChange(v.onOpenFile, app.EventScope("open-file")),
				),
			),
		),
	)
}

// exportCommand draws the launch as a command. A form that is wrong has none.
func (v *View) exportCommand() []app.UI {
	t := v.Texts
	if len(v.form.Problems()) > 0 {
		return []app.UI{app.H3().Text(t.T("launcher.export.command")), app.P().Class("hint").Text(t.T("launcher.export.wrong"))}
	}
	command := CommandLine(v.form.Form(), v.form.Facts(), v.Project.Name, v.domain())
	return []app.UI{
		app.Div().Class("review-head").Body(
			app.H3().Text(t.T("launcher.export.command")),
			&ui.CopyButton{Texts: t, Text: command, Label: t.T("launcher.export.copy")},
		),
		app.Pre().Class("mono", "command").TabIndex(0).Text(command),
	}
}

func (v *View) domain() string {
	if v.Account == nil {
		return ""
	}
	return v.Account.DomainName
}

func (v *View) onSaveFile(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	name := v.form.Form().Name
	if name == "" {
		name = "session"
	}
	ui.Save(name+".launch.json", "application/json", EncodeFile(v.form.Form(), time.Now()))
}

// onOpenFile reads the file that was chosen.
func (v *View) onOpenFile(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	input := ctx.JSSrc()
	files := input.Get("files")
	if files.Length() == 0 {
		return
	}
	chosen := files.Index(0)
	if chosen.Get("size").Int() > MaxState {
		v.refuseFile(ErrStateTooLong)
		return
	}
	chosen.Call("text").Then(func(text app.Value) {
		content := text.String()
		ctx.Dispatch(func(ctx app.Context) {
			form, err := DecodeFile([]byte(content))
			v.refuseFile(err)
			if err != nil {
				return
			}
			v.typed, v.tried = map[string]string{}, true
			v.form.Load(form)
			v.goTo(ctx, StepReview)
		})
	})
	input.Set("value", "")
}

// refuseFile closes the dialog and says why a file was not taken; nil for one that
// was.
func (v *View) refuseFile(err error) {
	v.dialog, v.refused, v.ofFile = dialogNone, err, true
	if err != nil {
		v.drawn(func() { app.Window().Call("scrollTo", 0, 0) }) // the message stands above the form
	}
}
