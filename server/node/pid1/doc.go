// Package pid1 is what runs as the first process of a kernel.
//
// The server starts its own binary again with [Argv0] as its name; [Maybe],
// called first in main, notices that and never returns. The process then goes
// through two stages, each an exec of the same binary:
//
//   - "setup" still holds the powers that come with fresh namespaces. It builds
//     the kernel's root directory, brings the loopback interface up, sets the
//     resource limits, gives up its capabilities, forbids new privileges and
//     loads the system call filter.
//   - "run" has none of that left. It starts the kernel's command as the user
//     "work", reaps every process of the kernel, writes the log, serves the
//     terminals, answers on a control socket, and records how the command ended
//     before it exits.
//
// Three more stages stand alone. The second stage starts two of them as the user
// "work": "files" is the helper of package inside, "guests" serves SSH (package
// sshd) and the file browser (package browse). "hold" only exists so that the
// server can hold a user namespace.
//
// Everything the process needs from outside it inherits as open files, so it
// never has to find a path of the host: its configuration, the log, the file
// for the exit record, the control socket and the directories to show.
//
// The package knows nothing of the server's bookkeeping; package node drives it.
package pid1
