package settings

import (
	"net/http"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
)

// Frozen is the refusal of whatever would change something while the manager is
// frozen.
func Frozen() *problem.Problem {
	return &problem.Problem{Status: http.StatusServiceUnavailable, Type: "server-frozen",
		Title: "The server is frozen due to maintenance. Please try again later."}
}

// setStatus freezes the manager or lets it run again.
func (s *Settings) setStatus(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	status := p.Required(params.Names("status"))
	kill := p.Bool(params.Names("force_kill"), false)
	if err := p.Err(); err != nil {
		return err
	}
	if status != "running" && status != store.StatusFrozen {
		return problem.InvalidParams("status must be 'running' or 'frozen'.")
	}
	if err := s.Store.SetSettings(r.Context(), map[string]string{store.StatusSetting: status}); err != nil {
		return err
	}
	if kill && status == store.StatusFrozen {
		if err := s.EndSessions(r.Context()); err != nil {
			return err
		}
	}
	return reply.NoContent(w)
}

// announcement answers everybody with the text that superadmins set.
func (s *Settings) announcement(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	message, enabled, err := s.Store.Setting(r.Context(), store.AnnouncementSetting)
	if err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, struct {
		Enabled bool   `json:"enabled"`
		Message string `json:"message"`
	}{enabled, message})
}

func (s *Settings) announce(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	if !p.Has(params.Names("enabled")) {
		p.Fail(params.Names("enabled"), "is required")
	}
	enabled := p.Bool(params.Names("enabled"), false)
	message := p.Text(params.Names("message"), "")
	if err := p.Err(); err != nil {
		return err
	}
	switch {
	case !enabled:
		err = s.Store.DeleteSettings(r.Context(), store.AnnouncementSetting, false)
	case message == "":
		return problem.InvalidParams("Empty message not allowed to enable announcement")
	default:
		err = s.Store.SetSettings(r.Context(), map[string]string{store.AnnouncementSetting: message})
	}
	if err != nil {
		return err
	}
	return reply.NoContent(w)
}

// schedulerOperation takes agents out of the scheduling or puts them back.
func (s *Settings) schedulerOperation(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return err
	}
	op := p.Required(params.Names("op"))
	agents := p.Texts(params.Names("args"))
	if err := p.Err(); err != nil {
		return err
	}
	if op != "include-agents" && op != "exclude-agents" {
		return problem.InvalidParams("op must be 'include-agents' or 'exclude-agents'.")
	}
	for _, agent := range agents {
		err := s.Store.ChangeAgent(r.Context(), agent, func(e *store.AgentEdit) error {
			e.Schedulable = op == "include-agents"
			return nil
		})
		if store.IsNotFound(err) {
			return problem.NotFound("agent instance", "")
		}
		if err != nil {
			return err
		}
	}
	return reply.NoContent(w)
}
