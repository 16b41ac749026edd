package client

import (
	"encoding/json"
	"strings"
	"sync"
	"time"
)

const (
	// LogKey is where the log is kept, a JSON array with the newest entry first,
	// as the original client has it.
	LogKey = "backendaiwebui.logs"
	// MaxLogEntries is how many entries are kept, the newest ones.
	MaxLogEntries = 2000
	// trimSlack is by how many entries the stored log may be longer before it is
	// trimmed: to trim, all of it has to be decoded.
	trimSlack = 200
	// logDelay is how long entries are gathered before they are written together.
	logDelay = time.Second
	// retiredPrefix marks keys of the original's predecessor, which are deleted
	// when the storage is full.
	retiredPrefix = "backendaiconsole"
)

// Storage keeps texts by key, as localStorage does: [BrowserStorage], or a
// test's.
type Storage interface {
	Get(key string) string // empty if there is none
	Set(key, value string) error
	Remove(key string)
	Keys() []string
}

// LogStore is a [Logger] that keeps the newest [MaxLogEntries] entries in a
// storage that other tabs of the browser may share. Entries are written up to a
// second later, together; [LogStore.Flush] writes them at once. A full storage
// costs old entries, never a request. It is safe for use by several goroutines.
type LogStore struct {
	storage Storage

	mu      sync.Mutex
	pending []json.RawMessage // not yet written, newest last
	timer   *time.Timer       // runs while something is pending
	written string            // what this store wrote last …
	count   int               // … and how many entries that are
}

// NewLogStore makes a log over storage. Close it to write what is pending.
func NewLogStore(storage Storage) *LogStore { return &LogStore{storage: storage} }

// Log adds an entry.
func (s *LogStore) Log(entry Entry) {
	encoded, err := json.Marshal(entry)
	if err != nil {
		return // texts and numbers always encode
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = append(s.pending, encoded)
	if s.timer == nil {
		s.timer = time.AfterFunc(logDelay, s.Flush)
	}
}

// Flush writes what is pending; call it when the page is hidden or closed.
func (s *LogStore) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
}

// Close writes what is pending. The store can be used again afterwards.
func (s *LogStore) Close() { s.Flush() }

// Entries returns the log, newest first. Entries that cannot be read are left
// out.
func (s *LogStore) Entries() []Entry {
	s.mu.Lock()
	s.flush()
	stored := decodeLog(s.storage.Get(LogKey))
	s.mu.Unlock()

	entries := make([]Entry, 0, min(len(stored), MaxLogEntries))
	for _, raw := range stored[:min(len(stored), MaxLogEntries)] {
		var entry Entry
		if json.Unmarshal(raw, &entry) == nil {
			entries = append(entries, entry)
		}
	}
	return entries
}

// Clear deletes the log.
func (s *LogStore) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopTimer()
	s.pending, s.written, s.count = nil, "", 0
	s.storage.Remove(LogKey)
}

func (s *LogStore) stopTimer() {
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
}

// flush puts the pending entries before the stored ones. The stored text is not
// decoded as long as this store wrote it and it is not due to be trimmed.
func (s *LogStore) flush() {
	s.stopTimer()
	if len(s.pending) == 0 {
		return
	}
	newest := make([]json.RawMessage, len(s.pending))
	for i, entry := range s.pending {
		newest[len(newest)-1-i] = entry
	}
	s.pending = nil

	stored := s.storage.Get(LogKey)
	if stored != "" && stored == s.written && s.count+len(newest) <= MaxLogEntries+trimSlack {
		text := encodeLog(newest)
		if s.count > 0 {
			text = text[:len(text)-1] + "," + stored[1:]
		}
		if s.storage.Set(LogKey, text) == nil {
			s.written, s.count = text, s.count+len(newest)
			return
		}
	}
	all := append(newest, decodeLog(stored)...)
	s.write(all[:min(len(all), MaxLogEntries)])
}

// write stores the entries; as long as they do not fit it goes on with the
// newest two thirds.
func (s *LogStore) write(entries []json.RawMessage) {
	for first := true; len(entries) > 0; first = false {
		text := encodeLog(entries)
		if s.storage.Set(LogKey, text) == nil {
			s.written, s.count = text, len(entries)
			return
		}
		if first {
			for _, key := range s.storage.Keys() {
				if strings.HasPrefix(key, retiredPrefix) {
					s.storage.Remove(key)
				}
			}
		}
		entries = entries[:len(entries)*2/3]
	}
	s.written, s.count = "", 0
}

// encodeLog joins entries, which are JSON already.
func encodeLog(entries []json.RawMessage) string {
	size := 2
	for _, entry := range entries {
		size += len(entry) + 1
	}
	var text strings.Builder
	text.Grow(size)
	text.WriteByte('[')
	for i, entry := range entries {
		if i > 0 {
			text.WriteByte(',')
		}
		text.Write(entry)
	}
	text.WriteByte(']')
	return text.String()
}

// decodeLog cuts a stored log into its entries; nil if it is not a log.
func decodeLog(text string) []json.RawMessage {
	var entries []json.RawMessage
	if text == "" || json.Unmarshal([]byte(text), &entries) != nil {
		return nil
	}
	return entries
}
