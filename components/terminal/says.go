package terminal

import (
	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/ui"
)

// said is the content of the state line.
type said struct {
	tone   ui.Tone
	icon   string
	key    string // of the text; "" for nothing to say
	args   []any
	detail string // in the server's words
	button string // the key of what can be done
}

// says is what the state line has to say.
func (v *View) says() said {
	s, t := v.shown, v.Texts
	switch {
	case v.loading == loadingFailed:
		return said{tone: ui.Danger, icon: "circle-alert", key: "terminal.failed", button: "terminal.again"}
	case v.loading == loadingBegun:
		return said{tone: ui.Info, icon: "loader", key: "terminal.loading"}
	}
	switch s.Phase {
	case phaseConnecting:
		if s.Reason == 0 && s.Detail == "" {
			return said{tone: ui.Info, icon: "loader", key: "terminal.connecting"}
		}
		return said{tone: ui.Warning, icon: "loader", key: whyNot(s.Reason), detail: s.Detail, button: "terminal.now"}
	case phaseReconnecting:
		switch {
		case s.Lost:
			return said{tone: ui.Warning, icon: "loader", key: "terminal.reconnecting.full", args: []any{"count", t.Int(s.Held)}, button: "terminal.now"}
		case s.Held > 0:
			return said{tone: ui.Warning, icon: "loader", key: "terminal.reconnecting.held", args: []any{"count", t.Int(s.Held)}, button: "terminal.now"}
		}
		return said{tone: ui.Warning, icon: "loader", key: "terminal.reconnecting", button: "terminal.now"}
	case phaseEnded:
		return said{tone: ui.Info, icon: "circle-stop", key: "terminal.ended", args: []any{"code", t.Int(s.Code)}, button: "terminal.restart"}
	case phaseOver:
		return said{tone: ui.Info, icon: "circle-stop", key: "terminal.over", detail: s.Detail, button: "terminal.again"}
	case phaseRefused:
		return said{tone: ui.Danger, icon: "circle-alert", key: whyNot(s.Reason), detail: s.Detail, button: "terminal.again"}
	}
	switch {
	case s.Lost:
		return said{tone: ui.Warning, icon: "triangle-alert", key: "terminal.dropped"}
	case s.Size.Columns > 0:
		return said{tone: ui.Info, icon: "info", key: "terminal.smaller_elsewhere",
			args: []any{"columns", t.Int(s.Size.Columns), "rows", t.Int(s.Size.Rows)}}
	}
	return said{}
}

// whyNot is the key of the text for a close code of the server.
func whyNot(code int) string {
	switch code {
	case client.TerminalSignedOut:
		return "terminal.refused.signed_out"
	case client.TerminalForbidden:
		return "terminal.refused.forbidden"
	case client.TerminalBad:
		return "terminal.refused.bad"
	case client.TerminalNotReady:
		return "terminal.not_ready"
	case client.TerminalCut:
		return "terminal.unreachable"
	}
	return "terminal.retrying"
}
