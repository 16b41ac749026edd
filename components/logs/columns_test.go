package logs

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
)

func TestColumnsAreKept(t *testing.T) {
	storage := client.NewBrowserStorage()
	assert.Equal(t, columns(0), readColumns(storage), "all at first")

	c := columns(0).toggle(1)
	assert.False(t, c.shows(1))
	assert.True(t, c.shows(0))
	c.keep(storage)
	assert.Equal(t, c, readColumns(storage))
	assert.Equal(t, columns(0), c.toggle(1), "shown again it is all of them")

	for name, kept := range map[string]string{
		"nothing that is known": `["timestamp", "requestUrl"]`, "no list": `{}`, "no JSON": `[`, "all": `["parameters","time","status","what","request"]`,
	} {
		require.NoError(t, storage.Set(keyColumns, kept))
		assert.Equal(t, columns(0), readColumns(storage), name)
	}
}

func TestTheLastColumnStays(t *testing.T) {
	var c columns
	for i := range len(columnIDs()) - 1 {
		c = c.toggle(i)
	}
	last := len(columnIDs()) - 1
	assert.True(t, c.only(last))
	assert.Equal(t, c, c.toggle(last))
	assert.False(t, columns(0).only(0))
}

func TestAHiddenColumnIsNotDrawn(t *testing.T) {
	v := shown("en", filled())
	v.toggleColumn("what")
	v.toggleColumn("elsewhere")
	markup := app.HTMLString(v)
	assert.NotContains(t, markup, "Too late")
	assert.Equal(t, len(columnIDs())-1, strings.Count(markup, `<th `))
	assert.Contains(t, markup, "POST /admin/gql")
}
