package gateway

import "net/http"

// toManager reports whether a request header, in canonical spelling, is passed
// on. Everything else stays here: cookies (ours is the key to the sign-in, the
// others belong to other programs of this host), Authorization and the date (made
// anew), X-Forwarded-Url and X-Method-Override (they change what is signed), and
// whatever nobody has asked for yet.
func toManager(name string) bool {
	switch name {
	case "Accept", "Accept-Language", "Accept-Encoding", "Cache-Control", "User-Agent",
		"Content-Type", "Content-Encoding", "Content-Length", "Content-Range",
		"Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since",
		"Last-Event-Id", "X-Request-Id", "Traceparent", "Tracestate",
		"X-Backendai-Version", "X-Backendai-Domain",
		"Tus-Resumable", "Upload-Length", "Upload-Offset", "Upload-Metadata",
		// An upgrade; httputil.ReverseProxy has removed what came with others.
		"Connection", "Upgrade", "Te", "Sec-Websocket-Key", "Sec-Websocket-Version",
		"Sec-Websocket-Protocol", "Sec-Websocket-Extensions":
		return true
	}
	return false
}

// fromManager reports whether an answer's header is passed on. Those that would
// speak for this origin are not: its cookies and storage, its policies, who else
// may read it, where workers may reach, and that the browser ask for a password.
func fromManager(name string) bool {
	switch name {
	case "Set-Cookie", "Clear-Site-Data", "Service-Worker-Allowed", "Refresh", "Link",
		"Strict-Transport-Security", "Public-Key-Pins", "Expect-Ct", "Alt-Svc", "Server", "X-Powered-By",
		"Content-Security-Policy", "Content-Security-Policy-Report-Only", "Permissions-Policy", "Referrer-Policy",
		"X-Frame-Options", "Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy",
		"Origin-Agent-Cluster", "Accept-Ch", "Critical-Ch", "Nel", "Report-To", "Reporting-Endpoints", "Sourcemap", "X-Sourcemap",
		"Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Allow-Headers",
		"Access-Control-Allow-Methods", "Access-Control-Expose-Headers", "Access-Control-Max-Age",
		"Timing-Allow-Origin", "X-Backendai-Sessionid", "Expires", "Pragma",
		"Www-Authenticate", "Set-Login", "Activate-Storage-Access", "Document-Policy", "Origin-Trial", "Speculation-Rules", "Use-As-Dictionary":
		return false
	}
	return true
}

// sandboxed is the content security policy of everything but pages. Answers hold
// what users wrote, such as file contents and logs: opened as a page of this origin
// they must not run or load anything, nor stand in a frame.
const sandboxed = "default-src 'none'; frame-ancestors 'none'; sandbox"

// setOwnHeaders sets what stands on every answer that the gateway itself gives.
func setOwnHeaders(header http.Header) {
	header.Set("Content-Security-Policy", sandboxed)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Referrer-Policy", "same-origin")
	header.Set("Cache-Control", "no-store")
}

// answerPolicy is what holds for everything that comes from a manager. The values
// are shared by all answers; nothing changes a value in place.
type answerPolicy struct{ security, sniffing, embedding, caching []string }

func newAnswerPolicy() answerPolicy {
	return answerPolicy{
		security: []string{sandboxed},
		sniffing: []string{"nosniff"},
		// Not even their size is anything for a page of another origin.
		embedding: []string{"same-origin"},
		// They are one person's, and that person may sign out: nothing keeps a copy,
		// whatever the manager says, which sees a key pair and no shared browser.
		caching: []string{"no-store"},
	}
}

// apply changes the headers of an answer.
func (p answerPolicy) apply(header http.Header) {
	for name := range header {
		if !fromManager(name) {
			delete(header, name)
		}
	}
	header["Content-Security-Policy"] = p.security
	header["X-Content-Type-Options"] = p.sniffing
	header["Cross-Origin-Resource-Policy"] = p.embedding
	header["Cache-Control"] = p.caching
}
