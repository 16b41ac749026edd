//go:build !js

package client

import (
	"errors"
	"net"
	"net/http"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWithoutABrowserTheProgramNamesItself(t *testing.T) {
	for given, want := range map[string]string{"": "baiui", "probe/1": "probe/1"} {
		header := http.Header{}
		c := newClient(t, "http://m", func(config *Config) { config.UserAgent = given })
		setFetchOptions(header, c.config)
		assert.Equal(t, http.Header{"User-Agent": {want}}, header, "and no option of fetch")
	}
}

func TestNoNetworkIsToldFromRefused(t *testing.T) {
	assert.True(t, offline(&net.OpError{Op: "dial", Err: syscall.ENETUNREACH}))
	assert.False(t, offline(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}))
	assert.False(t, offline(errors.New("other")))
}
