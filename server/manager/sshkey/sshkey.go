// Package sshkey makes the SSH key pairs that sessions of a user know each other
// by, in the spelling of manager 24.09.
package sshkey

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"math/big"
)

// bits is the size of the manager's keys.
const bits = 2048

// Pair is a public and a private key, each ending with a line feed.
type Pair struct {
	Public  string // a line of authorized_keys, without a comment
	Private string // PEM, PKCS #1
}

// New makes a pair; it takes a good part of a second.
func New() (Pair, error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return Pair{}, err
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return Pair{Public: authorizedKey(&key.PublicKey), Private: string(private)}, nil
}

// authorizedKey is the form of RFC 4253, section 6.6: three strings, each with
// its length before it.
func authorizedKey(key *rsa.PublicKey) string {
	var wire []byte
	for _, part := range [][]byte{[]byte("ssh-rsa"), positive(big.NewInt(int64(key.E))), positive(key.N)} {
		wire = append(binary.BigEndian.AppendUint32(wire, uint32(len(part))), part...)
	}
	return "ssh-rsa " + base64.StdEncoding.EncodeToString(wire) + "\n"
}

// positive writes a number such that its first bit is no sign.
func positive(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) > 0 && b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return b
}
