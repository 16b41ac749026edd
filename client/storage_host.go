//go:build !js

package client

import (
	"maps"
	"slices"
	"sync"
)

// BrowserStorage stands in for localStorage where there is no browser: it keeps
// everything in memory.
type BrowserStorage struct{ memory *memory }

type memory struct {
	mu     sync.Mutex
	values map[string]string
}

// NewBrowserStorage returns an empty storage.
func NewBrowserStorage() BrowserStorage {
	return BrowserStorage{&memory{values: map[string]string{}}}
}

// Get implements [Storage].
func (s BrowserStorage) Get(key string) string {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	return s.memory.values[key]
}

// Set implements [Storage]; it never fails.
func (s BrowserStorage) Set(key, value string) error {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	s.memory.values[key] = value
	return nil
}

// Remove implements [Storage].
func (s BrowserStorage) Remove(key string) {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	delete(s.memory.values, key)
}

// Keys implements [Storage].
func (s BrowserStorage) Keys() []string {
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	return slices.Sorted(maps.Keys(s.memory.values))
}
