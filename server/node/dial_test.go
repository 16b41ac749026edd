//go:build linux

package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// echoOnAPort is a helper program that sends back what it receives, on the
// address in ECHO.
func echoOnAPort() {
	listener, err := net.Listen("tcp", os.Getenv("ECHO"))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("up")
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			_, _ = io.Copy(connection, connection)
			connection.Close()
		}()
	}
}

// openEcho opens a node whose kernels can run the helper programs.
func openEcho(t *testing.T) (l *Local, binary string) {
	t.Helper()
	binary = ownBinary(t)
	return openNode(t, Options{ReadOnly: []string{filepath.Dir(binary)}}), binary
}

// echo makes a spec that echoes on an address.
func echo(id, binary, address string) Spec {
	return Spec{ID: id, Command: []string{binary}, Memory: 512 << 20, Env: map[string]string{
		"NODE_TEST_HELPER": "echo", "ECHO": address,
	}}
}

// talkTo sends a text on a connection and expects it back.
func talkTo(t *testing.T, connection net.Conn, text string) {
	t.Helper()
	require.NoError(t, connection.SetDeadline(time.Now().Add(patienceOfTests)))
	_, err := io.WriteString(connection, text)
	require.NoError(t, err)
	answer := make([]byte, len(text))
	_, err = io.ReadFull(connection, answer)
	require.NoError(t, err)
	assert.Equal(t, text, string(answer))
}

// freePort is a port that nobody on this machine listens on.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", ":0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestAPortInsideIsReachedOnlyThroughTheNode(t *testing.T) {
	l, binary := openEcho(t)
	hosts := map[string]string{"v4": "127.0.0.1", "any": ""}
	if _, err := os.Stat("/proc/net/if_inet6"); err == nil { // not every machine has IPv6
		hosts["v6"] = "::1"
	}
	port := freePort(t)
	for name, host := range hosts {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, l.Create(t.Context(), echo(name, binary, net.JoinHostPort(host, strconv.Itoa(port)))))
			waitLog(t, l, name, "up")
			connection, err := l.Dial(t.Context(), name, port)
			require.NoError(t, err)
			defer connection.Close()
			talkTo(t, connection, "안녕하세요")
			_, err = net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			require.Error(t, err, "the host has no such port")

			half, ok := connection.(interface{ CloseWrite() error })
			require.True(t, ok)
			require.NoError(t, half.CloseWrite())
			rest, err := io.ReadAll(connection)
			require.NoError(t, err)
			assert.Empty(t, rest)
		})
	}
	_, err := l.Dial(t.Context(), "v4", 1)
	require.ErrorIs(t, err, ErrNoPort)
	require.ErrorContains(t, err, "port 1")
	_, err = l.Dial(t.Context(), "v4", 70000)
	require.ErrorContains(t, err, "not a port")
	_, err = l.Dial(t.Context(), "none", 1)
	require.ErrorIs(t, err, ErrUnknown)
}

func TestConnectionsEndWithTheirKernel(t *testing.T) {
	l, binary := openEcho(t)
	require.NoError(t, l.Create(t.Context(), echo("k1", binary, "127.0.0.1:8080")))
	waitLog(t, l, "k1", "up")
	connection, err := l.Dial(t.Context(), "k1", 8080)
	require.NoError(t, err)
	defer connection.Close()
	talkTo(t, connection, "hello")
	_, err = l.Destroy(t.Context(), "k1", 0)
	require.NoError(t, err)
	_, err = io.ReadAll(connection)
	if err != nil {
		assert.Contains(t, err.Error(), "reset")
	}
	_, err = l.Dial(t.Context(), "k1", 8080)
	require.ErrorIs(t, err, ErrEnded)
}

func TestAKernelsConnectionsAreBounded(t *testing.T) {
	l, binary := openEcho(t)
	require.NoError(t, l.Create(t.Context(), echo("k1", binary, "127.0.0.1:8080")))
	waitLog(t, l, "k1", "up")
	k, err := l.find("k1")
	require.NoError(t, err)
	k.connections.Store(MaxConnections - 1)
	last, err := l.Dial(t.Context(), "k1", 8080)
	require.NoError(t, err)
	_, err = l.Dial(t.Context(), "k1", 8080)
	require.ErrorIs(t, err, ErrBusy)
	require.NoError(t, last.Close())
	_ = last.Close() // counts once
	_, err = l.Dial(t.Context(), "k1", 8081)
	require.ErrorIs(t, err, ErrNoPort)
	assert.EqualValues(t, MaxConnections-1, k.connections.Load())
}

func TestAKernelThatDoesNotAcceptDoesNotHoldTheCallerUp(t *testing.T) {
	l := openNode(t, Options{})
	require.NoError(t, l.Create(t.Context(), Spec{ID: "k1"}))
	k, err := l.find("k1")
	require.NoError(t, err)
	k.life.process.stop(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = l.Dial(ctx, "k1", 8080)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestDataIsRelayedBetweenConnections(t *testing.T) {
	l, binary := openEcho(t)
	require.NoError(t, l.Create(t.Context(), echo("k1", binary, "127.0.0.1:8080")))
	waitLog(t, l, "k1", "up")
	connection, err := l.Dial(t.Context(), "k1", 8080)
	require.NoError(t, err)
	defer connection.Close()
	text := strings.Repeat("0123456789abcdef", 64<<10)
	go func() {
		_, _ = io.Copy(connection, strings.NewReader(text))
		_ = connection.(*tunnel).CloseWrite()
	}()
	var got strings.Builder
	_, err = io.Copy(&got, connection)
	require.NoError(t, err)
	assert.True(t, text == got.String())
}
