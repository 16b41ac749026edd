//go:build !js

package sessions

import "github.com/baiui/baiui/components/i18n"

// ticker keeps running times running; outside of a browser nobody watches them.
type ticker struct{}

// Start begins to tick, or changes the language of a ticker that ticks.
func (t *ticker) Start(*i18n.Texts) {}

// Stop ends the ticking.
func (t *ticker) Stop() {}
