// Command bench measures what the README says about speed and size: decoding,
// drawing and signing, the relay against a direct connection and a bare reverse
// proxy, start and memory of the server, a thousand sessions in a row and two
// hundred at once, lists of a growing database, the page in Chromium, and
// launches through its form. That nothing is left of sessions that have ended is
// checked, not only measured.
//
//	make bench                      all of it, a few minutes
//	go run ./server/bench -only relay,browser
//	go run ./server/bench -only sessions -sessions 100 -live 20
//	go run ./server/bench -json figures.json
//
// Figures depend on the machine and on what else it does: compare those of one
// run with each other. The load is bounded (connections and time are fixed), and
// everything listens on loopback.
//
// The program starts itself again as the stub manager and as the bare proxy
// (-role), so that each is a process of its own, as the server is.
package main
