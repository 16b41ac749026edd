package rest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// preset is a size that people choose from.
type preset struct {
	Name         string              `json:"name"`
	SharedMemory *string             `json:"shared_memory"` // bytes
	Slots        model.ResourceSlots `json:"resource_slots"`
}

// slotNames are the slots of this machine, sorted.
func (h *Handler) slotNames() []string {
	names := map[string]bool{"cpu": true, "mem": true}
	for name := range h.Slots {
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// presets are the stored ones, cut down to the slots of this machine.
func (h *Handler) presets(r *request) ([]preset, []slots.Slots, error) {
	stored, err := h.Store.Presets(r.Context())
	if err != nil {
		return nil, nil, err
	}
	out := make([]preset, len(stored))
	amounts := make([]slots.Slots, len(stored))
	for i, p := range stored {
		all, err := slots.FromJSON(string(p.Slots))
		if err != nil {
			return nil, nil, fmt.Errorf("preset %s: %w", p.Name, err)
		}
		amounts[i] = slots.Slots{}
		for _, name := range h.slotNames() {
			amounts[i][name] = all[name]
		}
		out[i] = preset{Name: p.Name, Slots: amounts[i].Model()}
		if p.SharedMemory != nil {
			text := strconv.FormatInt(*p.SharedMemory, 10)
			out[i].SharedMemory = &text
		}
	}
	return out, amounts, nil
}

// listPresets lists the resource presets: GET /resource/presets.
func (h *Handler) listPresets(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	p.Nullable(params.Names("scaling_group")) // later managers have presets for one group only
	if err := p.Err(); err != nil {
		return err
	}
	list, _, err := h.presets(r)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"presets": list})
}

// settingVisible is the cluster's option to show what projects hold.
const settingVisible = "config/api/resources/group_resource_visibility"

// checkPresets tells what the caller may still take and which presets fit: POST
// /resource/check-presets.
func (h *Handler) checkPresets(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	group := p.Nullable(params.Names("scaling_group"))
	projectName := p.Text(params.Names("group"), "default")
	if err := p.Err(); err != nil {
		return err
	}
	project, groups, err := h.presetScope(r, projectName, group)
	if err != nil {
		return err
	}
	id, err := h.owner(r, nil)
	if err != nil {
		return err
	}
	names := h.slotNames()
	room, err := h.Engine.Room(r.Context(), id, project, groups, names)
	if err != nil {
		return err
	}
	type part struct {
		Using model.ResourceSlots `json:"using"`
		Left  model.ResourceSlots `json:"remaining"`
	}
	parts := map[string]part{}
	for name, g := range room.Groups {
		parts[name] = part{g.Using.Model(), g.Left.Model()}
	}
	type checked struct {
		preset
		Allocatable bool `json:"allocatable"`
	}
	list, amounts, err := h.presets(r)
	if err != nil {
		return err
	}
	out := make([]checked, len(list))
	for i := range list {
		out[i] = checked{list[i], room.Fits(amounts[i])}
	}
	answer := map[string]any{"keypair_limits": room.KeyPairLimit.Model(), "keypair_using": room.KeyPairUsing.Model(),
		"keypair_remaining": room.KeyPairLeft.Model(), "scaling_group_remaining": room.GroupsLeft.Model(),
		"scaling_groups": parts, "presets": out,
		"group_limits": life.Hidden(names), "group_using": life.Hidden(names), "group_remaining": life.Hidden(names)}
	visible, err := h.Store.Enabled(r.Context(), settingVisible)
	if err != nil {
		return err
	}
	if visible {
		answer["group_limits"], answer["group_using"] = room.ProjectLimit.Model(), room.ProjectUsing.Model()
		answer["group_remaining"] = room.ProjectLeft.Model()
	}
	return reply.JSON(w, http.StatusOK, answer)
}

// presetScope finds the project, of which the caller must be a member, and the
// resource groups that are open in it, or the one that is asked for.
func (h *Handler) presetScope(r *request, projectName string, group *string) (store.Project, []string, error) {
	active := true
	projects, _, err := h.Store.Projects(r.Context(), store.ProjectQuery{DomainName: r.caller.DomainName, Names: []string{projectName},
		IsActive: &active, MemberID: r.caller.UserID})
	if err != nil {
		return store.Project{}, nil, err
	}
	if len(projects) == 0 {
		return store.Project{}, nil, problem.InvalidParams("Unknown project (name: " + projectName + ")")
	}
	open, err := h.openGroups(r, r.caller.DomainName, projects[0].ID, r.caller.AccessKey, r.caller.KeyAdmin)
	if err != nil {
		return store.Project{}, nil, err
	}
	var names []string
	for _, g := range open {
		if group == nil || *group == g.Name {
			names = append(names, g.Name)
		}
	}
	if group != nil && names == nil {
		return store.Project{}, nil, problem.InvalidParams("Unknown scaling group")
	}
	return projects[0], names, nil
}
