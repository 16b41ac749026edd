package rest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// template is the document of a session template, as far as sessions follow from
// it. What stays as it is written is judged as in a request.
type template struct {
	Metadata struct {
		Tag any `json:"tag"`
	} `json:"metadata"`
	Spec struct {
		Type         any `json:"type"`
		SessionType  any `json:"session_type"`
		SessionType2 any `json:"sessionType"`
		Kernel       struct {
			Image        any `json:"image"`
			Architecture any `json:"architecture"`
			Environ      any `json:"environ"`
			Run          struct {
				Bootstrap string `json:"bootstrap"`
				Startup   any    `json:"startup"`
				Startup1  any    `json:"startup_command"`
				Startup2  any    `json:"startupCommand"`
			} `json:"run"`
			Git *repository `json:"git"`
		} `json:"kernel"`
		ScalingGroup any               `json:"scaling_group"`
		Mounts       map[string]string `json:"mounts"`
		Resources    any               `json:"resources"`
		Agents       any               `json:"agent_list"`
		Agents2      any               `json:"agentList"`
	} `json:"spec"`
}

// createFromTemplate makes a session of a template: POST
// /session/_/create-from-template with the keys of POST /session, which go before
// what the template says. Parts of config go as a whole, as in manager 24.09.
// Without a name the session has the template's.
func (h *Handler) createFromTemplate(w http.ResponseWriter, r *request) error {
	p, config, err := createValues(r.Request)
	if err != nil {
		return err
	}
	key := params.Names("template_id", "templateId")
	id := p.Required(key)
	if !p.Has(key) {
		return problem.InvalidFields(map[string]string{"template_id": "is required"})
	}
	stored, err := h.Settings.Template(r.Context(), r.caller, id)
	if err != nil {
		return err
	}
	var t template
	d := json.NewDecoder(strings.NewReader(string(stored.Template)))
	d.UseNumber()
	if err := d.Decode(&t); err != nil {
		return problem.InvalidParams("The template is no session template: " + err.Error())
	}
	t.fill(p, config, stored)
	c, err := createOf(p, config, h.Architecture)
	if err != nil {
		return err
	}
	return h.accept(w, r, c)
}

// fill gives the parameters of a request what the template has and they lack.
func (t *template) fill(p, config *params.Values, stored store.Template) {
	k := newCreateKeys()
	either := func(values ...any) any {
		if i := slices.IndexFunc(values, func(v any) bool { return v != nil }); i >= 0 {
			return values[i]
		}
		return nil
	}
	set := func(to *params.Values, key params.Key, value any) {
		if value != nil {
			to.Default(key, value)
		}
	}
	kernel := t.Spec.Kernel
	set(p, k.name, stored.Name)
	set(p, k.image, kernel.Image)
	set(p, k.architecture, kernel.Architecture)
	set(p, k.domain, stored.DomainName)
	set(p, k.project, stored.ProjectName)
	set(p, k.kind, either(t.Spec.Type, t.Spec.SessionType, t.Spec.SessionType2))
	set(p, k.tag, t.Metadata.Tag)
	if p.Text(k.kind, "") == "batch" { // no other session has a command
		set(p, k.command, either(kernel.Run.Startup, kernel.Run.Startup1, kernel.Run.Startup2))
	}
	if script := t.script(); script != "" {
		set(p, k.bootstrap, base64.StdEncoding.EncodeToString([]byte(script)))
	}
	set(config, k.group, t.Spec.ScalingGroup)
	set(config, k.environ, kernel.Environ)
	set(config, k.resources, t.Spec.Resources)
	set(config, k.agents, either(t.Spec.Agents, t.Spec.Agents2))
	if len(t.Spec.Mounts) > 0 {
		names, places := []any{}, map[string]any{}
		for name, place := range t.Spec.Mounts {
			names = append(names, name)
			if place != "" {
				places[name] = place
			}
		}
		set(config, k.mounts, names)
		set(config, k.mountMap, places)
	}
}

// script is the template's bootstrap script, which may be in base64 as in a
// request, and after it the repository that is fetched.
func (t *template) script() string {
	script := t.Spec.Kernel.Run.Bootstrap
	if decoded, err := readScript(script); err == nil {
		script = decoded
	}
	if git := t.Spec.Kernel.Git; git != nil && git.Repository != "" {
		script += "\n" + git.clone()
	}
	return script
}

// repository is what a template has fetched into the session's home.
type repository struct {
	Repository   string `json:"repository"`
	Commit       string `json:"commit"`
	Branch       string `json:"branch"`
	Destination  string `json:"destination_dir"`
	Destination2 string `json:"destinationDir"`
	Credential   *struct {
		Username string `json:"username"`
		Password string `json:"password"`
	} `json:"credential"`
}

// clone is a shell script that fetches the repository.
func (g *repository) clone() string {
	from := g.Repository
	if scheme, rest, ok := strings.Cut(from, "://"); ok && g.Credential != nil {
		from = scheme + "://" + g.Credential.Username + ":" + g.Credential.Password + "@" + rest
	}
	to := g.Destination + g.Destination2
	if to == "" {
		to = strings.TrimSuffix(path.Base(g.Repository), ".git")
	}
	script := "git clone"
	if g.Branch != "" {
		script += " -b " + shellQuote(g.Branch)
	}
	script += fmt.Sprintf(" -- %s %s\n", shellQuote(from), shellQuote(to))
	if g.Commit != "" {
		script += fmt.Sprintf("git -C %s checkout %s --\n", shellQuote(to), shellQuote(g.Commit))
	}
	return script
}

// shellQuote spells a text for /bin/sh as one word.
func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
