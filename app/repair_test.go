package app

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

func TestRepair(t *testing.T) {
	tests := []struct {
		name, in, want string
	}{
		{"a false boolean is left out", `<button disabled="false">x</button>`, `<button>x</button>`},
		{"a true boolean stays", `<button disabled>x</button>`, `<button disabled>x</button>`},
		{"ARIA needs the word", `<b aria-hidden></b>`, `<b aria-hidden="true"></b>`},
		{"ARIA may be false", `<b aria-expanded="false"></b>`, `<b aria-expanded="false"></b>`},
		{"attributes are sorted", `<b id="1" class="2"></b>`, `<b class="2" id="1"></b>`},
		{"indentation goes", "<p>\n  <b>x</b>\n  <i>y</i>\n</p>", `<p><b>x</b><i>y</i></p>`},
		{"the indentation of a text goes", "<p>\n  some text\n  <b>x</b>\n</p>", `<p>some text<b>x</b></p>`},
		{"blanks in a text stay", `<p>a  b </p>`, `<p>a  b </p>`},
		{"a text stays escaped", `<p>&lt;b&gt; &amp; &#34;</p>`, `<p>&lt;b&gt; &amp; &#34;</p>`},
		{"an element without an end tag", `<p><input name="a"></p>`, `<p><input name="a"></p>`},
		{"the name of an SVG attribute", `<svg viewBox="0 0 1 1"></svg>`, `<svg viewBox="0 0 1 1"></svg>`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := repair(test.in)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestRepairRefuses(t *testing.T) {
	for name, markup := range map[string]string{
		"an attribute that broke out of its quotes": `<p title="say \"hi\""></p>`,
		"a backslash":               `<p title="a\u200bb"></p>`,
		"an element that is open":   `<div><p></p>`,
		"an element closed twice":   `<p></p></p>`,
		"elements that cross":       `<b><i></b></i>`,
		"a comment":                 `<p><!-- x --></p>`,
		"an end without a begin":    `</p>`,
		"an attribute made of tags": `<p title="a"<b></p>`,
	} {
		_, err := repair(markup)
		assert.Error(t, err, name)
	}
}

func FuzzRepair(f *testing.F) {
	f.Add("<p>\n  some text\n  <b hidden=\"false\">x</b>\n</p>")
	f.Add(`<p title="say \"hi\""></p>`)
	f.Add(`<input value="a" disabled>`)
	f.Fuzz(func(t *testing.T, markup string) {
		got, err := repair(markup)
		if err != nil {
			return
		}
		again, err := repair(got)
		require.NoError(t, err, "what was repaired can be read")
		assert.Equal(t, strings.Count(got, "<"), strings.Count(again, "<"))
		_, err = html.Parse(strings.NewReader(got))
		assert.NoError(t, err)
	})
}
