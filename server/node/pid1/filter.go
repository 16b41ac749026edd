//go:build linux

package pid1

import (
	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/sys/unix"
)

// denied are system calls no program in a kernel needs and that reach parts of
// the operating system where its faults have been found: mounts, namespaces,
// the kernel itself, key rings, BPF, asynchronous rings. The calls of another
// architecture (32-bit programs) are refused altogether.
//
// Tracing is not among them, because debuggers need it: a process can trace
// only what runs as the same user in the same kernel, and the init process is
// neither dumpable nor, where users are mapped, of the same user.
var denied = [...]string{
	"acct", "add_key", "adjtimex", "bpf", "clock_adjtime", "clock_settime", "delete_module",
	"fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "init_module",
	"io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kexec_file_load",
	"kexec_load", "keyctl", "lookup_dcookie", "mount", "mount_setattr", "move_mount", "nfsservctl",
	"open_by_handle_at", "open_tree", "perf_event_open", "pivot_root", "quotactl", "quotactl_fd",
	"reboot", "request_key", "setns", "settimeofday", "swapoff", "swapon", "syslog", "umount",
	"umount2", "uselib", "userfaultfd", "vhangup",
}

// namespaceFlags are the flags of clone and unshare that make namespaces.
const namespaceFlags = unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWNET |
	unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWTIME

// sockets are address families that a network namespace does not confine, or
// that exist for drivers and cluster hardware.
var sockets = [...]uint32{
	unix.AF_ALG, unix.AF_AX25, unix.AF_BLUETOOTH, unix.AF_CAN, unix.AF_KCM, unix.AF_KEY, unix.AF_NFC,
	unix.AF_PACKET, unix.AF_QIPCRTR, unix.AF_RDS, unix.AF_SMC, unix.AF_TIPC, unix.AF_VSOCK, unix.AF_XDP,
}

// loadFilter loads the deny list for the calling thread. It needs
// no_new_privs.
func loadFilter() error {
	// clone3 passes its flags in memory, where a filter cannot look. With
	// "not implemented" C libraries fall back to clone.
	unknown := seccomp.SyscallGroup{
		Names:  []string{"clone3"},
		Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS),
	}
	info, err := arch.GetInfo("")
	if err != nil {
		return err
	}
	refused := seccomp.SyscallGroup{Action: seccomp.ActionErrno | seccomp.Action(unix.EPERM)}
	for _, name := range denied {
		if _, known := info.SyscallNames[name]; known {
			refused.Names = append(refused.Names, name)
		}
	}
	anyBit := func(argument uint32, value uint64) seccomp.ArgumentConditions {
		return seccomp.ArgumentConditions{{Argument: argument, Operation: seccomp.BitsSet, Value: value}}
	}
	refused.NamesWithCondtions = []seccomp.NameWithConditions{
		{Name: "unshare", Conditions: anyBit(0, namespaceFlags)},
		{Name: "clone", Conditions: anyBit(0, namespaceFlags&^unix.CLONE_NEWTIME)},
		// Typing into a terminal that someone else reads.
		{Name: "ioctl", Conditions: lower(1, unix.TIOCSTI)},
		{Name: "ioctl", Conditions: lower(1, unix.TIOCLINUX)},
	}
	for _, family := range sockets {
		refused.NamesWithCondtions = append(refused.NamesWithCondtions,
			seccomp.NameWithConditions{Name: "socket", Conditions: lower(0, family)})
	}
	// One group per filter: the first group of a policy already answers for
	// every call. With several filters the strictest answer counts.
	for _, group := range []seccomp.SyscallGroup{unknown, refused} {
		err := seccomp.LoadFilter(seccomp.Filter{Policy: seccomp.Policy{
			DefaultAction: seccomp.ActionAllow,
			Syscalls:      []seccomp.SyscallGroup{group},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// lower holds for an argument whose lower half is value, bit by bit. Linux looks
// at no more of a number or a family, so that one with something in its upper half
// means the same; a comparison of the whole would let it through.
func lower(argument, value uint32) seccomp.ArgumentConditions {
	conditions := seccomp.ArgumentConditions{{Argument: argument, Operation: seccomp.BitsNotSet, Value: uint64(^value)}}
	for rest := value; rest != 0; rest &= rest - 1 {
		lowest := rest & -rest
		conditions = append(conditions, seccomp.Condition{Argument: argument, Operation: seccomp.BitsSet, Value: uint64(lowest)})
	}
	return conditions
}
