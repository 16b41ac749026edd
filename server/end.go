package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/baiui/baiui/server/node"
)

// endGrace is how long the processes of a session may take to end by themselves.
const endGrace = 3 * time.Second

// end ends the sessions that a stopped server left running. A server that runs is
// asked to do so through its page or its API, so its folder is refused.
func end(ctx context.Context, c invocation) error {
	n, err := node.Open(node.Options{Dir: filepath.Join(c.Config.Data, "node"), Log: slog.New(slog.DiscardHandler)})
	if errors.Is(err, node.ErrInUse) {
		return fmt.Errorf("a server uses the folder %s: stop it first, or end its sessions in its page", c.Config.Data)
	}
	if err != nil {
		return fmt.Errorf("the node cannot be set up: %w", err)
	}
	var errs []error
	ended := 0
	for _, id := range liveKernels(n) {
		if _, err := n.Destroy(ctx, id, endGrace); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", id, err))
			continue
		}
		ended++
	}
	fmt.Fprintf(c.out, "kernels ended: %d\n", ended)
	return errors.Join(append(errs, n.Close())...)
}

// liveKernels lists the kernels of a node that have processes.
func liveKernels(n *node.Local) []string {
	var ids []string
	for _, k := range n.Kernels() {
		if k.State == node.StateRunning {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// tellRunning says that sessions go on without the server, and how to end them:
// whoever stops the server may well think that all has stopped.
func tellRunning(w io.Writer, n *node.Local, data string) {
	if ids := liveKernels(n); len(ids) > 0 {
		fmt.Fprintf(w, "Still running: %d kernels. They are found again at the next start; `baiui end --data %s` ends them.\n", len(ids), data)
	}
}
