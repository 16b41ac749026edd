package apps

import (
	"errors"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

// panel is one of an own running session.
func panel(ports ...model.ServicePort) *Panel {
	return &Panel{Texts: i18n.Load("en"), Mine: true, Session: &model.Session{
		ID: "s1", Status: model.StatusRunning, ServicePorts: ports,
	}}
}

func html(p *Panel) string { return app.HTMLString(p.Render()) }

func TestThePanelSaysWhyThereIsNothingToOpen(t *testing.T) {
	p := panel(model.ServicePort{Name: "jupyter", Protocol: "http"})
	p.Mine = false
	assert.Contains(t, html(p), "Only the owner opens")
	assert.NotContains(t, html(p), "app-tile")

	p = panel(model.ServicePort{Name: "jupyter", Protocol: "http"})
	p.Session.Status = model.StatusTerminated
	assert.Contains(t, html(p), "The session does not run")
	assert.NotContains(t, html(p), "app-tile")

	assert.Contains(t, html(panel()), "This session has no apps.")
	assert.NotContains(t, html(&Panel{}), "app-tile")
}

func TestThePanelShowsAppsAndPorts(t *testing.T) {
	text := html(panel(
		model.ServicePort{Name: "jupyter", Protocol: "http", ContainerPorts: []int{8091}},
		model.ServicePort{Name: "5000", Protocol: "preopen", ContainerPorts: []int{5000}},
	))
	assert.Contains(t, text, `data-app="jupyter"`)
	assert.Contains(t, text, "HTTP 8091")
	assert.Contains(t, text, "Pre-open ports")
	assert.Contains(t, text, "Port 5000")
	assert.Contains(t, text, "Have a program listen on one before you open it.")
	assert.NotContains(t, text, "app-options", "nothing of the options works here")
}

func TestOptionsAreShownWhereTheyWork(t *testing.T) {
	p := panel(model.ServicePort{Name: "jupyter", Protocol: "http"})
	p.able = abilities{public: true}
	assert.Contains(t, html(p), "Open app to public")
	assert.NotContains(t, html(p), "Allowed client addresses")
	assert.NotContains(t, html(p), "Try preferred port")
	p.public = true
	assert.Contains(t, html(p), "Allowed client addresses")
	p.able = abilities{hostPort: true}
	assert.Contains(t, html(p), "Try preferred port")
}

func TestStagesHaveMessagesOfTheirOwn(t *testing.T) {
	p := panel(model.ServicePort{Name: "jupyter", Protocol: "http"})
	seen := map[string]bool{}
	for s := StageFind; s < StageDone; s++ {
		p.opening = &Opening{App: "Jupyter", Stage: s}
		text := p.stageText(*p.opening)
		assert.Contains(t, html(p), text)
		assert.Contains(t, text, "Jupyter")
		assert.False(t, seen[text])
		seen[text] = true

		p.opening.Failed = &client.Error{Kind: client.KindUnavailable, Type: "app-not-listening", Message: "the manager's words"}
		assert.Contains(t, html(p), "No program listens on its port")
		assert.Contains(t, html(p), `data-action="retry"`)
	}
	p.opening.Failed = errors.New("anything")
	assert.Contains(t, html(p), "Something went wrong")
}

func TestAReadyAppIsALinkWhereNoTabCouldBeOpened(t *testing.T) {
	p := panel(model.ServicePort{Name: "jupyter", Protocol: "http"})
	p.opening = &Opening{App: "Jupyter", Stage: StageDone, Opened: client.OpenedApp{URL: "http://jupyter.localhost/x"}}
	text := html(p)
	assert.Contains(t, text, `href="http://jupyter.localhost/x"`)
	assert.Contains(t, text, "noopener")
	p.opening.Opened.URL = ""
	assert.Contains(t, html(p), "Jupyter is open in another tab")
}

func TestSSHShowsCommandsAndTheKey(t *testing.T) {
	p := panel(model.ServicePort{Name: "sshd", Protocol: "tcp", ContainerPorts: []int{2200}})
	p.able.endpoint = "http://127.0.0.1:8091"
	p.opening = &Opening{App: "SSH", Stage: StageDone, Order: client.AppOrder{Session: "s1", App: "sshd", Protocol: "tcp"}}
	text := html(p)
	assert.Contains(t, text, "baiui tunnel --endpoint http://127.0.0.1:8091 --port 2222 s1 sshd")
	assert.Contains(t, text, `data-action="key"`)
	p.opening.Order.App = "vnc"
	assert.NotContains(t, html(p), `data-action="key"`)
}
