package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/baiui/baiui/server/config"
	"github.com/baiui/baiui/server/node"
)

func main() {
	node.MaybeInit() // does not return in a process that is to lead a session
	os.Exit(run(os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// The exit codes.
const (
	exitFailure = 1
	exitUsage   = 2
)

// command is one word after the program's name.
type command struct {
	name, help string
	// settings says that the command takes the flags of server/config.
	settings bool
	// file is the name of a further flag, which takes a file and must be given.
	file string
	run  func(ctx context.Context, c invocation) error
	// own says that the command reads its arguments itself.
	own bool
}

// invocation is what a command gets to work with.
type invocation struct {
	config.Loaded
	file     string // of the command's own flag
	out, err io.Writer
	// args and environ are for a command that reads its arguments itself.
	args, environ []string
}

func commands() []command {
	return []command{
		{name: "serve", help: "start the server", settings: true, run: serve},
		{name: "end", help: "end the sessions that a stopped server left running", settings: true, run: end},
		{name: "backup", help: "keep the data folder in one file (--to FILE), also while a server uses it", settings: true, file: "to", run: backupData},
		{name: "restore", help: "make a data folder of such a file (--from FILE)", settings: true, file: "from", run: restoreData},
		{name: "tunnel", help: "a port on this machine that leads to an app of a session (SESSION APP)", own: true, run: tunnel},
		{name: "config", help: "print the settings in force, and where each comes from", settings: true, run: printConfig},
		{name: "doctor", help: "check what this machine offers", settings: true, run: doctor},
		{name: "version", help: "print what this program was built from", run: printVersion},
	}
}

// run executes a command line and returns the exit code.
func run(args, environ []string, out, errOut io.Writer) int {
	if len(args) == 0 {
		writeUsage(errOut)
		return exitUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		writeUsage(out)
		return 0
	case "-version", "--version":
		name = "version"
	}
	for _, c := range commands() {
		if c.name == name {
			return c.start(args, environ, out, errOut)
		}
	}
	fmt.Fprintf(errOut, "baiui: there is no command %q; `baiui help` lists them\n", name)
	return exitUsage
}

func (c command) start(args, environ []string, out, errOut io.Writer) int {
	i := invocation{out: out, err: errOut}
	if c.file != "" {
		i.file, args = takeFlag(args, c.file)
	}
	if c.settings {
		var err error
		i.Loaded, err = config.Load(args, environ, os.ReadFile)
		if errors.Is(err, config.ErrHelp) {
			own := ""
			if c.file != "" {
				own = " --" + c.file + " FILE"
			}
			fmt.Fprintf(out, "Usage: baiui %s%s [flags]\n\n%s.\n\n", c.name, own, capital(c.help))
			config.WriteHelp(out, config.Defaults("~"))
			return 0
		}
		if err != nil {
			fmt.Fprintf(errOut, "baiui: %v\n", err)
			return exitUsage
		}
	} else if c.own {
		i.args, i.environ = args, environ
	} else if len(args) > 0 {
		fmt.Fprintf(errOut, "baiui: %s takes no arguments\n", c.name)
		return exitUsage
	}
	if c.file != "" && i.file == "" {
		fmt.Fprintf(errOut, "baiui: %s needs --%s FILE\n", c.name, c.file)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The second signal ends the program at once, as if none had been asked for.
	context.AfterFunc(ctx, stop)
	if err := c.run(ctx, i); err != nil {
		fmt.Fprintf(errOut, "baiui: %v\n", err)
		if errors.As(err, new(usageError)) {
			return exitUsage
		}
		return exitFailure
	}
	return 0
}

// takeFlag takes a flag with its value out of a command line.
func takeFlag(args []string, name string) (value string, rest []string) {
	for i := 0; i < len(args); i++ {
		flag := strings.TrimPrefix(strings.TrimPrefix(args[i], "-"), "-")
		given, text, found := strings.Cut(flag, "=")
		switch {
		case flag == args[i] || given != name:
			rest = append(rest, args[i])
		case found:
			value = text
		case i+1 < len(args):
			i++
			value = args[i]
		}
	}
	return value, rest
}

func writeUsage(w io.Writer) {
	fmt.Fprint(w, "baiui is a web client for Backend.AI, with a manager for one machine inside.\n\nUsage: baiui COMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s  %s\n", c.name, c.help)
	}
	fmt.Fprint(w, "\n`baiui serve` starts with everything it needs; `baiui serve --help` lists the settings.\n")
}

func capital(text string) string { return string(text[0]-'a'+'A') + text[1:] }

func printConfig(_ context.Context, c invocation) error {
	config.WriteValues(c.out, c.Values)
	return nil
}
