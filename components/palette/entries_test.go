package palette

import (
	"regexp"
	"testing"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/sessions"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func someInput() input {
	return input{
		texts:   i18n.Load("en"),
		places:  []Place{{Path: "/sessions", Text: "Sessions", Icon: "list"}, {Path: "/logs", Text: "Error log", Icon: "scroll-text"}},
		account: &model.Account{Role: model.RoleAdmin, Projects: []model.Project{{ID: "p", Name: "default"}}},
		onList:  true,
	}
}

func texts(entries []Entry) []string {
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.Text
	}
	return list
}

func TestEntries(t *testing.T) {
	t.Run("places come first without a text", func(t *testing.T) {
		assert.Equal(t, "Sessions", texts(someInput().entries())[0])
	})
	t.Run("a selection comes before everything", func(t *testing.T) {
		in := someInput()
		in.selected = 3
		entries := in.entries()
		assert.Equal(t, "Terminate the selected sessions (3)", entries[0].Text)
		assert.Equal(t, sessions.ActionDo, entries[0].Action)
		assert.Equal(t, sessions.DoTerminate, entries[0].Value)
	})
	t.Run("the list's commands are offered where the list is", func(t *testing.T) {
		in := someInput()
		in.typed, in.selected, in.onList = "terminate", 3, false
		assert.Empty(t, in.entries())
	})
	t.Run("only admins export", func(t *testing.T) {
		in := someInput()
		in.typed = "csv"
		assert.Len(t, in.entries(), 1)
		in.account = &model.Account{Role: model.RoleUser}
		assert.Empty(t, in.entries())
	})
	t.Run("every word must be there, and beginnings come first", func(t *testing.T) {
		in := someInput()
		in.typed = "TAB fin"
		require.Equal(t, []string{"Finished"}, texts(in.entries()))
		assert.Equal(t, "/sessions?tab=finished", in.entries()[0].URL)
		in.typed = "e"
		assert.Equal(t, "Error log", texts(in.entries())[0])
	})
	t.Run("a project is the list of its sessions", func(t *testing.T) {
		in := someInput()
		in.typed = "project default"
		require.Len(t, in.entries(), 1)
		assert.Equal(t, "/sessions?project=default", in.entries()[0].URL)
	})
	t.Run("a session that was found opens its details", func(t *testing.T) {
		in := someInput()
		in.typed = "train"
		in.found = []*model.Session{{ID: "s1", Name: "train-1", Status: model.StatusRunning}}
		require.Len(t, in.entries(), 1)
		assert.Equal(t, "/sessions?session=s1", in.entries()[0].URL)
		assert.Equal(t, "Running", in.entries()[0].Detail)
	})
	t.Run("there are never too many", func(t *testing.T) {
		in := someInput()
		for range 40 {
			in.account.Projects = append(in.account.Projects, model.Project{Name: "p"})
		}
		assert.Len(t, in.entries(), mostShown)
	})
}

func TestTheViewIsAComboboxWithAListBox(t *testing.T) {
	v := &View{Texts: i18n.Load("en"), Places: someInput().places, Account: someInput().account, OnList: true}
	assert.NotContains(t, app.HTMLString(v), "combobox", "closed it is empty")
	v.toggle()
	v.at = 1
	html := app.HTMLString(v)
	assert.Contains(t, html, `role="combobox"`)
	assert.Contains(t, html, `aria-activedescendant="palette-1"`)
	assert.Contains(t, html, `role="listbox"`)
	assert.Len(t, regexp.MustCompile(`role="option"`).FindAllString(html, -1), mostShown)
	v.typed = "nothing like this"
	assert.Contains(t, app.HTMLString(v), "Nothing matches")
	v.toggle()
	assert.False(t, v.open)
}

func TestNobodyWhoIsNotSignedInHasAPalette(t *testing.T) {
	v := &View{Texts: i18n.Load("en")}
	v.toggle()
	assert.False(t, v.open)
}
