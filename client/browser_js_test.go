//go:build js

package client

import (
	"context"
	"errors"
	"net/http"
	"syscall/js"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

// replace sets a global for the time of a test.
func replace(t *testing.T, name string, value any) {
	t.Helper()
	object := js.Global().Get("Object")
	before := object.Call("getOwnPropertyDescriptor", js.Global(), name)
	object.Call("defineProperty", js.Global(), name, map[string]any{"value": value, "configurable": true, "writable": true})
	t.Cleanup(func() {
		if before.IsUndefined() {
			js.Global().Delete(name)
			return
		}
		object.Call("defineProperty", js.Global(), name, before)
	})
}

// javascript makes a value from a JavaScript expression.
func javascript(expression string) js.Value {
	return js.Global().Get("Function").New("return (" + expression + ")").Invoke()
}

func TestCookiesGoToAnotherOriginOnlyInSessionMode(t *testing.T) {
	tests := []struct {
		name     string
		mode     model.ConnectionMode
		endpoint string
		want     string
	}{
		{"the page's own web server", model.ModeSession, "https://page.example", ""},
		{"with a slash", model.ModeSession, "https://page.example/", ""},
		{"with a base path", model.ModeSession, "https://page.example/base", ""},
		{"a web server elsewhere", model.ModeSession, "https://page.example.org", "include"},
		{"another port", model.ModeSession, "https://page.example:8443", "include"},
		{"a manager, which gets a signature", model.ModeAPI, "https://manager.example", ""},
	}
	replace(t, "location", map[string]any{"origin": "https://page.example"})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{}
			setFetchOptions(header, Config{Mode: tt.mode, Endpoint: tt.endpoint})
			assert.Equal(t, tt.want, header.Get("js.fetch:credentials"))
			assert.Empty(t, header.Get("User-Agent"))
		})
	}
	replace(t, "location", js.Undefined())
	assert.False(t, otherOrigin("https://page.example"))
}

func TestOfflineIsToldFromUnreachable(t *testing.T) {
	c := newClient(t, "https://m.example", through(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("fetch() failed: TypeError: Failed to fetch")
	}))
	for online, kind := range map[bool]Kind{true: KindUnreachable, false: KindOffline} {
		replace(t, "navigator", map[string]any{"onLine": online})
		failure(t, c.Connect(context.Background()), kind)
	}
	replace(t, "navigator", js.Undefined())
	failure(t, c.Connect(context.Background()), KindUnreachable)
}

func TestLocalStorage(t *testing.T) {
	t.Run("it keeps, lists and removes", func(t *testing.T) {
		replace(t, "localStorage", javascript(`(() => {
			const values = new Map();
			return {
				getItem: k => values.has(k) ? values.get(k) : null, setItem: (k, v) => { values.set(k, String(v)) },
				removeItem: k => { values.delete(k) }, key: i => [...values.keys()][i] ?? null,
			};
		})()`))
		storage := NewBrowserStorage()
		assert.Empty(t, storage.Get("a"))
		require.NoError(t, storage.Set("a", "값"))
		require.NoError(t, storage.Set("b", "2"))
		assert.Equal(t, "값", storage.Get("a"))
		assert.Equal(t, []string{"a", "b"}, storage.Keys())
		storage.Remove("a")
		assert.Equal(t, []string{"b"}, storage.Keys())

		store := NewLogStore(storage)
		store.Log(Entry{Title: "1"})
		assert.Equal(t, []string{"1"}, titles(store.Entries()))
	})
	t.Run("a full one is an error", func(t *testing.T) {
		replace(t, "localStorage", javascript(`({setItem() { throw new Error("QuotaExceededError") }, getItem: () => null, key: () => null, removeItem() {}})`))
		assert.Error(t, NewBrowserStorage().Set("a", "1"))
		store := NewLogStore(NewBrowserStorage())
		store.Log(Entry{Title: "1"})
		assert.Empty(t, store.Entries())
	})
	t.Run("none at all is an error", func(t *testing.T) {
		replace(t, "localStorage", js.Undefined())
		storage := NewBrowserStorage()
		assert.Error(t, storage.Set("a", "1"))
		assert.Empty(t, storage.Get("a"))
		assert.Empty(t, storage.Keys())
		storage.Remove("a")
	})
}
