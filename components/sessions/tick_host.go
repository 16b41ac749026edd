//go:build !js

package sessions

// ticker keeps running times running; outside of a browser nobody watches them.
type ticker struct{}

// Start begins to tick.
func (t *ticker) Start() {}

// Stop ends the ticking.
func (t *ticker) Stop() {}
