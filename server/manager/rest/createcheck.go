package rest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// placement is what a request for a session amounts to.
type placement struct {
	owner     store.Identity
	domain    string
	project   store.Project
	group     string // the resource group
	image     store.Image
	requested slots.Slots
	shmem     int64
	depends   []string // session ids
	mounts    []folders.Mount
}

// prepare checks what a request asks for, in the order of manager 24.09, and
// makes the session; or it finds the live session that is to be used instead.
func (h *Handler) prepare(r *request, c *create) (s, existing *store.Session, err error) {
	if c.name == "from-template" {
		return nil, nil, problem.InvalidParams("Requested session ID is reserved word")
	}
	if err := h.checkAgents(r, c); err != nil {
		return nil, nil, err
	}
	p := &placement{}
	if p.owner, err = h.owner(r, c.ownerKey); err != nil {
		return nil, nil, err
	}
	if err := h.checkProject(r, c, p); err != nil {
		return nil, nil, err
	}
	if err := h.checkImage(r, c, p); err != nil {
		return nil, nil, err
	}
	if err := h.checkSlotNames(c); err != nil {
		return nil, nil, err
	}
	if existing, err := h.reusable(r, c, p.owner.KeyPair.AccessKey); err != nil || existing != nil {
		return nil, existing, err
	}
	if err := h.checkKind(c); err != nil {
		return nil, nil, err
	}
	if err := h.checkCluster(r, c, p); err != nil {
		return nil, nil, err
	}
	if err := h.checkGroup(r, c, p); err != nil {
		return nil, nil, err
	}
	if err := h.checkMounts(r, c, p); err != nil {
		return nil, nil, err
	}
	if role, ok := p.image.Labels["ai.backend.role"]; ok && role != imageRole(c.kind) {
		base := p.image.Name[strings.LastIndexByte(p.image.Name, '/')+1:]
		return nil, nil, problem.InvalidParams(fmt.Sprintf("Cannot create %s session with the given image. (img: %s, img role: %s)",
			strings.ToLower(string(c.kind)), base, role))
	}
	if err := checkPorts(c, p.image); err != nil {
		return nil, nil, err
	}
	if err := h.checkResources(c, p); err != nil {
		return nil, nil, err
	}
	if err := h.checkDependencies(r, c, p); err != nil {
		return nil, nil, err
	}
	if c.bootstrap == "" {
		// The one that the owner keeps for every session.
		if c.bootstrap, err = h.Store.BootstrapScript(r.Context(), p.owner.KeyPair.AccessKey); err != nil {
			return nil, nil, err
		}
	}
	return newSession(c, p), nil, nil
}

// checkImage: the image must be there, of a registry that the domain allows, and
// not somebody else's.
func (h *Handler) checkImage(r *request, c *create, p *placement) (err error) {
	if p.image, err = h.Store.ImageByReference(r.Context(), c.image, c.architecture); err != nil {
		if store.IsNotFound(err) {
			err = unknownImage(c)
		}
		return err
	}
	domain, err := h.Store.Domain(r.Context(), p.domain)
	if err != nil {
		return err
	}
	owner, custom := p.image.Labels[store.LabelCustomOwner]
	if custom && owner != "user:"+p.owner.User.ID || !slices.Contains(domain.AllowedDockerRegistries, p.image.Registry) {
		return unknownImage(c)
	}
	return nil
}

func unknownImage(c *create) error {
	return problem.NotFound("environment image", fmt.Sprintf("Unknown image references: "+
		"identifier:ImageIdentifier(canonical='%s', architecture='%s'), alias:'%s'", c.image, c.architecture, c.image))
}

// imageRole is what an image must be for a type of session.
func imageRole(kind model.SessionType) string {
	switch kind {
	case model.TypeInference, model.TypeSystem:
		return string(kind)
	}
	return "COMPUTE"
}

// checkAgents: the choice of an agent must be this machine, for all kernels or, of
// a cluster over several nodes, for each.
func (h *Handler) checkAgents(_ *request, c *create) error {
	agents := c.config.agents
	switch {
	case agents == nil:
		return nil
	case c.clusterMode == "multi-node" && len(agents) != 1 && len(agents) != c.clusterSize:
		return problem.InvalidParams("the length of agent_list should be 1 or the cluster size")
	case c.clusterMode != "multi-node" && len(agents) != 1:
		return problem.InvalidParams("the length of agent_list should be 1")
	}
	for _, agent := range agents {
		if agent != h.AgentID {
			return problem.InvalidParams("Unknown agent: " + agent)
		}
	}
	return nil
}

