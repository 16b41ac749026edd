//go:build linux

package pid1

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// dropPrivileges gives up, for the calling thread and all that it execs, the
// capabilities the namespaces came with, and makes sure none come back.
func dropPrivileges(config Config) error {
	// First, because it looks at places that are only the kernel's user's.
	if err := keepToBounds(config.Bounds); err != nil {
		return err
	}
	var keep uint64
	if config.SwitchUser {
		// The init process starts the command as another user and must be able
		// to end that user's processes. These count in its own namespace only.
		keep = 1<<unix.CAP_SETUID | 1<<unix.CAP_SETGID | 1<<unix.CAP_KILL
	}
	if config.Isolated && !config.Furnished {
		if err := dropBounding(keep); err != nil {
			return err
		}
	}
	if config.Isolated {
		if err := keepCapabilities(keep); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot forbid new privileges: %w", err)
	}
	if err := loadFilter(); err != nil && config.Isolated {
		return fmt.Errorf("cannot load the system call filter: %w", err)
	}
	return nil
}

// dropBounding makes sure that no program can ever bring back a capability that
// is not in keep. It takes the right to do so.
func dropBounding(keep uint64) error {
	for capability := uintptr(0); capability < 64; capability++ {
		if keep&(1<<capability) != 0 {
			continue
		}
		err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0)
		if err == unix.EINVAL {
			break // beyond the last one this system knows
		}
		if err != nil {
			return fmt.Errorf("cannot drop capability %d: %w", capability, err)
		}
	}
	return nil
}

// keepCapabilities gives up every capability but those in keep.
func keepCapabilities(keep uint64) error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot clear ambient capabilities: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	for half := range data {
		bits := uint32(keep >> (32 * half))
		data[half] = unix.CapUserData{Effective: bits, Permitted: bits}
	}
	if err := unix.Capset(&header, &data[0]); err != nil {
		return fmt.Errorf("cannot drop capabilities: %w", err)
	}
	return nil
}
