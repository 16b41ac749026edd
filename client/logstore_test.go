package client

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shelf is a storage in memory with room for a number of bytes.
type shelf struct {
	mu     sync.Mutex
	values map[string]string
	room   int
	writes int
}

func newShelf(room int) *shelf { return &shelf{values: map[string]string{}, room: room} }

// roomy is larger than any log of these tests.
const roomy = 1 << 30

func (s *shelf) Get(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key]
}

func (s *shelf) Set(key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	size := len(key) + len(value)
	for other, text := range s.values {
		if other != key {
			size += len(other) + len(text)
		}
	}
	if size > s.room {
		return errors.New("QuotaExceededError")
	}
	s.values[key] = value
	return nil
}

// written is how often something was stored, or tried to.
func (s *shelf) written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

func (s *shelf) Remove(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, key)
}

func (s *shelf) Keys() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.values))
}

func titles(entries []Entry) []string {
	var list []string
	for _, entry := range entries {
		list = append(list, entry.Title)
	}
	return list
}

func TestLogKeepsTheNewestFirst(t *testing.T) {
	storage := newShelf(roomy)
	store := NewLogStore(storage)
	assert.Empty(t, store.Entries())
	store.Log(Entry{Title: "1"})
	store.Log(Entry{Title: "2"})
	assert.Equal(t, []string{"2", "1"}, titles(store.Entries()))
	store.Log(Entry{Title: "3"})
	store.Close()
	assert.Equal(t, []string{"3", "2", "1"}, titles(NewLogStore(storage).Entries()))
	assert.True(t, strings.HasPrefix(storage.Get("backendaiwebui.logs"), `[{"isError":false,`))

	store.Log(Entry{Title: "4"})
	store.Clear()
	assert.Empty(t, store.Entries())
	assert.Empty(t, storage.Keys())
}

func TestLogGathersWritesForASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		storage := newShelf(roomy)
		store := NewLogStore(storage)
		for i := range 50 {
			store.Log(Entry{Title: fmt.Sprint(i)})
		}
		assert.Zero(t, storage.written())
		time.Sleep(logDelay)
		synctest.Wait()
		assert.Equal(t, 1, storage.written())
		store.Log(Entry{Title: "later"})
		time.Sleep(logDelay)
		synctest.Wait()
		assert.Equal(t, 2, storage.written())
		assert.Len(t, store.Entries(), 51)
		assert.Equal(t, 2, storage.written(), "nothing pending, nothing written")
	})
}

func TestLogTrimsTheOldestOnly(t *testing.T) {
	storage := newShelf(roomy)
	store := NewLogStore(storage)
	for i := range MaxLogEntries + trimSlack + 7 {
		store.Log(Entry{Title: fmt.Sprint(i)})
		if i%10 == 0 {
			store.Flush()
		}
	}
	got := store.Entries()
	require.Len(t, got, MaxLogEntries)
	for i, entry := range got {
		require.Equal(t, fmt.Sprint(MaxLogEntries+trimSlack+6-i), entry.Title, "neither the newest nor one between is missing")
	}
	assert.LessOrEqual(t, len(decodeLog(storage.Get(LogKey))), MaxLogEntries+trimSlack)
}

func TestLogSharesItsStorageWithOtherTabs(t *testing.T) {
	storage := newShelf(roomy)
	one, two := NewLogStore(storage), NewLogStore(storage)
	one.Log(Entry{Title: "one 1"})
	one.Flush()
	two.Log(Entry{Title: "two 1"})
	two.Flush()
	one.Log(Entry{Title: "one 2"})
	one.Flush()
	assert.Equal(t, []string{"one 2", "two 1", "one 1"}, titles(two.Entries()))
	two.Clear()
	one.Log(Entry{Title: "one 3"})
	assert.Equal(t, []string{"one 3"}, titles(one.Entries()))
}

func TestLogSurvivesAFullStorage(t *testing.T) {
	t.Run("it keeps the newest two thirds and deletes the predecessor's keys", func(t *testing.T) {
		storage := newShelf(20_000)
		require.NoError(t, storage.Set("backendaiconsole.logs", strings.Repeat("x", 3000)))
		require.NoError(t, storage.Set("backendaiconsole.other", "x"))
		require.NoError(t, storage.Set("backendaiwebui.settings", "kept"))
		store := NewLogStore(storage)
		for i := range 200 {
			store.Log(Entry{Title: fmt.Sprint(i)})
		}
		got := store.Entries()
		assert.NotEmpty(t, got)
		assert.Less(t, len(got), 200)
		assert.Equal(t, "199", got[0].Title)
		assert.Equal(t, fmt.Sprint(200-len(got)), got[len(got)-1].Title, "without a gap")
		assert.Equal(t, []string{LogKey, "backendaiwebui.settings"}, storage.Keys())
		assert.Equal(t, "kept", storage.Get("backendaiwebui.settings"))

		store.Log(Entry{Title: "after"})
		assert.Equal(t, "after", store.Entries()[0].Title, "and goes on")
	})
	t.Run("it gives up when there is no room at all", func(t *testing.T) {
		store := NewLogStore(newShelf(0))
		store.Log(Entry{Title: "1"})
		assert.Empty(t, store.Entries())
	})
}

func TestLogStartsAnewOverNonsense(t *testing.T) {
	for _, stored := range []string{"null", "{}", "[1", "x", `"[]"`} {
		storage := newShelf(roomy)
		require.NoError(t, storage.Set(LogKey, stored))
		store := NewLogStore(storage)
		assert.Empty(t, store.Entries(), stored)
		store.Log(Entry{Title: "1"})
		assert.Equal(t, []string{"1"}, titles(store.Entries()), stored)
	}
	storage := newShelf(roomy)
	require.NoError(t, storage.Set(LogKey, `[{"title":"a"}, 5, {"title":"b"}]`))
	assert.Equal(t, []string{"a", "b"}, titles(NewLogStore(storage).Entries()))
}

func TestLogIsSafeForManyGoroutines(t *testing.T) {
	store := NewLogStore(newShelf(roomy))
	done := make(chan bool)
	for range 8 {
		go func() {
			for range 10 {
				store.Log(Entry{Title: "x"})
				store.Entries()
			}
			done <- true
		}()
	}
	for range 8 {
		<-done
	}
	assert.Len(t, store.Entries(), 80)
}

func BenchmarkLogOneRequest(b *testing.B) {
	store := NewLogStore(newShelf(roomy))
	for range MaxLogEntries {
		store.Log(Entry{RequestURL: "/admin/gql", RequestMethod: "POST", RequestParameters: strings.Repeat("x", 600)})
	}
	store.Flush()
	b.ReportAllocs()
	for b.Loop() {
		store.Log(Entry{RequestURL: "/admin/gql", RequestMethod: "POST", RequestParameters: strings.Repeat("x", 600)})
		store.Flush()
	}
}
