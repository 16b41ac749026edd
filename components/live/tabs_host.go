//go:build !js

package live

import "context"

// BrowserTabs are the pages of a browser; outside of one each page is alone.
type BrowserTabs struct{}

// Lead implements [Tabs].
func (BrowserTabs) Lead(_ context.Context, _ string, lead func()) { lead() }

// Join implements [Tabs].
func (BrowserTabs) Join(string, func([]byte)) (send func([]byte), leave func()) {
	return func([]byte) {}, func() {}
}
