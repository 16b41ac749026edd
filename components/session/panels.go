package session

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/apps"
	"github.com/baiui/baiui/components/terminal"
)

// panels lists the panels that there are for the session, the overview first.
// Apps and terminals belong to whoever owns the session, while it runs.
func (h *Host) panels() []string {
	list := []string{""}
	s := h.detail.session
	if s != nil && s.Status.Phase() == model.PhaseRunning && h.who().Mine(&s.Session) {
		list = append(list, PanelApps, PanelTerminal)
	} else if s != nil && h.panel == PanelTerminal && h.who().Mine(&s.Session) {
		list = append(list, PanelTerminal) // it says itself that its session has ended
	}
	if h.hasLogs() {
		list = append(list, PanelLogs)
	}
	return list
}

// has reports whether there is a panel.
func (h *Host) has(panel string) bool {
	for _, p := range h.panels() {
		if p == panel {
			return true
		}
	}
	return false
}

// shownPanel is the panel of the address, the overview for one that there is
// not.
func (h *Host) shownPanel() string {
	if h.has(h.panel) {
		return h.panel
	}
	return ""
}

// content is the panel that is shown.
func (h *Host) content() app.UI {
	s := h.detail.session
	row := s.Session
	switch h.shownPanel() {
	case PanelApps:
		return &apps.Panel{
			Texts: h.Texts, Connection: h.Connection, Session: &row, Project: s.ProjectID, Mine: h.who().Mine(&row),
		}
	case PanelTerminal:
		return &terminal.View{Texts: h.Texts, Connection: h.Connection, Session: idOf(&row)}
	case PanelLogs:
		return h.logs()
	}
	return h.overview()
}
