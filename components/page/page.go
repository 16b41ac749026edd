package page

import "github.com/baiui/baiui/client"

// Hooks are the calls a Page makes. A nil hook is skipped.
type Hooks struct {
	// ViewStateChanged is called exactly once for every real change of the
	// active state, before any other hook.
	ViewStateChanged func(active bool)
	// Ready is called when the page is active and a ready client exists: at once
	// after activation, or when sign-in has finished. At most once per
	// activation and connection.
	Ready func(c *client.Client)
	// Lost is called when the client that Ready gave must not be used any more,
	// because another connection took its place: the sign-in is over. Ready
	// follows once somebody has signed in again.
	Lost func()
	// Shown is called when the browser tab is hidden or comes back, while the
	// page is active and had its client.
	Shown func(visible bool)
}

// Page decides when a page may work. Make one with New.
type Page struct {
	hooks      Hooks
	connection *Connection
	active     bool
	hidden     bool
	ready      bool   // Ready was called in this activation
	cancel     func() // takes the waiting subscription back
}

// New returns an inactive, visible page without a connection.
func New(hooks Hooks) *Page { return &Page{hooks: hooks} }

// Active reports whether the page is the one the shell shows.
func (p *Page) Active() bool { return p.active }

// Visible reports whether the browser shows the tab this program runs in.
func (p *Page) Visible() bool { return !p.hidden }

// ActiveConnected reports whether the page is active and has a ready client.
func (p *Page) ActiveConnected() bool { return p.active && p.ready }

// SetActive is what the attribute "active" is in the original. Setting the
// state it already has does nothing.
func (p *Page) SetActive(active bool) {
	if p.active == active {
		return
	}
	p.active = active
	p.stopWaiting()
	if p.hooks.ViewStateChanged != nil {
		p.hooks.ViewStateChanged(active)
	}
	if active {
		p.wait()
	}
}

// SetConnection tells where to wait for a ready client. Another connection than
// before, while active, starts the waiting anew.
func (p *Page) SetConnection(c *Connection) {
	if p.connection == c {
		return
	}
	lost := p.active && p.ready
	p.stopWaiting()
	p.connection = c
	if lost && p.hooks.Lost != nil {
		p.hooks.Lost()
	}
	if p.active {
		p.wait()
	}
}

// SetVisible tells whether the browser shows the tab.
func (p *Page) SetVisible(visible bool) {
	if p.hidden != visible {
		return
	}
	p.hidden = !visible
	if p.ActiveConnected() && p.hooks.Shown != nil {
		p.hooks.Shown(visible)
	}
}

// Close ends all waiting without a further hook; for a component that goes away.
func (p *Page) Close() {
	p.stopWaiting()
	p.active = false
}

func (p *Page) wait() {
	if p.connection == nil {
		return
	}
	p.cancel = p.connection.OnceConnected(func(c *client.Client) {
		p.cancel = nil
		if !p.active || p.ready {
			return
		}
		p.ready = true
		if p.hooks.Ready != nil {
			p.hooks.Ready(c)
		}
	})
}

func (p *Page) stopWaiting() {
	p.ready = false
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
}
