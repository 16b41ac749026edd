package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMinifyCSS(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"comments and line breaks go", "/* a */\na {\n  color: red;\n}\n", "a{color: red}"},
		{"a space between selectors stays", "nav   a\n> b {}", "nav a > b{}"},
		{"a space before a pseudo-class stays", "a :hover {}", "a :hover{}"},
		{"spaces in calc stay", "a { width: calc(1px + 2px) }", "a{width: calc(1px + 2px)}"},
		{"a comment between words is a space", "a/**/b {}", "a b{}"},
		{"strings stay as they are", `a::before { content: "  /* not { } a comment */ ;" }`, `a::before{content: "  /* not { } a comment */ ;"}`},
		{"an escaped quote does not end a string", `a { content: "\" }" }`, `a{content: "\" }"}`},
		{"an address stays as it is", "a { background: url(data:image/svg+xml;utf8,<svg  a='b'>) }", "a{background: url(data:image/svg+xml;utf8,<svg  a='b'>)}"},
		{"the last semicolon of a rule goes", "a { b: c; d: e; }", "a{b: c;d: e}"},
		{"rules within rules", "@media (width < 10px) {\n a { b: c; }\n}", "@media (width < 10px){a{b: c}}"},
		{"lists lose the space after the comma", "a, b { transition: x 1s, y 2s }", "a,b{transition: x 1s,y 2s}"},
		{"custom properties keep their value", ":root { --empty: ; --x: 1 }", ":root{--empty:;--x: 1}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := minifyCSS(test.in)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
			again, err := minifyCSS(got)
			require.NoError(t, err)
			assert.Equal(t, got, again, "minifying twice changes nothing")
		})
	}
}

func TestMinifyCSSRefusesWhatIsNotClosed(t *testing.T) {
	for _, in := range []string{"/* a", `a { content: "b`, "a { content: 'b\n' }", "a { background: url(b"} {
		_, err := minifyCSS(in)
		assert.Error(t, err, in)
	}
}

func TestJoinCSSKeepsTheOrder(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "base.css"), []byte("b { c: d }"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "tokens.css"), []byte("a { b: c }"), 0o600))
	css, err := joinCSS(dir)
	require.NoError(t, err)
	assert.Equal(t, "a{b: c}b{c: d}", string(css))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "forgotten.css"), nil, 0o600))
	_, err = joinCSS(dir)
	assert.ErrorContains(t, err, "forgotten.css")
}

func FuzzMinifyCSS(f *testing.F) {
	f.Add("a { b: c; } /* d */ @media x { e, f { g: url( h ) \"i\" } }")
	f.Add(`'\`)
	f.Fuzz(func(t *testing.T, in string) {
		out, err := minifyCSS(in)
		if err == nil && len(out) > len(in) {
			t.Errorf("%q grew to %q", in, out)
		}
	})
}
