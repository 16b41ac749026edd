//go:build linux

package node

import (
	"os"
	"testing"
)

// TestMain lets the test binary be the init process of the kernels it starts.
func TestMain(m *testing.M) {
	MaybeInit()
	os.Exit(m.Run())
}
