package tty

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Options say what a [Server] offers. Start is needed.
type Options struct {
	// Start runs the process of a new terminal. key is the terminal's first name,
	// or one like it if another terminal had that before; it stays when the
	// terminal is renamed.
	Start func(key string, size Size) (Process, error)
	// Title is the window title clients are given.
	Title string
	// Tmux says whether the processes are tmux, which clients are told; nil for no.
	Tmux func() bool
	// Scrollback is how many bytes of output are kept per terminal; default
	// [DefaultScrollback].
	Scrollback int
}

// DefaultName is the terminal of clients that do not name one.
const DefaultName = "main"

// maxTerminals bounds the terminals of a server.
const maxTerminals = 32

// names are what a terminal may be called; tmux knows it by its first one.
var names = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// The errors clients are told.
var (
	errName     = errors.New("a terminal's name has letters, digits, - and _, at most 64")
	errTooMany  = errors.New("there are too many terminals")
	errCrowded  = errors.New("too many are looking at this terminal")
	errProtocol = errors.New(`the websocket needs the subprotocol "tty"`)
)

// Server serves terminals. It is a [http.Handler].
type Server struct {
	options Options
	mux     http.ServeMux

	mu        sync.Mutex // also held while a process starts
	terminals map[string]*terminal
}

// NewServer makes a server without terminals.
func NewServer(options Options) *Server {
	options.Scrollback = cmp.Or(options.Scrollback, DefaultScrollback)
	s := &Server{options: options, terminals: make(map[string]*terminal)}
	s.mux.HandleFunc("GET /{$}", s.index)
	s.mux.HandleFunc("GET /token", s.token)
	s.mux.HandleFunc("GET /terminals", s.list)
	s.mux.HandleFunc("GET /ws", s.open)
	return s
}

// ServeHTTP answers as ttyd does.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Processes lists what runs in the open terminals.
func (s *Server) Processes() []Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	var processes []Process
	for _, t := range s.terminals {
		processes = append(processes, t.process)
	}
	return processes
}

func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "This is a terminal for clients of ttyd's protocol.\n")
}

func (s *Server) token(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_, _ = io.WriteString(w, `{"token": ""}`)
}

// Listed is one terminal in the answer of GET /terminals.
type Listed struct {
	Name     string    `json:"name"`
	Instance string    `json:"instance"`
	Viewers  int       `json:"viewers"`
	Started  time.Time `json:"started"`
	Size
}

func (s *Server) list(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_ = json.NewEncoder(w).Encode(s.listed())
}

// listed lists the open terminals, the oldest first.
func (s *Server) listed() []Listed {
	listed := []Listed{}
	s.mu.Lock()
	for _, t := range s.terminals {
		t.mu.Lock()
		if !t.over() {
			listed = append(listed, Listed{Name: t.name, Instance: t.instance, Viewers: len(t.viewers), Started: t.started, Size: t.size})
		}
		t.mu.Unlock()
	}
	s.mu.Unlock()
	slices.SortFunc(listed, func(a, b Listed) int { return a.Started.Compare(b.Started) })
	return listed
}

// open serves a websocket.
func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	name := cmp.Or(query.Get("name"), query.Get("arg"), DefaultName)
	if !names.MatchString(name) {
		http.Error(w, errName.Error(), http.StatusBadRequest)
		return
	}
	from := resumption{instance: query.Get("instance"), since: -1}
	if since, err := strconv.ParseInt(query.Get("since"), 10, 64); err == nil {
		from.since = since
	}
	connection, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{"tty"},
		// Like ttyd, which checks origins only when told to. Who may come here at
		// all is decided where the tunnel begins.
		InsecureSkipVerify: true,
	})
	if err != nil {
		return // Accept has answered
	}
	defer connection.CloseNow()
	if connection.Subprotocol() != "tty" {
		refuse(connection, errProtocol)
		return
	}
	connection.SetReadLimit(maxMessage)
	v := &viewer{
		connection: connection, wake: make(chan struct{}, 1), quiet: make(chan struct{}),
		client: query.Get("client"), asked: query.Has("instance"),
	}
	if err := v.greet(r.Context()); err != nil {
		refuse(connection, err)
		return
	}
	s.supersede(name, v.client)
	t, err := s.attach(name, v, from)
	if err != nil {
		refuse(connection, err)
		return
	}
	s.changed()
	_ = v.show(r.Context(), s, t)
	t.leave(v)
	s.changed()
}

// maxReason bounds the text of a close message, by the protocol.
const maxReason = 120

func refuse(connection *websocket.Conn, reason error) {
	text := reason.Error()
	_ = connection.Close(websocket.StatusPolicyViolation, text[:min(len(text), maxReason)])
}

// attach brings a viewer to a terminal, which is started if it is not there.
func (s *Server) attach(name string, v *viewer, from resumption) (*terminal, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, open := s.terminals[name]
	if !open || t.over() {
		if len(s.terminals) >= maxTerminals {
			return nil, errTooMany
		}
		key := s.key(name)
		process, err := s.options.Start(key, v.size)
		if err != nil {
			return nil, err
		}
		t = newTerminal(name, process, v.size, s.options.Scrollback)
		t.key = key
		s.terminals[name] = t
		go func() {
			t.run()
			s.mu.Lock()
			if s.terminals[t.name] == t {
				delete(s.terminals, t.name)
			}
			s.mu.Unlock()
			s.changed()
		}()
	}
	if !t.join(v, from) {
		return nil, errCrowded
	}
	return t, nil
}
