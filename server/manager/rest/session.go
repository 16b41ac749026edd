package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// match names a session in a list of candidates.
type match struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Status    model.Status `json:"status"`
	CreatedAt string       `json:"created_at,omitempty"`
}

func matchesOf(sessions []*store.Session) []match {
	out := make([]match, len(sessions))
	for i, s := range sessions {
		out[i] = match{s.ID, s.Name, s.Status, api.ISO(s.CreatedAt)}
	}
	return out
}

// maxMatches is how many sessions /session/_/match answers at most.
const maxMatches = 10

// matchSessions finds own sessions by exact name or id, ended ones too.
func (h *Handler) matchSessions(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	wanted := p.Required(params.Names("id"))
	if err := p.Err(); err != nil {
		return err
	}
	q := store.SessionQuery{AccessKey: r.caller.AccessKey, Page: store.Page{Limit: maxMatches}}
	if id, err := uuid.Parse(wanted); err == nil {
		q.IDs = []string{id.String()}
	} else {
		q.Name = wanted
	}
	found, _, err := h.Store.Sessions(r.Context(), q)
	if err != nil {
		return err
	}
	matches := matchesOf(found)
	for i := range matches {
		matches[i].CreatedAt = ""
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"matches": matches})
}

// sessionInfo is the answer of GET /session/{name}.
type sessionInfo struct {
	DomainName      string           `json:"domainName"`
	GroupID         string           `json:"groupId"`
	UserID          string           `json:"userId"`
	Lang            string           `json:"lang"`
	Image           string           `json:"image"`
	Architecture    string           `json:"architecture"`
	Registry        string           `json:"registry"`
	Tag             *string          `json:"tag"`
	ContainerID     string           `json:"containerId"`
	OccupiedSlots   string           `json:"occupiedSlots"`
	OccupyingSlots  string           `json:"occupyingSlots"`
	RequestedSlots  string           `json:"requestedSlots"`
	OccupiedShares  string           `json:"occupiedShares"`
	Environ         string           `json:"environ"`
	ResourceOpts    string           `json:"resourceOpts"`
	Status          model.Status     `json:"status"`
	StatusInfo      string           `json:"statusInfo"`
	StatusData      *json.RawMessage `json:"statusData"`
	Age             int64            `json:"age"`
	CreationTime    string           `json:"creationTime"`
	TerminationTime *string          `json:"terminationTime"`
	Queries         int              `json:"numQueriesExecuted"`
	LastStat        json.RawMessage  `json:"lastStat"`
	IdleChecks      json.RawMessage  `json:"idleChecks"`
}

// getSession describes an own session. The owner key is taken and ignored, as
// the original does.
func (h *Handler) getSession(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	p.Nullable(owner.Key())
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return err
	}
	info, err := h.describe(s)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, info)
}

func (h *Handler) describe(s *store.Session) (sessionInfo, error) {
	var held, requested model.ResourceSlots
	if err := s.OccupyingSlots.Decode(&held); err != nil {
		return sessionInfo{}, err
	}
	if err := s.RequestedSlots.Decode(&requested); err != nil {
		return sessionInfo{}, err
	}
	info := sessionInfo{DomainName: s.DomainName, GroupID: s.ProjectID, UserID: s.UserID, Lang: s.Image, Image: s.Image,
		Architecture: s.Architecture, Registry: s.Registry, Tag: s.Tag, ContainerID: "None",
		OccupiedSlots: pySlots(held), OccupyingSlots: pySlots(held), RequestedSlots: pySlots(requested), OccupiedShares: "{}",
		Environ: pyTexts(s.Environ), Status: s.Status, StatusInfo: "None",
		Age: h.Now().Sub(s.CreatedAt).Milliseconds(), CreationTime: api.ISOSpace(s.CreatedAt), Queries: s.NumQueries,
		LastStat: json.RawMessage("null"), IdleChecks: h.Idle.Report(s.ID),
		// The mapping of numbers reads the same in Python as in JSON, but for the quotes.
		ResourceOpts: strings.NewReplacer(`"`, `'`, `:`, `: `, `,`, `, `).Replace(string(s.ResourceOpts))}
	if s.StatusInfo != nil {
		info.StatusInfo = *s.StatusInfo
	}
	if s.StatusData != "" {
		data := json.RawMessage(s.StatusData)
		info.StatusData = &data
	}
	if !s.TerminatedAt.IsZero() {
		at := api.ISOSpace(s.TerminatedAt)
		info.TerminationTime = &at
	}
	if main := s.Main(); main != nil {
		info.LastStat = h.Engine.LastStats(*main)
		if main.ContainerID != "" {
			info.ContainerID = main.ContainerID
		}
	}
	return info, nil
}

