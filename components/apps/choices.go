package apps

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// choices reads what an image lets a person choose: a list of names, or names
// with what they stand for.
func choices(raw model.RawObject) []choice {
	var list []choice
	add := func(name, value string) {
		if name != "" && !slices.ContainsFunc(list, func(c choice) bool { return c.name == name }) {
			list = append(list, choice{name, value})
		}
	}
	var names []string
	if json.Unmarshal(raw, &names) == nil {
		for _, name := range names {
			add(name, "")
		}
		return list
	}
	var values map[string]any
	if json.Unmarshal(raw, &values) != nil {
		return nil
	}
	for name, value := range values {
		text, _ := value.(string)
		add(name, text)
	}
	slices.SortFunc(list, func(a, b choice) int { return strings.Compare(a.name, b.name) })
	return list
}
