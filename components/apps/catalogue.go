package apps

import (
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

// template is what is known of an app besides what the manager says.
type template struct {
	name  string // of the service port
	group string // its texts are apps.group.<group>
	icon  string
	path  string // where in the app to begin
	// ask is an argument that the app is no use without, with what it is if the
	// person does not choose.
	ask, value string
}

// The groups, in the order of the original's dialog.
const (
	groupUtilities   = "utilities"
	groupDevelopment = "development"
	groupLearning    = "learning"
	groupAutoML      = "automl"
	groupBigData     = "bigdata"
	groupDesktop     = "desktop"
	groupScience     = "science"
	groupCustom      = "custom" // what no template is for
	groupPorts       = "ports"  // ports opened in advance
)

func groups() []string {
	return []string{groupUtilities, groupDevelopment, groupLearning, groupAutoML, groupBigData, groupDesktop, groupScience, groupCustom, groupPorts}
}

// templates are the apps that the original knows, with their paths.
func templates() []template {
	return []template{
		{name: "ttyd", group: groupUtilities, icon: "square-terminal"},
		{name: "sshd", group: groupUtilities, icon: "key-round"},
		{name: "sftp", group: groupUtilities, icon: "folder"},
		{name: "filebrowser", group: groupUtilities, icon: "folder"},
		{name: "jupyter", group: groupDevelopment, icon: "notebook-text", path: "/tree"},
		{name: "jupyterlab", group: groupDevelopment, icon: "notebook-text", path: "/lab"},
		{name: "vscode", group: groupDevelopment, icon: "code-xml"},
		{name: "vscode-desktop", group: groupDevelopment, icon: "code-xml"},
		{name: "tensorboard", group: groupLearning, icon: "chart-line", ask: "--logdir", value: "/home/work/logs"},
		{name: "digits", group: groupLearning, icon: "chart-line"},
		{name: "h2o-dai", group: groupLearning, icon: "chart-line"},
		{name: "wandb", group: groupLearning, icon: "chart-line"},
		{name: "tritonserver", group: groupLearning, icon: "boxes"},
		{name: "nniboard", group: groupAutoML, icon: "chart-line"},
		{name: "mlflow-ui", group: groupAutoML, icon: "chart-line"},
		{name: "sparkui", group: groupBigData, icon: "chart-line"},
		{name: "vnc", group: groupDesktop, icon: "monitor"},
		{name: "vnc-web", group: groupDesktop, icon: "monitor"},
		{name: "novnc", group: groupDesktop, icon: "monitor"},
		{name: "xrdp", group: groupDesktop, icon: "monitor"},
		{name: "rstudio", group: groupScience, icon: "code-xml"},
		{name: "matlab", group: groupScience, icon: "code-xml"},
		{name: "spectravis", group: groupScience, icon: "chart-line"},
	}
}

// The protocols of service ports.
const (
	protocolTCP     = "tcp"
	protocolPreopen = "preopen"
)

// entry is one app as it is shown.
type entry struct {
	template
	port  model.ServicePort
	title string
	// arguments and envs are what the person may choose, with what they stand for.
	arguments, envs []choice
}

// choice is one thing to choose.
type choice struct{ name, value string }

// tcp reports whether a browser can do nothing with the app by itself.
func (e entry) tcp() bool { return e.port.Protocol == protocolTCP }

// asks reports whether there is something to choose before the app starts.
func (e entry) asks() bool { return len(e.arguments)+len(e.envs) > 0 }

// group is a heading with its apps.
type group struct {
	name    string
	entries []entry
}

// arrange puts the apps of a session into groups; ports of inference are the
// business of services. Groups without apps are left out.
func arrange(t *i18n.Texts, ports model.ServicePorts) []group {
	known := templates()
	byGroup := map[string][]entry{}
	for _, port := range ports {
		if port.IsInference || port.Name == "" || port.Protocol == "internal" {
			continue
		}
		e := entry{template: template{name: port.Name, group: groupCustom, icon: "app-window"}, port: port, title: port.Name}
		if i := slices.IndexFunc(known, func(k template) bool { return k.name == port.Name }); i >= 0 {
			e.template = known[i]
		} else if port.Protocol == protocolPreopen {
			e.group, e.icon = groupPorts, "plug"
		}
		if key := "apps.name." + port.Name; t.Has(key) {
			e.title = t.T(key)
		} else if e.group == groupPorts {
			e.title = t.T("apps.port", "port", port.Name)
		}
		e.arguments, e.envs = choices(port.AllowedArguments), choices(port.AllowedEnvs)
		if e.ask != "" && len(e.arguments) == 0 {
			e.arguments = []choice{{e.ask, e.value}}
		}
		byGroup[e.group] = append(byGroup[e.group], e)
	}
	var list []group
	for _, name := range groups() {
		if entries := byGroup[name]; len(entries) > 0 {
			slices.SortStableFunc(entries, byTemplate)
			list = append(list, group{name, entries})
		}
	}
	return list
}

// byTemplate orders the apps of a group as the catalogue does, ports by number and
// the rest by name.
func byTemplate(a, b entry) int {
	place := func(e entry) int {
		return slices.IndexFunc(templates(), func(k template) bool { return k.name == e.name })
	}
	if p, q := place(a), place(b); p != q {
		return p - q
	}
	m, failedA := strconv.Atoi(a.name)
	n, failedB := strconv.Atoi(b.name)
	if failedA == nil && failedB == nil {
		return m - n
	}
	return strings.Compare(a.name, b.name)
}

// find is the app of a name, false if the session has none.
func find(list []group, name string) (entry, bool) {
	for _, g := range list {
		for _, e := range g.entries {
			if e.name == name {
				return e, true
			}
		}
	}
	return entry{}, false
}
