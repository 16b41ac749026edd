// Package sshd serves SSH inside a kernel: a shell on a terminal, single
// commands, sftp, and connections to ports of the kernel's own loopback
// interface.
//
// It runs as the kernel's user in the kernel's file system, so it can do nothing
// that this user could not do anyway; who may come in is decided by the keys in
// .ssh/authorized_keys of the home, and before that by whoever lets a connection
// reach it. There are no passwords, no agents and no ports opened for others.
//
//	server, err := sshd.New(sshd.Options{HostKey: seed, Home: "/home/work", Env: os.Environ()})
//	...
//	server.Serve(connection) // returns when the connection has ended
package sshd
