package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const shakeSource = `package p

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
)

// Conn is used.
type Conn struct {
	net.Conn
	Config *Config
	secret *handshake
}

type Config struct{ Rand io.Reader }

type handshake struct{ r net.Listener }

type Unused struct{ r io.Reader }

const (
	VersionA = iota
	VersionB
)

var ErrUsed = errors.New("used")

var computed = compute()

func compute() int { return 1 }

func Dial(c *Config) (*Conn, error) { return nil, errors.New("x") }

func Listen() error { _, err := rand.Read(nil); return err }

func (c *Conn) Close() error { return c.secret.r.Close() }

func (c *Conn) hidden() {}

func init() { _ = computed }
`

func TestShakeKeepsWhatImportersReach(t *testing.T) {
	out, err := shake(map[string][]byte{"p.go": []byte(shakeSource)}, []string{"Dial", "VersionB", "ErrUsed"})
	require.NoError(t, err)
	text := string(out["p.go"])
	for _, kept := range []string{"type Conn struct", "type Config struct", "func Dial(", "func (c *Conn) Close() error", "VersionA", `errors.New("used")`, `panic("not in the browser: Dial")`, `"net"`, `"io"`} {
		assert.Contains(t, text, kept)
	}
	for _, gone := range []string{"handshake", "secret", "Unused", "compute", "Listen", "hidden", "init", "crypto/rand"} {
		assert.NotContains(t, text, gone)
	}
}

func TestShakeRefusesAValueThatNeedsAFunction(t *testing.T) {
	source := "package p\n\nvar Table = build()\n\nfunc build() int { return 1 }\n"
	_, err := shake(map[string][]byte{"p.go": []byte(source)}, []string{"Table"})
	assert.ErrorContains(t, err, "the value of variable Table needs function build")
}

func TestUsedNames(t *testing.T) {
	source := `package q

import tls "crypto/tls"

func f(x tls.Conn) { tls := struct{ Shadow int }{}; _ = tls.Shadow }

var _ = tls.Dial
`
	names, err := usedNames(map[string][]byte{"q.go": []byte(source)}, "crypto/tls", "tls")
	require.NoError(t, err)
	assert.Equal(t, []string{"Conn", "Dial"}, names)
}
