package node

import (
	"fmt"
	"hash/fnv"
	"path/filepath"
	"regexp"
)

// identifiers are what may be the name of a directory and a control group.
var identifiers = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// hostnames follow RFC 1123.
var hostnames = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// GroupName is the directory in the control group hierarchies that the kernels of
// a node are below of, one per [Options].Dir, which must be absolute.
func GroupName(dir string) string {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(filepath.Join(dir, "kernels")))
	return fmt.Sprintf("baiui-%016x", hash.Sum64())
}
