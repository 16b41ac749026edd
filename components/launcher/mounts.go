package launcher

import (
	"path"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Mount is a folder that the session gets.
type Mount struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Alias string `json:"alias,omitempty"` // as typed
}

// Home is where sessions have their home; folders are mounted below it unless an
// alias says otherwise.
const Home = "/home/work"

// MaxMounts bounds the folders of one session.
const MaxMounts = 100

// Path is where the folder appears: below the home by its own name, below the
// home at a relative alias, or at an absolute one.
func (m Mount) Path() string {
	switch {
	case m.Alias == "":
		return path.Join(Home, m.Name)
	case strings.HasPrefix(m.Alias, "/"):
		return path.Clean(m.Alias)
	}
	return path.Join(Home, m.Alias)
}

// CheckMounts applies the rules: an alias has letters, digits, "_", "-" and "/",
// no two folders lie at one path or in each other, none at that of a folder that
// is mounted by itself, none has the name of another one as its alias, none hides
// a directory of the system, and each can be mounted. folders are those that the
// owner may use.
func CheckMounts(list []Mount, folders []model.Folder) Problems {
	taken := map[string]string{}
	usable := map[string]model.Folder{}
	for _, folder := range folders {
		usable[folder.ID] = folder
		if folder.Automatic() {
			taken[path.Join(Home, folder.Name)] = folder.Name
		}
	}
	var found Problems
	for row, m := range list {
		add := func(key string, args ...any) {
			found = append(found, problem(FieldMounts, key, append([]any{"name", m.Name}, args...)...).at(row))
		}
		folder, known := usable[m.ID]
		at := m.Path()
		switch {
		case !known:
			add("mount.gone")
		case !folder.Ready():
			add("mount.not_ready")
		case !aliasCharacters(m.Alias) || strings.HasPrefix(m.Alias, "/") && at == "/":
			add("mount.alias")
		case systemPath(at):
			add("mount.system", "path", at)
		case within(Home, at) || overlaps(at, taken) || m.Alias != "" && named(list, row, at):
			add("mount.taken", "path", at)
		}
		taken[at] = m.Name
	}
	if len(list) > MaxMounts {
		found = append(found, problem(FieldMounts, "mount.many", "max", MaxMounts))
	}
	return found
}

// within reports whether a path is another one, or lies below it.
func within(inner, outer string) bool {
	return inner == outer || strings.HasPrefix(inner, strings.TrimSuffix(outer, "/")+"/")
}

// overlaps reports whether a path lies in one that is taken, or the other way
// round: one of the two would be hidden.
func overlaps(at string, taken map[string]string) bool {
	for other := range taken {
		if within(at, other) || within(other, at) {
			return true
		}
	}
	return false
}

// named reports whether a path is where another folder of the list would appear
// by its name. Managers refuse such an alias also where that folder has one too.
func named(list []Mount, row int, at string) bool {
	for i, other := range list {
		if i != row && path.Join(Home, other.Name) == at {
			return true
		}
	}
	return false
}

// systemPath reports whether a mount would hide a part of the system.
func systemPath(at string) bool {
	top, _, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	return at == "/home" || slices.Contains([]string{"bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt",
		"proc", "root", "run", "sbin", "srv", "sys", "tmp", "usr", "var"}, top)
}

func aliasCharacters(alias string) bool {
	return !strings.ContainsFunc(alias, func(r rune) bool { return !word(r) && r != '-' && r != '/' })
}
