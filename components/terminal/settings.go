package terminal

import (
	"strconv"

	"github.com/baiui/baiui/client"
)

// What the browser remembers. keyGuide is the original's: "false" once somebody
// asked not to see the guide again.
const (
	keyGuide  = "backendaiwebui.terminalguide"
	keyZoom   = "baiui.terminal.zoom"
	keyReader = "baiui.terminal.reader"
)

// settings are how a person likes terminals.
type settings struct {
	storage client.BrowserStorage
	zoom    int
	reader  bool // for screen readers
	guide   bool // show it
}

func readSettings(storage client.BrowserStorage) settings {
	s := settings{storage: storage, reader: storage.Get(keyReader) == "1", guide: storage.Get(keyGuide) != "false"}
	if zoom, err := strconv.Atoi(storage.Get(keyZoom)); err == nil {
		s.zoom = min(max(zoom, minZoom), maxZoom)
	}
	return s
}

// keep writes a setting; where that is not allowed it holds for this page.
func (s *settings) keep(key, value string) {
	_ = s.storage.Set(key, value)
}

func (s *settings) enlarge(by int) {
	s.zoom = min(max(s.zoom+by, minZoom), maxZoom)
	s.keep(keyZoom, strconv.Itoa(s.zoom))
}

func (s *settings) toggleReader() {
	s.reader = !s.reader
	value := ""
	if s.reader {
		value = "1"
	}
	s.keep(keyReader, value)
}

func (s *settings) forgetGuide() {
	s.guide = false
	s.keep(keyGuide, "false")
}
