package apps

import (
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// cleanCookies takes this server's cookies out of a request and leaves every
// other as it is written.
func cleanCookies(r *http.Request, own func(*http.Cookie) bool) {
	lines := r.Header["Cookie"]
	if len(lines) == 0 {
		return
	}
	var kept []string
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ";") {
			part = strings.TrimSpace(part)
			name, value, _ := strings.Cut(part, "=")
			switch {
			case part == "", name == cookiePlain, name == cookieSecure, name == holderCookie:
			case own(&http.Cookie{Name: name, Value: strings.Trim(value, `"`)}):
			default:
				kept = append(kept, part)
			}
		}
	}
	if len(kept) == 0 {
		r.Header.Del("Cookie")
		return
	}
	r.Header["Cookie"] = []string{strings.Join(kept, "; ")}
}

// cleanAnswer takes out of an app's answer what would speak for more than its
// own origin.
func cleanAnswer(resp *http.Response, o *app) error {
	header := resp.Header
	// Clear-Site-Data clears cookies of all names under one domain; the others
	// concern the connection to this server, which is not the app's.
	for _, name := range []string{"Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc", "Public-Key-Pins", "Expect-Ct"} {
		header.Del(name)
	}
	if lines := header["Set-Cookie"]; len(lines) > 0 {
		kept := lines[:0]
		for _, line := range lines {
			if line = cleanSetCookie(line); line != "" {
				kept = append(kept, line)
			}
		}
		if len(kept) == 0 {
			header.Del("Set-Cookie")
		} else {
			header["Set-Cookie"] = kept
		}
	}
	for _, name := range []string{"Location", "Content-Location"} {
		if address := header.Get(name); address != "" {
			header.Set(name, o.outside(address))
		}
	}
	// Another app of the same person must not show this one in a frame and have
	// the person click in it. A further policy only adds to those of the app.
	header.Add("Content-Security-Policy", "frame-ancestors 'self'")
	return nil
}

// cleanSetCookie leaves out a cookie's domain, so that it stays at the app's own
// name; "" for a cookie that has one of this server's names.
func cleanSetCookie(line string) string {
	parts := strings.Split(line, ";")
	name, _, _ := strings.Cut(parts[0], "=")
	switch strings.TrimSpace(name) {
	case cookiePlain, cookieSecure, holderCookie:
		return ""
	}
	kept := parts[:1]
	for _, part := range parts[1:] {
		attribute, _, _ := strings.Cut(part, "=")
		if !strings.EqualFold(strings.TrimSpace(attribute), "domain") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ";")
}

// outside is where a browser finds what an app names by the address that it has
// inside the session. Every other address is returned as it is: a browser follows
// it by itself, and nothing here does.
func (o *app) outside(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "" {
		return address
	}
	order, _ := o.now()
	if !isInside(u.Hostname()) || u.Port() != "" && order.Port != 0 && u.Port() != strconv.Itoa(order.Port) {
		return address
	}
	u.Scheme, u.Host, u.User = "", "", nil
	if u.Path == "" {
		u.Path = "/"
	}
	if strings.HasPrefix(u.EscapedPath(), "//") {
		return address // it would read as a host
	}
	return u.String()
}

// isInside reports whether a host is what apps call their own machine.
func isInside(name string) bool {
	if strings.EqualFold(name, localName) {
		return true
	}
	address, err := netip.ParseAddr(name)
	return err == nil && (address.IsLoopback() || address.IsUnspecified())
}
