package apps

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Place says under which origins apps appear: one name for each app. The zero
// value has none.
//
// Host names, not ports or paths: browsers keep cookies by host whatever the port,
// and everything else by origin whatever the path, so that only a name of its own
// keeps an app from others.
type Place struct {
	scheme string
	before string // of the label, "" for the whole first part
	after  string // of the label: ".apps.example.org"
	port   string // "" for that of the scheme
	local  bool   // names under localhost, for browsers of this machine
}

// localName is the name under which every name leads to the browser's own
// machine (RFC 6761, 6.3).
const localName = "localhost"

// ParsePlace reads a wildcard host, such as "*.apps.example.org" or
// "https://*.apps.example.org:8443". Without scheme and port they are those of the
// listener of apps. The * stands for one label, or for the beginning of one
// ("*-apps.example.org").
func ParsePlace(text, scheme string, port int) (Place, error) {
	p := Place{scheme: scheme, port: strconv.Itoa(port)}
	if s, rest, found := strings.Cut(text, "://"); found {
		p.scheme, p.port, text = s, "", rest
	}
	if p.scheme != "http" && p.scheme != "https" {
		return Place{}, fmt.Errorf("%q: the scheme is http or https", p.scheme)
	}
	name := strings.ToLower(strings.TrimSuffix(text, "/"))
	if host, p2, err := net.SplitHostPort(name); err == nil {
		if n, err := strconv.Atoi(p2); err != nil || n < 1 || n > 65535 {
			return Place{}, fmt.Errorf("%q has no port between 1 and 65535", text)
		}
		name, p.port = host, p2
	}
	before, after, found := strings.Cut(name, "*")
	if !found || strings.Contains(after, "*") || strings.Contains(before, ".") {
		return Place{}, fmt.Errorf("%q needs one * in its first part, such as *.apps.example.org", text)
	}
	_, parent, _ := strings.Cut(after, ".")
	if parent == "" || !isHostName(parent) || strings.ContainsFunc(before+strings.TrimSuffix(after, "."+parent), notLabel) {
		return Place{}, fmt.Errorf("%q is no host name in ASCII (punycode), such as *.apps.example.org", text)
	}
	p.before, p.after = before, after
	p.local = parent == localName
	p.trimPort()
	return p, nil
}

// LocalPlace gives each app a name under localhost.
func LocalPlace(scheme string, port int) Place {
	p := Place{scheme: scheme, after: "." + localName, port: strconv.Itoa(port), local: true}
	p.trimPort()
	return p
}

// trimPort leaves out the port that browsers leave out.
func (p *Place) trimPort() {
	if p.scheme == "http" && p.port == "80" || p.scheme == "https" && p.port == "443" {
		p.port = ""
	}
}

func isHostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notLabel) {
			return false
		}
	}
	return len(name) <= 253-64
}

func notLabel(r rune) bool {
	return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
}

// Some reports whether there is a place.
func (p Place) Some() bool { return p.after != "" }

// origin is the origin of a label.
func (p Place) origin(label string) string {
	host := p.before + label + p.after
	if p.port != "" {
		host = net.JoinHostPort(host, p.port)
	}
	return p.scheme + "://" + host
}

// label is the label that a Host header names; false for any other host. The port
// is not looked at: a proxy in front may have another.
func (p Place) label(host string) (string, bool) {
	name := host
	if h, port, err := net.SplitHostPort(host); err == nil {
		if strings.Trim(port, "0123456789") != "" {
			return "", false
		}
		name = h
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	label, found := strings.CutPrefix(name, p.before)
	if !found {
		return "", false
	}
	label, found = strings.CutSuffix(label, p.after)
	return label, found && label != "" && !strings.ContainsFunc(label, notLabel)
}

// String shows the place as it is configured.
func (p Place) String() string {
	if !p.Some() {
		return ""
	}
	return p.origin("*")
}

var errNoPlace = errors.New("apps: no host name for apps leads here")

// placeFor chooses the place for a browser that reached the web interface under a
// host: the configured one, else a name under localhost if the browser is on this
// machine, where alone such names lead here.
func (a *Apps) placeFor(uiHost string) (Place, error) {
	if a.Place.Some() {
		return a.Place, nil
	}
	if !isLoopbackHost(uiHost) || !a.Local.Some() {
		return Place{}, errNoPlace
	}
	return a.Local, nil
}

// isLoopbackHost reports whether a Host header names the browser's own machine.
func isLoopbackHost(hostport string) bool {
	u, err := url.Parse("//" + hostport)
	if err != nil {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if name == localName || strings.HasSuffix(name, "."+localName) {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && address.Unmap().IsLoopback()
}

// labelHash is the length of the part of a label that tells apps apart: 100 bits.
const labelHash = 20

// newLabel names an app: the same person finds the same app of the same session
// under the same name again, with what it has stored in the browser. Nobody can
// guess it, though it is no secret.
func (a *Apps) newLabel(parts ...string) string {
	mac := hmac.New(sha256.New, a.Key)
	for _, part := range parts {
		fmt.Fprintf(mac, "%d:%s\n", len(part), part)
	}
	hash := strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))[:labelHash]
	word := strings.Trim(strings.Map(func(r rune) rune {
		if r = lower(r); notLabel(r) {
			return -1
		}
		return r
	}, parts[len(parts)-1]), "-")
	if len(word) > 20 {
		word = strings.Trim(word[:20], "-")
	}
	if word == "" {
		return hash
	}
	return word + "-" + hash
}

func lower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
