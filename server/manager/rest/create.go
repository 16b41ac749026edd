package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// createSession accepts a session, or gives the live one of that name: POST
// /session.
func (h *Handler) createSession(w http.ResponseWriter, r *request) error {
	c, err := readCreate(r.Request, h.Architecture)
	if err != nil {
		return err
	}
	return h.accept(w, r, c)
}

// accept queues a session that is asked for and answers how it went.
func (h *Handler) accept(w http.ResponseWriter, r *request, c *create) error {
	s, existing, err := h.prepare(r, c)
	if err != nil {
		return err
	}
	if existing != nil {
		return reply.JSON(w, http.StatusCreated, reused(existing))
	}
	if err := h.Engine.Enqueue(r.Context(), s); err != nil {
		if store.KindOf(err) != store.KindConflict {
			return err
		}
		// Somebody was faster with the same name.
		existing, err := h.reusable(r, c, s.AccessKey)
		if err != nil {
			return err
		}
		if existing == nil {
			return problem.Unavailable("The session could not be created just now. Try again.", nil)
		}
		return reply.JSON(w, http.StatusCreated, reused(existing))
	}
	answer := map[string]any{"sessionId": s.ID, "sessionName": s.Name, "status": string(s.Status), "servicePorts": []any{},
		"created": true}
	if c.enqueueOnly {
		return reply.JSON(w, http.StatusCreated, answer)
	}
	now, err := h.Engine.Wait(r.Context(), s.ID, time.Duration(c.maxWait)*time.Second)
	if err != nil {
		return err
	}
	answer["status"] = string(now.Status)
	if phase := now.Status.Phase(); phase == model.PhaseWaiting || phase == model.PhasePreparing {
		answer["status"] = "TIMEOUT" // the session goes on
	}
	if ports, err := restPorts(now); err == nil {
		answer["servicePorts"] = ports
	}
	return reply.JSON(w, http.StatusCreated, answer)
}

// reused is the answer when a live session has the name already; both keys hold
// the stored form of its ports.
func reused(s *store.Session) map[string]any {
	var ports any = []any{}
	if main := s.Main(); main != nil && main.ServicePorts != "" {
		var stored any
		if main.ServicePorts.Decode(&stored) == nil {
			ports = stored
		}
	}
	return map[string]any{"sessionId": s.ID, "sessionName": s.Name, "status": string(s.Status), "service_ports": ports,
		"servicePorts": ports, "created": false}
}

// restPorts are the apps of a session in the form of REST answers.
func restPorts(s *store.Session) ([]apps.Brief, error) {
	main := s.Main()
	if main == nil {
		return apps.Briefs(nil), nil
	}
	stored, err := apps.Load(main.ServicePorts)
	return apps.Briefs(stored), err
}

// reusable is the live session that has the wanted name, nil if there is none;
// an error if it may not be used instead.
func (h *Handler) reusable(r *request, c *create, accessKey string) (*store.Session, error) {
	found, _, err := h.Store.Sessions(r.Context(), store.SessionQuery{AccessKey: accessKey, Name: c.name, Statuses: store.LiveStatuses(),
		WithKernels: true, Page: store.Page{Limit: 1}})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	image, err := h.Store.ImageByReference(r.Context(), c.image, c.architecture)
	if err != nil {
		return nil, err
	}
	if !c.reuse || found[0].Image != image.Reference() {
		return nil, problem.SessionExists(found[0].ID)
	}
	return found[0], nil
}

// newSession is the row of an accepted request. Each kernel gets the whole of
// what was asked for, and the session is their sum.
func newSession(c *create, p *placement) *store.Session {
	id := uuid.NewString()
	each := store.ToJSON(p.requested.Model())
	opts := map[string]int64{"shmem": p.shmem}
	s := &store.Session{ID: id, Name: c.name, Type: c.kind, Priority: c.priority, Tag: c.tag,
		DomainName: p.domain, ProjectID: p.project.ID, ProjectName: p.project.Name, UserID: p.owner.User.ID,
		UserEmail: p.owner.User.Email, FullName: p.owner.User.FullName, AccessKey: p.owner.KeyPair.AccessKey,
		ScalingGroup: p.group, Image: p.image.Reference(), Registry: p.image.Registry, Architecture: p.image.Architecture,
		ClusterMode: c.clusterMode, ClusterSize: c.clusterSize, StartsAt: c.startsAt, StartupCommand: c.command,
		BootstrapScript: c.bootstrap, DependsOn: p.depends, TimeLimit: c.timeLimit, Environ: c.config.environ,
		CallbackURL: c.callback}
	for _, m := range p.mounts {
		s.Mounts = append(s.Mounts, m.Name)
		if _, id, ok := strings.Cut(m.Folder, "/"); ok {
			s.VFolderMounts = append(s.VFolderMounts, id)
		}
	}
	if p.mounts != nil {
		s.MountPoints = store.ToJSON(p.mounts)
	}
	all := map[string]any{}
	total := slots.Slots{}
	for rank := range c.clusterSize {
		role, index := "main", 1
		if rank > 0 {
			role, index = "sub", rank
		}
		host := role + strconv.Itoa(index)
		all[host] = opts
		total = total.Add(p.requested)
		s.Kernels = append(s.Kernels, store.Kernel{ID: uuid.NewString(), SessionID: id, ClusterRole: role, ClusterIdx: index,
			LocalRank: rank, ClusterHostname: host, Image: s.Image, Registry: s.Registry, Architecture: s.Architecture,
			OccupiedSlots: each, RequestedSlots: each, ResourceOpts: store.ToJSON(opts), StartsAt: c.startsAt,
			PreopenPorts: c.config.preopen})
	}
	s.RequestedSlots, s.ResourceOpts = store.ToJSON(total.Model()), store.ToJSON(all)
	return s
}
