package logview

import (
	"strconv"
	"time"

	"github.com/baiui/baiui/client"
)

// What the browser remembers. The first two are the original's: "true" or "false",
// and seconds.
const (
	keyRefresh  = "container_log_auto_refresh_enabled"
	keyInterval = "container_log_auto_refresh_interval"
	keyWrap     = "baiui.log.wrap"
)

// intervals are what can be chosen between two refreshes, in seconds; the least is
// the original's.
func intervals() []int { return []int{3, 5, 10, 30, 60} }

const defaultInterval = 5

// settings are how a person likes logs.
type settings struct {
	storage  client.Storage
	refresh  bool
	interval int // seconds
	wrap     bool
}

func readSettings(storage client.Storage) settings {
	s := settings{storage: storage, refresh: storage.Get(keyRefresh) != "false", interval: defaultInterval, wrap: storage.Get(keyWrap) == "1"}
	if seconds, err := strconv.Atoi(storage.Get(keyInterval)); err == nil && seconds >= intervals()[0] {
		s.interval = seconds
	}
	return s
}

// every is how often to refresh.
func (s settings) every() time.Duration { return time.Duration(s.interval) * time.Second }

// keep writes a setting; where that is not allowed it holds for this page.
func (s *settings) keep(key, value string) { _ = s.storage.Set(key, value) }

func (s *settings) setRefresh(on bool) {
	s.refresh = on
	s.keep(keyRefresh, strconv.FormatBool(on))
}

func (s *settings) setInterval(seconds int) {
	s.interval = max(seconds, intervals()[0])
	s.keep(keyInterval, strconv.Itoa(s.interval))
}

func (s *settings) setWrap(on bool) {
	s.wrap = on
	value := ""
	if on {
		value = "1"
	}
	s.keep(keyWrap, value)
}
