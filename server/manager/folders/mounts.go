package folders

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/storage"
)

// home is where sessions work and folders appear.
const home = "/home/work"

// maxMounts is how many folders one request may name.
const maxMounts = 100

// MountRequest is what a request for a session says about folders. The keys of
// Map and Permissions are entries of Mounts.
type MountRequest struct {
	Mounts      []string          // "folder" or "folder/sub/directory"; a folder's name or id
	Map         map[string]string // where it appears: absolute, or below the home
	Permissions map[string]string // ro, rw or wd; what is not said is what the folder grants
}

// Mount is one folder in a session, in the form that sessions store.
type Mount struct {
	Name       string `json:"name"`
	Folder     string `json:"vfid"`        // user:<uuid>/<32 hex digits>
	Subpath    string `json:"vfsubpath"`   // "." for all of it
	HostPath   string `json:"host_path"`   // of the subpath
	KernelPath string `json:"kernel_path"` // absolute
	Permission string `json:"mount_perm"`  // ro, rw or wd
	UsageMode  string `json:"usage_mode"`
}

// Source is the folder's own directory on the host. Subpath is below it and must
// be resolved without following symbolic links: sessions may have put some there.
func (m Mount) Source() string {
	if m.Subpath == "." {
		return m.HostPath
	}
	return strings.TrimSuffix(m.HostPath, string(filepath.Separator)+filepath.FromSlash(m.Subpath))
}

// ReadOnly reports whether the session may not write.
func (m Mount) ReadOnly() bool { return m.Permission == readOnly }

// wanted is one entry of a request.
type wanted struct {
	key    string // as it was asked for
	folder string // name or id
	sub    string // clean
	auto   bool   // not asked for
}

// MountsFor decides what an owner's session in a project mounts: what is asked
// for, and every own folder whose name begins with a dot. What others share does
// not come by itself: they choose its name, and programs of the session would run
// what they put into a ".local". Folders of other projects are left out without a
// word, as in 24.09. The error is a problem to answer with.
func (f *Folders) MountsFor(ctx context.Context, owner api.Caller, projectID string, req MountRequest) ([]Mount, error) {
	wants, err := parseMounts(req.Mounts)
	if err != nil {
		return nil, err
	}
	reached, err := f.mountableBy(ctx, owner, wants)
	if err != nil {
		return nil, err
	}
	if len(reached) == 0 && len(wants) > 0 {
		return nil, problem.NotFound("virtual folder", "There is no accessible vfolders at all.")
	}
	for _, x := range reached {
		if x.UserID == owner.UserID && strings.HasPrefix(x.Name, ".") && !slices.ContainsFunc(wants, func(w wanted) bool { return w.folder == x.Name || w.folder == x.ID }) {
			wants = append(wants, wanted{x.Name, x.Name, ".", true})
		}
	}
	var mounts []Mount
	for _, want := range wants {
		i := slices.IndexFunc(reached, func(x folder) bool { return x.Name == want.folder || want.folder == x.ID })
		if i < 0 {
			return nil, problem.NotFound("virtual folder", fmt.Sprintf("VFolder %s is not found or accessible.", want.folder))
		}
		x := reached[i]
		if err := f.allowed(ctx, owner, x.Host, x.ProjectID, store.HostMount); err != nil {
			if want.auto {
				continue
			}
			return nil, err
		}
		if x.ProjectID != "" && x.ProjectID != projectID {
			continue
		}
		m, err := f.mount(x, want, req)
		if err != nil {
			return nil, err
		}
		for _, other := range mounts { // the same folder, once by name and once by id
			if other.Folder == m.Folder && (within(m.Subpath, other.Subpath) || within(other.Subpath, m.Subpath)) {
				return nil, overlap(want.key, other.Name)
			}
		}
		mounts = append(mounts, m)
	}
	return mounts, checkTargets(mounts, wants, req.Map)
}

// Revoked is the name of a mount that the owner of its session may not have any
// more, empty for none: a session can wait for days after [Folders.MountsFor].
func Revoked(ctx context.Context, s *store.Store, owner api.Caller, mounts []Mount) (name string, err error) {
	v := viewer(owner)
	for _, m := range mounts {
		_, hex, _ := strings.Cut(m.Folder, "/")
		id, err := uuid.Parse(hex)
		if err != nil {
			return m.Name, nil
		}
		rows, _, err := s.Folders(ctx, store.FolderQuery{Viewer: &v, IDs: []string{id.String()}, Statuses: mountable()})
		if err != nil {
			return "", err
		}
		if len(rows) == 0 || seenBy(owner, rows[0]).permission == readOnly && !m.ReadOnly() {
			return m.Name, nil
		}
	}
	return "", nil
}

// parseMounts reads the entries of a request and refuses those that overlap.
func parseMounts(entries []string) ([]wanted, error) {
	var wants []wanted
	if len(entries) > maxMounts {
		return nil, problem.InvalidParams(fmt.Sprintf("A session mounts %d folders at most.", maxMounts))
	}
	for _, entry := range entries {
		name, sub, _ := strings.Cut(entry, "/")
		sub, err := storage.Clean(sub)
		if err != nil || name == "" {
			return nil, problem.InvalidParams(fmt.Sprintf("The subpath of %s should designate a subdirectory of the vfolder.", quote(entry)))
		}
		if id, err := uuid.Parse(name); err == nil && (len(name) == 32 || len(name) == 36) {
			name = id.String()
		}
		for _, other := range wants {
			if other.folder == name && (within(sub, other.sub) || within(other.sub, sub)) {
				return nil, overlap(entry, other.key)
			}
		}
		wants = append(wants, wanted{entry, name, sub, false})
	}
	return wants, nil
}

