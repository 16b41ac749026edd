package page

// Watcher tells a page what happens to the browser tab it runs in; see Start.
// What is nil is not told.
type Watcher struct {
	// Visible is called when the tab is hidden or shown.
	Visible func(visible bool)
	// Focused is called when the person comes to the page from another tab, window
	// or program.
	Focused func()
	// Online is called when the device has a network again.
	Online func()
	// Left is called when the browser leaves the page. What is to happen then has
	// to happen during the call: what is dispatched comes too late.
	Left func()
	// Back is called when the browser comes back to a page that it had kept. Until
	// then the page stood still, with its locks and connections as Left left them.
	Back func()
}
