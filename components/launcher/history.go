package launcher

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Kept is one launch that is remembered.
type Kept struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"` // as the person called it; the session's at first
	At     time.Time `json:"at"`
	Pinned bool      `json:"pinned,omitempty"`
	Form   Form      `json:"form"`
}

// History is what was launched from this browser, the newest first. Pinned
// launches stay, of the others the newest [RecentLaunches].
type History []Kept

// RecentLaunches is how many launches are remembered that nobody pinned, as the
// guide has it.
const RecentLaunches = 5

// maxHistoryName bounds the name a launch is given.
const maxHistoryName = 100

// Add remembers a launch.
func (h History) Add(id, name string, at time.Time, form Form) History {
	entry := Kept{ID: id, Name: name, At: at, Form: WithoutSecrets(form)}
	entry.Form.Owner = Owner{}
	return append(History{entry}, h...).trim()
}

// trim drops what is not remembered any more.
func (h History) trim() History {
	recent := 0
	return slices.DeleteFunc(slices.Clone(h), func(k Kept) bool {
		if k.Pinned {
			return false
		}
		recent++
		return recent > RecentLaunches
	})
}

// Pin keeps a launch for good, or no longer.
func (h History) Pin(id string, pinned bool) History {
	h = slices.Clone(h)
	for i := range h {
		if h[i].ID == id {
			h[i].Pinned = pinned
		}
	}
	return h.trim()
}

// Rename gives a launch another name; an empty one changes nothing.
func (h History) Rename(id, name string) History {
	name = strings.TrimSpace(name)
	if runes := []rune(name); len(runes) > maxHistoryName {
		name = string(runes[:maxHistoryName])
	}
	h = slices.Clone(h)
	for i := range h {
		if h[i].ID == id && name != "" {
			h[i].Name = name
		}
	}
	return h
}

// Remove forgets a launch.
func (h History) Remove(id string) History {
	return slices.DeleteFunc(slices.Clone(h), func(k Kept) bool { return k.ID == id })
}

// DecodeHistory reads a history that the browser kept; entries that cannot be
// read are left out.
func DecodeHistory(text string) History {
	var raw []json.RawMessage
	if json.Unmarshal([]byte(text), &raw) != nil {
		return nil
	}
	var h History
	for _, data := range raw {
		entry := Kept{Form: NewForm()}
		if json.Unmarshal(data, &entry) == nil && entry.ID != "" {
			h = append(h, entry)
		}
	}
	return h
}

// Encode spells the history for the browser to keep.
func (h History) Encode() string {
	data, err := json.Marshal(h)
	if err != nil {
		return "[]" // a history holds nothing that JSON cannot spell
	}
	return string(data)
}

// Again is the form of a remembered launch, for another one: a session's name is
// taken already, so it gets random letters behind it, as in the original.
func Again(form Form, random func(n int) string) Form {
	form = form.Clone()
	if form.Name != "" {
		end := "-" + random(4)
		form.Name = strings.TrimRight(form.Name[:min(len(form.Name), MaxName-len(end))], ".-") + end
	}
	return form
}
