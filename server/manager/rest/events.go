package rest

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/owner"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
)

// interest is what a listener wants to hear.
type interest struct {
	caller    api.Caller
	key       string // of the sessions' owner; empty: all the caller may see
	name, id  string // of a session; empty: all
	projectID string
	scope     string // *, session, kernel
}

// wants reports whether an event is meant for the listener: users hear of their
// own sessions, admins of those of their domain.
func (i interest) wants(e life.Event) bool {
	switch {
	case i.caller.Role.IsSuperadmin():
	case i.caller.Role.IsAdmin():
		if e.DomainName != i.caller.DomainName {
			return false
		}
	case e.AccessKey != i.caller.AccessKey:
		return false
	}
	switch {
	case i.id != "" && e.SessionID != i.id,
		i.id == "" && i.name != "" && e.Session != i.name,
		i.id == "" && i.key != "" && e.AccessKey != i.key,
		i.projectID != "" && e.ProjectID != i.projectID,
		i.scope == "session" && e.Kernel != nil,
		i.scope == "kernel" && e.Kernel == nil:
		return false
	}
	return true
}

// sessionEvents streams the lives of sessions: GET /events/session.
func (h *Handler) sessionEvents(w http.ResponseWriter, r *request) error {
	i, err := h.interest(r)
	if err != nil {
		return err
	}
	leave, err := h.streams.enter(r.caller.AccessKey)
	if err != nil {
		return err
	}
	defer leave()
	heard := h.Engine.Listen(i.wants)
	defer heard.Stop()
	stream, err := streamEvents(w)
	if err != nil {
		return nil // the client has gone
	}
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for err == nil {
		select {
		case <-r.Context().Done():
			return nil
		case <-ticker.C:
			if !h.stillMay(r) {
				return nil
			}
			err = stream.ping()
		case <-heard.Some():
			list, ok := heard.Take()
			if !ok {
				return nil // too slow: it connects again, and asks what is there now
			}
			err = stream.sendAll(list)
		}
	}
	return nil
}

// sendAll writes events as one piece.
func (s *eventStream) sendAll(list []life.Event) error {
	var text strings.Builder
	for _, event := range list {
		text.WriteString(frame(event.Name, eventData(event)))
	}
	return s.write(text.String())
}

// stillMay reports whether the key pair that opened a stream or a tunnel may
// still be used, as who it was then.
func (h *Handler) stillMay(r *request) bool {
	id, err := h.Store.Identify(r.Context(), r.caller.AccessKey)
	if err != nil {
		return !store.IsNotFound(err)
	}
	return id.User.Status == store.UserActive && id.User.Role == r.caller.Role && id.User.DomainName == r.caller.DomainName
}

func (h *Handler) interest(r *request) (interest, error) {
	i := interest{caller: r.caller}
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return i, err
	}
	name := p.Text(params.Names("name", "sessionName"), "*")
	key := p.Nullable(owner.Key())
	id := p.Nullable(params.Names("sessionId", "session_id"))
	group := p.Text(params.Names("group", "groupName"), "*")
	scope := params.Names("scope")
	i.scope = p.Text(scope, "*")
	if i.scope != "*" && i.scope != "session" && i.scope != "kernel" {
		p.Fail(scope, "value is not any of *, session, kernel")
	}
	if err := p.Err(); err != nil {
		return i, err
	}
	if key != nil && *key != "" {
		if !r.caller.IsAdmin() && *key != r.caller.AccessKey {
			return i, problem.Forbidden("")
		}
		i.key = *key
	}
	if id != nil && *id != "" {
		i.id = *id
	}
	if name != "*" {
		i.name = name
		if i.key == "" && i.id == "" {
			i.key = r.caller.AccessKey // names are unique for one owner only
		}
	}
	if group == "*" {
		return i, nil
	}
	q := store.ProjectQuery{DomainName: r.caller.DomainName, Names: []string{group}}
	if projectID, err := uuid.Parse(group); err == nil {
		q.Names, q.IDs = nil, []string{projectID.String()}
	}
	projects, _, err := h.Store.Projects(r.Context(), q)
	if err != nil {
		return i, err
	}
	if len(projects) == 0 {
		return i, problem.NotFound("user group (or project)", "")
	}
	i.projectID = projects[0].ID
	return i, nil
}

func eventData(e life.Event) fields {
	out := fields{{"reason", e.Reason}, {"sessionName", e.Session}, {"ownerAccessKey", e.AccessKey},
		{"sessionId", e.SessionID}, {"exitCode", e.ExitCode}}
	if e.Kernel != nil {
		out = append(out, field{"kernelId", e.Kernel.ID}, field{"clusterRole", e.Kernel.ClusterRole}, field{"clusterIdx", e.Kernel.ClusterIdx})
	}
	return out
}

// taskEvents streams the progress of a background task of the caller's: GET
// /events/background-task. Of one that there is not it says nothing at all, as
// manager 24.09 does.
func (h *Handler) taskEvents(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	id := p.Required(params.Names("task_id", "taskId"))
	if err := p.Err(); err != nil {
		return err
	}
	leave, err := h.streams.enter(r.caller.AccessKey)
	if err != nil {
		return err
	}
	defer leave()
	stream, err := streamEvents(w)
	if err != nil {
		return nil // the client has gone
	}
	state, changed, owner, ok := h.Tasks.State(id)
	if !ok || (owner != r.caller.UserID && r.caller.Role != model.RoleSuperadmin) {
		return nil
	}
	if state.Finished() {
		if err := stream.send("bgtask_"+string(state.Status), finished(id, state)); err == nil {
			_ = stream.send("server_close", nil)
		}
		return nil
	}
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for err == nil {
		select {
		case <-r.Context().Done():
			return nil
		case <-ticker.C:
			err = stream.ping()
		case <-changed:
			state, changed, _, _ = h.Tasks.State(id)
			if !state.Finished() {
				err = stream.sendRetry("bgtask_updated", fields{{"task_id", id}, {"message", state.Message},
					{"current_progress", state.Current}, {"total_progress", state.Total}}, 5)
				continue
			}
			var data fields // of one that went well there is nothing to say
			if state.Status != tasks.Done {
				data = fields{{"task_id", id}, {"message", state.Message}}
			}
			if err = stream.send("bgtask_"+string(state.Status), data); err == nil {
				_ = stream.send("server_close", nil)
			}
			return nil
		}
	}
	return nil
}

// finished is the data of a task that had finished before it was asked about.
func finished(id string, s tasks.State) fields {
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	return fields{{"task_id", id}, {"message", s.Message}, {"status", string(s.Status)},
		{"current_progress", text(s.Current)}, {"total_progress", text(s.Total)}}
}