// checkProject: for oneself the domain must be one's own and the project one
// that one belongs to; on behalf of others the owner's role decides.
func (h *Handler) checkProject(r *request, c *create, p *placement) error {
	user := p.owner.User
	role := user.Role
	if p.owner.KeyPair.AccessKey == r.caller.AccessKey {
		role = model.RoleUser
	}
	if role != model.RoleSuperadmin && c.domain != user.DomainName {
		return problem.InvalidParams("Invalid domain")
	}
	active := true
	q := store.ProjectQuery{DomainName: c.domain, Names: []string{c.project}, IsActive: &active}
	if !role.IsAdmin() {
		q.MemberID = user.ID
	}
	projects, _, err := h.Store.Projects(r.Context(), q)
	if err != nil {
		return err
	}
	if len(projects) == 0 {
		return problem.InvalidParams("Invalid group")
	}
	p.domain, p.project = c.domain, projects[0]
	return nil
}

// checkSlotNames refuses slots that this machine does not have.
func (h *Handler) checkSlotNames(c *create) error {
	for _, name := range slices.Sorted(maps.Keys(c.config.resources)) {
		if name == "cpu" || name == "mem" {
			continue
		}
		if _, ok := h.Slots[name]; ok {
			continue
		}
		msg := fmt.Sprintf("Invalid resource allocation: Unknown slot type: '%s'", name)
		if name == "shmem" {
			msg += " (put it at the 'resource_opts' field instead)"
		}
		return problem.InvalidParams(msg)
	}
	return nil
}

// checkKind: what goes with a batch session, and only with it.
func (h *Handler) checkKind(c *create) error {
	if c.kind == model.TypeBatch {
		if c.command == nil || strings.TrimSpace(*c.command) == "" {
			return problem.InvalidParams("Batch sessions must have a non-empty startup command.")
		}
	} else if c.command != nil && *c.command != "" {
		return problem.InvalidParams("Only batch sessions have a startup command.")
	} else {
		c.command = nil
		if c.timeLimit != 0 {
			return problem.InvalidParams("Parameter batch_timeout should be used only for batch sessions")
		}
	}
	if c.startsText == nil || *c.startsText == "" {
		return nil
	}
	if c.kind != model.TypeBatch {
		return problem.InvalidParams("Parameter starts_at should be used only for batch sessions")
	}
	at, ok := startTime(*c.startsText, h.Now().UTC())
	if !ok {
		return problem.InvalidParams("starts_at should be a datetime string or a duration")
	}
	c.startsAt = at
	return nil
}

func (h *Handler) checkCluster(r *request, c *create, p *placement) error {
	policy, err := h.Store.KeyPairPolicy(r.Context(), p.owner.KeyPair.ResourcePolicy)
	if err != nil {
		return err
	}
	if c.clusterSize > policy.MaxContainersPerSession {
		return problem.QuotaExceeded(fmt.Sprintf("You cannot create session with more than %d containers.",
			policy.MaxContainersPerSession))
	}
	return h.nodeCan(false, c.clusterSize > 1)
}

// nodeCan refuses what the node has no way to do, rather than let the session fail
// when its turn comes.
func (h *Handler) nodeCan(mounts, cluster bool) error {
	if err := h.Engine.Can(mounts, cluster); err != nil {
		return problem.NotImplemented(err.Error())
	}
	return nil
}

// checkGroup: the resource group must be open to the owner and take sessions
// of the type; without a choice it is the first one that is open.
func (h *Handler) checkGroup(r *request, c *create, p *placement) error {
	groups, err := h.openGroups(r, p.domain, p.project.ID, p.owner.KeyPair.AccessKey, p.owner.KeyPair.IsAdmin)
	if err != nil {
		return err
	}
	kind := strings.ToLower(string(c.kind))
	for _, g := range groups {
		if c.config.group != nil && g.Name != *c.config.group {
			continue
		}
		opts, err := g.Options()
		if err != nil {
			return err
		}
		if opts.Types == nil || slices.Contains(opts.Types, kind) {
			p.group = g.Name
			return nil
		}
		if c.config.group != nil {
			return problem.InvalidParams(fmt.Sprintf("The session type %s is not allowed in the scaling group '%s'.", kind, g.Name))
		}
	}
	if c.config.group == nil && len(groups) > 0 {
		return problem.InvalidParams(fmt.Sprintf("The session type %s is not allowed in any of your scaling groups.", kind))
	}
	if c.config.group != nil {
		return problem.NotFound("scaling group", fmt.Sprintf("The scaling group '%[1]s' does not exist or you do not have access "+
			"to the scaling group '%[1]s'.", *c.config.group))
	}
	return problem.InvalidParams("You have no scaling groups allowed to use.")
}

