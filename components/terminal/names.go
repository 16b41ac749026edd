package terminal

import (
	"fmt"
	"regexp"
	"slices"
)

// DefaultName is the terminal that a session has before any other.
const DefaultName = "main"

// nameRule is what a terminal may be called.
var nameRule = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// nameProblem is the key of what is wrong with a new name, "" if nothing is.
func nameProblem(name, old string, list []listed) string {
	switch {
	case !nameRule.MatchString(name):
		return "terminal.name.invalid"
	case name != old && slices.ContainsFunc(list, func(l listed) bool { return l.Name == name }):
		return "terminal.name.taken"
	}
	return ""
}

// freeName is a name for one terminal more.
func freeName(list []listed) string {
	for i := len(list) + 1; ; i++ {
		name := fmt.Sprintf("shell-%d", i)
		if nameProblem(name, "", list) == "" {
			return name
		}
	}
}

// tabs are the terminals to choose from: those there are, and the one that is
// shown also when it has just ended or is not there yet.
func tabs(list []listed, current string) []listed {
	if slices.ContainsFunc(list, func(l listed) bool { return l.Name == current }) {
		return list
	}
	return append(slices.Clone(list), listed{Name: current})
}
