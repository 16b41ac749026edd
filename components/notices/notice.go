package notices

import (
	"time"

	"github.com/baiui/baiui/components/ui"
)

// The actions that other parts of the page post.
const (
	// ActionAdd shows a notification; its value is a [Notice]. One that has the
	// key of another takes its place.
	ActionAdd = "notices.add"
	// ActionRemove takes the notification away whose key is the value.
	ActionRemove = "notices.remove"
	// ActionTogether says that the sessions of these names, a []string, are asked
	// for together; one notification tells of them all.
	ActionTogether = "notices.together"
)

// Notice is a notification. Only Text is always needed.
type Notice struct {
	// Key names the thing that it is about; empty for one that nothing replaces.
	Key  string  `json:"key"`
	Tone ui.Tone `json:"tone,omitempty"`
	// Text is the key of its text, Args are the placeholders: texts and numbers.
	Text string `json:"text"`
	Args []any  `json:"args,omitempty"`
	// Detail is what was said elsewhere, in the words it was said.
	Detail string `json:"detail,omitempty"`
	// Reason is why something ended, as the manager spells it ("idle-timeout");
	// it is said in the person's language where it is known.
	Reason string `json:"reason,omitempty"`

	// Busy says that the thing is under way; Current of Total steps are done, if
	// Total is not 0.
	Busy    bool    `json:"busy,omitempty"`
	Current float64 `json:"current,omitempty"`
	Total   float64 `json:"total,omitempty"`
	// Stop is the action that is posted, with Key as its value, when the person
	// wants the thing to be stopped; empty where it cannot be.
	Stop string `json:"stop,omitempty"`

	// Session is the id of the session that it leads to, and Usable whether its
	// apps, its terminal and its end are offered.
	Session string `json:"session,omitempty"`
	Usable  bool   `json:"usable,omitempty"`
	// Href leads elsewhere; LinkText is the key of what the link says.
	Href     string `json:"href,omitempty"`
	LinkText string `json:"link_text,omitempty"`

	// Task is the id of a background task, which is followed to its end. Done and
	// Failed are the keys of the texts for then, with the same placeholders.
	Task   string `json:"task,omitempty"`
	Done   string `json:"done,omitempty"`
	Failed string `json:"failed,omitempty"`

	// Loud says that it matters: it is also a toast, and told on the desktop.
	// Errors always matter.
	Loud bool `json:"loud,omitempty"`
}

func (n Notice) loud() bool { return n.Loud || n.Tone == ui.Danger }

// Item is a notification in the list.
type Item struct {
	Notice
	At   time.Time `json:"at"` // of its last change
	Read bool      `json:"read,omitempty"`
}

// saysWhy reports whether the reason of an event says why something ended, and
// not only which part of the manager (24.09, 26.9) took the step.
func saysWhy(reason string) bool {
	switch reason {
	case "", "unknown", "triggered-by-scheduler", "passed-preconditions":
		return false
	}
	return true
}
