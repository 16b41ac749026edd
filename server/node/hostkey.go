//go:build linux

package node

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"github.com/baiui/baiui/server/node/sshd"
)

// hostKey is the seed of the key by which SSH clients know a kernel, the same for
// all its life. The caller holds k.launching.
func (k *kernel) hostKey() ([]byte, error) {
	seed, err := os.ReadFile(k.path(fileHostKey))
	if err == nil && len(seed) == sshd.SeedSize || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return seed, err
	}
	seed = make([]byte, sshd.SeedSize)
	_, _ = rand.Read(seed)
	return seed, os.WriteFile(k.path(fileHostKey), seed, 0o600)
}
