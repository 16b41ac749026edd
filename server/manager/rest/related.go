package rest

import (
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// graphNode is a session with what it waits for.
type graphNode struct {
	ID        string       `json:"session_id"`
	Name      string       `json:"session_name"`
	Status    string       `json:"status"`
	Changed   string       `json:"status_changed"`
	DependsOn []*graphNode `json:"depends_on"`
}

// maxGraph is how many sessions one answer draws, each as often as it is waited
// for.
const maxGraph = 1000

// dependencyGraph tells what a session waits for, and what that waits for: GET
// /session/{name}/dependency-graph. Manager 24.09 follows only the first of each;
// this follows all.
func (h *Handler) dependencyGraph(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	key := p.Nullable(owner.Key())
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.sessionOf(r, key, true)
	if err != nil {
		return err
	}
	left := maxGraph
	root, err := h.graph(r, s, &left)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, root)
}

func (h *Handler) graph(r *request, s *store.Session, left *int) (*graphNode, error) {
	if *left--; *left < 0 {
		return nil, problem.InvalidParams("The session depends on too many others to list.")
	}
	changed := s.StatusChanged
	if main := s.Main(); main != nil && !main.StatusChanged.IsZero() {
		changed = main.StatusChanged
	}
	n := &graphNode{ID: s.ID, Name: s.Name, Status: "KernelStatus." + string(s.Status), Changed: api.ISOSpace(changed), DependsOn: []*graphNode{}}
	for _, id := range s.DependsOn { // never in a circle: it can only name what was there before
		needed, err := h.Store.Session(r.Context(), id)
		if err != nil {
			return nil, err
		}
		child, err := h.graph(r, needed, left)
		if err != nil {
			return nil, err
		}
		n.DependsOn = append(n.DependsOn, child)
	}
	return n, nil
}

// dependents are the live sessions that wait for a session, directly or not,
// those first that nobody waits for.
func (h *Handler) dependents(r *request, id string, seen map[string]bool) ([]string, error) {
	direct, err := h.Store.Dependents(r.Context(), id)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, other := range direct {
		if seen[other] {
			continue
		}
		seen[other] = true
		further, err := h.dependents(r, other, seen)
		if err != nil {
			return nil, err
		}
		out = append(append(out, further...), other)
	}
	return out, nil
}

// transitStatus looks at the statuses of sessions again: POST
// /session/_/transit-status. They are never behind here, so it tells them.
func (h *Handler) transitStatus(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	key := params.Names("ids", "session_ids", "sessionIds", "SessionIds")
	var ids []string
	for _, text := range p.Texts(key) {
		id, err := uuid.Parse(text)
		if err != nil {
			p.Fail(key, "value is not a uuid")
			continue
		}
		ids = append(ids, id.String())
	}
	if !p.Has(key) {
		p.Fail(key, "is required")
	}
	if err := p.Err(); err != nil {
		return err
	}
	statuses := map[string]model.Status{}
	if len(ids) > 0 {
		q := store.SessionQuery{IDs: ids}
		switch {
		case r.caller.IsSuperadmin():
		case r.caller.IsAdmin():
			q.DomainName = r.caller.DomainName
		default:
			q.UserID = r.caller.UserID
		}
		found, _, err := h.Store.Sessions(r.Context(), q)
		if err != nil {
			return err
		}
		for _, s := range found {
			statuses[s.ID] = s.Status
		}
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"session_status_map": statuses})
}

// nothingToSay answers about an own session with an empty object: it has no
// abusing report, and, unless it is a file-transfer session, no direct access.
func (h *Handler) nothingToSay(w http.ResponseWriter, r *request) error {
	if _, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct{}{})
}

// wsproxyVersion tells how apps of a resource group are proxied: GET
// /scaling-groups/{name}/wsproxy-version. "v1" is a proxy beside the client,
// through the tunnel: the only one there is here.
func (h *Handler) wsproxyVersion(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	project := p.Nullable(params.Names("group", "group_id", "group_name"))
	if err := p.Err(); err != nil {
		return err
	}
	id := ""
	if project != nil {
		id = strings.ToLower(*project)
	}
	groups, err := h.openGroups(r, r.caller.DomainName, id, r.caller.AccessKey, r.caller.KeyAdmin)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if g.Name == r.PathValue("name") {
			return reply.JSON(w, http.StatusOK, map[string]string{"wsproxy_version": "v1"})
		}
	}
	return problem.NotFound("scaling group", "")
}
