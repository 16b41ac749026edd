package app

import (
	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
)

// newStream makes the one stream of events of the page.
func (s *Shell) newStream(ctx goapp.Context) *live.Stream {
	stream := live.NewStream(s.live, live.BrowserTabs{}, page.Loop{
		Dispatch: func(f func()) {
			ctx.Dispatch(func(ctx goapp.Context) {
				defer ui.Recover(ctx)
				f()
			})
		},
		Async: func(f func()) { ui.Go(ctx, f) },
	})
	stream.SetVisible(page.TabVisible())
	stream.SetOnline(!s.offline)
	return stream
}

// follow listens to the events of the manager for as long as somebody is signed
// in.
func (s *Shell) follow() {
	if s.stream == nil {
		return
	}
	if s.signin.phase != phaseConnected {
		s.stream.Listen(nil, "")
		return
	}
	c := s.signin.client
	s.stream.Listen(c.Sessions(), "baiui.events "+string(c.Mode())+" "+c.Endpoint()+" "+s.signin.account.UUID+" "+s.signin.account.AccessKey)
}

// onDesktop listens even while nobody sees the page, for a person who is told on
// the desktop.
func (s *Shell) onDesktop(_ goapp.Context, action goapp.Action) {
	if wanted, ok := action.Value.(bool); ok && s.stream != nil {
		s.stream.SetEvenWhenHidden(wanted)
	}
}
