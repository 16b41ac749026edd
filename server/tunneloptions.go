package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/signing"
)

// tunnelOptions is the command line of `baiui tunnel`.
type tunnelOptions struct {
	app      client.AppRequest
	endpoint string
	keys     signing.KeyPair
	ca       string
	listen   string // host
	port     int
	stdio    bool
}

// usageError is a command line that cannot be meant.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

// errTunnelHelp is returned when help was asked for.
var errTunnelHelp = errors.New("help")

// The environment variables of Backend.AI's own clients.
const (
	envEndpoint  = "BACKEND_ENDPOINT"
	envAccessKey = "BACKEND_ACCESS_KEY"
	envSecretKey = "BACKEND_SECRET_KEY"
)

// readTunnelOptions reads the command line, the environment and the file of keys.
// Keys have no flags, because other users of a machine can read command lines.
func readTunnelOptions(args, environ []string, readFile func(string) ([]byte, error)) (tunnelOptions, error) {
	env := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	var o tunnelOptions
	var file string
	set := flag.NewFlagSet("tunnel", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&o.endpoint, "endpoint", env[envEndpoint], "")
	set.StringVar(&file, "keys", "", "")
	set.StringVar(&o.ca, "manager-ca", "", "")
	set.StringVar(&o.listen, "listen", "127.0.0.1", "")
	set.IntVar(&o.port, "port", 0, "")
	set.IntVar(&o.app.Port, "app-port", 0, "")
	set.BoolVar(&o.stdio, "stdio", false, "")
	var words []string
	for rest := args; ; { // flags may stand anywhere
		if err := set.Parse(rest); errors.Is(err, flag.ErrHelp) {
			return o, errTunnelHelp
		} else if err != nil {
			return o, usageError{err.Error()}
		}
		if rest = set.Args(); len(rest) == 0 {
			break
		}
		words, rest = append(words, rest[0]), rest[1:]
	}
	if len(words) != 2 {
		return o, usageError{"tunnel needs a session and an app, such as: baiui tunnel my-session sshd"}
	}
	o.app.Session, o.app.App = words[0], words[1]
	o.keys = signing.KeyPair{AccessKey: env[envAccessKey], SecretKey: env[envSecretKey]}
	if file != "" {
		if err := o.readKeys(file, readFile); err != nil {
			return o, err
		}
	}
	return o, o.check()
}

// readKeys reads a TOML file with access-key and secret-key, and endpoint if it
// was not given otherwise.
func (o *tunnelOptions) readKeys(file string, readFile func(string) ([]byte, error)) error {
	text, err := readFile(file)
	if err != nil {
		return fmt.Errorf("--keys: %w", err)
	}
	var kept struct {
		Endpoint  string `toml:"endpoint"`
		AccessKey string `toml:"access-key"`
		SecretKey string `toml:"secret-key"`
	}
	if err := toml.Unmarshal(text, &kept); err != nil {
		// The parser quotes what it cannot read, which may be the key.
		return fmt.Errorf("--keys: %s is no TOML file with access-key and secret-key", file)
	}
	o.keys = signing.KeyPair{AccessKey: kept.AccessKey, SecretKey: kept.SecretKey}
	if o.endpoint == "" {
		o.endpoint = kept.Endpoint
	}
	return nil
}

func (o *tunnelOptions) check() error {
	switch {
	case o.endpoint == "":
		return usageError{"which manager? Give its address with --endpoint URL or " + envEndpoint}
	case o.keys.AccessKey == "" || o.keys.SecretKey == "":
		return usageError{"whose session? Set " + envAccessKey + " and " + envSecretKey + ", or name a file with --keys FILE"}
	case o.port < 0 || o.port > 65535:
		return usageError{"--port is not between 0 and 65535"}
	case o.app.Port != 0 && (o.app.Port < 1024 || o.app.Port > 65535):
		return usageError{"--app-port is not between 1024 and 65535"}
	}
	return nil
}

func writeTunnelHelp(w io.Writer) {
	fmt.Fprint(w, `Usage: baiui tunnel [flags] SESSION APP

A port on this machine that leads to an app of a session, such as sshd, through
the manager. SESSION is an id or a name; the apps are listed in the web interface.

  --endpoint URL     address of the manager (or `+envEndpoint+`)
  --keys FILE        TOML file with access-key and secret-key, and endpoint
                     (or `+envAccessKey+` and `+envSecretKey+`)
  --port N           port on this machine; 0 picks a free one (0)
  --listen HOST      address on this machine; others reach the app if it is not loopback (127.0.0.1)
  --app-port N       another port of the app than its first
  --manager-ca FILE  PEM certificates to trust besides the system's
  --stdio            connect standard input and output instead of a port

  baiui tunnel --port 2222 my-session sshd
  ssh -p 2222 -i id_container work@127.0.0.1

  ssh -o ProxyCommand='baiui tunnel --stdio my-session sshd' -i id_container work@my-session
`)
}
