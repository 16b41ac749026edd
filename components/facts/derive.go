package facts

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Options is what a row depends on besides its session.
type Options struct {
	Index    int
	Mode     model.ConnectionMode
	Role     model.Role
	Finished bool // the finished tab shows used time instead of bars
}

// Derive turns a session into a row. It accepts whatever a manager may send:
// missing values, texts that are not numbers and lists that are not lists end
// up as "not shown", never as a panic or as a number nobody measured.
func Derive(s *model.Session, o Options) *Row {
	row := &Row{
		ID:            s.ID,
		Index:         o.Index,
		Name:          s.Name,
		Type:          model.SessionType(strings.ToUpper(string(s.Type))),
		Status:        s.Status,
		Info:          infoOf(s.StatusInfo),
		Environment:   environmentOf(s.Image),
		Cluster:       clusterOf(s.ClusterSize, s.ClusterMode),
		ResourceGroup: s.ScalingGroup,
		Slots:         slotsOf(s),
		Mounts:        mountsOf(s.Mounts),
		CreatedAt:     s.CreatedAt.Time,
		EndedAt:       s.TerminatedAt.Time,
	}
	if row.ID == "" {
		row.ID = s.SessionID
	}
	if s.Status.Phase() != model.PhaseRunning {
		row.Detail = DetailOf(s.StatusData)
	}
	if result := strings.ToUpper(s.Result); result == "SUCCESS" || result == "FAILURE" {
		row.Result = result
	}
	if o.Role.IsAdmin() {
		row.Owner = s.UserEmail
		if o.Mode == model.ModeAPI {
			row.Owner = s.AccessKey
		}
	}
	if o.Role.IsSuperadmin() {
		row.Agents = agentsOf(s.Containers)
	}
	if o.Finished {
		row.CPUTime = cpuTimeOf(s.Containers)
		row.IO = ioOf(s.Containers, lastStat)
	} else {
		row.Usage = usageOf(s)
		row.IO = ioOf(s.Containers, liveStat)
	}
	return row
}

// infoTones: the deck's era colours some reasons green and some red and leaves
// the rest grey; reasons that a later manager words differently are added here
// when their meaning is plain.
func infoOf(text string) Info {
	text = strings.TrimSpace(text)
	info := Info{Text: text}
	word, _, _ := strings.Cut(text, " ")
	switch word {
	case "idle-timeout", "user-requested", "scheduled", "self-terminated", "task-finished":
		info.Tone = ToneGood
	case "failed-to-start", "creation-failed", "no-available-instances",
		"failed-to-create", "task-failed", "agent-error", "other-error":
		info.Tone = ToneBad
	}
	return info
}

// environmentOf reads an image reference [registry/][namespace/…/]name[:tag].
// The deck takes the third segment of the path as the image, or the second if
// there are only two; with more segments the last is the image and those
// between registry and image are its namespace.
func environmentOf(image string) Environment {
	env := Environment{Image: image}
	path, _, _ := strings.Cut(strings.TrimSpace(image), "@")
	tag := ""
	if slash, colon := strings.LastIndexByte(path, '/'), strings.LastIndexByte(path, ':'); colon > slash {
		path, tag = path[:colon], path[colon+1:]
	}
	segments := strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
	switch n := len(segments); {
	case n == 0:
		return env
	case n == 1:
		env.Name = segments[0]
	case n == 2 && !looksLikeHost(segments[0]):
		env.Name = strings.Join(segments, "/")
	default:
		env.Name = strings.Join(segments[1:], "/")
	}
	if label := environmentLabel(segments[len(segments)-1]); label != "" {
		env.Name = label
	}
	parts := strings.Split(tag, "-")
	env.Version = parts[0]
	for _, part := range parts[1:] {
		if part != "" && !strings.HasPrefix(part, "customized_") {
			env.Requirements = append(env.Requirements, strings.ToUpper(part))
		}
	}
	return env
}

// looksLikeHost tells a registry from a namespace as docker does.
func looksLikeHost(segment string) bool {
	return segment == "localhost" || strings.ContainsAny(segment, ".:")
}

