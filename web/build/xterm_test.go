package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAModuleBecomesABlockThatHandsOutItsClass(t *testing.T) {
	module := xtermModule{file: "a.mjs", class: "Terminal", edits: []textEdit{{regexp.MustCompile(`bad\((\w)\)`), 1, "good($1)"}}}
	tests := []struct{ name, in, want, fails string }{
		{"an edit is made", "bad(x);export{a as Terminal};\n//# sourceMappingURL=a.mjs.map\n", "(() => {\ngood(x);\nglobalThis.xterm.Terminal = a;\n})();\n", ""},
		{"what is to be edited must be there", "export{a as Terminal};", "", "0 places match"},
		{"and no more often than expected", "bad(x);bad(y);export{a as Terminal};", "", "2 places match"},
		{"another class is refused", "bad(x);export{a as Other};", "", "does not export Terminal"},
		{"so is a module that exports in another way", "bad(x);export default a;", "", "does not export Terminal"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := module.wrap(test.in)
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestXtermMissingSaysWhatToDo(t *testing.T) {
	err := addXterm(new(bundle), t.TempDir())
	assert.ErrorContains(t, err, "npm ci")
}
