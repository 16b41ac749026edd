//go:build js

package client

import (
	"net/http"
	"strings"
	"syscall/js"

	"github.com/baiui/baiui/client/model"
)

// setFetchOptions tells net/http how to call fetch, by a key that is no header
// and that net/http takes out again. Cookies go along to the page's own origin by
// default; ModeSession also needs them for a web server on another one.
// User-Agent is the browser's own.
func setFetchOptions(header http.Header, config Config) {
	if config.Mode == model.ModeSession && otherOrigin(config.Endpoint) {
		header.Set("js.fetch:credentials", "include")
	}
}

// otherOrigin reports whether an address is not on the page's own origin.
func otherOrigin(address string) bool {
	location := js.Global().Get("location")
	if location.Type() != js.TypeObject {
		return false // not in a page
	}
	origin := location.Get("origin").String()
	return strings.TrimRight(address, "/") != origin && !strings.HasPrefix(address, origin+"/")
}

// offline reports whether the browser knows that it has no network. The error
// of fetch says nothing about it.
func offline(error) bool {
	navigator := js.Global().Get("navigator")
	if navigator.Type() != js.TypeObject {
		return false
	}
	online := navigator.Get("onLine")
	return online.Type() == js.TypeBoolean && !online.Bool()
}
