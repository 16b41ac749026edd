package ui

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/components/i18n"
)

// host is a component that keeps the context it is given, for methods that need
// one.
type host struct {
	app.Compo
	ctx     app.Context
	content app.Composer
	actions map[string][]any
}

func (h *host) OnPreRender(ctx app.Context) { h.ctx = ctx }
func (h *host) Render() app.UI              { return app.Div().Body(h.content) }

// mount puts a component into a test engine and records the actions named.
func mount(t *testing.T, content app.Composer, actions ...string) (*host, app.TestEngine) {
	t.Helper()
	h := &host{content: content, actions: map[string][]any{}}
	engine := app.NewTestEngine()
	require.NoError(t, engine.Load(h))
	engine.ConsumeAll()
	for _, name := range actions {
		h.ctx.Handle(name, func(_ app.Context, action app.Action) {
			h.actions[name] = append(h.actions[name], action.Value)
		})
	}
	return h, engine
}

func TestButtons(t *testing.T) {
	assert.Contains(t, app.HTMLString(Button("", "Save")), `type="button"`, "a button must not submit a form by accident")
	markup := app.HTMLString(IconButton("x", "Close"))
	assert.Contains(t, markup, `aria-label="Close"`)
	assert.Contains(t, markup, `title="Close"`)
}

func TestNotice(t *testing.T) {
	for _, test := range []struct {
		name string
		tone Tone
		role string
		icon string
	}{
		{"an error is announced at once", Danger, "alert", "circle-alert"},
		{"a warning waits its turn", Warning, "status", "triangle-alert"},
		{"a success waits its turn", Success, "status", "circle-check"},
		{"an information waits its turn", Info, "status", "info"},
	} {
		t.Run(test.name, func(t *testing.T) {
			markup := app.HTMLString(Notice(test.tone, "Title <b>", "Do this"))
			assert.Contains(t, markup, `role="`+test.role+`"`)
			assert.Contains(t, markup, "#i-"+test.icon)
			assert.Contains(t, markup, "Title &lt;b&gt;")
			assert.Contains(t, markup, "Do this")
		})
	}
	assert.NotContains(t, app.HTMLString(Notice(Info, "Title", "")), "<span", "no empty second line")
}

func TestField(t *testing.T) {
	plain := app.HTMLString(Field("a", "Name", "", app.Input().ID("a")))
	assert.Contains(t, plain, `for="a"`)
	assert.NotContains(t, plain, HintID("a"))

	hint := app.HTMLString(Field("a", "Name", "Up to 64", app.Input().ID("a")))
	assert.Contains(t, hint, `id="`+HintID("a")+`"`)
	assert.Contains(t, hint, "Up to 64")
}

func TestInputTellsWhatIsTyped(t *testing.T) {
	input := &Input{ID: "a", Name: "filter", Action: "changed", Label: "Filter"}
	h, engine := mount(t, input, "changed")
	input.changed(h.ctx, "abc")
	engine.ConsumeAll()
	assert.Equal(t, []any{"abc"}, h.actions["changed"])

	markup := app.HTMLString(input)
	assert.Contains(t, markup, `type="text"`)
	assert.NotContains(t, markup, "value=", "the value is a property, so that it can be cleared")
}

func TestInputKeepsWhatIsTypedFasterThanItsOwnerAnswers(t *testing.T) {
	input := &Input{ID: "a", Action: "changed"}
	h, engine := mount(t, input, "changed")
	input.changed(h.ctx, "a")
	input.changed(h.ctx, "ab")
	input.Value = "a" // rendered before the second key was handled
	assert.False(t, input.write(), "the second key stays")
	engine.ConsumeAll()

	input.Value = "ab"
	assert.False(t, input.write(), "the element holds it already")
	input.Value = ""
	assert.True(t, input.write(), "the owner empties it")
	assert.Empty(t, input.held)
}

func TestConfirmAnswers(t *testing.T) {
	confirm := &Confirm{ID: "c", Title: "Sure?", Text: "It is gone then.", Yes: "Delete", No: "Cancel", Action: "answer"}
	h, engine := mount(t, confirm, "answer")
	confirm.onYes(h.ctx, app.Event{})
	engine.ConsumeAll()
	confirm.onNo(h.ctx, app.Event{})
	engine.ConsumeAll()
	assert.Equal(t, []any{true, false}, h.actions["answer"])

	markup := app.HTMLString(confirm)
	assert.Contains(t, markup, `aria-labelledby="c-title"`)
	assert.Contains(t, markup, `aria-describedby="c-text"`)
}

func TestRecover(t *testing.T) {
	h, engine := mount(t, &Toasts{Texts: i18n.Load("en")}, actionToast)
	func() {
		defer Recover(h.ctx)
		panic("out of cheese")
	}()
	Go(h.ctx, func() { panic("again") })
	engine.ConsumeAll()

	require.Len(t, h.actions[actionToast], 2)
	toast := h.actions[actionToast][0].(Toast)
	assert.Equal(t, Danger, toast.Tone)
	assert.Equal(t, "out of cheese", toast.Detail)
}
