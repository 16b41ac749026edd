package conformance

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/baiui/baiui/server/e2e"
)

// PythonVariable names the environment variable that holds the folder of the
// Python environment (a venv) with the published client.
const PythonVariable = "BAIUI_PYTHON"

//go:embed driver.py
var driver string

// Python is the path of a program of the Python environment.
func Python(program string) (string, error) {
	dir := os.Getenv(PythonVariable)
	if dir == "" {
		return "", fmt.Errorf("conformance: %s is not set: run `make test-python`", PythonVariable)
	}
	path := filepath.Join(dir, "bin", program)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("conformance: %w: run `make test-python`", err)
	}
	return path, nil
}

// Client runs commands of the published CLI. One command runs at a time.
type Client struct {
	home string

	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	stderr strings.Builder
}

// StartClient starts the interpreter; home is where commands keep their state
// and where they run unless told otherwise. Close ends it.
func StartClient(ctx context.Context, home string) (*Client, error) {
	python, err := Python("python")
	if err != nil {
		return nil, err
	}
	c := &Client{home: home, cmd: exec.CommandContext(ctx, python, "-W", "ignore", "-c", driver)}
	c.cmd.Env = append(os.Environ(), Environment(home)...)
	c.cmd.Stderr = &c.stderr
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = bufio.NewScanner(out)
	c.out.Buffer(nil, 16<<20)
	return c, c.cmd.Start()
}

// Environment is what keeps the client from the state of the person who runs the
// tests.
func Environment(home string) []string {
	return []string{"HOME=" + home, "XDG_STATE_HOME=" + home + "/state", "XDG_CACHE_HOME=" + home + "/cache",
		"PYTHONWARNINGS=ignore", "COLUMNS=400"}
}

// Close ends the interpreter.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.in.Close()
	return c.cmd.Wait()
}

// Account says on whose behalf, and by which way, commands run.
type Account map[string]string

// ByKeyPair signs requests to the manager itself.
func ByKeyPair(manager string, a e2e.Account) Account {
	return Account{"BACKEND_ENDPOINT": manager, "BACKEND_ENDPOINT_TYPE": "api",
		"BACKEND_ACCESS_KEY": a.AccessKey, "BACKEND_SECRET_KEY": a.SecretKey}
}

// BySignIn uses the sign-in session of an earlier `backend.ai login`.
func BySignIn(ui string) Account {
	return Account{"BACKEND_ENDPOINT": ui, "BACKEND_ENDPOINT_TYPE": "session", "BACKEND_ACCESS_KEY": "", "BACKEND_SECRET_KEY": ""}
}

// Command is one call of `backend.ai`.
type Command struct {
	Args  []string
	Dir   string // where it runs; empty: the home
	Stdin string // what the person types
}

// Result is what a command did.
type Result struct {
	Code int
	Out  string // stdout and stderr
}

// Run runs a command for an account and waits for its end. The error is of the
// interpreter; a command that fails is a result.
func (c *Client) Run(account Account, command Command) (Result, error) {
	if command.Dir == "" {
		command.Dir = c.home
	}
	call, err := json.Marshal(map[string]any{"args": command.Args, "env": account, "dir": command.Dir, "stdin": command.Stdin})
	if err != nil {
		return Result{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.in.Write(append(call, '\n')); err != nil {
		return Result{}, errors.Join(err, errors.New(c.stderr.String()))
	}
	if !c.out.Scan() {
		return Result{}, errors.Join(errors.New("conformance: the interpreter ended"), c.out.Err(), errors.New(c.stderr.String()))
	}
	var result Result
	return result, json.Unmarshal(c.out.Bytes(), &result)
}
