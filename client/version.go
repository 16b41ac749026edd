package client

import (
	"strconv"
	"strings"
)

// Version is what a manager says about itself at GET /.
type Version struct {
	API     string `json:"version"` // newest API version, for example "v8.20240915"
	Manager string `json:"manager"` // package version, for example "24.09.14"
	// Extensions are the features that baiui's own manager has beyond those of
	// its version, separated by spaces; empty for all others.
	Extensions string `json:"extensions"`
}

const (
	// oldestManager is the first supported manager; its pre-releases count.
	oldestManager = "23.09.dev0"
	// oldestAPI is its API version, which all later ones accept, too.
	oldestAPI = "v7.20230615"
	// newestAPI is the newest API version this package knows. A manager accepts
	// every older one of its list, so a newer manager is asked in this version.
	newestAPI = "v9.20250722"
)

// Supported reports whether a manager of this version can be used: 23.09 or
// later, with an API version that can be read.
func (v Version) Supported() bool {
	_, ok := parseAPIVersion(v.API)
	return ok && v.Manager != "" && CompareVersions(v.Manager, oldestManager) >= 0
}

// RequestAPI is the value of X-BackendAI-Version for requests to this manager:
// its own API version, but none that is newer than this package knows.
func (v Version) RequestAPI() string {
	if v.atLeastAPI(newestAPI) {
		return newestAPI
	}
	return v.API
}

// atLeastAPI reports whether the API version is minimum or later.
func (v Version) atLeastAPI(minimum string) bool {
	have, ok := parseAPIVersion(v.API)
	if !ok {
		return false
	}
	want, _ := parseAPIVersion(minimum)
	return have.major > want.major || have.major == want.major && have.date >= want.date
}

// atLeast reports whether the manager is one of the minimum versions or later.
// With several, that of the manager's own year and month decides (a feature that
// was also added to maintenance releases), else the greatest, which comes first.
func (v Version) atLeast(minimums ...string) bool {
	own := releaseName(v.Manager)
	for _, minimum := range minimums {
		if releaseName(minimum) == own {
			return CompareVersions(v.Manager, minimum) >= 0
		}
	}
	return len(minimums) > 0 && CompareVersions(v.Manager, minimums[0]) >= 0
}

type apiVersion struct{ major, date int }

// parseAPIVersion reads "v<major>.<yyyymmdd>".
func parseAPIVersion(text string) (apiVersion, bool) {
	major, date, found := strings.Cut(strings.TrimPrefix(text, "v"), ".")
	if !found || !strings.HasPrefix(text, "v") || len(date) != 8 || !allDigits(major) || !allDigits(date) {
		return apiVersion{}, false
	}
	m, err := strconv.Atoi(major)
	d, err2 := strconv.Atoi(date)
	return apiVersion{m, d}, err == nil && err2 == nil
}

func allDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// releaseName is the first two numbers of a version: "24.9" for "24.09.14".
func releaseName(version string) string {
	parts, _ := splitVersion(version)
	name := ""
	for i := range 2 {
		if i < len(parts) {
			name += parts[i].text + "."
		}
	}
	return name
}

// CompareVersions orders two manager versions as the original client does,
// close to PEP 440: numbers count as numbers, a missing number is zero,
// dev < a < b < c < rc < (nothing) < post, any other word is lower than a number,
// what follows "+" decides last, and "*" equals anything. The result is negative,
// zero or positive.
func CompareVersions(a, b string) int {
	partsA, localA := splitVersion(a)
	partsB, localB := splitVersion(b)
	if c := compareParts(partsA, partsB); c != 0 {
		return c
	}
	return compareParts(localA, localB)
}

// versionPart is one number or word of a version.
type versionPart struct {
	text   string // without leading zeros if it is a number
	number bool
}

// splitVersion cuts a version into numbers and words, and the same of its local
// part after "+". Everything else only separates.
func splitVersion(version string) (parts, local []versionPart) {
	target := &parts
	for i := 0; i < len(version); {
		switch c := version[i]; {
		case isDigit(c):
			start := i
			for i < len(version) && isDigit(version[i]) {
				i++
			}
			text := strings.TrimLeft(version[start:i], "0")
			*target = append(*target, versionPart{text: text, number: true})
			continue
		case isLetter(c):
			start := i
			for i < len(version) && isLetter(version[i]) {
				i++
			}
			*target = append(*target, versionPart{text: strings.ToLower(version[start:i])})
			continue
		case c == '*':
			*target = append(*target, versionPart{text: "*"})
		case c == '+':
			target = &local
		}
		i++
	}
	return parts, local
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func compareParts(a, b []versionPart) int {
	zero := versionPart{number: true}
	for i := range max(len(a), len(b)) {
		partA, partB := zero, zero
		if i < len(a) {
			partA = a[i]
		}
		if i < len(b) {
			partB = b[i]
		}
		if partA.text == "*" || partB.text == "*" {
			return 0
		}
		if c := partA.compare(partB, i >= len(a) || i >= len(b)); c != 0 {
			return c
		}
	}
	return 0
}

// compare orders two parts. atEnd says that one of the versions has ended, so
// that "post" is then greater than nothing.
func (p versionPart) compare(q versionPart, atEnd bool) int {
	switch {
	case p.number && q.number:
		if len(p.text) != len(q.text) { // without leading zeros the longer number is greater
			return len(p.text) - len(q.text)
		}
		return strings.Compare(p.text, q.text)
	case p.number:
		return -q.compare(p, atEnd)
	case q.number:
		if atEnd && p.text == "post" {
			return 1
		}
		return -1
	}
	rankP, rankQ := p.rank(), q.rank()
	if rankP == rankQ {
		return strings.Compare(p.text, q.text)
	}
	return rankP - rankQ
}

// rank orders the known words; an unknown one is below them all.
func (p versionPart) rank() int {
	for i, word := range [...]string{"dev", "a", "b", "c", "rc", "post"} {
		if p.text == word {
			return i + 1
		}
	}
	return 0
}
