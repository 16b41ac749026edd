// Package conformance holds the embedded manager against the client that other
// people use: the published Python SDK and the `backend.ai` command of PyPI, in
// the release whose protocol the manager speaks (requirements.txt).
//
// The tests need the build tag python and what `make test-python` sets up: the
// binary, and a Python environment in .build/python. They start one real server
// on free ports and drive it in API mode with a key pair, and in session mode
// through the web interface with a password.
//
// [Client] runs commands of the CLI. It keeps one interpreter with everything
// imported and forks it for each command (driver.py), because to import takes a
// second and a command does not. What needs a process of its own, such as the
// local proxy of `backend.ai app`, is started as a person would start it.
package conformance