// environmentLabel gives the proper name of widely used images; they are names
// of products and the same in every language.
func environmentLabel(name string) string {
	switch name {
	case "python":
		return "Python"
	case "pytorch", "python-pytorch":
		return "PyTorch"
	case "tensorflow", "python-tensorflow":
		return "TensorFlow"
	case "ngc-pytorch":
		return "NGC PyTorch"
	case "ngc-tensorflow":
		return "NGC TensorFlow"
	case "r", "r-base":
		return "R"
	case "julia":
		return "Julia"
	case "filebrowser":
		return "File Browser"
	}
	return ""
}

func clusterOf(size int, mode string) Cluster {
	if size <= 1 {
		return Cluster{}
	}
	return Cluster{Size: size, MultiNode: mode == "multi-node"}
}

// mountsOf drops duplicates and reads the form of old managers, which send each
// mount as a bracketed list in text: its first word is the folder's name.
func mountsOf(mounts []string) []string {
	var names []string
	seen := make(map[string]bool, len(mounts))
	for _, mount := range mounts {
		name := strings.TrimSpace(mount)
		if strings.HasPrefix(name, "[") {
			words := strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(`[]'", `, r) })
			if len(words) == 0 {
				continue
			}
			name = words[0]
		}
		if name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// agentsOf lists agent and container of each kernel in the order they came.
func agentsOf(kernels []model.Kernel) []Agent {
	var agents []Agent
	for _, k := range kernels {
		if k.Agent == "" {
			continue
		}
		container := []rune(k.ContainerID)
		agents = append(agents, Agent{ID: k.Agent, Container: string(container[:min(len(container), 4)])})
	}
	return agents
}

// DetailOf reads the layouts of status_data: scheduler, error, kernel.
func DetailOf(data model.RawObject) Detail {
	var d Detail
	if len(data) == 0 {
		return d
	}
	type fault struct {
		Name  string `json:"name"`
		Repr  string `json:"repr"`
		Agent string `json:"agent_id"`
	}
	var raw struct {
		Scheduler, Error, Kernel json.RawMessage
	}
	if json.Unmarshal(data, &raw) != nil {
		return d
	}
	var scheduler struct {
		Msg     string     `json:"msg"`
		Retries int        `json:"retries"`
		LastTry model.Time `json:"last_try"`
		Failed  []struct {
			Name string `json:"name"`
			Msg  string `json:"msg"`
		} `json:"failed_predicates"`
		Passed []struct {
			Name string `json:"name"`
		} `json:"passed_predicates"`
	}
	if len(raw.Scheduler) > 0 && json.Unmarshal(raw.Scheduler, &scheduler) == nil {
		d.Message, d.Retries, d.LastTry = scheduler.Msg, max(scheduler.Retries, 0), scheduler.LastTry.Time
		for _, p := range scheduler.Failed {
			d.Failed = append(d.Failed, Predicate{Name: p.Name, Message: p.Msg})
		}
		for _, p := range scheduler.Passed {
			d.Passed = append(d.Passed, p.Name)
		}
	}
	var failure struct {
		fault
		Collection []fault `json:"collection"`
	}
	if len(raw.Error) > 0 && json.Unmarshal(raw.Error, &failure) == nil {
		faults := failure.Collection
		if len(faults) == 0 {
			faults = []fault{failure.fault}
		}
		for _, f := range faults {
			if f != (fault{}) {
				d.Errors = append(d.Errors, Fault{Name: f.Name, Message: f.Repr, Agent: f.Agent})
			}
		}
	}
	var kernel struct {
		ExitCode *int `json:"exit_code"`
	}
	if len(raw.Kernel) > 0 && json.Unmarshal(raw.Kernel, &kernel) == nil {
		d.ExitCode = kernel.ExitCode
	}
	return d
}

// Elapsed is how long a session has lived or lived: from created to ended, or to
// now while it lives. Clocks that disagree give zero, not a negative time.
func Elapsed(created, ended, now time.Time) time.Duration {
	if created.IsZero() {
		return 0
	}
	if ended.IsZero() {
		ended = now
	}
	return max(ended.Sub(created), 0)
}
