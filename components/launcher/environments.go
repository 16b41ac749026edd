package launcher

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/baiui/baiui/client/model"
)

// Environment is what people call an environment: one image name with all its
// versions.
type Environment struct {
	Key      string // registry/name
	Title    string
	Group    string // key of the group's title
	Versions []model.Image
}

// The groups environments stand in, in their order. Sessions that their owner
// kept as an image are a group of their own.
const (
	GroupCustomized = "launcher.group.customized"
	GroupStable     = "launcher.group.stable"
	GroupCommunity  = "launcher.group.community"
	GroupOther      = "launcher.group.other"
)

// Environments sorts images into environments: by group, then by title, and in
// each the newest version first, then by architecture.
func Environments(images []model.Image) []Environment {
	found := map[string]*Environment{}
	var order []string
	for _, image := range images {
		key := image.Registry + "/" + image.Name
		if image.Customized() {
			key += "!" // beside the image that it was made from
		}
		if found[key] == nil {
			found[key] = &Environment{Key: key, Title: environmentTitle(image), Group: environmentGroup(image)}
			order = append(order, key)
		}
		found[key].Versions = append(found[key].Versions, image)
	}
	list := make([]Environment, 0, len(order))
	for _, key := range order {
		e := *found[key]
		slices.SortStableFunc(e.Versions, func(a, b model.Image) int {
			return cmp.Or(compareVersions(b.Tag, a.Tag), strings.Compare(a.Architecture, b.Architecture))
		})
		list = append(list, e)
	}
	rank := map[string]int{GroupCustomized: 0, GroupStable: 1, GroupCommunity: 2, GroupOther: 3}
	slices.SortStableFunc(list, func(a, b Environment) int {
		return cmp.Or(cmp.Compare(rank[a.Group], rank[b.Group]),
			strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title)), strings.Compare(a.Key, b.Key))
	})
	return list
}

// Search keeps the environments and versions of which name, tag, or given name
// hold every word of a text.
func Search(list []Environment, text string) []Environment {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 {
		return list
	}
	var kept []Environment
	for _, e := range list {
		var versions []model.Image
		for _, image := range e.Versions {
			all := strings.ToLower(e.Title + " " + image.FullName() + " " + image.CustomName())
			if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(all, word) }) {
				versions = append(versions, image)
			}
		}
		if len(versions) > 0 {
			e.Versions = versions
			kept = append(kept, e)
		}
	}
	return kept
}

// FindImage finds an image by its full name. One without an architecture means
// x86_64, as in the original.
func FindImage(images []model.Image, name string) (model.Image, bool) {
	if name == "" {
		return model.Image{}, false
	}
	if !strings.Contains(name, "@") {
		name += "@" + model.DefaultArchitecture
	}
	for _, image := range images {
		if image.FullName() == name {
			return image, true
		}
	}
	return model.Image{}, false
}

// environmentTitle is the last part of an image's name, each word with a
// capital: "stable/python-pytorch" is "Python Pytorch".
func environmentTitle(image model.Image) string {
	last := image.Name[strings.LastIndexByte(image.Name, '/')+1:]
	words := strings.FieldsFunc(last, func(r rune) bool { return r == '-' || r == '_' })
	for i, word := range words {
		runes := []rune(word)
		runes[0] = unicode.ToUpper(runes[0])
		words[i] = string(runes)
	}
	return strings.Join(words, " ")
}

func environmentGroup(image model.Image) string {
	if image.Customized() {
		return GroupCustomized
	}
	folder, _, _ := strings.Cut(image.Name, "/")
	switch folder {
	case "stable":
		return GroupStable
	case "community":
		return GroupCommunity
	}
	return GroupOther
}

// compareVersions orders tags by their numbers: "3.10" after "3.9".
func compareVersions(a, b string) int {
	for a != "" && b != "" {
		partA, restA := versionPart(a)
		partB, restB := versionPart(b)
		if order := comparePart(partA, partB); order != 0 {
			return order
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

// versionPart cuts off the run of digits, or of others, that a text begins with.
func versionPart(text string) (part, rest string) {
	digit := func(i int) bool { return '0' <= text[i] && text[i] <= '9' }
	end := 1
	for end < len(text) && digit(end) == digit(0) {
		end++
	}
	return text[:end], text[end:]
}

func comparePart(a, b string) int {
	numeric := func(text string) bool { return '0' <= text[0] && text[0] <= '9' }
	if numeric(a) && numeric(b) {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	return strings.Compare(a, b)
}
