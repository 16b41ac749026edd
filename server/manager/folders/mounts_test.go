package folders_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
)

// mounted says in short what a session mounts: target, subpath, permission.
func mounted(w *world, user string, req folders.MountRequest) ([]string, error) {
	mounts, err := w.calls.MountsFor(w.Context(), w.users[user], projectID, req)
	out := []string{}
	for _, m := range mounts {
		out = append(out, m.KernelPath+" "+m.Name+"/"+m.Subpath+" "+m.Permission)
	}
	return out, err
}

func TestFoldersAreMountedWhereTheyBelong(t *testing.T) {
	w := newWorld(t)
	w.folder("user", "data")
	w.folder("user", "fixed", "permission", `"ro"`)
	w.ok("user", http.MethodPost, "/folders/data/mkdir", `{"path": "sub/dir"}`)
	id := w.folder("user", "byid")
	for name, test := range map[string]struct {
		req  folders.MountRequest
		want []string
	}{
		"nothing":                   {folders.MountRequest{}, []string{}},
		"by its name":               {folders.MountRequest{Mounts: []string{"data"}}, []string{"/home/work/data data/. rw"}},
		"by its id":                 {folders.MountRequest{Mounts: []string{id}}, []string{"/home/work/byid byid/. rw"}},
		"by its id with dashes":     {folders.MountRequest{Mounts: []string{dashed(id)}}, []string{"/home/work/byid byid/. rw"}},
		"with another permission":   {folders.MountRequest{Mounts: []string{"data"}, Permissions: map[string]string{"data": "ro"}}, []string{"/home/work/data data/. ro"}},
		"with the folder's":         {folders.MountRequest{Mounts: []string{"fixed"}}, []string{"/home/work/fixed fixed/. ro"}},
		"under another name":        {folders.MountRequest{Mounts: []string{"data"}, Map: map[string]string{"data": "other/place"}}, []string{"/home/work/other/place data/. rw"}},
		"at an absolute path":       {folders.MountRequest{Mounts: []string{"data"}, Map: map[string]string{"data": "/models/a"}}, []string{"/models/a data/. rw"}},
		"in part":                   {folders.MountRequest{Mounts: []string{"data/sub"}}, []string{"/home/work/data data/sub rw"}},
		"in two parts, two targets": {folders.MountRequest{Mounts: []string{"data/sub/dir", "byid"}, Map: map[string]string{"data/sub/dir": "x"}}, []string{"/home/work/x data/sub/dir rw", "/home/work/byid byid/. rw"}},
	} {
		got, err := mounted(w, "user", test.req)
		require.NoError(t, err, name)
		assert.Equal(t, test.want, got, name)
	}
}

func TestMountsHaveTheStoredForm(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.ok("user", http.MethodPost, "/folders/data/mkdir", `{"path": "sub"}`)
	mounts, err := w.calls.MountsFor(t.Context(), w.users["user"], projectID, folders.MountRequest{Mounts: []string{"data/sub"}})
	require.NoError(t, err)
	source := w.calls.Volume.Path(w.place(id))
	text, err := json.Marshal(mounts)
	require.NoError(t, err)
	assert.JSONEq(t, `[{"name": "data", "vfid": "user:`+userID+`/`+id+`", "vfsubpath": "sub", "host_path": "`+source+`/sub",
		"kernel_path": "/home/work/data", "mount_perm": "rw", "usage_mode": "general"}]`, string(text))
	assert.Equal(t, source, mounts[0].Source())
	assert.False(t, mounts[0].ReadOnly())
}

func TestMountsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.folder("user", "other")
	w.folder("user", "fixed", "permission", `"ro"`)
	w.folder("user2", "secret")
	w.folder("user", "gone")
	w.ok("user", http.MethodDelete, "/folders/gone", "")
	w.ok("user", http.MethodPost, "/folders/data/mkdir", `{"path": "sub/dir"}`)
	require.NoError(t, os.Symlink("/etc", filepath.Join(w.calls.Volume.Path(w.place(id)), "link")))
	to := func(target string) folders.MountRequest {
		return folders.MountRequest{Mounts: []string{"data"}, Map: map[string]string{"data": target}}
	}
	for name, test := range map[string]struct {
		req    folders.MountRequest
		status int
		says   string
	}{
		"a folder that is not there":  {folders.MountRequest{Mounts: []string{"none"}}, 404, "There is no accessible vfolders at all."},
		"one of two":                  {folders.MountRequest{Mounts: []string{"data", "none"}}, 404, "VFolder none is not found or accessible."},
		"another user's":              {folders.MountRequest{Mounts: []string{"data", "secret"}}, 404, "secret"},
		"one in the trash":            {folders.MountRequest{Mounts: []string{"gone"}}, 404, ""},
		"more than it grants":         {folders.MountRequest{Mounts: []string{"fixed"}, Permissions: map[string]string{"fixed": "rw"}}, 400, "allowed to be accessed in 'ro' mode"},
		"a permission that is none":   {folders.MountRequest{Mounts: []string{"data"}, Permissions: map[string]string{"data": "x"}}, 400, "permission"},
		"a path out of the folder":    {folders.MountRequest{Mounts: []string{"data/../other"}}, 400, "subdirectory"},
		"an absolute path in it":      {folders.MountRequest{Mounts: []string{"data//etc"}}, 400, "subdirectory"},
		"a link in it":                {folders.MountRequest{Mounts: []string{"data/link"}}, 400, "not a directory"},
		"a directory that is not":     {folders.MountRequest{Mounts: []string{"data/none"}}, 404, "no directory"},
		"one in another":              {folders.MountRequest{Mounts: []string{"data", "data/sub"}, Map: map[string]string{"data/sub": "x"}}, 400, "overlaps"},
		"the same twice":              {folders.MountRequest{Mounts: []string{"data", "data"}}, 400, "overlaps"},
		"the same by name and id":     {folders.MountRequest{Mounts: []string{"data", id}, Map: map[string]string{id: "x/y"}}, 400, ""},
		"targets in one another":      {folders.MountRequest{Mounts: []string{"data", "other"}, Map: map[string]string{"other": "data/x"}}, 400, "overlaps"},
		"the name of another":         {folders.MountRequest{Mounts: []string{"data", "other"}, Map: map[string]string{"data": "other", "other": "z"}}, 400, "name of another"},
		"a system directory":          {to("/usr/lib"), 400, "cannot be mounted"},
		"a system directory, hidden":  {to("/models/../etc"), 400, "cannot be mounted"},
		"the top":                     {to("/"), 400, "cannot be mounted"},
		"the home":                    {to("/home/work"), 400, "cannot be mounted"},
		"the home, hidden":            {to("."), 400, "cannot be mounted"},
		"above the home":              {to("../x"), 400, "cannot be mounted"},
		"what a home needs":           {to(".ssh"), 400, "cannot be mounted"},
		"a line break":                {to("a\nb"), 400, "cannot be mounted"},
		"more than anybody looks for": {folders.MountRequest{Mounts: strings.Split(strings.Repeat("x,", 100), ",")}, 400, "100"},
	} {
		got, err := mounted(w, "user", test.req)
		require.Error(t, err, "%s: %v", name, got)
		p := problem.Of(err)
		assert.Equal(t, test.status, p.Status, "%s: %s", name, p.Error())
		assert.Contains(t, p.Msg, test.says, name)
	}
}

