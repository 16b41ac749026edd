package launcher

import (
	"path"
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
// no two folders lie at one path, none at that of a folder that is mounted by
// itself, and each can be mounted. folders are those that the owner may use.
func CheckMounts(list []Mount, folders []model.Folder) Problems {
	taken := map[string]string{Home: "", "/": ""}
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
		_, double := taken[at]
		switch {
		case !known:
			add("mount.gone")
		case !folder.Ready():
			add("mount.not_ready")
		case !aliasCharacters(m.Alias) || strings.HasPrefix(m.Alias, "/") && at == "/":
			add("mount.alias")
		case double:
			add("mount.taken", "path", at)
		}
		taken[at] = m.Name
	}
	if len(list) > MaxMounts {
		found = append(found, problem(FieldMounts, "mount.many", "max", MaxMounts))
	}
	return found
}

func aliasCharacters(alias string) bool {
	return !strings.ContainsFunc(alias, func(r rune) bool { return !word(r) && r != '-' && r != '/' })
}
