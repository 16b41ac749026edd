//go:build linux

package pid1

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// setup is the first stage. It returns only on failure.
func setup(sync *os.File) error {
	// The server first puts this process into its control groups. If it dies
	// before it says go, the read ends and so does this process.
	var begin [1]byte
	if _, err := sync.Read(begin[:]); err != nil {
		return errors.New("the server went away during the start")
	}
	// The second stage reads it again: while this one runs, the collector must not
	// find the file unused and close its descriptor.
	configFile := os.NewFile(FDConfig, "config")
	defer runtime.KeepAlive(configFile)
	config, err := readConfig(configFile)
	if err != nil {
		return err
	}
	if err := closeInherited(len(config.Root.Binds)); err != nil {
		return err
	}
	unix.Umask(0o022)
	if config.Isolated && !config.Furnished {
		if err := isolate(config); err != nil {
			return err
		}
	} else if err := os.Chdir(config.Dir); err != nil {
		return err
	}
	if err := setLimits(config); err != nil {
		return err
	}
	if err := dropPrivileges(config); err != nil {
		return err
	}
	unix.CloseOnExec(FDBinary)
	env := append(os.Environ(), "PATH="+config.Env["PATH"])
	return fmt.Errorf("cannot start the second stage: %w",
		syscall.Exec(ownProgram, []string{Argv0, StageRun, config.KernelID}, env))
}

// closeInherited keeps only the files this package knows of: whatever the
// server's own parent left open must not reach a kernel.
func closeInherited(binds int) error {
	if err := unix.CloseRange(uint(FDBinds+binds), ^uint(0), unix.CLOSE_RANGE_CLOEXEC); err != nil {
		return fmt.Errorf("cannot close inherited files: %w", err)
	}
	for fd := FDBinds; fd < FDBinds+binds; fd++ {
		unix.CloseOnExec(fd)
	}
	return nil
}

// isolate arranges what the new namespaces leave to be done.
func isolate(config Config) error {
	if err := unix.Sethostname([]byte(config.Hostname)); err != nil {
		return fmt.Errorf("cannot set the host name: %w", err)
	}
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("cannot bring the loopback interface up: %w", err)
	}
	if config.Network != nil {
		if err := joinNetwork(config.Network); err != nil {
			return fmt.Errorf("cannot join the cluster's network: %w", err)
		}
	}
	// Only now, inside its own control group, so that /proc/self/cgroup shows
	// nothing of the host.
	if err := unix.Unshare(unix.CLONE_NEWCGROUP); err != nil {
		return fmt.Errorf("cannot leave the cgroup namespace: %w", err)
	}
	limitNamespace(config.Neighbours)
	return buildRoot(config)
}

// loopbackUp brings up 127.0.0.1 and ::1, the only network a kernel has.
func loopbackUp() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, request); err != nil {
		return err
	}
	request.SetUint16(request.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request)
}

// setLimits sets the resource limits the command inherits.
func setLimits(config Config) error {
	limits := []struct {
		name     string
		resource int
		value    uint64
		set      bool
	}{
		{"core files", unix.RLIMIT_CORE, 0, true},
		{"open files", unix.RLIMIT_NOFILE, config.OpenFiles, config.OpenFiles > 0},
		{"processes", unix.RLIMIT_NPROC, config.Processes, config.Processes > 0},
	}
	for _, limit := range limits {
		if !limit.set {
			continue
		}
		var had syscall.Rlimit
		if err := syscall.Getrlimit(limit.resource, &had); err != nil {
			return fmt.Errorf("limit on %s: %w", limit.name, err)
		}
		value := min(limit.value, had.Max)
		if err := syscall.Setrlimit(limit.resource, &syscall.Rlimit{Cur: value, Max: value}); err != nil {
			return fmt.Errorf("limit on %s: %w", limit.name, err)
		}
	}
	return nil
}
