package sshd

import (
	"context"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/gliderlabs/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// forwardRequest is what a client sends along when it asks for a connection
// (RFC 4254, section 7.2).
type forwardRequest struct {
	Host       string
	Port       uint32
	OriginHost string
	OriginPort uint32
}

// forward connects a client with a port of the kernel. The library's own handler
// closes both directions as soon as one of them ends, and so cuts the answer off
// to a client that has said all it will.
func forward(_ *ssh.Server, _ *gossh.ServerConn, asked gossh.NewChannel, ctx ssh.Context) {
	var request forwardRequest
	if err := gossh.Unmarshal(asked.ExtraData(), &request); err != nil {
		_ = asked.Reject(gossh.ConnectionFailed, err.Error())
		return
	}
	if !slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, request.Host) {
		_ = asked.Reject(gossh.Prohibited, "only ports of the session can be reached")
		return
	}
	var dialer net.Dialer
	port, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(request.Host, strconv.FormatUint(uint64(request.Port), 10)))
	if err != nil {
		_ = asked.Reject(gossh.ConnectionFailed, err.Error())
		return
	}
	defer port.Close()
	defer context.AfterFunc(ctx, func() { _ = port.Close() })() // the client is gone
	channel, requests, err := asked.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	go gossh.DiscardRequests(requests)

	var directions sync.WaitGroup
	directions.Go(func() { hand(channel, port) })
	directions.Go(func() { hand(port.(*net.TCPConn), channel) })
	directions.Wait()
}

// halfCloser can be told that nothing more will be written to it.
type halfCloser interface {
	io.Writer
	CloseWrite() error
}

// hand copies one direction to its end, and says there that it has ended.
func hand(to halfCloser, from io.Reader) {
	_, _ = io.Copy(to, from)
	_ = to.CloseWrite()
}
