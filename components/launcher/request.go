package launcher

import (
	"encoding/base64"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// maxWaitSeconds is how long the manager may hold the answer for a session to
// run, as in the original. The list shows it before that.
const maxWaitSeconds = 15

// Requests spells a form for the manager: one request for each session. random
// gives that many letters and digits; several sessions of one name share three
// of them and are numbered, as in the original.
func Requests(form Form, f Facts, project, domain string, random func(n int) string) []client.CreateRequest {
	base := request(form, f, project, domain)
	name := form.Name
	if name == "" {
		name = random(8) + "-session"
	}
	if form.Sessions <= 1 {
		base.Name = name
		return []client.CreateRequest{base}
	}
	list := make([]client.CreateRequest, form.Sessions)
	middle := random(3)
	for i := range list {
		list[i] = base
		number := fmt.Sprintf("-%s-%d", middle, i+1)
		list[i].Name = strings.TrimRight(name[:min(len(name), MaxName-len(number))], ".-") + number
	}
	return list
}

// request is what the requests of a form have in common.
func request(form Form, f Facts, project, domain string) client.CreateRequest {
	r := client.CreateRequest{
		Type: form.Type, Project: project, Domain: domain,
		ClusterMode: form.ClusterMode, ClusterSize: form.ClusterSize,
		EnqueueOnly: true, MaxWaitSeconds: maxWaitSeconds,
		BootstrapScript: encodeScript(form.Bootstrap),
		Config: client.CreateConfig{
			Resources:    resources(form),
			ResourceOpts: map[string]any{"shmem": strconv.FormatInt(SentShared(form), 10)},
			ScalingGroup: form.Group,
			Environ:      environ(form),
			PreopenPorts: Ports(form.Ports),
		},
	}
	r.Image, r.Architecture = reference(form, f)
	for _, m := range form.Mounts {
		r.Config.Mounts = append(r.Config.Mounts, m.Name)
		if m.Path() == path.Join(Home, m.Name) {
			continue // managers refuse an alias that is a folder's own name
		}
		if r.Config.MountMap == nil {
			r.Config.MountMap = map[string]string{}
		}
		r.Config.MountMap[m.Name] = m.Path()
	}
	if form.Agent != "" && f.Can.PickAgent {
		r.Config.AgentList = []string{form.Agent}
	}
	if form.Type == model.TypeBatch {
		r.StartupCommand = form.Batch.Command
		if form.Batch.Scheduled && !form.Batch.Start.IsZero() {
			r.StartsAt = form.Batch.Start.UTC().Format(time.RFC3339)
		}
		if limit := form.Batch.Duration(); limit > 0 && f.Can.TimeLimit {
			r.BatchTimeout = spellLimit(limit)
		}
	}
	if form.Owner.Enabled {
		r.OwnerAccessKey, r.Project, r.Domain = form.Owner.AccessKey, form.Owner.Project, form.Owner.Domain
	}
	return r
}

// reference splits the image's full name into what the manager calls image and
// architecture.
func reference(form Form, f Facts) (image, architecture string) {
	if known, ok := f.Image(form); ok {
		return known.Reference(), known.Architecture
	}
	name := form.Manual
	if name == "" {
		name = form.Image
	}
	image, architecture, _ = strings.Cut(name, "@")
	if architecture == "" {
		architecture = model.DefaultArchitecture
	}
	return image, architecture
}

// resources are the amounts of one container as the manager reads them; memory
// is in bytes.
func resources(form Form) map[string]any {
	amounts := map[string]any{slotCPU: form.CPU, slotMemory: strconv.FormatInt(form.Memory, 10)}
	if form.Accelerator != "" && form.AcceleratorAmount > 0 {
		amounts[form.Accelerator] = spellNumber(form.AcceleratorAmount)
	}
	return amounts
}

// environ are the variables, with the numbers of threads where they were set by
// hand. A variable of the same name wins.
func environ(form Form) map[string]string {
	variables := map[string]string{}
	if form.Threads.Manual {
		variables["OMP_NUM_THREADS"] = strconv.Itoa(form.Threads.OMP)
		variables["OPENBLAS_NUM_THREADS"] = strconv.Itoa(form.Threads.OpenBLAS)
	}
	for _, v := range form.Variables {
		variables[v.Name] = v.Value
	}
	if len(variables) == 0 {
		return nil
	}
	return variables
}

// encodeScript is how a script travels: in base64.
func encodeScript(script string) string {
	if script == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(script))
}
