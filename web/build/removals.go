package main

// removals is what the browser build leaves out, by package, importers before
// what they import.
func removals() []removal {
	return []removal{
		{
			Package: "net/http",
			Why: `In a browser RoundTrip goes through fetch, which does redirects, proxies, TLS and
compression itself; the native round trip is for programs run by Node. The only
transport there that minds a request's context is then Transport itself. Host
names that are not ASCII are the browser's to encode.`,
			Funcs: []string{"(*Transport).roundTrip", "ProxyFromEnvironment"},
			Bodies: map[string]string{
				"knownRoundTripperImpl": "{ _, ok := rt.(*Transport); return ok }",
				"idnaASCII":             "{ if ascii.Is(v) { return v, nil }; return \"\", ErrNotSupported }",
			},
		},
		{
			Package:   "crypto/tls",
			Why:       "No connection of our own is ever opened; its types are fields of http.Request and http.Transport.",
			Importers: []string{"net/http", "net/http/httptrace"},
			Shake:     true,
		},
		{
			Package:   "crypto/x509",
			Why:       "As crypto/tls, whose fields its types are.",
			Importers: []string{"crypto/tls"},
			Shake:     true,
		},
		{
			Package:   "crypto/x509/pkix",
			Why:       "As crypto/x509.",
			Importers: []string{"crypto/x509"},
			Shake:     true,
		},
		{
			Package:   "encoding/asn1",
			Why:       "As crypto/x509.",
			Importers: []string{"crypto/x509", "crypto/x509/pkix"},
			Shake:     true,
		},
		{
			Package: "crypto/rand",
			Why:     "Random bytes and texts are enough; large random numbers need math/big.",
			Unused:  []string{"Int", "Prime"},
			Funcs:   []string{"Int", "Prime"},
		},
		{
			Package:   "math/big",
			Why:       "Its numbers are fields of certificates, which nobody reads here.",
			Importers: []string{"crypto/rand", "crypto/x509", "crypto/x509/pkix"},
			Shake:     true,
		},
		{
			Package:   "compress/gzip",
			Why:       "Answers arrive decompressed.",
			Importers: []string{"net/http"},
			Shake:     true,
		},
		{
			Package:   "compress/flate",
			Why:       "As compress/gzip.",
			Importers: []string{"net/http", "compress/gzip"},
			Shake:     true,
		},
		{
			Package: "mime",
			Why:     "A browser has no files; the lists of types would not be found.",
			Zero:    []string{"initMimeUnix"},
		},
		{
			Package: "net",
			Why:     "A browser has no files; the lists of protocols and services would not be found.",
			Bodies:  map[string]string{"open": "{ return nil, os.ErrNotExist }"},
		},
		{
			Package: "github.com/maxence-charriere/go-app/v10/pkg/app",
			Why: `The pages have fixed paths, with one expression that catches all others; regexp
with its parser is not needed for that.`,
			Bodies: map[string]string{
				"(*router).routeWithRegexp": `{
	if pattern != "^/" {
		panic("not in the browser: a route with the expression " + pattern)
	}
	r.route(pattern, newComponent)
}`,
				"(*router).routed": `{
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.routes[path] != nil || r.routes["^/"] != nil
}`,
				"(*router).createComponent": `{
	r.mu.RLock()
	defer r.mu.RUnlock()
	newComponent := r.routes[path]
	if newComponent == nil {
		newComponent = r.routes["^/"]
	}
	if newComponent == nil {
		return nil, false
	}
	return newComponent(), true
}`,
			},
		},
	}
}
