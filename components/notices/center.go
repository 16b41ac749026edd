package notices

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/baiui/baiui/components/ui"
)

// most is how many notifications are kept.
const most = 100

// Center is the list of notifications, the newest first. Items are replaced,
// never changed.
type Center struct {
	items []*Item
	last  int
}

// Items are the notifications. The slice is not changed afterwards.
func (c *Center) Items() []*Item { return c.items }

// Unread is how many of them the person has not seen.
func (c *Center) Unread() int {
	count := 0
	for _, item := range c.items {
		if !item.Read {
			count++
		}
	}
	return count
}

// Find is the notification with this key, nil if there is none.
func (c *Center) Find(key string) *Item {
	if i := c.index(key); i >= 0 {
		return c.items[i]
	}
	return nil
}

func (c *Center) index(key string) int {
	return slices.IndexFunc(c.items, func(item *Item) bool { return item.Key == key })
}

// Add shows a notification, or follows the one with the same key: in its place,
// unless it matters and may move, which puts it first. It returns the item, and
// whether it is news.
func (c *Center) Add(n Notice, now time.Time, mayMove bool) (item *Item, news bool) {
	if n.Tone == "" {
		n.Tone = ui.Info
	}
	at := -1
	if n.Key == "" {
		c.last++
		n.Key = "notice-" + strconv.Itoa(c.last) + "-" + strconv.FormatInt(now.UnixNano(), 36)
	} else {
		at = c.index(n.Key)
	}
	item = &Item{Notice: n, At: now}
	items := slices.Clone(c.items)
	switch {
	case at < 0:
		news = true
	case n.loud():
		before := items[at]
		news = before.Busy || before.Text != n.Text || before.Reason != n.Reason
		item.Read = before.Read && !news
	default:
		item.Read = items[at].Read
	}
	if at >= 0 && !(news && mayMove) {
		items[at] = item
		c.items = items
		return item, news
	}
	if at >= 0 {
		items = slices.Delete(items, at, at+1)
	}
	c.items = bounded(slices.Insert(items, 0, item))
	return item, news
}

// bounded drops what is too much: the oldest that were read and are over, else
// the oldest.
func bounded(items []*Item) []*Item {
	for len(items) > most {
		at := len(items) - 1
		for i := at; i > 0; i-- {
			if items[i].Read && !items[i].Busy {
				at = i
				break
			}
		}
		items = slices.Delete(items, at, at+1)
	}
	return items
}

// Remove takes a notification away; one that is gone is no error.
func (c *Center) Remove(key string) {
	if i := c.index(key); i >= 0 {
		c.items = slices.Delete(slices.Clone(c.items), i, i+1)
	}
}

// Clear takes away all that is over.
func (c *Center) Clear() {
	c.items = slices.DeleteFunc(slices.Clone(c.items), func(item *Item) bool { return !item.Busy })
}

// ReadAll notes that the person has seen them all.
func (c *Center) ReadAll() {
	items := slices.Clone(c.items)
	for i, item := range items {
		if !item.Read {
			read := *item
			read.Read = true
			items[i] = &read
		}
	}
	c.items = items
}

// Forget drops everything.
func (c *Center) Forget() { c.items = nil }

// Save is the list as text.
func (c *Center) Save() string {
	text, err := json.Marshal(c.items)
	if err != nil {
		return "" // a placeholder that is no text and no number
	}
	return string(text)
}

// Load takes over a list that was saved, for the page after a reload. What
// cannot be read is nothing.
func (c *Center) Load(text string) {
	var items []*Item
	if json.Unmarshal([]byte(text), &items) != nil {
		return
	}
	items = slices.DeleteFunc(items, func(item *Item) bool { return item == nil || item.Text == "" || item.Key == "" })
	c.items = bounded(items)
}
