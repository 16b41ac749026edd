package real

import (
	"fmt"
	"slices"
	"strings"
)

// shape says what is in a JSON value: for each path, such as data.items[].id,
// the types found there. The elements of an array count as one.
type shape map[string][]string

// shapeOf finds the shape of a value as encoding/json decodes it. open are the
// names of objects whose keys are data, as those of resource slots: they are not
// looked into.
func shapeOf(value any, open map[string]bool) shape {
	s := shape{}
	s.add("", "", value, open)
	return s
}

func (s shape) add(path, name string, value any, open map[string]bool) {
	switch value := value.(type) {
	case map[string]any:
		s.note(path, "object")
		if open[name] {
			return
		}
		for key, inner := range value {
			s.add(strings.TrimPrefix(path+"."+key, "."), key, inner, open)
		}
	case []any:
		s.note(path, "array")
		for _, inner := range value {
			s.add(path+"[]", name, inner, open)
		}
	case string:
		s.note(path, "string")
	case bool:
		s.note(path, "boolean")
	case float64:
		s.note(path, "number")
	default:
		s.note(path, "null")
	}
}

func (s shape) note(path, kind string) {
	if !slices.Contains(s[path], kind) {
		s[path] = append(s[path], kind)
		slices.Sort(s[path])
	}
}

// differences says where two shapes differ: a path that only one has, or types
// that have nothing in common. What is below an empty array or a null is not
// known and no difference.
func differences(embedded, real shape) []string {
	paths := map[string]bool{}
	for path := range embedded {
		paths[path] = true
	}
	for path := range real {
		paths[path] = true
	}
	var found []string
	for path := range paths {
		e, r := embedded[path], real[path]
		switch {
		case e == nil && embedded.known(path):
			found = append(found, fmt.Sprintf("%s: only the real one has it, as %s", path, strings.Join(r, " or ")))
		case r == nil && real.known(path):
			found = append(found, fmt.Sprintf("%s: only the embedded one has it, as %s", path, strings.Join(e, " or ")))
		case e != nil && r != nil && !share(e, r):
			found = append(found, fmt.Sprintf("%s: embedded %s, real %s", path, strings.Join(e, " or "), strings.Join(r, " or ")))
		}
	}
	slices.Sort(found)
	return found
}

// known reports whether the shape tells what is at a path: whether something was
// seen that could have held it.
func (s shape) known(path string) bool {
	parent := strings.TrimSuffix(path, "[]")
	if parent != path {
		return false // an array without elements
	}
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		parent = path[:i]
	} else {
		parent = ""
	}
	return slices.Contains(s[parent], "object")
}

// share reports whether two sets of types have one in common; a null says
// nothing about the type.
func share(a, b []string) bool {
	for _, kind := range a {
		if kind == "null" || slices.Contains(b, kind) {
			return true
		}
	}
	return slices.Contains(b, "null")
}
