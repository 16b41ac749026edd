package rest

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// checkPorts: ports opened in advance must be free of the kernel's own and the
// image's.
func checkPorts(c *create, image store.Image) error {
	own, err := apps.Parse(image.Labels[apps.LabelPorts])
	if err != nil {
		return err
	}
	taken := map[int]string{}
	for _, a := range own {
		for _, port := range a.Ports {
			taken[port] = a.Name
		}
	}
	for _, port := range c.config.preopen {
		if apps.Reserved(port) {
			return problem.InvalidParams("Port 2000 to 2003, 2200 and 7681 are reserved for internal use")
		}
		if name, ok := taken[port]; ok {
			return problem.InvalidParams(fmt.Sprintf("Port %d is already used by %s", port, name))
		}
		taken[port] = "another preopen port"
	}
	return nil
}

// checkMounts decides which folders the session gets. Those whose names begin
// with a dot come without being asked for.
func (h *Handler) checkMounts(r *request, c *create, p *placement) (err error) {
	m := c.config.mounts
	asked := len(m.Mounts)+len(m.Map)+len(m.Permissions) > 0
	if refused := h.nodeCan(true, false); refused != nil {
		if asked {
			return refused
		}
		return nil // without those that would come by themselves
	}
	if h.Folders != nil {
		p.mounts, err = h.Folders.MountsFor(r.Context(), api.CallerOf(p.owner), p.project.ID, m)
		return err
	}
	if asked {
		return problem.NotFound("virtual folder", "There is no accessible vfolders at all.")
	}
	return nil
}

// checkDependencies finds the sessions that the new one is to wait for, by id or
// name; those that are over count.
func (h *Handler) checkDependencies(r *request, c *create, p *placement) error {
	seen := map[string]bool{}
	for _, reference := range c.depends {
		id, err := h.dependency(r, p.owner.KeyPair.AccessKey, reference)
		if err != nil {
			return err
		}
		if id == "" {
			refused := problem.InvalidParams("Unknown session ID or name in the dependency list")
			refused.Data = map[string]string{"session_ref": reference}
			return refused
		}
		if !seen[id] {
			seen[id] = true
			p.depends = append(p.depends, id)
		}
	}
	return nil
}

// dependency is the id of a key pair's session; of several that have the name
// the live one, else the latest. Empty: there is none.
func (h *Handler) dependency(r *request, accessKey, reference string) (string, error) {
	q := store.SessionQuery{AccessKey: accessKey, Name: reference, Page: store.Page{Limit: 100}}
	if id, err := uuid.Parse(reference); err == nil {
		q.Name, q.IDs = "", []string{id.String()}
	} else if !validName(reference) {
		return "", nil
	}
	found, _, err := h.Store.Sessions(r.Context(), q)
	if err != nil || len(found) == 0 {
		return "", err
	}
	for _, s := range found {
		if !s.Dead() {
			return s.ID, nil
		}
	}
	return found[0].ID, nil
}
