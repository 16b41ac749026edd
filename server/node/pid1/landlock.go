//go:build linux

package pid1

import (
	"fmt"

	"github.com/landlock-lsm/go-landlock/landlock"
)

// Bounds are the places a kernel is kept to with Landlock, beside what its file
// system shows: should something of the host come into its reach all the same,
// through a fault or an open file, it may not be opened.
type Bounds struct {
	// ReadOnly and Writable are directories; those that do not exist are passed
	// over.
	ReadOnly, Writable []string
}

// keepToBounds restricts this process and all that come from it. Of Landlock it
// uses what this Linux has: the rights to files, and on newer ones that nothing
// outside can be signalled. Ports are not its business, the network namespace is
// stronger.
func keepToBounds(bounds *Bounds) error {
	if bounds == nil {
		return nil
	}
	handled := landlock.V7
	handled.HandledAccessNet = 0
	// All at once: a second restriction, whatever it is about, would forbid to move
	// files from one directory to another.
	err := handled.BestEffort().Restrict(
		landlock.RODirs(bounds.ReadOnly...).IgnoreIfMissing(),
		landlock.RWDirs(bounds.Writable...).WithRefer().WithIoctlDev().IgnoreIfMissing(),
		// This program, which need not be in any of them.
		landlock.ROFiles(ownProgram),
	)
	if err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	return nil
}
