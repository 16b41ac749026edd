package apps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/server/manager/store"
)

// Protocols of service ports.
const (
	HTTP    = "http"
	TCP     = "tcp"
	Preopen = "preopen" // whatever the session's programs make of it
)

// The apps that every kernel has, without anything being started.
const (
	SSH         = "sshd"        // shells, sftp
	Terminal    = "ttyd"        // shells in a page
	FileBrowser = "filebrowser" // files in a page
)

// LabelPorts is the image label that names its apps.
const LabelPorts = "ai.backend.service-ports"

// App is one service port of a session. The order of the fields is that of the
// stored form.
type App struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"`
	// HostPorts are null: ports of kernels are no ports of the machine.
	HostPorts   []*int `json:"host_ports"`
	IsInference bool   `json:"is_inference"`
	Ports       []int  `json:"container_ports"` // inside the kernel, the first is the app's own
}

// Make is an app with these ports.
func Make(name, protocol string, ports ...int) App {
	return App{Name: name, Protocol: protocol, HostPorts: make([]*int, len(ports)), Ports: ports}
}

// Brief is the form of REST answers.
type Brief struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"`
	Ports    []int  `json:"ports"`
}

// Briefs gives apps in the form of REST answers; never nil.
func Briefs(list []App) []Brief {
	out := make([]Brief, len(list))
	for i, a := range list {
		out[i] = Brief{a.Name, a.Protocol, a.Ports}
	}
	return out
}

// Store writes the stored form.
func Store(list []App) store.JSON {
	if len(list) == 0 {
		return "[]"
	}
	return store.ToJSON(list)
}

// Load reads the stored form; NULL is no apps.
func Load(stored store.JSON) ([]App, error) {
	if stored == "" {
		return nil, nil
	}
	var list []App
	if err := json.Unmarshal([]byte(stored), &list); err != nil {
		return nil, fmt.Errorf("service ports: %w", err)
	}
	return list, nil
}

// Find gives the app of that name.
func Find(list []App, name string) (App, bool) {
	i := slices.IndexFunc(list, func(a App) bool { return a.Name == name })
	if i < 0 {
		return App{}, false
	}
	return list[i], true
}

// Environ spells apps for BACKENDAI_SERVICE_PORTS: "jupyter:http:8091". Ports
// opened in advance are not among them.
func Environ(list []App) string {
	var parts []string
	for _, a := range list {
		if a.Protocol == Preopen {
			continue
		}
		ports := strconv.Itoa(a.Ports[0])
		if len(a.Ports) > 1 {
			texts := make([]string, len(a.Ports))
			for i, p := range a.Ports {
				texts[i] = strconv.Itoa(p)
			}
			ports = "[" + strings.Join(texts, ",") + "]"
		}
		parts = append(parts, a.Name+":"+a.Protocol+":"+ports)
	}
	return strings.Join(parts, ",")
}
