//go:build linux

package node

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/baiui/baiui/server/node/cgroup"
	"github.com/baiui/baiui/server/node/pid1"
)

// The files in a kernel's directory.
const (
	fileSpec    = "spec.json"    // the Spec it was created with
	fileState   = "state.json"   // the record below
	fileInit    = "init.json"    // how the command ended, from the init process
	fileExit    = "exit.json"    // how the kernel ended, once that is settled
	fileLog     = "log"          // what its processes wrote
	fileControl = "control.sock" // the init process's control socket
	fileHostKey = "host.key"     // the seed of its SSH host key
	fileBubble  = "bwrap.log"    // what bubblewrap complained about
	dirEtc      = "etc"          // files of its /etc, with bubblewrap
	dirHome     = "home"         // /home/work
	dirServices = "services"     // what services wrote
	dirChanges  = "changes"      // what was changed in overlays
)

// record is what the server must know of a running kernel to find it again.
type record struct {
	// BootID tells process IDs of this boot from those before.
	BootID string `json:"boot_id"`
	// PID and StartTicks identify the init process; PID is 0 before it exists.
	PID        int           `json:"pid"`
	StartTicks uint64        `json:"start_ticks"`
	StartedAt  time.Time     `json:"started_at"`
	Isolation  Isolation     `json:"isolation"`
	Group      *cgroup.Group `json:"group,omitempty"`
	// Created says that the kernel has run: that a call of Create succeeded, or
	// would have, had its server lived. Without it there is nothing to report.
	Created bool `json:"created"`
	// Ending is why the node ends the kernel, once it has begun to.
	Ending EndReason `json:"ending,omitempty"`
}

// bootID identifies the time since the machine started.
func bootID() (string, error) {
	data, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return string(data), err
}

// save writes a JSON file so that a reader sees the old or the new one, never a
// part. Durable also survives a power failure, at the price of a disk flush.
func save(path string, value any, durable bool) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil && durable {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil || !durable {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// load reads a JSON file.
func load(path string, value any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// loadInit gives the init process's record, nil if it left none.
func loadInit(dir string) *pid1.Exit {
	var exit pid1.Exit
	if load(filepath.Join(dir, fileInit), &exit) != nil {
		return nil
	}
	return &exit
}
