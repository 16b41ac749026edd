//go:build linux

package pid1

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
)

// dialPatience bounds a connection over the loopback interface, which takes no
// time unless the program does not accept.
const dialPatience = 5 * time.Second

// dial connects to a port inside the kernel. The socket itself goes to the
// server: what flows through it afterwards does not pass this process.
func dial(port int) Answer {
	if port < 1 || port > 65535 {
		return Answer{Error: fmt.Sprintf("%d is not a port", port)}
	}
	// Programs that listen on "localhost" may have chosen either address.
	connection, err := net.DialTimeout("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), dialPatience)
	if errors.Is(err, syscall.ECONNREFUSED) {
		if other, otherErr := net.DialTimeout("tcp6", net.JoinHostPort("::1", strconv.Itoa(port)), dialPatience); otherErr == nil {
			connection, err = other, nil
		}
	}
	if err != nil {
		return Answer{Error: err.Error(), Refused: errors.Is(err, syscall.ECONNREFUSED)}
	}
	defer connection.Close()
	file, err := fileOf(connection)
	if err != nil {
		return failed(err)
	}
	return Answer{files: []*os.File{file}}
}

// fileOf gives the socket of a connection as a file of its own.
func fileOf(connection net.Conn) (*os.File, error) {
	socket, ok := connection.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, errors.New("the connection has no socket")
	}
	return socket.File()
}
