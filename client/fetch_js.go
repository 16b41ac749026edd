//go:build js

package client

import (
	"net/http"
	"syscall/js"

	"github.com/baiui/baiui/client/model"
)

// setFetchOptions tells net/http how to call fetch: cookies go along in
// ModeSession, also to a web server on another origin, and never in ModeAPI.
// These are no headers; net/http takes them out again. User-Agent is the
// browser's own.
func setFetchOptions(header http.Header, config Config) {
	credentials := "omit"
	if config.Mode == model.ModeSession {
		credentials = "include"
	}
	header.Set("js.fetch:credentials", credentials)
}

// offline reports whether the browser knows that it has no network. The error
// of fetch says nothing about it.
func offline(error) bool {
	online := js.Global().Get("navigator").Get("onLine")
	return online.Type() == js.TypeBoolean && !online.Bool()
}
