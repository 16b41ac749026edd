// Package manager is a Backend.AI manager for one machine: it speaks the
// protocol of manager 24.09 and runs sessions on a node.
//
// The parts, each of which can be read alone:
//
//   - store keeps everything in one SQLite file;
//   - life moves sessions from PENDING to their end, on a node;
//   - apps knows the service ports of sessions, idle ends those nobody uses,
//     tasks runs what takes longer than an answer;
//   - callback tells the URLs that sessions were made with what becomes of them;
//   - usage tells what sessions have used;
//   - folders decides who may do what with folders and what sessions mount;
//   - rest answers HTTP; schema, gql and resolve answer GraphQL behind it;
//   - accounts makes the first users, environments finds what can be run here;
//   - problem, params, reply, owner, slots and api are what these share.
//
// A program opens a store and a node, makes a [Manager] of them, serves its
// [Manager.Handler] and runs [Manager.Run]:
//
//	m, err := manager.New(ctx, manager.Options{Store: s, Node: n, Log: log, KeepAccounts: write})
//	...
//	go http.Serve(listener, m.Handler())
//	err = m.Run(ctx)
//
// The handler needs the root of an address of its own, since paths are part of
// signatures.
package manager
