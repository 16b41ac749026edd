//go:build linux

package sshd

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/gliderlabs/ssh"
	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// User is the only name that is let in, the one of every Backend.AI container.
const User = "work"

// SeedSize is the size of [Options].HostKey in bytes.
const SeedSize = ed25519.SeedSize

const (
	// signInPatience bounds the time until a client has shown its key.
	signInPatience = 30 * time.Second
	// maxKeys bounds what is read of a file of keys, in bytes.
	maxKeys = 256 << 10
)

// Options say what a [Server] shows.
type Options struct {
	// HostKey is the seed of the key by which clients know the kernel again.
	HostKey []byte
	// Home is where shells start and sftp begins.
	Home string
	// Env is the environment of shells and commands, "name=value".
	Env []string
}

// Server answers connections.
type Server struct {
	home   string
	env    []string
	signer gossh.Signer
}

// New makes a server. The error says that the host key is none.
func New(o Options) (*Server, error) {
	if len(o.HostKey) != SeedSize {
		return nil, fmt.Errorf("a host key of %d bytes", len(o.HostKey))
	}
	signer, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(o.HostKey))
	if err != nil {
		return nil, err
	}
	return &Server{home: o.Home, env: o.Env, signer: signer}, nil
}

// Serve answers one connection and returns when it has ended.
func (s *Server) Serve(connection net.Conn) {
	_ = connection.SetDeadline(time.Now().Add(signInPatience))
	// One per connection, because only so the handler of keys knows which
	// connection has made it.
	one := &ssh.Server{
		Version:     "baiui",
		HostSigners: []ssh.Signer{s.signer},
		PublicKeyHandler: func(ctx ssh.Context, key ssh.PublicKey) bool {
			known := ctx.User() == User && s.knows(key)
			if known {
				_ = connection.SetDeadline(time.Time{})
			}
			return known
		},
		Handler:           s.session,
		SubsystemHandlers: map[string]ssh.SubsystemHandler{"sftp": s.files},
		ChannelHandlers: map[string]ssh.ChannelHandler{
			"session": ssh.DefaultSessionHandler, "direct-tcpip": forward,
		},
		RequestHandlers: map[string]ssh.RequestHandler{},
	}
	one.HandleConn(connection)
}

// knows reports whether a key is among the authorized ones. Keys with options
// are passed over, because none of the restrictions they ask for is kept.
func (s *Server) knows(key ssh.PublicKey) bool {
	file, err := os.Open(filepath.Join(s.home, ".ssh", "authorized_keys"))
	if err != nil {
		return false
	}
	defer file.Close()
	rest, err := io.ReadAll(io.LimitReader(file, maxKeys))
	for err == nil && len(rest) > 0 {
		var listed gossh.PublicKey
		var options []string
		listed, _, options, rest, err = gossh.ParseAuthorizedKey(rest)
		if err == nil && len(options) == 0 && ssh.KeysEqual(listed, key) {
			return true
		}
	}
	return false
}

// files serves sftp.
func (s *Server) files(session ssh.Session) {
	server, err := sftp.NewServer(session, sftp.WithServerWorkingDirectory(s.home))
	if err != nil {
		_ = session.Exit(1)
		return
	}
	defer server.Close()
	if err := server.Serve(); err != nil && !errors.Is(err, io.EOF) {
		_ = session.Exit(1)
		return
	}
	_ = session.Exit(0)
}
