package info

import (
	"errors"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
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
	v.client = &client.Client{}
	assert.Empty(t, v.agents)
	assert.NotNil(t, v.message())
}
