//go:build linux

package pid1

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"
)

// Request is one line the server sends on the control socket.
type Request struct {
	// Op is "state", "signal" or "stop".
	Op string `json:"op"`
	// Signal is for the command's process group; only for "signal".
	Signal int `json:"signal,omitempty"`
	// Grace is how long processes have between the request to terminate and
	// the kill; only for "stop".
	Grace time.Duration `json:"grace,omitempty"`
}

// Answer is the line that follows each request.
type Answer struct {
	Error string `json:"error,omitempty"`
	// Running says whether the command runs, for "state".
	Running bool `json:"running,omitempty"`
}

// maxRequest bounds one line of the control socket.
const maxRequest = 64 << 10

// listen answers on the control socket until the kernel ends.
func (k *kernel) listen(file *os.File) error {
	listener, err := net.FileListener(file)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	file.Close()
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go k.serve(connection)
		}
	}()
	return nil
}

// serve answers the requests of one connection in order.
func (k *kernel) serve(connection net.Conn) {
	defer connection.Close()
	lines := bufio.NewScanner(connection)
	lines.Buffer(nil, maxRequest)
	answers := json.NewEncoder(connection)
	for lines.Scan() {
		var request Request
		answer := Answer{}
		if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
			answer.Error = err.Error()
		} else {
			answer = k.answer(request)
		}
		if answers.Encode(answer) != nil {
			return
		}
	}
}

func (k *kernel) answer(request Request) Answer {
	switch request.Op {
	case "state":
		k.mu.Lock()
		defer k.mu.Unlock()
		return Answer{Running: k.command != 0}
	case "signal":
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.command == 0 {
			return Answer{Error: "the kernel has no running command"}
		}
		// The command leads a session, so its ID is that of its group.
		if err := syscall.Kill(-k.command, syscall.Signal(request.Signal)); err != nil {
			return Answer{Error: err.Error()}
		}
		return Answer{}
	case "stop":
		k.stop(request.Grace)
		return Answer{}
	}
	return Answer{Error: fmt.Sprintf("unknown request %q", request.Op)}
}
