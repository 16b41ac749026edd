//go:build linux

package pid1

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Wire speaks on a control socket: lines of JSON in turn, open files beside
// them. It is not for several goroutines.
type Wire struct {
	connection *net.UnixConn
	buffer     []byte // received and not yet taken
}

// NewWire begins to speak on a connection.
func NewWire(connection *net.UnixConn) *Wire { return &Wire{connection: connection} }

const (
	// maxLine bounds one line of the control socket. Environments of services are
	// the largest part.
	maxLine = 1 << 20
	// maxFiles bounds the files that come with one line.
	maxFiles = 5
)

// Send writes one message. The files stay open here.
func (w *Wire) Send(message any, files ...*os.File) error {
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	if len(line) >= maxLine {
		return fmt.Errorf("a message of %d bytes is too long", len(line))
	}
	line = append(line, '\n')
	var rights []byte
	if len(files) > 0 {
		descriptors := make([]int, len(files))
		for i, file := range files {
			descriptors[i] = int(file.Fd())
		}
		rights = unix.UnixRights(descriptors...)
	}
	n, _, err := w.connection.WriteMsgUnix(line, rights, nil)
	if err == nil && n < len(line) {
		_, err = w.connection.Write(line[n:])
	}
	return err
}

// Receive reads one message and the files that came with it, which are the
// caller's to close.
func (w *Wire) Receive(message any) ([]*os.File, error) {
	var files []*os.File
	fail := func(err error) ([]*os.File, error) {
		closeAll(files)
		return nil, err
	}
	chunk, control := make([]byte, 8<<10), make([]byte, unix.CmsgSpace(4*maxFiles))
	for bytes.IndexByte(w.buffer, '\n') < 0 {
		if len(w.buffer) >= maxLine {
			return fail(errors.New("a line of the control socket is too long"))
		}
		n, controls, flags, _, err := w.connection.ReadMsgUnix(chunk, control)
		if err != nil {
			return fail(err)
		}
		received, err := filesOf(control[:controls])
		files = append(files, received...)
		if err != nil {
			return fail(err)
		}
		if flags&unix.MSG_CTRUNC != 0 || len(files) > maxFiles {
			return fail(errors.New("too many files on the control socket"))
		}
		if n == 0 {
			return fail(io.EOF)
		}
		w.buffer = append(w.buffer, chunk[:n]...)
	}
	end := bytes.IndexByte(w.buffer, '\n') + 1
	line := w.buffer[:end]
	w.buffer = w.buffer[end:]
	if err := json.Unmarshal(line, message); err != nil {
		return fail(err)
	}
	return files, nil
}

// filesOf gives the open files of received control messages.
func filesOf(control []byte) ([]*os.File, error) {
	if len(control) == 0 {
		return nil, nil
	}
	messages, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for _, message := range messages {
		descriptors, err := syscall.ParseUnixRights(&message)
		if err != nil {
			return files, err
		}
		for _, descriptor := range descriptors {
			files = append(files, os.NewFile(uintptr(descriptor), "received"))
		}
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, file := range files {
		file.Close()
	}
}
