package launcher

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	seen "github.com/baiui/baiui/components/facts" // facts are what a form is checked against here
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/notices"
	"github.com/baiui/baiui/components/ui"
)

// telling is a Track that also tells the bell which sessions belong together.
type telling struct {
	Track
	ctx app.Context
}

// Together tells the bell.
func (t telling) Together(names []string) { t.ctx.NewActionWithValue(notices.ActionTogether, names) }

// notify is what is told of a launch that did not make all its sessions. Of
// those that were made, the bell tells by itself.
func notify(t *i18n.Texts, result Launched, project string) []notices.Notice {
	var list []notices.Notice
	for _, existing := range result.Existing {
		list = append(list, notices.Notice{
			Key: "launch " + existing.Name, Tone: ui.Warning, Text: "launcher.told.exists", Args: []any{"name", existing.Name},
			Session: existing.ID, Loud: true,
		})
	}
	if len(result.Failed) == 0 {
		return list
	}
	first := result.Failed[0]
	notice := notices.Notice{
		Key: "launch " + first.Name, Tone: ui.Danger, Text: "launcher.told.failed", Args: []any{"name", first.Name}, Detail: seen.FailureText(t, first.Err),
		Href: State{Step: StepReview, Form: result.Form, Given: true}.URL(inProject(project)), LinkText: "launcher.told.edit", Loud: true,
	}
	if n := len(result.Failed); n > 1 {
		notice.Text, notice.Args = "launcher.told.failed.some", []any{"count", n, "all", n + len(result.Made) + len(result.Existing)}
	}
	return append(list, notice)
}
