// Command baiui serves a web client for Backend.AI, and where no cluster is named
// also a manager for this one machine.
//
//	baiui serve      start the server
//	baiui end        end the sessions that a stopped server left running
//	baiui backup     keep the data folder in one file, also while a server uses it
//	baiui restore    make a data folder of such a file
//	baiui config     print the settings in force, and where each comes from
//	baiui doctor     check what this machine offers, and say what to do about the rest
//	baiui tunnel     a local port that leads to an app of a session
//	baiui version    print what this program was built from
//
// This package only wires the parts together: server/config reads the settings,
// server/gateway keeps people signed in and relays to the manager, server/host
// serves the page, server/manager is the embedded manager and server/node runs its
// sessions. The gateway reaches the embedded manager over HTTP, as it would any
// other, so the two are interchangeable.
package main
