//go:build !linux

package node

import "errors"

// Local runs kernels on this machine. It needs Linux; elsewhere it cannot be
// opened.
type Local struct{ Node }

// Open says that this system cannot run kernels.
func Open(Options) (*Local, error) {
	return nil, errors.New("sessions need Linux: name a manager elsewhere with --manager")
}

// MaybeInit does nothing: only Linux has kernels to lead.
func MaybeInit() {}

// ToolTrees gives nothing: there are no kernels to show tools to.
func ToolTrees(string) []string { return nil }
