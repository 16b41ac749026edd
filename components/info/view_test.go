package info

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
)

func view(role model.Role) *View {
	return &View{
		Texts: i18n.Load("en"), Active: true, PageVersion: "v1", ServerVersion: "v2", Manager: "http://127.0.0.1:8091",
		Account: &model.Account{Email: "user@example.com", Role: role, DomainName: "default", AccessKey: "AKIA"},
	}
}

func TestAnInactivePageDrawsNothing(t *testing.T) {
	assert.NotContains(t, app.HTMLString(&View{Texts: i18n.Load("en")}), "<h1")
}

func TestThePageBeforeAnythingIsKnown(t *testing.T) {
	markup := app.HTMLString(&View{Texts: i18n.Load("en"), Active: true})
	assert.Contains(t, markup, "Information")
	assert.Contains(t, markup, "–", "what is not known is a dash")
}

func TestFacts(t *testing.T) {
	markup := app.HTMLString(view(model.RoleAdmin))
	for _, text := range []string{"v1", "v2", "user@example.com", "Domain admin", "default", "AKIA"} {
		assert.Contains(t, markup, text)
	}
	assert.NotContains(t, markup, "Agents", "agents are for superadmins")
}

func TestAgents(t *testing.T) {
	v := view(model.RoleSuperadmin)
	v.request = 2
	v.loaded(1, []model.Agent{{ID: "late"}}, nil)
	assert.Empty(t, v.agents, "a late answer is dropped")

	v.loaded(2, []model.Agent{{
		ID: "i-here", Status: "ALIVE", ScalingGroup: "default", Schedulable: false, Version: "24.09.14", Architecture: "x86_64",
		AvailableSlots: model.ResourceSlots{"cpu": "8", "mem": "8589934592"}, OccupiedSlots: model.ResourceSlots{"cpu": "2"},
	}}, nil)
	markup := app.HTMLString(v)
	assert.Contains(t, markup, "i-here")
	assert.Contains(t, markup, "2 / 8")
	assert.Contains(t, markup, "0 / 8")
	assert.Contains(t, markup, `value="0.250"`)
	assert.Contains(t, markup, "takes no new sessions")

	v.loaded(2, nil, &client.Error{Kind: client.KindUnavailable})
	markup = app.HTMLString(v)
	assert.Contains(t, markup, "The manager is not available at the moment")
	assert.Contains(t, markup, "i-here", "a failure keeps what is shown")

	v.loaded(2, nil, errors.New("odd"))
	assert.Contains(t, app.HTMLString(v), "Something went wrong")

	v.loaded(2, nil, nil)
	assert.Empty(t, v.agents)
	assert.Contains(t, app.HTMLString(v), "No agent is alive")
}

func TestTheIsolationOfSessionsIsExplained(t *testing.T) {
	v := view(model.RoleSuperadmin)
	assert.NotContains(t, app.HTMLString(v), "Isolation of sessions", "other managers' agents do not tell")
	v.hardware = map[string]model.Hardware{"a": {"cpu": {}}, "b": {
		"sandbox":              {Metadata: map[string]string{"isolation": "bubblewrap"}},
		"isolation.isolated":   {Status: "unavailable", Info: "forbidden by the system"},
		"isolation.bubblewrap": {Status: "healthy"},
		"isolation.none":       {Status: "healthy"},
		"landlock":             {Status: "unavailable", Info: "too old"},
		"limits":               {Info: "not allowed", Metadata: map[string]string{"enforced_by": "watchdog"}},
	}}
	markup := app.HTMLString(v)
	for _, text := range []string{
		"Not on this machine (forbidden by the system). It would give own files", "In use: own files, processes and network, with folders.",
		"Not needed. It would give ordinary processes", "Not on this machine (too old)", "A watchdog ends sessions", "(not allowed)",
	} {
		assert.Contains(t, markup, text)
	}
	v.hardware["b"]["limits"] = model.HardwarePart{Metadata: map[string]string{"enforced_by": "cgroup2"}}
	assert.Contains(t, app.HTMLString(v), "Control groups keep memory")
}

// probe is a view that keeps the context it is given.
type probe struct {
	View
	ctx app.Context
}

func (p *probe) OnPreRender(ctx app.Context) { p.ctx = ctx }

func TestTheAgentsAreAskedForOnceClientAndAccountAreThere(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/func/" {
			io.WriteString(w, `{"version": "v8.20240915", "manager": "24.09.14"}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "hardware_metadata") {
			io.WriteString(w, `{"data": {"agent_list": {"items": [{"id": "i-here", "hardware_metadata": "{\"sandbox\": {\"metadata\": {\"isolation\": \"isolated\"}}, \"isolation.isolated\": {}}"}]}}}`)
			return
		}
		asked++
		io.WriteString(w, `{"data": {"agent_list": {"items": [{"id": "i-here", "status": "ALIVE"}], "total_count": 1}}}`)
	}))
	defer server.Close()
	ready, err := client.New(client.Config{Mode: model.ModeSession, Endpoint: server.URL})
	require.NoError(t, err)

	v := &probe{View: View{Texts: i18n.Load("en"), Active: true, Connection: new(page.Connection)}}
	engine := app.NewTestEngine()
	require.NoError(t, engine.Load(v))
	engine.ConsumeAll()
	v.OnMount(v.ctx)
	assert.NotContains(t, app.HTMLString(v), "No agent is alive", "nothing is said before an answer")

	v.Connection.Connected(ready)
	engine.ConsumeAll()
	assert.Equal(t, 0, asked, "the role is not known")
	v.Account = &model.Account{Role: model.RoleSuperadmin}
	v.OnUpdate(v.ctx)
	v.OnUpdate(v.ctx)
	engine.ConsumeAll()
	assert.Equal(t, 1, asked)
	assert.Contains(t, app.HTMLString(v), "i-here")
	assert.Contains(t, app.HTMLString(v), "In use: own files")

	v.Active = false
	v.OnUpdate(v.ctx)
	v.Active = true
	v.OnUpdate(v.ctx)
	engine.ConsumeAll()
	assert.Equal(t, 2, asked, "each activation asks anew")
	v.OnDismount()
}