func TestDotFoldersAreMountedByThemselves(t *testing.T) {
	w := newWorld(t)
	w.folder("user", ".local")
	w.folder("user", ".linuxbrew")
	w.folder("user", ".cache")
	w.folder("user", "data")
	gone := w.folder("user", ".gone")
	w.ok("user", http.MethodDelete, "/folders/"+gone, "")
	got, err := mounted(w, "user", folders.MountRequest{Mounts: []string{"data", ".cache"}, Permissions: map[string]string{".cache": "ro"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"/home/work/data data/. rw", "/home/work/.cache .cache/. ro", "/home/work/.local .local/. rw",
		"/home/linuxbrew/.linuxbrew .linuxbrew/. rw"}, got)
	got, err = mounted(w, "user2", folders.MountRequest{})
	require.NoError(t, err)
	assert.Empty(t, got, "nobody else's")
}

func TestASharedFolderIsNotMountedBecauseItsOwnerRenamesIt(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.share("user", id, "ro", "user2@lablup.com", "user2")
	w.ok("user", http.MethodPost, "/folders/data/rename", `{"new_name": ".local"}`)
	got, err := mounted(w, "user2", folders.MountRequest{})
	require.NoError(t, err)
	assert.Empty(t, got)
	got, err = mounted(w, "user2", folders.MountRequest{Mounts: []string{".local"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"/home/work/.local .local/. ro"}, got, "who asks for it has it")
}

func TestOnlyFoldersOfTheSessionsProjectAreMounted(t *testing.T) {
	w := newWorld(t)
	w.folder("admin", "team", "group", `"`+projectID+`"`)
	got, err := mounted(w, "user", folders.MountRequest{Mounts: []string{"team"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"/home/work/team team/. rw"}, got)
	mounts, err := w.calls.MountsFor(t.Context(), w.users["user"], "another", folders.MountRequest{Mounts: []string{"team"}})
	require.NoError(t, err)
	assert.Empty(t, mounts)
}

func TestSharesAreMountedAsGranted(t *testing.T) {
	w := newWorld(t)
	id := w.folder("user", "data")
	w.share("user", id, "ro", "user2@lablup.com", "user2")
	got, err := mounted(w, "user2", folders.MountRequest{Mounts: []string{"data"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"/home/work/data data/. ro"}, got)
	_, err = mounted(w, "user2", folders.MountRequest{Mounts: []string{"data"}, Permissions: map[string]string{"data": "wd"}})
	assert.Equal(t, "vfolder-permission-error", problem.Of(err).Type)
}

func TestAHostThatDoesNotAllowMounting(t *testing.T) {
	w := newWorld(t, func(s *store.Seed) {
		s.KeyPairPolicy.AllowedVFolderHosts = store.ToJSON(map[string][]string{store.FolderHost: {store.HostCreate}})
	})
	w.folder("user", "data")
	w.folder("user", ".local")
	_, err := mounted(w, "user", folders.MountRequest{Mounts: []string{"data"}})
	assert.Equal(t, 400, problem.Of(err).Status)
	got, err := mounted(w, "user", folders.MountRequest{})
	require.NoError(t, err, "what comes by itself stays away by itself")
	assert.Empty(t, got)
}

func TestNames(t *testing.T) {
	for _, good := range []string{"a", "data set", "한글", ".local", ".linuxbrew", "a.b-c_d", strings.Repeat("n", 64), "...", "rc", ".rc", ".Bashrc", "bin"} {
		assert.True(t, folders.ValidName(good), good)
	}
	for _, bad := range []string{"", ".", "..", "a/b", "/bin", "a\nb", " a", "a ", ".bashrc", ".zsh_profile", ".ssh", ".jupyter", ".terminfo",
		".tmux.conf", strings.Repeat("n", 65), "a\xff", "a\u202eb", "a\x00"} {
		assert.False(t, folders.ValidName(bad), "%q", bad)
	}
}

func FuzzMounts(f *testing.F) {
	for _, seed := range [][2]string{{"data", ""}, {"data/../x", "/etc"}, {"data/sub", "../.."}, {"a//b", "./x/."}} {
		f.Add(seed[0], seed[1])
	}
	s, err := store.Open(f.Context(), filepath.Join(f.TempDir(), "state.db"), store.LoseOnPowerCut())
	require.NoError(f, err)
	f.Cleanup(func() { require.NoError(f, s.Close()) })
	calls := folders.New(folders.Options{Store: s})
	f.Fuzz(func(t *testing.T, entry, target string) {
		_, err := calls.MountsFor(t.Context(), api.Caller{UserID: "x"}, "", folders.MountRequest{Mounts: []string{entry}, Map: map[string]string{entry: target}})
		assert.Contains(t, []int{400, 404}, problem.Of(err).Status, "there is no folder at all")
		got, err := folders.TargetOf(entry, target)
		if err == nil {
			assert.True(t, strings.HasPrefix(got, "/") && filepath.Clean(got) == got && got != "/home/work" && got != "/")
		}
	})
}
