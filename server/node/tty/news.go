package tty

import (
	"context"
	"encoding/json"
)

// news is what has changed since the client was told last.
type news byte

const (
	newsSize     news = 1 << iota // of the terminal
	newsList                      // which terminals there are
	newsTyped                     // how much of the client's input was taken
	newsPosition                  // output was left out
)

// preferences is what clients that ask are told at the beginning, and again in
// parts when it changes.
type preferences struct {
	Terminal string `json:"terminal,omitempty"`
	Instance string `json:"instance,omitempty"`
	// Since is the position in the stream of the output that follows, and Reset
	// whether it is shown from the beginning. What comes before Until was said
	// before: what it asks of the terminal has been answered.
	Since *int64 `json:"since,omitempty"`
	Until int64  `json:"until,omitempty"`
	Reset *bool  `json:"reset,omitempty"`
	// Typed is how many bytes of this client's input were taken.
	Typed     *int64   `json:"typed,omitempty"`
	Tmux      bool     `json:"tmux,omitempty"`
	Size      *Size    `json:"size,omitempty"`
	Terminals []Listed `json:"terminals,omitempty"`
}

// tell notes news for a viewer; the terminal's lock is held.
func (v *viewer) tell(n news) {
	v.news |= n
	wake(v.wake)
}

// inform sends preferences.
func (v *viewer) inform(ctx context.Context, p preferences) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return v.send(ctx, append([]byte{toClientPreferences}, text...))
}

// greeting is what a client is told first.
func (s *Server) greeting(t *terminal, v *viewer) preferences {
	p := s.latest(t, v, newsSize|newsList|newsTyped|newsPosition)
	s.mu.Lock()
	p.Terminal = t.name
	s.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	p.Instance = t.instance
	p.Tmux = s.options.Tmux != nil && s.options.Tmux()
	fresh := v.fresh
	p.Reset = &fresh
	p.Until = t.output.total
	v.news = 0
	return p
}

// latest is what a client is told of the news.
func (s *Server) latest(t *terminal, v *viewer, n news) preferences {
	var p preferences
	if n&newsList != 0 {
		p.Terminals = s.listed()
		s.mu.Lock()
		p.Terminal = t.name
		s.mu.Unlock()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if n&newsSize != 0 {
		size := t.size
		p.Size = &size
	}
	if n&newsTyped != 0 {
		v.told = t.typed[v.client]
		typed := v.told
		p.Typed = &typed
	}
	if n&newsPosition != 0 {
		begin := v.begin
		p.Since = &begin
	}
	return p
}

// changed tells every client that the list of terminals is another one.
func (s *Server) changed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.terminals {
		t.mu.Lock()
		for v := range t.viewers {
			v.tell(newsList)
		}
		t.mu.Unlock()
	}
}

const (
	// tellTyped is how much input is taken before the client is told, so that it
	// can forget what it has kept to send again.
	tellTyped = 16 << 10
	// maxClients bounds the clients of one terminal whose input is counted.
	maxClients = 64
)

// took counts input of a viewer's client.
func (t *terminal) took(v *viewer, n int64) {
	if v.client == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.typed[v.client]; !known && len(t.typed) >= maxClients {
		t.forget()
	}
	t.typed[v.client] += n
	if t.typed[v.client]-v.told >= tellTyped {
		v.tell(newsTyped)
	}
}

// forget forgets a client that is not there; t.mu is held.
func (t *terminal) forget() {
	here := make(map[string]bool, len(t.viewers))
	for v := range t.viewers {
		here[v.client] = true
	}
	for client := range t.typed {
		if !here[client] {
			delete(t.typed, client)
			return
		}
	}
}
