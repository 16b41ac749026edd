package tty

import (
	"fmt"
	"time"
)

// order is what a client asks of the terminals beside using one of them.
type order struct {
	// Rename gives the terminal of this name the name To.
	Rename string `json:"rename"`
	To     string `json:"to"`
	// Close ends the terminal of this name.
	Close string `json:"close"`
}

// obey does what it is told; what cannot be done is left, and the list of
// terminals, which every client gets, shows it.
func (s *Server) obey(o order) {
	if o.Rename != "" {
		s.rename(o.Rename, o.To)
	}
	if o.Close != "" {
		s.mu.Lock()
		t := s.terminals[o.Close]
		s.mu.Unlock()
		if t != nil {
			t.process.End()
		}
	}
	s.changed()
}

// rename gives a terminal another name, if that is free.
func (s *Server) rename(from, to string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.terminals[from]
	if _, taken := s.terminals[to]; t == nil || taken || !names.MatchString(to) {
		return
	}
	delete(s.terminals, from)
	t.name = to
	s.terminals[to] = t
}

// key is what the process of a new terminal is started as: its name, unless an
// older terminal had that before it was renamed; s.mu is held.
func (s *Server) key(name string) string {
	used := make(map[string]bool, len(s.terminals))
	for _, t := range s.terminals {
		if !t.over() {
			used[t.key] = true
		}
	}
	key := name
	for i := 2; used[key]; i++ {
		key = fmt.Sprintf("%s-%d", name, i)
	}
	return key
}

// supersede ends the connections that a client had before and may not know to be
// dead, and waits until nothing typed there can still arrive: the client is told
// what did, and sends the rest again.
func (s *Server) supersede(name, client string) {
	if client == "" {
		return
	}
	s.mu.Lock()
	t := s.terminals[name]
	s.mu.Unlock()
	if t == nil {
		return
	}
	var old []*viewer
	t.mu.Lock()
	for v := range t.viewers {
		if v.client == client {
			old = append(old, v)
		}
	}
	t.mu.Unlock()
	timeout := time.After(2 * inputPatience)
	for _, v := range old {
		v.connection.CloseNow()
		select {
		case <-v.quiet:
		case <-timeout:
		}
		t.leave(v)
	}
}
