// Package node runs kernels on this machine: each kernel is a process tree in a
// sandbox with limits, statistics and a log, led by our own PID 1.
//
// The package knows nothing of users, sessions or queues; the embedded manager
// (server/manager) drives it through [Node] alone. [Local] is the real one,
// opened with [Open]; it needs Linux. The program's main must begin with
// [MaybeInit], because the first process of each kernel is the same binary,
// started again (package pid1).
//
//	func main() {
//		node.MaybeInit()
//		n, err := node.Open(node.Options{Dir: "/var/lib/baiui/node"})
//		...
//		err = n.Create(ctx, node.Spec{ID: id, Command: []string{"python3", "train.py"}, CPU: 1, Memory: 1 << 30})
//
// # What is kept apart
//
// [Open] runs a trial kernel and uses the strongest [Isolation] that works. With
// [IsolationNamespaces] a kernel has user, pid, mount, IPC, host name, network
// and cgroup namespaces of its own. It sees the system's programs read-only, a
// small /etc without secrets, its home, the [Mount]s it was given, and nothing
// else: no other kernel, no
// process, port or file of the host. It has a loopback interface and no other
// network, unless it is in a [Cluster]. It holds no capabilities, can gain no privileges, and a system call
// filter keeps it from the parts of Linux that sandboxes are broken through. If
// the server is root its kernels still are not: they run as two user IDs that
// belong to nobody.
//
// [IsolationBubblewrap] comes to the same with the program bubblewrap, for servers
// that may not make namespaces themselves. At every level Landlock, where Linux has
// it, keeps kernels to their files besides; with [IsolationNone] it is all that
// does. [Info].Levels says what was tried and why it did not work.
//
// What it does not protect from: faults of Linux itself, timing and load that
// neighbours can feel, and a home that fills the disk before the next look at
// its size ([Spec].Disk).
//
// # How to reach into a kernel
//
// Nothing of a kernel is reachable from outside but through the control socket of
// its init process: [Ports] connects to the programs that listen inside and to
// its terminals (package tty), [Services] runs programs beside the command,
// [Files] goes to its files (package inside), and [Layers] keeps what it changed
// of the machine's tools (package layer). [Local] has them all.
//
// # What is limited
//
// Control groups (package cgroup) limit memory, processor time and the number of
// processes; a kernel that runs out of memory or keeps hitting the limit on
// processes is ended, with the reason. Where they cannot be used a watchdog ends kernels that are over
// their memory, and a resource limit bounds processes; processor time is then
// not limited. [Info] says which.
//
// # What survives
//
// Kernels do not end with the server. Each has a directory with its spec, the
// identity of its init process, its home, its log and, once it is over, how it
// ended. The init process writes the exit code itself, before it exits, so it is
// known even if no server was there to see it. A later [Open] finds all kernels:
// running ones are watched again, the others are reported as they ended, or as
// [EndLost]. A process ID alone is never trusted; the process's start time and
// the boot must match, and signals go through pidfds.
package node
