package client

import (
	"slices"
	"strings"
)

// laterFields are the fields of a session and of its containers that came after
// the oldest supported manager, by the releases that managers give in their own
// schemas. One that a manager lacks makes the whole query fail.
var laterFields = [...]struct{ name, since string }{
	{"requested_slots", "24.03.0"},
	{"kernel_id", "24.03.1"}, // of a container
	{"priority", "24.09.0"},
}

// knownFields leaves out the fields that a manager does not have, from those of
// a session and from those in the braces of an object.
func knownFields(version Version, fields []string) []string {
	for _, later := range laterFields {
		if version.atLeast(later.since) {
			continue
		}
		known := make([]string, 0, len(fields))
		for _, field := range fields {
			if field = without(field, later.name); field != "" {
				known = append(known, field)
			}
		}
		fields = known
	}
	return fields
}

// without takes a name out of a field with its sub-fields; what is not touched
// keeps its spaces.
func without(field, name string) string {
	object, inner, braces := strings.Cut(field, "{")
	if !braces {
		if field == name {
			return ""
		}
		return field
	}
	names := strings.Fields(strings.TrimSuffix(strings.TrimSpace(inner), "}"))
	if !slices.Contains(names, name) {
		return field
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == name })
	if len(names) == 0 {
		return ""
	}
	return object + "{" + strings.Join(names, " ") + "}"
}
