//go:build js

package client

import (
	"context"
	"net/http"
	"strings"
	"syscall/js"

	"github.com/baiui/baiui/client/model"
)

// sendOnLeave sends a request that is to outlive the page. It calls fetch itself
// and at once: net/http has no way to say keepalive, and starts a goroutine that
// may never run again.
func (c *Client) sendOnLeave(r Request) {
	body, err := r.encodeBody()
	if err != nil {
		return
	}
	req, err := c.newSignedRequest(context.Background(), r, body)
	if err != nil {
		return
	}
	headers := map[string]any{}
	for name := range req.Header {
		if !strings.Contains(name, ":") { // options of net/http, not headers
			headers[http.CanonicalHeaderKey(name)] = req.Header.Get(name)
		}
	}
	options := map[string]any{"method": req.Method, "headers": headers, "keepalive": true}
	if body != nil {
		options["body"] = string(body)
	}
	if c.config.Mode == model.ModeSession && otherOrigin(c.config.Endpoint) {
		options["credentials"] = "include"
	}
	// A rejected promise that nobody hears is reported as an error; any function
	// will do, and the content security policy lets none be made here.
	js.Global().Call("fetch", req.URL.String(), options).Call("catch", js.Global().Get("Boolean"))
}
