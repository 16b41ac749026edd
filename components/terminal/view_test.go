package terminal

import (
	"net/url"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

func TestTheStateLineSaysWhatIsTheMatter(t *testing.T) {
	tests := []struct {
		name  string
		shown status
		load  loading
		key   string
	}{
		{"the emulator is loading", status{}, loadingBegun, "terminal.loading"},
		{"it could not be loaded", status{}, loadingFailed, "terminal.failed"},
		{"connecting", status{}, loadingDone, "terminal.connecting"},
		{"the terminal does not listen yet", status{Reason: client.TerminalNotReady}, loadingDone, "terminal.not_ready"},
		{"the manager is gone", status{Reason: client.TerminalCut}, loadingDone, "terminal.unreachable"},
		{"open", status{Phase: phaseOpen}, loadingDone, ""},
		{"open in a smaller window", status{Phase: phaseOpen, Size: size{80, 24}}, loadingDone, "terminal.smaller_elsewhere"},
		{"another shell", status{Phase: phaseOpen, Lost: true}, loadingDone, "terminal.dropped"},
		{"reconnecting", status{Phase: phaseReconnecting}, loadingDone, "terminal.reconnecting"},
		{"reconnecting, with something typed", status{Phase: phaseReconnecting, Held: 3}, loadingDone, "terminal.reconnecting.held"},
		{"reconnecting, with too much typed", status{Phase: phaseReconnecting, Lost: true}, loadingDone, "terminal.reconnecting.full"},
		{"the shell has ended", status{Phase: phaseEnded}, loadingDone, "terminal.ended"},
		{"the session is over", status{Phase: phaseOver}, loadingDone, "terminal.over"},
		{"the sign-in is over", status{Phase: phaseRefused, Reason: client.TerminalSignedOut}, loadingDone, "terminal.refused.signed_out"},
	}
	for _, lang := range []string{"en", "ko"} {
		for _, test := range tests {
			t.Run(test.name+", "+lang, func(t *testing.T) {
				v := &View{Texts: i18n.Load(lang), Session: "s", shown: test.shown, loading: test.load}
				said := v.says()
				assert.Equal(t, test.key, said.key)
				html := app.HTMLString(v)
				assert.NotContains(t, html, "style=", "the page's policy allows no style attribute")
				if test.key != "" {
					assert.True(t, v.Texts.Has(test.key))
				}
			})
		}
	}
}

func TestTerminalsOfAnotherProgramHaveNoNames(t *testing.T) {
	v := &View{Texts: i18n.Load("en"), Session: "s", loading: loadingDone, shown: status{Phase: phaseOpen, Plain: true}}
	assert.NotContains(t, app.HTMLString(v), `data-action="add"`)
	v.shown.Plain = false
	assert.Contains(t, app.HTMLString(v), `data-action="add"`)
}

func TestAddresses(t *testing.T) {
	assert.Equal(t, "/terminal?session=s1", URL("s1", "main"))
	assert.Equal(t, "/terminal?name=work&session=s1", URL("s1", "work"))
	for text, want := range map[string][2]string{
		"https://h/terminal?session=s1":              {"s1", "main"},
		"https://h/terminal?session=s1&name=work":    {"s1", "work"},
		"https://h/terminal?session=s1&name=..%2Fup": {"s1", "main"},
		"https://h/terminal":                         {"", "main"},
	} {
		here, err := url.Parse(text)
		assert.NoError(t, err)
		session, name := place(here)
		assert.Equal(t, want, [2]string{session, name}, text)
	}
	here, err := url.Parse("https://h:1/terminal?session=x")
	assert.NoError(t, err)
	assert.Equal(t, "wss://h:1/server/terminal?session=s+1&", address(here, "s 1", model.ModeSession))
	here.Scheme = "http"
	assert.Equal(t, "ws://h:1/server/terminal?mode=API&session=s1&", address(here, "s1", model.ModeAPI))
}
