package e2e

import (
	"io"
	"net"
	"sync"
)

// Cutter is the network between a browser and a site: it passes connections on
// until it is told not to.
type Cutter struct {
	URL string

	listener net.Listener
	target   string

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	cut   bool
}

// StartCutter begins to pass connections on to a site.
func StartCutter(site string) (*Cutter, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &Cutter{
		URL: "http://" + listener.Addr().String(), listener: listener, target: hostPort(site), conns: map[net.Conn]struct{}{},
	}
	go c.serve()
	return c, nil
}

func (c *Cutter) serve() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		go c.pass(conn)
	}
}

func (c *Cutter) pass(conn net.Conn) {
	onward, err := net.Dial("tcp", c.target)
	if err != nil {
		conn.Close()
		return
	}
	if !c.keep(conn, onward) {
		return
	}
	var work sync.WaitGroup
	for _, way := range [][2]net.Conn{{conn, onward}, {onward, conn}} {
		work.Go(func() {
			_, _ = io.Copy(way[1], way[0])
			conn.Close()
			onward.Close()
		})
	}
	work.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, conn)
	delete(c.conns, onward)
}

// keep remembers connections; false if there are to be none.
func (c *Cutter) keep(conns ...net.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range conns {
		if c.cut {
			conn.Close()
		} else {
			c.conns[conn] = struct{}{}
		}
	}
	return !c.cut
}

// Cut ends all connections, in the middle of whatever they carry, and lets no new
// ones through.
func (c *Cutter) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = true
	for conn := range c.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // what is under way is lost
		}
		conn.Close()
	}
}

// Restore lets new connections through.
func (c *Cutter) Restore() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = false
}

// Close ends everything.
func (c *Cutter) Close() error {
	c.Cut()
	return c.listener.Close()
}
