package nodetest

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/baiui/baiui/server/node"
)

var _ node.Programs = (*Node)(nil)

// RunProgram implements node.Programs: every program writes its last argument,
// waits for the end of its input or for a signal, and ends with 0, or with 128+n
// after signal n.
func (n *Node) RunProgram(_ context.Context, id string, program node.Program) (*node.Process, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if k := n.kernels[id]; k == nil || k.State != node.StateRunning {
		return nil, errUnknown(id)
	}
	stdin, in := io.Pipe()
	out, stdout := io.Pipe()
	errors, stderr := io.Pipe()
	asks, ask := io.Pipe()
	control, far := net.Pipe()
	signalled := make(chan int, 1)
	go func() {
		var signal [1]byte
		if _, err := io.ReadFull(far, signal[:]); err == nil {
			signalled <- 128 + int(signal[0])
		}
		_ = stdin.Close() // there is nobody to wait for any more
	}()
	go func() {
		_, _ = io.WriteString(stdout, program.Command[len(program.Command)-1])
		_, _ = io.Copy(io.Discard, stdin)
		code := 0
		select {
		case code = <-signalled:
		default:
		}
		for _, w := range []io.Closer{stdout, stderr, ask} {
			_ = w.Close()
		}
		_, _ = fmt.Fprintf(far, `{"code": %d}`, code)
		_ = far.Close()
	}()
	return node.NewProcess(in, out, errors, asks, control), nil
}