func overlap(entry, other string) error {
	return problem.InvalidParams(fmt.Sprintf("VFolder source path %s overlaps with %s", quote(entry), quote(other)))
}

// within reports whether a clean path is another one or below it.
func within(inner, outer string) bool {
	return outer == "." || outer == "/" || inner == outer || strings.HasPrefix(inner, outer+"/")
}

// mountableBy lists the folders that an owner reaches and that are asked for or
// come by themselves: own ones first, then shared ones, then projects'.
func (f *Folders) mountableBy(ctx context.Context, owner api.Caller, wants []wanted) ([]folder, error) {
	v := viewer(owner)
	where := "substr(f.name, 1, 1) = '.'"
	var args []any
	for _, want := range wants {
		where += " OR f.name = ? OR f.id = ?"
		args = append(args, want.folder, want.folder)
	}
	rows, _, err := f.Store.Folders(ctx, store.FolderQuery{Viewer: &v, Statuses: mountable(),
		Page: store.Page{Where: store.Clause{SQL: where, Args: args}}})
	if err != nil {
		return nil, err
	}
	found := make([]folder, len(rows))
	for i, row := range rows {
		found[i] = seenBy(owner, row)
	}
	rank := func(x folder) int {
		switch {
		case x.UserID == owner.UserID:
			return 0
		case x.ProjectID == "":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(a, b folder) int { return rank(a) - rank(b) })
	return found, nil
}

// mount makes the mount of one folder.
func (f *Folders) mount(x folder, want wanted, req MountRequest) (Mount, error) {
	id, err := x.place()
	if err != nil {
		return Mount{}, err
	}
	permission := x.permission
	if asked := req.Permissions[want.key]; asked != "" {
		if !slices.Contains([]string{readOnly, readWrite, mayDelete}, asked) {
			return Mount{}, problem.InvalidParams(fmt.Sprintf("%s is no permission for a mount.", quote(asked)))
		}
		if asked != readOnly && permission == readOnly {
			return Mount{}, &problem.Problem{Status: http.StatusBadRequest, Type: "vfolder-permission-error",
				Title: "The virtual folder does not permit the specified permission.",
				Msg:   fmt.Sprintf("VFolder %s is allowed to be accessed in '%s' mode, but attempted with '%s' mode.", x.Name, permission, asked)}
		}
		permission = asked
	}
	if err := f.Volume.CheckSubpath(id, want.sub); err != nil {
		if storage.KindOf(err) == storage.KindNotFound {
			return Mount{}, problem.NotFound("virtual folder", fmt.Sprintf("There is no directory %s in the folder.", quote(want.sub)))
		}
		return Mount{}, ofStorage(err)
	}
	target, err := targetOf(x.Name, req.Map[want.key])
	if err != nil {
		return Mount{}, err
	}
	return Mount{Name: x.Name, Folder: id.String(), Subpath: want.sub, HostPath: filepath.Join(f.Volume.Path(id), filepath.FromSlash(want.sub)),
		KernelPath: target, Permission: permission, UsageMode: x.UsageMode}, nil
}

// targetOf is where a folder appears.
func targetOf(name, asked string) (string, error) {
	if name == ".linuxbrew" {
		return "/home/linuxbrew/.linuxbrew", nil // it works nowhere else
	}
	if asked == "" {
		return path.Join(home, name), nil
	}
	refuse := problem.InvalidParams(fmt.Sprintf("Folders cannot be mounted at %s.", quote(asked)))
	if strings.ContainsFunc(asked, func(r rune) bool { return r != '/' && unshowable(r) }) {
		return "", refuse
	}
	target := path.Clean(asked)
	if !path.IsAbs(asked) {
		if target = path.Join(home, asked); !within(target, home) {
			return "", refuse
		}
	}
	if within(home, target) || systemPath(target) {
		return "", refuse
	}
	if rest, below := strings.CutPrefix(target, home+"/"); below && reserved(rest) {
		return "", refuse
	}
	return target, nil
}

// checkTargets refuses mounts that are in each other's way, and names that would
// mislead.
func checkTargets(mounts []Mount, wants []wanted, targets map[string]string) error {
	for _, want := range wants {
		for _, other := range wants {
			if want.key != other.key && targets[want.key] == other.folder {
				return problem.InvalidParams(fmt.Sprintf("The mount target %s is the name of another mounted folder.", quote(other.folder)))
			}
		}
	}
	for i, m := range mounts {
		for _, other := range mounts[:i] {
			if within(m.KernelPath, other.KernelPath) || within(other.KernelPath, m.KernelPath) {
				return problem.InvalidParams(fmt.Sprintf("VFolder mount path %s overlaps with %s", m.KernelPath, other.KernelPath))
			}
		}
	}
	return nil
}
