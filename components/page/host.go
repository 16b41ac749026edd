package page

// Watcher tells a page what happens to the browser tab it runs in; see Start.
type Watcher struct {
	// Visible is called when the tab is hidden or shown.
	Visible func(visible bool)
	// Online is called when the device has a network again.
	Online func()
}