// defaultShmem is the shared memory of a session that does not say.
const defaultShmem = "64m"

// checkResources: at least what the image needs, at most what it can use. What
// is not given is the image's minimum; shared memory is part of the memory.
func (h *Handler) checkResources(c *create, p *placement) error {
	shmem, err := shmemOf(c, p.image)
	if err != nil {
		return err
	}
	least, most, err := imageRange(p.image)
	if err != nil {
		return err
	}
	least = least.Add(slots.Slots{"mem": shmem})
	p.requested = slots.Slots{"cpu": least["cpu"], "mem": least["mem"]}
	for name := range h.Slots {
		p.requested[name] = least[name]
	}
	for name, value := range c.config.resources {
		amount, err := slots.Parse(slotKind(name), value)
		if err != nil {
			return problem.InvalidParams(fmt.Sprintf("Invalid resource allocation: %s: %v", name, err))
		}
		if amount == slots.Infinite {
			return problem.InvalidParams("Invalid resource allocation: " + name + ": a session cannot be unlimited")
		}
		p.requested[name] = amount
	}
	p.shmem = shmem.Int()
	if !least.Fits(p.requested) {
		return problem.InvalidParams("Your resource request is smaller than the minimum required by the image. (" + human(least) + ")")
	}
	if len(p.requested.Exceeds(unlimitedBut(most, p.requested))) > 0 {
		return problem.InvalidParams("Your resource request is larger than the maximum allowed by the image. (" + human(most) + ")")
	}
	if shmem >= p.requested["mem"] {
		return problem.InvalidParams(fmt.Sprintf("Shared memory should be less than the main memory. (s:%s, m:%s)",
			humanBytes(shmem), humanBytes(p.requested["mem"])))
	}
	if p.requested["cpu"] == 0 {
		return problem.InvalidParams("Invalid resource allocation: a session needs some cpu")
	}
	return nil
}

func shmemOf(c *create, image store.Image) (slots.Amount, error) {
	var value any = defaultShmem
	if label := image.Labels["ai.backend.resource.preferred.shmem"]; label != "" {
		value = label
	}
	if c.config.shmem != nil {
		value = c.config.shmem
	}
	amount, err := slots.Parse(slots.Bytes, value)
	if err != nil || amount == slots.Infinite {
		return 0, problem.InvalidParams(fmt.Sprintf("Invalid resource allocation: shmem: %v", problemText(value)))
	}
	return amount, nil
}

func problemText(value any) string {
	text, err := json.Marshal(value)
	if err != nil || len(text) > 100 {
		return "not an amount"
	}
	return string(text) + " is not an amount"
}

// imageRange reads the limits of an image.
func imageRange(image store.Image) (least, most slots.Slots, err error) {
	least, most = slots.Slots{}, slots.Slots{}
	for name, r := range image.Resources {
		if r.Min != "" {
			if least[name], err = slots.Parse(slotKind(name), r.Min); err != nil {
				return nil, nil, fmt.Errorf("image %s: %s: %w", image.Reference(), name, err)
			}
		}
		if r.Max != "" {
			if most[name], err = slots.Parse(slotKind(name), r.Max); err != nil {
				return nil, nil, fmt.Errorf("image %s: %s: %w", image.Reference(), name, err)
			}
		}
	}
	return least, most, nil
}

func unlimitedBut(most, wanted slots.Slots) slots.Slots {
	out := slots.Slots{}
	for name := range wanted {
		out[name] = slots.Infinite
		if limit, ok := most[name]; ok {
			out[name] = limit
		}
	}
	return out
}

// human spells slots as the manager's messages do: "cpu=1 mem=320m".
func human(s slots.Slots) string {
	parts := make([]string, 0, len(s))
	for _, name := range slices.Sorted(maps.Keys(s)) {
		text := s[name].String()
		if slotKind(name) == slots.Bytes {
			text = humanBytes(s[name])
		}
		parts = append(parts, name+"="+text)
	}
	return strings.Join(parts, " ")
}

// humanBytes is a number of bytes with a binary suffix and at most two
// decimals: "320m", "1.25g".
func humanBytes(a slots.Amount) string {
	value, suffix := a.Float(), ""
	for _, s := range []string{"k", "m", "g", "t", "p"} {
		if value < 1024 {
			break
		}
		value, suffix = value/1024, s
	}
	text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.2f", value), "0"), ".")
	return text + suffix
}
