//go:build !js

package terminal

// screen is the terminal emulator and the websocket that feeds it. Outside of a
// browser there is none; nothing ever happens in it.
type screen struct{}

func newScreen(string, events) *screen { return &screen{} }

func (s *screen) open(look)             {}
func (s *screen) load()                 {}
func (s *screen) close()                {}
func (s *screen) focus()                {}
func (s *screen) focusOut()             {}
func (s *screen) focusUnlessElsewhere() {}
func (s *screen) restyle(look)          {}
func (s *screen) find(string, bool)     {}
func (s *screen) findNothing()          {}
func (s *screen) paste(string)          {}
func (s *screen) Dial(string)           {}
func (s *screen) Send([]byte)           {}
func (s *screen) Hangup()               {}
func (s *screen) Reset()                {}
func (s *screen) Resize(size)           {}
func (s *screen) Changed()              {}
func randomName() string                { return "" }
func focusFirst(string)                 {}
