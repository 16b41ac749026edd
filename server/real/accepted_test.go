//go:build real

package real

import "strings"

// difference is one between the managers that is as it should be.
type difference struct {
	call   string // "" for every call
	text   string // how the difference begins
	reason string
}

// accepted are the differences that are known, and why they may stay.
var accepted = []difference{
	{"version", "extensions: only the embedded one", "it announces what it does beyond others"},
	{"room", "presets[].id: only the real one", "came with 26.x; presets are chosen by name"},
	{"", "errors: only the real one has it, as null", "26.x always sends the key, 24.09 only with errors; both are read alike"},
	{"", "errors[].extensions: only the real one", "came with 25.x; the kind follows from the text where it is missing"},
	{"", "error_code: only the real one", "came with 25.x; the kind follows from status and type where it is missing"},
	{"", `type: embedded "https://api.backend.ai/probs/object-not-found", real "https://api.backend.ai/probs/entity-not-found"`, "renamed in 26.x; the kind follows from the status"},
	{"session without a name", "data: only the embedded one", "24.09 names the fields that are wrong, 26.x writes them into msg"},
	{"session without a name", "type: embedded", "invalid-api-params until 24.09, generic-bad-request in 26.x; both are KindInvalid by status"},
	{"for superadmins only", "status: embedded 401, real 403", "401 until 24.09, 403 in 26.x; both are KindForbidden and sign nobody out"},
	{"for superadmins only", "type: embedded", "follows the status"},
}

// acceptedBy finds the entry that accepts a difference.
func acceptedBy(call, text string) (difference, bool) {
	for _, d := range accepted {
		if (d.call == "" || d.call == call) && strings.HasPrefix(text, d.text) {
			return d, true
		}
	}
	return difference{}, false
}
