package querycheck

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// CheckFor says what a manager of another version would refuse: what this
// schema does not have, and what it says was added later.
func (s *Schema) CheckFor(manager, body string) error {
	document, err := s.read(body)
	if err != nil {
		return err
	}
	var failures []error
	for _, operation := range document.Operations {
		failures = append(failures, tooNew(manager, operation.SelectionSet)...)
	}
	return errors.Join(failures...)
}

// tooNew names the fields and arguments of a selection that a manager lacks.
func tooNew(manager string, selection ast.SelectionSet) []error {
	var failures []error
	check := func(what, description string) {
		if since, ok := addedIn(description); ok && !has(manager, since) {
			failures = append(failures, fmt.Errorf("%s has no %s: added in %s", manager, what, strings.Join(since, " and ")))
		}
	}
	for _, item := range selection {
		field, ok := item.(*ast.Field)
		if !ok {
			failures = append(failures, errors.New("fragments are not looked into"))
			continue
		}
		name := field.ObjectDefinition.Name + "." + field.Name
		check(name, field.Definition.Description)
		for _, argument := range field.Arguments {
			check(name+"("+argument.Name+")", field.Definition.Arguments.ForName(argument.Name).Description)
		}
		failures = append(failures, tooNew(manager, field.SelectionSet)...)
	}
	return failures
}

var (
	addition = regexp.MustCompile(`(?i)\badded (?:in|since) (\d+\.\d+(?:\.\d+)?(?:(?:,| and|, and) \d+\.\d+(?:\.\d+)?)*)`)
	release  = regexp.MustCompile(`\d+\.\d+(?:\.\d+)?`)
)

// addedIn reads the releases in which something was added from its description:
// "Added in 24.03.1 and 23.09.6."
func addedIn(description string) ([]string, bool) {
	found := addition.FindStringSubmatch(description)
	if found == nil {
		return nil, false
	}
	return release.FindAllString(found[1], -1), true
}

// has reports whether a manager has what was added in some releases: its own
// release's maintenance version decides if there is one, else the latest.
func has(manager string, since []string) bool {
	own := numbers(manager)
	latest := numbers(since[0])
	for _, version := range since {
		added := numbers(version)
		if added[0] == own[0] && added[1] == own[1] {
			return own[2] >= added[2]
		}
		if less(latest, added) {
			latest = added
		}
	}
	return !less(own, latest)
}

// numbers are the three numbers of a version; one that is missing is zero.
func numbers(version string) (n [3]int) {
	for i, part := range strings.SplitN(version, ".", 3) {
		n[i], _ = strconv.Atoi(part)
	}
	return n
}

func less(a, b [3]int) bool {
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}
