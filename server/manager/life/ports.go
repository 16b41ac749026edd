package life

import (
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// offered are the apps of a kernel. Those that are reached by a port are there
// only where the node has a way to ports.
func (e *Engine) offered(k *store.Kernel, image store.Image) ([]apps.App, error) {
	if _, reachable := e.node.(node.Ports); !reachable {
		return nil, nil
	}
	return apps.Offered(image.Labels[apps.LabelPorts], k.PreopenPorts, []apps.App{
		apps.Make(apps.SSH, apps.TCP, node.SSHPort),
		apps.Make(apps.Terminal, apps.HTTP, node.TerminalPort),
		apps.Make(apps.FileBrowser, apps.HTTP, node.BrowsePort),
	})
}

// Can says whether the node can give sessions mounts, or be clusters; the error is
// [node.ErrNoMounts] or [node.ErrNoClusters].
func (e *Engine) Can(mounts, cluster bool) error {
	info := e.node.Info()
	switch {
	case mounts && !info.Mounts:
		return node.ErrNoMounts
	case cluster && !info.Clusters:
		return node.ErrNoClusters
	}
	return nil
}
