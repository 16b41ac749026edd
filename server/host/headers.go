package host

import (
	"net/http"
	"strings"
)

// Policy is what a browser is told about every answer of this package.
type Policy struct {
	// ConnectTo are origins besides this one that the page may send requests
	// to: managers that were configured, never what a person types.
	ConnectTo []string
}

// contentSecurityPolicy allows what the page does and nothing else. Go's
// WebAssembly needs 'wasm-unsafe-eval' to be compiled at all; it permits no eval
// of scripts. There is no 'unsafe-inline' anywhere, so the page uses neither
// style attributes nor inline scripts.
func (p Policy) contentSecurityPolicy() string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'wasm-unsafe-eval'",
		"style-src 'self'",
		"img-src 'self' data:",
		strings.Join(append([]string{"connect-src 'self'"}, p.ConnectTo...), " "),
		"font-src 'self'",
		"manifest-src 'self'",
		"worker-src 'self'",
		"base-uri 'none'",        // a planted <base> would move every relative address
		"form-action 'self'",     // a planted form could send a password elsewhere
		"frame-ancestors 'none'", // nobody can put the page under an invisible frame
	}, "; ")
}

// headers is written once and copied into every answer.
func (p Policy) headers() http.Header {
	return http.Header{
		"Content-Security-Policy": {p.contentSecurityPolicy()},
		// A file is what its type says, whatever its content looks like.
		"X-Content-Type-Options": {"nosniff"},
		// A page that opened this one, or was opened by it, gets no handle on it.
		"Cross-Origin-Opener-Policy": {"same-origin"},
		// Other origins cannot load these files, not even to measure them.
		"Cross-Origin-Resource-Policy": {"same-origin"},
		// Addresses hold project and session names. Not no-referrer: with that,
		// browsers send "Origin: null" when the plain sign-in form is posted, which
		// is then no longer told from a post of a foreign page.
		"Referrer-Policy": {"same-origin"},
		// Only the copy buttons need any of these.
		"Permissions-Policy": {"accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), " +
			"clipboard-write=(self), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), " +
			"gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), " +
			"publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"},
	}
}
