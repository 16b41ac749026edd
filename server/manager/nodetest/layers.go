package nodetest

import (
	"context"
	"io"

	"github.com/baiui/baiui/server/node"
)

var _ node.Layers = (*Node)(nil)

// Commit implements node.Layers: the layer is the kernel's id.
func (n *Node) Commit(_ context.Context, id string, to io.Writer, _ int64, progress func(int64)) error {
	if err := n.alive(id); err != nil {
		return err
	}
	progress(1 << 20)
	_, err := io.WriteString(to, id)
	return err
}
