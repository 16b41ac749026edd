package config

import (
	"log/slog"
	"net"
	"strconv"
	"time"
)

// Config is the server's settings. [Load] fills it; the zero value is not valid,
// [Defaults] is.
type Config struct {
	// File is the TOML file the settings were read from, "" for none.
	File string

	// Listen is the address of the web interface, host:port; port 0 picks one.
	Listen string
	// ManagerListen is the address of the embedded manager, host:port.
	ManagerListen string
	// AppsListen is the address under which apps of sessions are opened, host:port;
	// "" is the host of Listen and its port plus 2, or a free port where that is 0.
	AppsListen string
	// AppsHost is the wildcard host name of opened apps, with scheme and port where
	// those differ from the listener's, "" for names under localhost.
	AppsHost string
	// AppsPublic lets people open an app to everybody who knows its address.
	AppsPublic bool
	// Data is the folder of everything that is kept: sign-ins, the manager's
	// database, session homes.
	Data string
	// Demo starts a handful of sessions for the accounts of the embedded manager.
	Demo bool

	// Manager is the base URL of a Backend.AI manager to serve instead of the
	// embedded one, "" for the embedded one.
	Manager string
	// ManagerCA is a PEM file of certificates to trust for Manager besides the system's.
	ManagerCA string
	// Domain is the Backend.AI domain people sign in to.
	Domain string
	// AllowEndpoints are further manager URLs that the page may connect to directly.
	AllowEndpoints []string

	// TLSCert and TLSKey are PEM files; both or none.
	TLSCert, TLSKey string
	// TrustedProxies are addresses or CIDR blocks whose X-Forwarded-* headers are believed.
	TrustedProxies []string

	// SigninIdle ends a sign-in that was not used for so long.
	SigninIdle time.Duration
	// SigninLifetime ends every sign-in this long after its start.
	SigninLifetime time.Duration
	// SigninKey is 32 bytes in base64 that encrypt stored sign-ins; "" makes a
	// key file in Data.
	SigninKey string
	// MaxBody is the largest request body relayed to the manager, in bytes.
	MaxBody int64
	// MaxHome is how many bytes a session of the embedded manager may hold on disk,
	// folders aside; 0 is a quarter of the disk.
	MaxHome int64

	// AllowUnisolatedSessions permits sessions that are ordinary processes of
	// this machine to be reachable from other machines. Whoever can sign in can
	// then read and do whatever the server's own user can.
	AllowUnisolatedSessions bool

	// LogLevel is the least level that is logged.
	LogLevel slog.Level
	// LogFormat is "text" or "json".
	LogFormat string
}

// Defaults is the configuration of a server that was told nothing. home is the
// user's home folder, "" if there is none.
func Defaults(home string) Config {
	data := "/var/lib/baiui"
	if home != "" {
		data = home + "/.local/share/baiui"
	}
	return Config{
		Listen:         "127.0.0.1:8090",
		ManagerListen:  "127.0.0.1:8091",
		Data:           data,
		Domain:         "default",
		SigninIdle:     24 * time.Hour,
		SigninLifetime: 7 * 24 * time.Hour,
		MaxBody:        4 << 30,
		LogLevel:       slog.LevelInfo,
		LogFormat:      "text",
	}
}

// AppsAddress is the address to listen on for apps.
func (c *Config) AppsAddress() string {
	if c.AppsListen != "" {
		return c.AppsListen
	}
	host, port, err := net.SplitHostPort(c.Listen)
	n, failed := strconv.Atoi(port)
	if err != nil || failed != nil {
		return "" // Validate has said so
	}
	if n != 0 {
		n += appsPortAfter
	}
	return net.JoinHostPort(host, strconv.Itoa(n))
}

// appsPortAfter is how far the port of apps is behind that of the web interface:
// the one between is the embedded manager's.
const appsPortAfter = 2
