//go:build !js

package client

import (
	"errors"
	"net/http"
	"syscall"
)

// setFetchOptions sets what a browser would set by itself.
func setFetchOptions(header http.Header, config Config) {
	header.Set("User-Agent", config.UserAgent)
}

// offline reports whether err says that this machine has no network.
func offline(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.ENETDOWN)
}
