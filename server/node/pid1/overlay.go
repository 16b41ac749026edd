//go:build linux

package pid1

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// The places in the root under construction that overlays are made from. They
// are gone before the kernel runs.
const (
	changesPlace = "/.changes"
	lowerPlace   = "/.lower"
)

// The directories of one overlay, below the one of its name in the directory of
// changes.
const (
	UpperDir = "upper" // what was changed
	WorkDir  = "work"  // the file system's own
)

// overlay shows a tree with the kernel's changes over it.
func (r *root) overlay(bind Bind) {
	lower := bind
	lower.Target = lowerPlace
	r.bind(lower)
	if r.err != nil {
		return
	}
	changes := r.path(changesPlace) + "/" + bind.Overlay + "/"
	// "userxattr" because this process is privileged in its own namespace only.
	r.mount("overlay", bind.Target, "overlay", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprintf(
		"lowerdir=%s,upperdir=%s%s,workdir=%s%s,userxattr", r.path(lowerPlace), changes, UpperDir, changes, WorkDir))
	r.remove(lowerPlace)
}

// remove takes away what overlays were made from; they hold it themselves.
func (r *root) remove(place string) {
	if _, err := os.Lstat(r.path(place)); r.err != nil || err != nil {
		return
	}
	r.fail("unmount", place, unix.Unmount(r.path(place), unix.MNT_DETACH))
	if r.err == nil {
		r.fail("remove", place, os.Remove(r.path(place)))
	}
}
