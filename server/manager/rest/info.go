package rest

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// slotKind is how a slot is counted: memory in bytes, all else in pieces.
func slotKind(name string) slots.Kind {
	if name == "mem" {
		return slots.Bytes
	}
	return slots.Count
}

// resourceSlots tells which slots there are: GET /config/resource-slots.
func (h *Handler) resourceSlots(w http.ResponseWriter, _ *request) error {
	kinds := map[string]slots.Kind{"cpu": slots.Count, "mem": slots.Bytes}
	for name := range h.Slots {
		kinds[name] = slotKind(name)
	}
	return reply.JSON(w, http.StatusOK, kinds)
}

// slotDetail is how a slot is to be shown.
type slotDetail struct {
	Slot    string `json:"slot_name"`
	Text    string `json:"description"`
	Name    string `json:"human_readable_name"`
	Unit    string `json:"display_unit"`
	Number  number `json:"number_format"`
	Display string `json:"display_icon"`
}

type number struct {
	Binary bool `json:"binary"`
	Round  int  `json:"round_length"`
}

// resourceSlotDetails tells how to show the slots of this machine, with the
// manager's built-in values ("ram" is its name for memory here).
func (h *Handler) resourceSlotDetails(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	p.Nullable(params.Names("sgroup")) // there is one machine: all groups have its slots
	if err := p.Err(); err != nil {
		return err
	}
	built := map[string]slotDetail{
		"cpu":         {"cpu", "CPU", "CPU", "Core", number{}, "cpu"},
		"mem":         {"ram", "Memory", "RAM", "GiB", number{Binary: true}, "cpu"},
		"cuda.device": {"cuda.device", "CUDA-capable GPU", "GPU", "GPU", number{}, "gpu1"},
		"cuda.shares": {"cuda.shares", "CUDA-capable GPU (fractional)", "fGPU", "fGPU", number{Round: 2}, "gpu1"},
		"rocm.device": {"rocm.device", "ROCm-capable GPU", "GPU", "GPU", number{}, "gpu2"},
		"tpu.device":  {"tpu.device", "TPU device", "TPU", "GPU", number{}, "tpu"},
	}
	out := map[string]slotDetail{"cpu": built["cpu"], "mem": built["mem"]}
	for name := range h.Slots {
		if detail, ok := built[name]; ok {
			out[name] = detail
		}
	}
	return reply.JSON(w, http.StatusOK, out)
}

// folderTypes tells who may own folders: GET /config/vfolder-types.
func (h *Handler) folderTypes(w http.ResponseWriter, _ *request) error {
	return reply.JSON(w, http.StatusOK, []string{"group", "user"})
}

// permissionNames tells what there is to allow on hosts of folders: GET /acl.
func (h *Handler) permissionNames(w http.ResponseWriter, _ *request) error {
	return reply.JSON(w, http.StatusOK, map[string][]string{"vfolder_host_permission_list": store.HostPermissions()})
}

// services lists the model services, of which there are none here: GET /services.
func (h *Handler) services(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	p.Nullable(params.Names("name"))
	if err := p.Err(); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, []any{})
}

// recalculateUsage has nothing to do: what sessions hold is added up from them
// whenever it is asked for. POST /resource/recalculate-usage.
func (h *Handler) recalculateUsage(w http.ResponseWriter, _ *request) error {
	return reply.JSON(w, http.StatusOK, struct{}{})
}

// managerStatus describes the one manager there is.
func (h *Handler) managerStatus(w http.ResponseWriter, r *request) error {
	live, err := h.Store.CountLive(r.Context())
	if err != nil {
		return err
	}
	status, err := h.status(r.Context())
	if err != nil {
		return err
	}
	major, date := revision(r.Request)
	type node struct {
		ID        string  `json:"id"`
		Processes int     `json:"num_proc"`
		Address   string  `json:"service_addr"`
		Heartbeat float64 `json:"heartbeat_timeout"`
		TLS       bool    `json:"ssl_enabled"`
		Sessions  int     `json:"active_sessions"`
		Status    string  `json:"status"`
		Version   string  `json:"version"`
		API       []any   `json:"api_version"`
	}
	return reply.JSON(w, http.StatusOK, struct {
		Nodes    []node `json:"nodes"`
		Status   string `json:"status"`
		Sessions int    `json:"active_sessions"`
	}{[]node{{h.AgentID, 1, r.Host, 40, r.TLS != nil, live, status, ManagerVersion, []any{major, date}}}, status, live})
}

// status is whether the manager runs or is frozen.
func (h *Handler) status(ctx context.Context) (string, error) {
	if status, ok, err := h.Store.Setting(ctx, store.StatusSetting); err != nil || ok {
		return status, err
	}
	return "running", nil
}

// scalingGroups lists the resource groups that are open to the caller in a
// project: GET /scaling-groups?group=.
func (h *Handler) scalingGroups(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	project := p.Required(params.Names("group", "group_id", "group_name"))
	if err := p.Err(); err != nil {
		return err
	}
	q := store.ProjectQuery{DomainName: r.caller.DomainName}
	if id, err := uuid.Parse(project); err == nil {
		q.IDs = []string{id.String()}
	} else {
		q.Names = []string{project}
	}
	projects, _, err := h.Store.Projects(r.Context(), q)
	if err != nil {
		return err
	}
	if len(projects) == 0 {
		return problem.NotFound("user group (or project)", "")
	}
	groups, err := h.openGroups(r, r.caller.DomainName, projects[0].ID, r.caller.AccessKey, r.caller.KeyAdmin)
	if err != nil {
		return err
	}
	type named struct {
		Name string `json:"name"`
	}
	out := make([]named, len(groups))
	for i, g := range groups {
		out[i].Name = g.Name
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"scaling_groups": out})
}

// openGroups are the active resource groups open to a domain, a project or a
// key; those that are not public are for admins.
func (h *Handler) openGroups(r *request, domain, project, key string, admin bool) ([]store.ScalingGroup, error) {
	active := true
	q := store.ScalingGroupQuery{IsActive: &active, DomainName: domain, ProjectID: project, AccessKey: key}
	if !admin {
		q.IsPublic = &active
	}
	groups, _, err := h.Store.ScalingGroups(r.Context(), q)
	return groups, err
}
