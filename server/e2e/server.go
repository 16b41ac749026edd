package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// BinaryVariable names the environment variable that holds the path of the
// binary; without it, bin/baiui of the repository is taken.
const BinaryVariable = "BAIUI_BINARY"

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 20 * time.Second
	readyPrefix  = "ready: "
)

// Account is one line of the accounts.json that the embedded manager writes at
// its first start.
type Account struct {
	Role      string `json:"role"` // superadmin, admin or user
	Email     string `json:"email"`
	Password  string `json:"password"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// Server is a running `baiui serve`.
type Server struct {
	UI      string // address of the web interface, http://127.0.0.1:…
	Manager string // address of the manager it serves
	Data    string // its folder
	// Ready is how long the start took, until the ready line.
	Ready time.Duration

	args    []string
	env     []string // besides this process's own
	cmd     *exec.Cmd
	exited  chan struct{}
	exitErr error

	mu  sync.Mutex
	log strings.Builder
}

// Binary returns the path of the binary to test.
func Binary() (string, error) {
	if path := os.Getenv(BinaryVariable); path != "" {
		return filepath.Abs(path)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("e2e: not inside the repository and %s is not set", BinaryVariable)
		}
	}
	path := filepath.Join(dir, "bin", "baiui")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("e2e: %w: run `make build`", err)
	}
	return path, nil
}

// StartServer starts `baiui serve` with the folder data, on free ports unless
// args say otherwise, and waits for its ready line.
func StartServer(ctx context.Context, data string, args ...string) (*Server, error) {
	s := &Server{Data: data, args: append([]string{
		"serve", "--data", data, "--listen", "127.0.0.1:0", "--manager-listen", "127.0.0.1:0",
	}, args...)}
	return s, s.start(ctx)
}

// StartServerWith is StartServer with variables of the environment ("PATH=…").
func StartServerWith(ctx context.Context, env []string, data string) (*Server, error) {
	s := &Server{Data: data, env: env, args: []string{
		"serve", "--data", data, "--listen", "127.0.0.1:0", "--manager-listen", "127.0.0.1:0",
	}}
	return s, s.start(ctx)
}

// Restart starts a stopped server again, at the addresses it had.
func (s *Server) Restart(ctx context.Context) error {
	s.args = append(s.args, "--listen", hostPort(s.UI), "--manager-listen", hostPort(s.Manager))
	return s.start(ctx)
}

func hostPort(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return strings.TrimSuffix(rest, "/")
}

func (s *Server) start(ctx context.Context) error {
	binary, err := Binary()
	if err != nil {
		return err
	}
	began := time.Now()
	s.cmd = exec.Command(binary, s.args...)
	s.cmd.Env = append(environment(), s.env...)
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.cmd.Stderr = lockedWriter{s}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ready := make(chan string, 1)
	s.exited = make(chan struct{})
	go func() {
		scanner := bufio.NewScanner(stdout)
		for scanner.Scan() {
			line := scanner.Text()
			_, _ = io.WriteString(lockedWriter{s}, line+"\n")
			if strings.HasPrefix(line, readyPrefix) {
				select {
				case ready <- line:
				default:
				}
			}
		}
		s.exitErr = s.cmd.Wait()
		close(s.exited)
	}()

	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case line := <-ready:
		s.Ready = time.Since(began)
		return s.readReady(line)
	case <-s.exited:
		return fmt.Errorf("e2e: the server ended at its start (%w):\n%s", s.exitErr, s.Log())
	case <-ctx.Done():
		_ = s.cmd.Process.Kill()
		return fmt.Errorf("e2e: the server was not ready after %s:\n%s", startTimeout, s.Log())
	}
}

// readReady reads "ready: ui=URL manager=URL".
func (s *Server) readReady(line string) error {
	for field := range strings.FieldsSeq(strings.TrimPrefix(line, readyPrefix)) {
		switch name, value, _ := strings.Cut(field, "="); name {
		case "ui":
			s.UI = strings.TrimSuffix(value, "/")
		case "manager":
			s.Manager = strings.TrimSuffix(value, "/")
		}
	}
	if s.UI == "" || s.Manager == "" {
		return fmt.Errorf("e2e: cannot read the ready line %q", line)
	}
	return nil
}

// environment is this process's environment without settings of baiui, which
// would change what is tested.
func environment() []string {
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "BAIUI_") {
			env = append(env, v)
		}
	}
	return env
}

// Accounts reads the accounts of the manager, by role: those that the embedded
// one made, or those that the environment names.
func (s *Server) Accounts() (map[string]Account, error) {
	path := filepath.Join(s.Data, "accounts.json")
	if s.elsewhere() {
		path = os.Getenv(AccountsVariable)
	}
	return ReadAccounts(path)
}

// ReadAccounts reads a file of accounts, by role.
func ReadAccounts(path string) (map[string]Account, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []Account
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("e2e: accounts.json: %w", err)
	}
	accounts := make(map[string]Account, len(list))
	for _, a := range list {
		accounts[a.Role] = a
	}
	return accounts, nil
}

// Stop asks the server to end and waits until it has.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.exited:
	case <-time.After(stopTimeout):
		_ = s.cmd.Process.Kill()
		<-s.exited
		return fmt.Errorf("e2e: the server did not stop within %s:\n%s", stopTimeout, s.Log())
	}
	if s.exitErr != nil {
		return fmt.Errorf("e2e: the server stopped with %w:\n%s", s.exitErr, s.Log())
	}
	return nil
}

// PID is the server's process id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Log returns what the server wrote so far.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// LastWords is the end of what the server wrote.
func (s *Server) LastWords() string {
	const most = 4000
	log := s.Log()
	return log[max(0, len(log)-most):]
}

// lockedWriter collects a server's output.
type lockedWriter struct{ s *Server }

func (w lockedWriter) Write(p []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.s.log.Write(p)
}
