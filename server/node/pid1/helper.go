//go:build linux

package pid1

import (
	"os"

	"golang.org/x/sys/unix"

	"github.com/baiui/baiui/server/node/inside"
)

const (
	// helperFD is the helper's end of its socket.
	helperFD = 3
	// maxHelpers bounds the helpers of a kernel at a time; each is a process.
	maxHelpers = 8
)

// startHelper starts a process that answers one request about files as the
// kernel's user. The answer brings the other end of its socket.
func (k *kernel) startHelper() Answer {
	if k.helpers.Add(1) > maxHelpers {
		k.helpers.Add(-1)
		return Answer{Busy: true}
	}
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		k.helpers.Add(-1)
		return failed(err)
	}
	theirs, ours := os.NewFile(uintptr(pair[0]), "helper"), os.NewFile(uintptr(pair[1]), "helper")
	defer theirs.Close()
	helper, err := k.runHelper(theirs)
	if err != nil {
		k.helpers.Add(-1)
		ours.Close()
		return failed(err)
	}
	go func() {
		<-helper.done
		k.helpers.Add(-1)
	}()
	return Answer{files: []*os.File{ours}}
}

func (k *kernel) runHelper(socket *os.File) (*child, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	return k.spawn(program{
		path: "/proc/self/exe", args: []string{Argv0, StageFiles, k.config.KernelID},
		env:   map[string]string{"GOMAXPROCS": "1", MarkVariable: k.config.KernelID},
		files: []*os.File{null, null, null, socket}, alone: true,
	})
}

// helpWithFiles is the helper.
func helpWithFiles() {
	home, err := os.Getwd()
	if err != nil {
		return
	}
	// Whoever asked sees from the end of the connection that something is wrong.
	_ = inside.Serve(os.NewFile(helperFD, "server"), home)
}
