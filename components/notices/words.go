package notices

import (
	"strconv"

	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
)

// title is what a notification says first.
func title(t *i18n.Texts, n Notice) string { return t.T(n.Text, n.Args...) }

// detail is what it says then: why, and what was said elsewhere.
func detail(t *i18n.Texts, n Notice) string {
	reason := n.Reason
	if reason != "" {
		reason = session.WhyEnded(t, reason)
	}
	switch {
	case reason == "":
		return n.Detail
	case n.Detail == "":
		return reason
	}
	return reason + " " + n.Detail
}

// toast is a notification as a toast.
func toast(t *i18n.Texts, n Notice) ui.Toast {
	return ui.Toast{
		Tone: n.Tone, Key: n.Text, Args: n.Args, Detail: detail(t, n),
		From: toastsFrom + "/" + n.Key, Stays: n.Tone == ui.Warning,
	}
}

// toastsFrom names the toasts of the bell; each has the key of its notification
// after a slash.
const toastsFrom = "notices"

// percent is how much of the work is done.
func percent(current, total float64) string {
	if total <= 0 {
		return ""
	}
	return strconv.Itoa(int(100*min(max(current/total, 0), 1))) + " %"
}
