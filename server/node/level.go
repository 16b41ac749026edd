package node

// Isolation is how much a kernel is kept from the rest of the machine.
type Isolation string

// The isolation levels, strongest first.
const (
	// IsolationNamespaces: own user, pid, mount, ipc, uts and network
	// namespaces, own root, no new privileges. A server that is root runs its
	// kernels as users of nobody.
	IsolationNamespaces Isolation = "isolated"
	// IsolationBubblewrap: the same namespaces and the same view of the files,
	// made by the program bubblewrap (bwrap), for servers that are not root and may
	// not make namespaces themselves where bubblewrap may. It has no clusters and
	// no changes to the machine's tools.
	IsolationBubblewrap Isolation = "bubblewrap"
	// IsolationNone: an ordinary process with limits. Not for other people. With
	// Landlock it still cannot read the server's data and the homes of others.
	IsolationNone Isolation = "none"
)

// Isolations lists the levels, strongest first.
func Isolations() []Isolation {
	return []Isolation{IsolationNamespaces, IsolationBubblewrap, IsolationNone}
}

// Level is what a node found out about an isolation level.
type Level struct {
	Isolation Isolation
	// Reason says in English why it cannot be used here; empty if it can.
	Reason string
}
