package app

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestChooseProject(t *testing.T) {
	account := &model.Account{Projects: []model.Project{{ID: "1", Name: "default"}, {ID: "2", Name: "research"}}}
	tests := []struct {
		name  string
		names []string
		want  string
	}{
		{"the one of the URL", []string{"research", "default"}, "2"},
		{"else the last one", []string{"", "research"}, "2"},
		{"a project that is gone is passed over", []string{"gone", "research"}, "2"},
		{"else the first", []string{"gone", ""}, "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, chooseProject(account, test.names...).ID)
		})
	}
	assert.Equal(t, model.Project{}, chooseProject(&model.Account{}, "research"), "an account without projects")
	superadmin := &model.Account{Projects: []model.Project{{ID: "0", Name: "admin"}, {ID: "1", Name: "default"}}}
	assert.Equal(t, "1", chooseProject(superadmin, "").ID, "the one that clusters start with comes before the first by name")
}

func TestProjectKey(t *testing.T) {
	assert.Equal(t, "projectGroup.api_example_com", projectKey("https://api.example.com"))
	assert.Equal(t, "projectGroup.127_0_0_1:8091", projectKey("http://127.0.0.1:8091"))
	assert.Equal(t, "projectGroup.odd", projectKey("odd"))
}

func TestWithProject(t *testing.T) {
	address, err := url.Parse("http://127.0.0.1/sessions?tab=finished&page=3&project=default")
	require.NoError(t, err)
	assert.Equal(t, "http://127.0.0.1/sessions?project=a+b%26c&tab=finished", withProject(address, "a b&c").String())
	assert.Equal(t, "http://127.0.0.1/sessions?page=3&project=research&tab=finished", naming(address, "research").String())
	assert.Equal(t, "default", address.Query().Get("project"), "the address itself stays")
}

func TestCookie(t *testing.T) {
	assert.Equal(t, "baiui_lang=ko; Path=/; SameSite=Lax; Max-Age=31536000", cookie(cookieLang, "ko", false))
	assert.Equal(t, "baiui_theme=dark; Path=/; SameSite=Lax; Max-Age=31536000; Secure", cookie(cookieTheme, "dark", true))
	assert.Equal(t, "baiui_theme=; Path=/; SameSite=Lax; Max-Age=0", cookie(cookieTheme, "", false), "following the system is no choice to keep")
}

func TestNextTheme(t *testing.T) {
	theme := themeSystem
	var seen []string
	for range len(themes()) {
		theme = nextTheme(theme)
		seen = append(seen, theme)
	}
	assert.Equal(t, []string{themeLight, themeDark, themeSystem}, seen, "the button goes through all and round again")
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct {
		path string
		role model.Role
		want bool
	}{
		{PathSessions, model.RoleUser, true},
		{PathLogs, model.RoleUser, true},
		{PathInformation, model.RoleUser, false},
		{PathInformation, model.RoleAdmin, true},
		{PathInformation, model.RoleSuperadmin, true},
	} {
		p, ok := placeOf(test.path)
		require.True(t, ok)
		assert.Equal(t, test.want, p.allowed(test.role), "%s for %s", test.path, test.role)
	}
	home, ok := placeOf(PathHome)
	assert.True(t, ok)
	assert.Equal(t, PathSessions, home.path, "the start shows the sessions")
	_, ok = placeOf("/nowhere")
	assert.False(t, ok)
}
