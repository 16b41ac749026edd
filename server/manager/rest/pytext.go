package rest

import (
	"maps"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Some values of GET /session/{name} are the text that Python prints for a
// mapping. Clients show them as they are; nobody parses them.

// pySlots is resource slots as such text: {'cpu': Decimal('1')}.
func pySlots(s model.ResourceSlots) string {
	return pyMap(s, func(v string) string { return "Decimal(" + pyText(v) + ")" })
}

// pyTexts is a mapping of texts as such text: {'A': '1'}.
func pyTexts(m map[string]string) string { return pyMap(m, pyText) }

func pyMap(m map[string]string, value func(string) string) string {
	parts := make([]string, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, pyText(name)+": "+value(m[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// pyText is a Python string literal: in single quotes unless the text has them
// and no double ones.
func pyText(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	escape := strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`)
	return quote + escape.Replace(s) + quote
}
