package runs

import (
	_ "embed"
	"errors"
	"strconv"

	"github.com/baiui/baiui/server/node"
)

// Runtime is what an image runs code with.
type Runtime struct {
	Type string // the image's label ai.backend.runtime-type
	Path string // of the interpreter
}

// The programs that run code. They say at descriptor 3 when it waits for input.
//
//go:embed python.py
var pythonRunner string

//go:embed bash.sh
var bashRunner string

//go:embed complete.py
var pythonCompleter string

// goRunner runs a program of Go, given as its first argument.
const goRunner = `d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && printf %s "$1" > "$d/main.go" && "$0" run "$d/main.go"`

// MaxCode is how long code may be, in bytes: Linux passes no longer arguments.
const MaxCode = 120 << 10

var (
	// ErrTooLong is code of more than [MaxCode] bytes.
	ErrTooLong = errors.New("runs: the code is longer than " + strconv.Itoa(MaxCode) + " bytes")
	// ErrNoLanguage is an image that runs no code.
	ErrNoLanguage = errors.New("runs: the image has no interpreter for code")
)

// Code makes the stage that runs a piece of code.
func (r Runtime) Code(code string) (Stage, error) {
	if len(code) > MaxCode {
		return Stage{}, ErrTooLong
	}
	s := Stage{Status: StatusFinished}
	switch r.Type {
	case "python":
		s.Command, s.Asks = []string{r.Path, "-u", "-c", pythonRunner, code}, true
	case "nodejs":
		s.Command = []string{r.Path, "-e", code}
	case "go":
		s.Command = []string{"/bin/sh", "-c", goRunner, r.Path, code}
	case "app": // bash
		s.Command, s.Asks = []string{r.Path, "-c", bashRunner, "bash", code}, true
	default:
		return Stage{}, ErrNoLanguage
	}
	return s, nil
}

// Commands are the stages of a batch run, as clients give them: empty for none,
// "*" for what is usual in the language.
type Commands struct {
	Clean, Build, Exec string
}

// Batch makes the stages that run the files of a session.
func (r Runtime) Batch(c Commands) ([]Stage, error) {
	var stages []Stage
	add := func(status, command, usual string) {
		if command == "*" {
			command = usual
		}
		if command != "" {
			stages = append(stages, Stage{Status: status, Program: node.Program{Command: []string{"/bin/bash", "-c", command}}})
		}
	}
	usual := map[string]Commands{
		"python": {Exec: "python3 main.py"}, "nodejs": {Exec: "node main.js"}, "app": {Exec: "bash main.sh"},
		"go": {Clean: "rm -f main", Build: "go build -o main .", Exec: "./main"},
	}[r.Type]
	add(StatusCleanFinished, c.Clean, usual.Clean)
	add(StatusBuildFinished, c.Build, usual.Build)
	add(StatusFinished, c.Exec, usual.Exec)
	for _, s := range stages {
		if len(s.Command[2]) > MaxCode {
			return nil, ErrTooLong
		}
	}
	if len(stages) == 0 || stages[len(stages)-1].Status != StatusFinished {
		stages = append(stages, Stage{Status: StatusFinished, Program: node.Program{Command: []string{"/bin/true"}}})
	}
	return stages, nil
}

// Complete is the program that writes, line by line, how code could go on; ok is
// false where nobody knows.
func (r Runtime) Complete(code string) (p node.Program, ok bool) {
	if r.Type != "python" || len(code) > MaxCode {
		return p, false
	}
	return node.Program{Command: []string{r.Path, "-I", "-c", pythonCompleter, code}}, true
}
