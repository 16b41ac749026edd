//go:build linux

package pid1

import (
	"encoding/json"
	"os"
	"runtime"
)

// exitSetup is the exit code of an init process that could not start.
const exitSetup = 70

// Maybe turns this process into a kernel's init and never returns, if that is
// what it was started as; else it does nothing. It must be called before
// anything else in main.
func Maybe() {
	if len(os.Args) != 3 || os.Args[0] != Argv0 {
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
	default:
		os.Exit(exitSetup)
	}
	if err != nil {
		reply(sync, err)
		os.Exit(exitSetup)
	}
	os.Exit(0)
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