// destroySession ends a session: DELETE /session/{name}.
func (h *Handler) destroySession(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	forced := p.Bool(params.Names("forced"), false)
	recursive := p.Bool(params.Names("recursive"), false)
	key := p.Nullable(owner.Key())
	if err := p.Err(); err != nil {
		return err
	}
	owner, err := h.owner(r, key)
	if err != nil {
		return err
	}
	name := r.PathValue("name")
	s, err := h.findSession(r, owner.KeyPair.AccessKey, name, false)
	if err != nil {
		return err
	}
	if recursive {
		return h.destroyAll(w, r, s.ID, forced)
	}
	stats, err := h.Engine.Destroy(r.Context(), s.ID, forced)
	switch {
	case store.IsNotFound(err):
		return problem.NoSession(name) // it ended in between
	case err != nil:
		return notNow(err, problem.Forbidden("Cannot destroy sessions in "+string(s.Status)+" status"))
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"stats": stats})
}

// destroyAll ends a session and all that waits for it. Those that cannot be ended
// now are left out of the answer.
func (h *Handler) destroyAll(w http.ResponseWriter, r *request, id string, forced bool) error {
	targets, err := h.dependents(r, id, map[string]bool{id: true})
	if err != nil {
		return err
	}
	out := []map[string]any{}
	for _, target := range append(targets, id) {
		stats, err := h.Engine.Destroy(r.Context(), target, forced)
		switch {
		case store.IsNotFound(err), errors.Is(err, life.ErrNotNow):
		case err != nil:
			return err
		default:
			out = append(out, stats)
		}
	}
	return reply.JSON(w, http.StatusOK, out)
}

// restartSession starts the processes of a session anew: PATCH /session/{name}.
func (h *Handler) restartSession(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	key := p.Nullable(owner.Key())
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.sessionOf(r, key, false)
	if err != nil {
		return err
	}
	if err := h.Engine.Restart(r.Context(), s.ID); err != nil {
		refused := notNow(err, problem.InvalidParams("Can't restart a session that is not running"))
		if refused == err && store.KindOf(err) == store.KindInternal {
			return problem.Node("restart", err)
		}
		return refused
	}
	return reply.NoContent(w)
}

// renameSession gives a running session another name.
func (h *Handler) renameSession(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	newName := params.Names("name", "session_name", "clientSessionToken").As("session_name")
	name := p.Required(newName)
	key := p.Nullable(owner.Key())
	if p.Has(newName) && !validName(name) {
		p.Fail(newName, nameRule)
	}
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.sessionOf(r, key, true)
	if err != nil {
		return err
	}
	err = h.Engine.Rename(r.Context(), s.ID, name)
	if store.KindOf(err) == store.KindConflict {
		// The original trips over its unique index here and answers 500.
		if other, ferr := h.findSession(r, s.AccessKey, name, false); ferr == nil {
			return problem.SessionExists(other.ID)
		}
	}
	if err != nil {
		return notNow(err, problem.InvalidParams("Can't change name of not running session"))
	}
	return reply.NoContent(w)
}

// sessionLogs gives what a kernel of a session wrote; ended sessions too.
func (h *Handler) sessionLogs(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	key := p.Nullable(owner.Key())
	kernelID := p.Nullable(params.Names("kernel_id", "kernelId"))
	if err := p.Err(); err != nil {
		return err
	}
	s, err := h.sessionOf(r, key, true)
	if err != nil {
		return err
	}
	kernel := s.Main()
	if kernelID != nil {
		kernel = nil
		for i := range s.Kernels {
			if s.Kernels[i].ID == *kernelID {
				kernel = &s.Kernels[i]
			}
		}
	}
	if kernel == nil {
		return problem.NotFound("kernel", "")
	}
	log, cut, err := h.Engine.Log(r.Context(), *kernel)
	if err != nil && !store.IsNotFound(err) { // a kernel that never ran wrote nothing
		return problem.Node("execution", err)
	}
	if wantsPlain(r.Header.Get("Accept")) {
		servePlainLog(w, r.Request, log, cut)
		return nil
	}
	text := strings.ToValidUTF8(string(log), "\uFFFD")
	if cut {
		text = cutMark + text
	}
	return reply.JSON(w, http.StatusOK, map[string]any{"result": map[string]string{"logs": text}})
}
