package config

import "strings"

// Key is one setting: its one name and what it is for.
type Key struct {
	// Name is the TOML key and, after two dashes, the flag.
	Name string
	// Placeholder stands for the value in the help text; "" for a switch.
	Placeholder string
	// Help says in one sentence what the setting does.
	Help string
	// Secret values are never printed and have no flag, because other users of
	// a machine can read command lines.
	Secret bool

	// at points into a Config: *string, *bool, *[]string, *int64,
	// *time.Duration or *slog.Level.
	at func(*Config) any
}

// Env is the name of the environment variable, BAIUI_ and the name in capitals.
func (k Key) Env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(k.Name, "-", "_"))
}

const envPrefix = "BAIUI_"

// configFlag names the TOML file; it is a flag and a variable, but no TOML key.
const configFlag = "config"

// Keys lists every setting in the order of the help text.
func Keys() []Key {
	return []Key{
		{Name: "listen", Placeholder: "HOST:PORT", Help: "address of the web interface; port 0 picks a free one",
			at: func(c *Config) any { return &c.Listen }},
		{Name: "manager-listen", Placeholder: "HOST:PORT", Help: "address of the embedded manager, for API clients; port 0 picks a free one",
			at: func(c *Config) any { return &c.ManagerListen }},
		{Name: "apps-listen", Placeholder: "HOST:PORT", Help: "address under which apps of sessions open; port 0 picks a free one (default: that of listen, two ports further)",
			at: func(c *Config) any { return &c.AppsListen }},
		{Name: "apps-host", Placeholder: "NAME", Help: "wildcard host name of opened apps, such as *.apps.example.org or https://*.apps.example.org (default: names under localhost, for browsers of this machine)",
			at: func(c *Config) any { return &c.AppsHost }},
		{Name: "apps-public", Help: "let people open an app to everybody who knows its address",
			at: func(c *Config) any { return &c.AppsPublic }},
		{Name: "data", Placeholder: "DIR", Help: "folder for sign-ins, the manager's database and session homes",
			at: func(c *Config) any { return &c.Data }},
		{Name: "demo", Help: "start a handful of real sessions for the embedded manager's accounts",
			at: func(c *Config) any { return &c.Demo }},
		{Name: "manager", Placeholder: "URL", Help: "serve this Backend.AI manager instead of the embedded one",
			at: func(c *Config) any { return &c.Manager }},
		{Name: "manager-ca", Placeholder: "FILE", Help: "PEM certificates to trust for --manager besides the system's",
			at: func(c *Config) any { return &c.ManagerCA }},
		{Name: "domain", Placeholder: "NAME", Help: "Backend.AI domain that people sign in to",
			at: func(c *Config) any { return &c.Domain }},
		{Name: "allow-endpoint", Placeholder: "URL", Help: "another manager that the page may connect to directly; may be repeated",
			at: func(c *Config) any { return &c.AllowEndpoints }},
		{Name: "tls-cert", Placeholder: "FILE", Help: "PEM certificate chain of the web interface",
			at: func(c *Config) any { return &c.TLSCert }},
		{Name: "tls-key", Placeholder: "FILE", Help: "PEM private key that belongs to --tls-cert",
			at: func(c *Config) any { return &c.TLSKey }},
		{Name: "trusted-proxy", Placeholder: "CIDR", Help: "address or block whose X-Forwarded-* headers are believed; may be repeated",
			at: func(c *Config) any { return &c.TrustedProxies }},
		{Name: "signin-idle", Placeholder: "DURATION", Help: "end a sign-in that was not used for so long",
			at: func(c *Config) any { return &c.SigninIdle }},
		{Name: "signin-lifetime", Placeholder: "DURATION", Help: "end every sign-in this long after its start",
			at: func(c *Config) any { return &c.SigninLifetime }},
		{Name: "signin-key", Placeholder: "BASE64", Secret: true, Help: "32 bytes that encrypt stored sign-ins (default: a key file in the data folder)",
			at: func(c *Config) any { return &c.SigninKey }},
		{Name: "max-body", Placeholder: "SIZE", Help: "largest request body relayed to the manager, such as 512MiB",
			at: func(c *Config) any { return &c.MaxBody }},
		{Name: "max-home", Placeholder: "SIZE", Help: "end a session that holds more than so much on disk, folders aside, such as 20GiB; 0 is a quarter of the disk",
			at: func(c *Config) any { return &c.MaxHome }},
		{Name: "allow-unisolated-sessions", Help: "let other machines reach sessions that are not isolated: everybody who signs in can then do what the server's user can",
			at: func(c *Config) any { return &c.AllowUnisolatedSessions }},
		{Name: "log-level", Placeholder: "LEVEL", Help: "least level to log: debug, info, warn or error",
			at: func(c *Config) any { return &c.LogLevel }},
		{Name: "log-format", Placeholder: "FORMAT", Help: "text or json",
			at: func(c *Config) any { return &c.LogFormat }},
	}
}

// nearest is the candidate that takes the fewest edits from name, or "" when
// every one is so far away that naming it would mislead.
func nearest(name string, candidates []string) string {
	best, least := "", 1+max(2, len(name)/3)
	for _, candidate := range candidates {
		if d := distance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			above := row[j+1]
			row[j+1] = min(diagonal+cost, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(b)]
}
