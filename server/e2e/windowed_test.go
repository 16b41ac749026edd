//go:build e2e

package e2e

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tableState is what a long list has in the document.
type tableState struct {
	Rows     int   // in the document
	Places   []int // aria-rowindex of each, in the order of the document
	RowCount int
	InSight  int // aria-rowindex of the first row below the heads
}

func stateOf(t *testing.T, p *Page) tableState {
	t.Helper()
	var s tableState
	require.NoError(t, p.Eval(`(() => {
		const table = document.querySelector("table[data-list=sessions]");
		const rows = [...table.querySelectorAll("tbody.rows > tr")];
		return {
			Rows: rows.length, Places: rows.map(r => +r.getAttribute("aria-rowindex")),
			RowCount: +table.getAttribute("aria-rowcount"), InSight: `+inSight+`,
		};
	})()`, &s))
	return s
}

// inSight is the expression for the aria-rowindex of the first row in sight.
const inSight = `(() => {
	const heads = document.querySelector("table[data-list=sessions] th").getBoundingClientRect().bottom || 48;
	const row = [...document.querySelectorAll("tr[data-session]")].find(r => r.getBoundingClientRect().bottom > heads + 1);
	return row ? +row.getAttribute("aria-rowindex") : 0;
})()`

// loadedAt is the condition that a row is there, with its session.
func loadedAt(place int) string {
	return `document.querySelector("tr[data-session][aria-rowindex='` + itoa(place+1) + `']")`
}

func TestAListOfAHundredThousand(t *testing.T) {
	enter(t)
	site, account := manySessions(t)
	p := newPage(t, site)
	require.NoError(t, p.SignIn("/sessions?tab=finished", account))
	require.NoError(t, p.Wait(loadedAt(20)))

	t.Run("has some rows in the document, and true counts", func(t *testing.T) {
		s := stateOf(t, p)
		assert.LessOrEqual(t, s.Rows, 60)
		assert.Equal(t, manyCount+2, s.RowCount, "the head, the template and its copies")
		assert.Equal(t, 2, s.Places[0])
	})
	t.Run("is scrolled to its middle and to its end", func(t *testing.T) {
		require.NoError(t, p.Eval(`scrollTo(0, 2_000_000)`, nil))
		require.NoError(t, p.Wait(loadedAt(50_000)))
		s := stateOf(t, p)
		assert.LessOrEqual(t, s.Rows, 60)
		for i := range s.Places[1:] {
			require.Equal(t, s.Places[i]+1, s.Places[i+1], "rows stand in the document in their order")
		}
		require.NoError(t, p.Eval(`scrollTo(0, 1e9)`, nil))
		require.NoError(t, p.Wait(loadedAt(manyCount+1)))
		assert.LessOrEqual(t, stateOf(t, p).Rows, 60)
	})
	t.Run("keeps its place over a reload, and a page number is one", func(t *testing.T) {
		require.NoError(t, p.Eval(`scrollTo(0, 1_234_567)`, nil))
		require.NoError(t, p.Wait(`/at=30\d\d\d/.test(location.search)`))
		before := stateOf(t, p)
		require.NoError(t, p.Reload())
		require.NoError(t, p.Wait("Math.abs("+inSight+"-"+itoa(before.InSight)+") <= 1"))
		require.NoError(t, p.Open("/sessions?tab=finished&page=1001"))
		require.NoError(t, p.Wait(inSight+" === 50002"))
	})
	t.Run("shows the same rows as cards", func(t *testing.T) {
		before := stateOf(t, p).InSight
		require.NoError(t, p.Size(360, 740))
		require.NoError(t, p.Wait(`document.querySelector("thead").checkVisibility() === false`))
		require.NoError(t, p.Wait("Math.abs("+inSight+"-"+itoa(before)+") <= 1"))
		require.NoError(t, p.Wait(`Math.abs(+document.querySelector("[data-position]").dataset.position - `+itoa(before)+`) < 3`))
		saveScreenshot(t, p, "long-list-360")
		require.NoError(t, p.Size(1280, 800))
	})
	t.Run("is filtered by the manager", func(t *testing.T) {
		require.NoError(t, p.Fill("[name=filter]", "past-4999"))
		require.NoError(t, p.Wait(`document.querySelector("table[data-list=sessions]").getAttribute("aria-rowcount") === "12"`))
		assert.Equal(t, 2, stateOf(t, p).Places[0])
	})
}
