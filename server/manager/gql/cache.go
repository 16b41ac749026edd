package gql

import (
	"container/list"
	"sync"
)

// cache keeps checked documents by their text, least recently used out first.
type cache struct {
	maxEntries, maxBytes int

	mu      sync.Mutex
	bytes   int
	order   *list.List // of *cacheEntry, newest first
	entries map[string]*list.Element
}

type cacheEntry struct {
	text string
	doc  *document
}

func newCache(maxEntries, maxBytes int) *cache {
	return &cache{maxEntries: maxEntries, maxBytes: maxBytes, order: list.New(), entries: map[string]*list.Element{}}
}

func (c *cache) get(text string) *document {
	c.mu.Lock()
	defer c.mu.Unlock()
	element := c.entries[text]
	if element == nil {
		return nil
	}
	c.order.MoveToFront(element)
	return element.Value.(*cacheEntry).doc
}

func (c *cache) put(text string, doc *document) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[text] != nil {
		return
	}
	c.entries[text] = c.order.PushFront(&cacheEntry{text: text, doc: doc})
	c.bytes += len(text)
	for len(c.entries) > c.maxEntries || c.bytes > c.maxBytes {
		oldest := c.order.Back()
		entry := c.order.Remove(oldest).(*cacheEntry)
		delete(c.entries, entry.text)
		c.bytes -= len(entry.text)
	}
}
