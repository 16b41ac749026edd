//go:build linux

package pid1

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrNotMapped says that a file system cannot show its files as another user's.
var ErrNotMapped = errors.New("the file system has no ID-mapped mounts")

// OpenSource opens the directory a folder shows: nothing below [Bind.Source] may
// be a symbolic link, because what is there belongs to users.
func OpenSource(bind Bind) (int, error) {
	top, err := unix.Openat2(unix.AT_FDCWD, bind.Source, &unix.OpenHow{
		Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_MAGICLINKS,
	})
	if err != nil {
		return -1, fmt.Errorf("%s: %w", bind.Source, err)
	}
	if bind.Subpath == "" {
		return top, nil
	}
	defer unix.Close(top)
	inside, err := unix.Openat2(top, bind.Subpath, &unix.OpenHow{
		Flags:   unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV,
	})
	if err != nil {
		return -1, fmt.Errorf("%s in the folder: %w", bind.Subpath, err)
	}
	return inside, nil
}

// OpenFolder gives a detached mount of a folder alone, without what is mounted
// below it. With a user namespace above 0 its IDs are mapped through that; the
// error is ErrNotMapped where that cannot be.
func OpenFolder(bind Bind, namespace int) (int, error) {
	source, err := OpenSource(bind)
	if err != nil {
		return -1, err
	}
	defer unix.Close(source)
	tree, err := unix.OpenTree(source, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH)
	if err != nil {
		return -1, err
	}
	attr := &unix.MountAttr{Attr_set: bind.Flags(), Propagation: unix.MS_PRIVATE}
	if namespace > 0 {
		attr.Attr_set |= unix.MOUNT_ATTR_IDMAP
		attr.Userns_fd = uint64(namespace)
	}
	if err := unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH, attr); err != nil {
		unix.Close(tree)
		if namespace > 0 {
			return -1, fmt.Errorf("%w: %w", ErrNotMapped, err)
		}
		return -1, err
	}
	return tree, nil
}

// folder shows an opened folder. The home it may lie in is the user's, who could
// have put links there; none is followed.
func (r *root) folder(bind Bind, config Config) {
	if r.err != nil {
		return
	}
	defer unix.Close(bind.FD)
	target, err := r.place(bind.Target, config)
	if err != nil {
		r.fail("make", bind.Target, err)
		return
	}
	defer unix.Close(target)
	r.fail("mount", bind.Target, unix.MoveMount(bind.FD, "", target, "", unix.MOVE_MOUNT_F_EMPTY_PATH|unix.MOVE_MOUNT_T_EMPTY_PATH))
}

// place opens the directory at a path, made where it is missing, part by part.
func (r *root) place(target string, config Config) (int, error) {
	const flags = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	at, err := unix.Open(r.at, flags, 0)
	if err != nil {
		return -1, err
	}
	walked := ""
	for part := range strings.SplitSeq(strings.TrimPrefix(target, "/"), "/") {
		walked += "/" + part
		next, err := unix.Openat(at, part, flags, 0)
		if errors.Is(err, unix.ENOENT) {
			err = unix.Mkdirat(at, part, 0o755)
			if err == nil && strings.HasPrefix(walked, config.Dir+"/") {
				err = unix.Fchownat(at, part, config.UID, config.GID, unix.AT_SYMLINK_NOFOLLOW)
			}
			if err == nil {
				next, err = unix.Openat(at, part, flags, 0)
			}
		}
		unix.Close(at)
		if err != nil {
			return -1, fmt.Errorf("%s: %w", walked, err)
		}
		at = next
	}
	return at, nil
}
