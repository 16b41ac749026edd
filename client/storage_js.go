//go:build js

package client

import (
	"errors"
	"syscall/js"
)

// BrowserStorage is localStorage. It works, and forgets everything, where the
// browser forbids it.
type BrowserStorage struct{}

// errStorage: the storage is full, or the browser forbids it.
var errStorage = errors.New("client: local storage is full or forbidden")

// NewBrowserStorage returns the storage of the page.
func NewBrowserStorage() BrowserStorage { return BrowserStorage{} }

// call calls a method of localStorage; reading the property may throw, and so
// may setItem.
func (BrowserStorage) call(method string, args ...any) (result js.Value, err error) {
	defer func() {
		if recover() != nil {
			err = errStorage
		}
	}()
	storage := js.Global().Get("localStorage")
	if !storage.Truthy() {
		return js.Undefined(), errStorage
	}
	return storage.Call(method, args...), nil
}

// Get implements [Storage].
func (s BrowserStorage) Get(key string) string {
	value, err := s.call("getItem", key)
	if err != nil || value.Type() != js.TypeString {
		return ""
	}
	return value.String()
}

// Set implements [Storage].
func (s BrowserStorage) Set(key, value string) error {
	_, err := s.call("setItem", key, value)
	return err
}

// Remove implements [Storage].
func (s BrowserStorage) Remove(key string) { _, _ = s.call("removeItem", key) }

// Keys implements [Storage].
func (s BrowserStorage) Keys() []string {
	var keys []string
	for i := 0; ; i++ {
		value, err := s.call("key", i)
		if err != nil || value.Type() != js.TypeString {
			return keys
		}
		keys = append(keys, value.String())
	}
}
