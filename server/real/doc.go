// Package real holds the scripts that bring up a real Backend.AI on this machine,
// and the tests that compare it with the embedded manager.
//
// `up` installs manager, storage proxy and agent from PyPI (Python 3.13) and
// PostgreSQL, Redis, etcd and Prometheus from Debian, fills them with the
// wheels' sample accounts and a few images, and starts them under BAI_HOME;
// `down` stops what `up` started. The agent pretends: its sessions live as real
// ones do, without containers. `docker-node up` adds a node with real ones. `run`
// does it all for `make test-real`: up, the tests of server/e2e that
// browser-tests.txt names, the tests of this package with the build tag real, then
// the node with real containers and those of container-tests.txt (terminal, apps,
// files, batch sessions, folders), then `app-proxy up`, which leads the apps of those
// containers through an App Proxy, with those of proxy-tests.txt, and down. What does
// not come up is said; with REAL_OPTIONAL it is no failure. `make bench-real` measures
// the page instead.
package real
