package config

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// InvalidError is a setting whose value cannot be used.
type InvalidError struct {
	Name    string // of the setting
	Origin  string // where the value came from, "" if that does not matter
	Message string // what is wrong and what to write instead
}

func (e *InvalidError) Error() string {
	if e.Origin == "" {
		return e.Name + ": " + e.Message
	}
	return e.Name + " (from " + e.Origin + "): " + e.Message
}

// Validate checks what can be checked without touching the machine. The error
// is an [*InvalidError].
func (c *Config) Validate() error {
	invalid := func(name, format string, args ...any) error {
		return &InvalidError{Name: name, Message: fmt.Sprintf(format, args...)}
	}
	if err := checkAddress(c.Listen); err != nil {
		return invalid("listen", "%v", err)
	}
	if err := checkAddress(c.ManagerListen); err != nil {
		return invalid("manager-listen", "%v", err)
	}
	if c.Listen == c.ManagerListen && c.Manager == "" && !strings.HasSuffix(c.Listen, ":0") {
		return invalid("manager-listen", "is the same address as listen, %s; choose another port", c.Listen)
	}
	if err := checkAddress(c.AppsAddress()); err != nil {
		return invalid("apps-listen", "%v", err)
	}
	if apps := c.AppsAddress(); !strings.HasSuffix(apps, ":0") && (apps == c.Listen || apps == c.ManagerListen && c.Manager == "") {
		return invalid("apps-listen", "is the address of listen or manager-listen too, %s; apps need one of their own", apps)
	}
	if c.AppsPublic && c.AppsHost == "" {
		return invalid("apps-public", "needs apps-host: nobody else comes to a name under localhost")
	}
	if c.Data == "" {
		return invalid("data", "name a folder")
	}
	if c.Manager != "" {
		if _, err := ParseEndpoint(c.Manager); err != nil {
			return invalid("manager", "%v", err)
		}
		if c.Demo {
			return invalid("demo", "only works with the embedded manager; leave out manager or demo")
		}
	}
	if c.ManagerCA != "" && c.Manager == "" {
		return invalid("manager-ca", "only works together with manager")
	}
	if c.Domain == "" {
		return invalid("domain", "name a Backend.AI domain, usually default")
	}
	for _, endpoint := range c.AllowEndpoints {
		if _, err := ParseEndpoint(endpoint); err != nil {
			return invalid("allow-endpoint", "%v", err)
		}
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return invalid("tls-cert", "tls-cert and tls-key belong together; give both or none")
	}
	if _, err := ParsePrefixes(c.TrustedProxies); err != nil {
		return invalid("trusted-proxy", "%v", err)
	}
	if c.SigninIdle <= 0 {
		return invalid("signin-idle", "must be longer than 0s")
	}
	if c.SigninLifetime < c.SigninIdle {
		return invalid("signin-lifetime", "must not be shorter than signin-idle, %v", c.SigninIdle)
	}
	if _, err := c.SigninKeyBytes(); err != nil {
		return invalid("signin-key", "%v", err)
	}
	if c.MaxBody <= 0 {
		return invalid("max-body", "must be larger than 0")
	}
	if c.MaxHome < 0 {
		return invalid("max-home", "must not be less than 0")
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return invalid("log-format", "%q is neither text nor json", c.LogFormat)
	}
	return nil
}

// SigninKeyBytes is the key of SigninKey, nil if none is set.
func (c *Config) SigninKeyBytes() ([]byte, error) {
	if c.SigninKey == "" {
		return nil, nil
	}
	key, err := base64.StdEncoding.DecodeString(c.SigninKey)
	if err != nil || len(key) != 32 {
		// The value is not quoted: it is a secret, if a wrong one.
		return nil, fmt.Errorf("is not 32 bytes in base64; make one with: openssl rand -base64 32")
	}
	return key, nil
}

func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%q is not an address such as 127.0.0.1:8090", address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q has no port between 0 and 65535", address)
	}
	return nil
}

// ParseEndpoint reads the base URL of a manager. The result has no slash at its
// end. Host names must be ASCII, because the host is part of what is signed.
func ParseEndpoint(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return nil, fmt.Errorf("%q is not a URL such as https://manager.example.com:8081", text)
	case u.User != nil:
		return nil, fmt.Errorf("the URL must not hold a user or password")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%q must end with its path, without ? and #", text)
	case strings.ContainsFunc(u.Host, func(r rune) bool { return r > 0x7e || r <= 0x20 || r == ';' || r == ',' || r == '\'' || r == '"' }):
		return nil, fmt.Errorf("%q: write the host name in ASCII (punycode)", text)
	}
	u.Host = strings.ToLower(u.Host)
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// ParsePrefixes reads addresses and CIDR blocks.
func ParsePrefixes(texts []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil {
			address = address.Unmap()
			prefixes = append(prefixes, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a block such as 10.0.0.0/8", text)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}
