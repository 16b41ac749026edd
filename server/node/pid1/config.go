//go:build linux

package pid1

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"
)

// Argv0 is the name under which the binary is started as a kernel's init.
const Argv0 = "baiui-kernel"

// ownProgram is the binary itself, in the first stage and for who starts that. It
// is also a name for it, with programs that cannot give another.
const ownProgram = "/proc/self/fd/3"

// The stages, second element of the argument list.
const (
	StageSetup = "setup"
	StageRun   = "run"
	StageHold  = "hold"  // only exists until its standard input ends
	StageFiles = "files" // answers a request about files, see package inside
	// StageGuests serves SSH and the file browser.
	StageGuests = "guests"
)

// The files the init process inherits, by descriptor. Those from FDBinds on are
// the trees that [Bind.FD] counts.
const (
	FDBinary  = 3 // the binary itself, to exec the second stage
	FDSync    = 4 // stream socket: one byte to begin, one JSON line back
	FDConfig  = 5 // memory file with the Config as JSON
	FDLog     = 6 // what the kernel's processes write, opened for appending
	FDExit    = 7 // the exit record
	FDControl = 8 // listening stream socket
	FDBinds   = 9
)

// Config is what the server tells the init process.
type Config struct {
	KernelID string
	Hostname string
	Command  []string
	Env      map[string]string
	// Dir is the working directory and HOME, as seen by the command.
	Dir string
	// Isolated says that the process was started in namespaces of its own.
	Isolated bool
	// Furnished says that whoever started the process has already made its root,
	// its host name and its network, and taken all capabilities.
	Furnished bool
	// Bounds are kept with Landlock; nil without it.
	Bounds *Bounds
	// SwitchUser says that user and group ID, as mapped in the namespace, must
	// be taken on by the command; else it runs as the init process does.
	SwitchUser bool
	UID, GID   int
	Root       Root
	// Network is the cluster's; nil without one.
	Network *Network
	// Tmux says that terminals run in tmux if the kernel has it.
	Tmux bool
	// HostKey is the seed of the key by which SSH clients know the kernel.
	HostKey []byte
	// Neighbours is how many other kernels there are.
	Neighbours int
	// OpenFiles and Processes are resource limits; 0 leaves the inherited one.
	OpenFiles uint64
	Processes uint64
	// LogLimit is how many bytes of the log are kept.
	LogLimit int64
}

// Root describes the kernel's file system.
type Root struct {
	Binds []Bind
	// ShmSize and TmpSize are the sizes of /dev/shm and /tmp in bytes.
	ShmSize int64
	TmpSize int64
}

// Bind shows a directory or file of the host inside the kernel.
type Bind struct {
	// Source is the host path, opened by the setup stage itself.
	Source string
	// FD, if above 0, is a detached mount that the server opened because the
	// kernel's user could not; Source is then only for messages.
	FD       int
	Target   string
	Writable bool
	Device   bool // a device node
	// Folder says that users can change what is at Source and Target: links in
	// their paths are refused.
	Folder bool
	// Overlay, if not empty, says that the tree can be changed: changes go to the
	// directory of this name in the tree that is bound as Changes.
	Overlay string
	// Changes says that this is where overlays keep what was changed; it is bound
	// before them, without a target, and not shown.
	Changes bool
	// Subpath is below Source; only for folders.
	Subpath string
}

// Reply is the line the init process sends when the kernel runs, or cannot.
type Reply struct {
	Error string `json:"error,omitempty"`
}

// Exit is the record the init process leaves when it ends.
type Exit struct {
	// Code is the exit code of the command, 128+n if signal n ended it.
	Code int `json:"code"`
	// Stopped says that the kernel was asked to stop.
	Stopped bool      `json:"stopped"`
	At      time.Time `json:"at"`
}

// Encode gives the bytes for [FDConfig].
func (c Config) Encode() ([]byte, error) { return json.Marshal(c) }

// readConfig reads the configuration file from its beginning, whatever was read
// before, because both stages need it.
func readConfig(file *os.File) (Config, error) {
	data, err := io.ReadAll(io.NewSectionReader(file, 0, maxConfig))
	if err != nil {
		return Config{}, fmt.Errorf("cannot read the kernel's configuration: %w", err)
	}
	var config Config
	if err := json.Unmarshal(data, &config); err != nil {
		return Config{}, fmt.Errorf("kernel configuration: %w", err)
	}
	return config, nil
}

// maxConfig bounds the configuration; environments are the largest part of it.
const maxConfig = 8 << 20
