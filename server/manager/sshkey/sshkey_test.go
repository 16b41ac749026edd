package sshkey

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"os"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBothHalvesBelongTogether(t *testing.T) {
	pair, err := New()
	require.NoError(t, err)
	block, rest := pem.Decode([]byte(pair.Private))
	require.NotNil(t, block)
	assert.Empty(t, rest)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	require.NoError(t, err)
	assert.Equal(t, 2048, key.N.BitLen())
	assert.Equal(t, authorizedKey(&key.PublicKey), pair.Public)
	assert.True(t, strings.HasSuffix(pair.Private, "-----\n"))
}

// TestTheWireForm holds a key against what ssh-keygen prints for it.
func TestTheWireForm(t *testing.T) {
	key := &rsa.PublicKey{N: new(big.Int).SetBytes([]byte{0x80, 1, 2, 3}), E: 65537}
	assert.Equal(t, "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAABQCAAQID\n", authorizedKey(key))

	tool, err := exec.LookPath("ssh-keygen")
	if err != nil {
		t.Log("no ssh-keygen on this machine to compare with")
		return
	}
	pair, err := New()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte(pair.Private), 0o600))
	out, err := exec.CommandContext(t.Context(), tool, "-y", "-f", file).CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, pair.Public, string(out))
}
