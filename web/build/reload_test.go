package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReloader(t *testing.T) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/data" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "</head>")
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Etag", `"x"`)
		_, _ = io.WriteString(w, "<html><head></head><body>"+r.Host+"</body></html>")
	}))
	defer backend.Close()
	address, err := freeAddress()
	require.NoError(t, err)
	r, err := startReloader(t.Context(), address, strings.TrimPrefix(backend.URL, "http://"))
	require.NoError(t, err)
	get := func(path string) (string, http.Header) {
		resp, err := http.Get("http://" + address + path)
		require.NoError(t, err)
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		return string(body), resp.Header
	}

	page, header := get("/")
	assert.Contains(t, page, `<script src="/.dev/reload.js" defer></script></head>`)
	assert.Contains(t, page, address, "the server sees the address that the browser sees")
	assert.Empty(t, header.Get("Etag"))

	data, _ := get("/data")
	assert.Equal(t, "</head>", data, "only pages get the script")

	script, _ := get("/.dev/reload.js")
	assert.Contains(t, script, "EventSource")

	resp, err := http.Get("http://" + address + "/.dev/events")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	r.reload()
	event, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "data: reload\n\n", string(event))
}
