//go:build linux

package pid1

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// maxRuns bounds the programs that run for somebody who waits.
const maxRuns = 16

// AskFD is the file descriptor at which a program of [OpRun] says, by a byte, that
// it waits for a line of input: AskLine, or AskSecret for one that nobody should
// see.
const (
	AskFD     = 3
	AskLine   = 'l'
	AskSecret = 's'
)

// RunEnd is the line on the control connection of a run when its program has
// ended.
type RunEnd struct {
	Code int `json:"code"`
}

// runs are the programs that run for somebody who waits.
type runs struct {
	count atomic.Int32
}

// startRun starts a program whose input and output go to the server. The answer
// brings, in this order: its standard input, output and error, what it says at
// AskFD, and a connection that takes signals, one byte each, and gives a [RunEnd].
// A program whose connection is closed is killed.
func (k *kernel) startRun(wanted Service) Answer {
	if len(wanted.Command) == 0 {
		return Answer{Error: "the run has no command"}
	}
	if k.runs.count.Add(1) > maxRuns {
		k.runs.count.Add(-1)
		return Answer{Busy: true, Error: "too many programs run already"}
	}
	answer, err := k.tryRun(wanted)
	if err != nil {
		k.runs.count.Add(-1)
		closeAll(answer.files)
		return failed(err)
	}
	return answer
}

func (k *kernel) tryRun(wanted Service) (answer Answer, err error) {
	path, err := exec.LookPath(wanted.Command[0])
	if err != nil {
		return answer, fmt.Errorf("cannot find the program: %w", err)
	}
	var theirs []*os.File
	defer func() { closeAll(theirs) }()
	for i := range 4 {
		reader, writer, err := os.Pipe()
		if err != nil {
			return answer, err
		}
		if i == 0 { // standard input is the other way round
			reader, writer = writer, reader
		}
		theirs, answer.files = append(theirs, writer), append(answer.files, reader)
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return answer, err
	}
	ours := os.NewFile(uintptr(pair[0]), "run")
	defer ours.Close()
	answer.files = append(answer.files, os.NewFile(uintptr(pair[1]), "run"))
	control, err := unixOf(ours)
	if err != nil {
		return answer, err
	}
	started, err := k.spawn(program{path: path, args: wanted.Command, env: wanted.Env, files: theirs})
	if err != nil {
		control.Close()
		return answer, fmt.Errorf("cannot start %s: %w", wanted.Command[0], err)
	}
	go k.obeyRun(started, control)
	go func() {
		<-started.done
		_ = json.NewEncoder(control).Encode(RunEnd{started.code})
		control.Close()
		k.runs.count.Add(-1)
	}()
	return answer, nil
}

// obeyRun passes signals on until the connection ends, and kills what runs then.
func (k *kernel) obeyRun(started *child, control io.Reader) {
	var signal [1]byte
	for {
		_, err := io.ReadFull(control, signal[:])
		switch {
		case err != nil:
			k.signal(started, syscall.SIGKILL)
			return
		case signal[0] > 0 && signal[0] < 32:
			k.signal(started, syscall.Signal(signal[0]))
		}
	}
}
