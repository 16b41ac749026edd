//go:build linux

package pid1

import (
	"encoding/json"
	"io"
	"os"
	"runtime"
	"syscall"
)

// exitSetup is the exit code of an init process that could not start.
const exitSetup = 70

// Maybe turns this process into a kernel's init and never returns, if that is
// what it was started as; else it does nothing. It must be called before
// anything else in main.
func Maybe() {
	if len(os.Args) != 3 || os.Args[0] != Argv0 && os.Args[0] != ownProgram {
		return
	}
	// Credentials, capabilities and filters belong to a thread; the setup stage
	// must exec from the one that it changed.
	runtime.LockOSThread()
	sync := os.NewFile(FDSync, "sync")
	var err error
	switch os.Args[1] {
	case StageSetup:
		err = setup(sync)
	case StageRun:
		err = run(sync)
	case StageHold:
		_, _ = io.Copy(io.Discard, os.Stdin)
	case StageFiles:
		helpWithFiles()
	case StageGuests:
		serveGuests()
	default:
		syscall.Exit(exitSetup)
	}
	code := 0
	if err != nil {
		reply(sync, err)
		code = exitSetup
	}
	// Not os.Exit: what it would still do (a race detector's pause, profiles of a
	// test binary) is not for this process.
	syscall.Exit(code)
}

// reply tells the server how the start went. Nobody listens once the server has
// gone; that is not this process's concern.
func reply(sync *os.File, err error) {
	var message Reply
	if err != nil {
		message.Error = err.Error()
	}
	line, _ := json.Marshal(message)
	_, _ = sync.Write(append(line, '\n'))
}
