package session

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/logview"
)

// hasLogs reports whether a kernel of the session has written, or may.
func (h *Host) hasLogs() bool {
	s := h.detail.session
	return s != nil && (s.Status.Phase() == model.PhaseRunning || s.Status.Phase() == model.PhaseEnded)
}

// logs is the panel with the logs of the session's kernels.
func (h *Host) logs() app.UI {
	s := h.detail.session
	owner := ""
	if !h.who().Mine(&s.Session) {
		owner = s.AccessKey
	}
	return &logview.View{
		Texts: h.Texts, Connection: h.Connection, Session: h.detail.id, Name: s.Name, Owner: owner,
		Kernels: kernelsOf(s), Kernel: h.kernel, Ended: s.Status.Phase() == model.PhaseEnded,
	}
}

// kernelsOf lists a session's kernels for a choice, the main one first.
func kernelsOf(s *model.FullSession) []logview.Kernel {
	list := make([]logview.Kernel, 0, len(s.Kernels))
	for i := range s.Kernels {
		k := logview.Kernel{ID: s.Kernels[i].KernelID, Name: s.Kernels[i].Hostname}
		if k.Name == "" {
			k.Name = k.ID
		}
		if s.Kernels[i].KernelID == s.MainKernelID || s.Kernels[i].ClusterRole == "main" {
			list = slices.Insert(list, 0, k)
		} else {
			list = append(list, k)
		}
	}
	return list
}
