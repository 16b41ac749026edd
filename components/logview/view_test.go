package logview

import (
	"context"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

// host keeps the context that it is given, for what needs one.
type host struct {
	app.Compo
	ctx app.Context
}

func (p *host) OnPreRender(ctx app.Context) { p.ctx = ctx }
func (p *host) Render() app.UI              { return app.Div() }

// slow answers when it is let.
type slow struct{ answer chan client.LogPart }

func (s slow) Logs(context.Context, client.LogRequest) (client.LogPart, error) {
	return <-s.answer, nil
}

func TestASearchLosesNoAnswer(t *testing.T) {
	p, engine := new(host), app.NewTestEngine()
	require.NoError(t, engine.Load(p))
	engine.ConsumeAll()
	manager := slow{answer: make(chan client.LogPart)}
	v := &View{source: manager, Ended: true} // nothing is asked for a second time
	v.begin()
	v.ask(p.ctx)
	v.onQuery(p.ctx, app.Action{Value: "two"})
	manager.answer <- client.LogPart{Data: []byte("one\ntwo\n")}
	require.Eventually(t, func() bool {
		engine.ConsumeAll()
		return v.log.loaded
	}, 5*time.Second, time.Millisecond)
	assert.Equal(t, []int{1}, v.finder.hits)
}
