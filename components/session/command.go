package session

import (
	"net/url"
	"slices"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// ActionCommand asks for something to be done with sessions; its value is a
// [Command].
const ActionCommand = "session.command"

// ActionAgain asks the launcher for a form like the session whose id is its
// value. A command of the verb [Again] posts it, once it is allowed.
const ActionAgain = "session.again"

// Verb is what is to be done.
type Verb string

// The verbs. All but Interrupt and Restart first open a dialog or a panel.
const (
	Open           Verb = "open"            // the drawer; one target
	Rename         Verb = "rename"          // one target
	Terminate      Verb = "terminate"       // any number of targets
	ForceTerminate Verb = "force-terminate" // any number of targets; the dialog opens with the force chosen
	Restart        Verb = "restart"         // one target
	Interrupt      Verb = "interrupt"       // one target
	Commit         Verb = "commit"          // one target: its file system becomes an image
	CopyCommand    Verb = "copy-command"    // one target, or List: how a program does the same
	Again          Verb = "again"           // one target: the launcher opens with a form like it
)

// Command is something to be done with sessions. The targets are the values last
// known; they are looked at, never changed.
type Command struct {
	Verb    Verb
	Targets []*model.Session
	// List is the query that CopyCommand is about when there are no targets.
	List *client.ListRequest
	// Panel is the panel that Open opens, such as PanelLogs; empty for the
	// overview.
	Panel string
}

// The panels of the drawer, as in the address.
const (
	PanelApps     = "apps"
	PanelTerminal = "terminal"
	PanelLogs     = "logs"
	PanelIdle     = "idle"
	PanelStatus   = "status"
)

// Parameters of the drawer's address.
const (
	parameterSession = "session"
	parameterPanel   = "panel"
	parameterKernel  = "kernel"
)

// Path is the page that the drawer lies over.
const Path = "/sessions"

// Link is the address of a session's drawer, or of one of its panels, over the
// list as the current address shows it; with an empty id it is the address
// without the drawer.
func Link(current *url.URL, id, panel string) string {
	query := url.Values{}
	if current != nil && (current.Path == Path || current.Path == "/") {
		query = current.Query()
	}
	for _, name := range []string{parameterSession, parameterPanel, parameterKernel} {
		query.Del(name)
	}
	if id != "" {
		query.Set(parameterSession, id)
		if panel != "" {
			query.Set(parameterPanel, panel)
		}
	}
	if len(query) == 0 {
		return Path
	}
	return Path + "?" + query.Encode()
}

// Who is the person, and what the manager can do.
type Who struct {
	Account *model.Account
	Mode    model.ConnectionMode
	Manager client.Version
}

// Mine reports whether a session is the person's own: by e-mail where the
// manager says whose it is, else by access key, as the original has it.
func (w Who) Mine(s *model.Session) bool {
	if w.Account == nil || s == nil {
		return false
	}
	if s.UserEmail != "" {
		return s.UserEmail == w.Account.Email
	}
	return s.AccessKey == "" || s.AccessKey == w.Account.AccessKey
}

// Allowed reports whether the command makes sense for each of its targets: what
// is not allowed is not offered. The manager decides in the end.
func (c Command) Allowed(who Who) bool {
	switch c.Verb {
	case CopyCommand:
		return len(c.Targets) == 1 || (len(c.Targets) == 0 && c.List != nil)
	case Terminate, ForceTerminate:
		return len(c.Targets) > 0 && !slices.ContainsFunc(c.Targets, func(s *model.Session) bool {
			return !who.allows(c.Verb, s)
		})
	}
	return len(c.Targets) == 1 && who.allows(c.Verb, c.Targets[0])
}

// allows holds the rules of the user guide, and those of the original where the
// guide has none.
func (w Who) allows(verb Verb, s *model.Session) bool {
	if s == nil || w.Account == nil || (s.ID == "" && s.SessionID == "") {
		return false
	}
	phase := s.Status.Phase()
	ended := phase == model.PhaseEnded
	switch verb {
	case Open:
		return true
	case Again:
		return s.Type == model.TypeInteractive || s.Type == model.TypeBatch
	case Rename:
		// "an active session": managers refuse all that do not run.
		return w.Mine(s) && phase == model.PhaseRunning
	case Terminate:
		return !ended && phase != model.PhaseEnding && phase != model.PhaseFailed && !committing(s)
	case ForceTerminate:
		return !ended && s.Status != model.StatusPending
	case Interrupt:
		return w.Mine(s) && phase == model.PhaseRunning
	case Restart:
		return w.Mine(s) && phase == model.PhaseRunning && w.Manager.Supports(client.FeatureRestart)
	case Commit:
		return w.Mine(s) && s.Status == model.StatusRunning && s.Type == model.TypeInteractive &&
			!committing(s) && w.Manager.Supports(client.FeatureCommittedImage)
	}
	return false
}

// committing reports whether an image is being made of the session.
func committing(s *model.Session) bool { return s.CommitStatus == "ongoing" }

// idOf is the id of a session: managers answer with either field.
func idOf(s *model.Session) string {
	if s.ID != "" {
		return s.ID
	}
	return s.SessionID
}
