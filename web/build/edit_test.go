package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const editSource = `// Package p is edited.
package p

import (
	"fmt"
	"os"
	str "strings"
)

// T is a type.
type T struct{ n int }

// Read reads.
func (t *T) Read(p []byte) (int, error) { return os.Stdin.Read(p) }

func (t T) String() string { return fmt.Sprint(t.n) }

func New(n int) *T { return &T{n} }

func Keep() string { return str.ToUpper("x") }

func init() { fmt.Println("starts") }
`

func TestEditPackage(t *testing.T) {
	names := map[string]string{"fmt": "fmt", "os": "os", "strings": "strings"}
	files := map[string][]byte{"p.go": []byte(editSource)}
	tests := []struct {
		name    string
		removal removal
		has     []string
		hasNot  []string
	}{
		{
			"a removed method panics, and its import stays for its effects",
			removal{Funcs: []string{"(*T).Read"}},
			[]string{`func (t *T) Read(p []byte) (int, error) { panic("not in the browser: (*T).Read") }`, `_ "os"`, `"fmt"`, `str "strings"`},
			[]string{"os.Stdin"},
		},
		{
			"an import may be dropped with its last use",
			removal{Funcs: []string{"(*T).Read"}, Drop: []string{"os"}},
			nil,
			[]string{`"os"`},
		},
		{
			"a function may return zero values",
			removal{Zero: []string{"New", "init"}},
			[]string{"func New(n int) (_ *T) { return }", "func init() { return }"},
			[]string{"starts"},
		},
		{
			"unnamed results are named for it",
			removal{Zero: []string{"(*T).Read"}},
			[]string{"func (t *T) Read(p []byte) (_ int, _ error) { return }"},
			nil,
		},
		{
			"a function may get another body",
			removal{Bodies: map[string]string{"T.String": `{ return "T" }`}},
			[]string{`func (t T) String() string { return "T" }`},
			nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := editPackage(files, test.removal, names)
			require.NoError(t, err)
			require.Contains(t, out, "p.go")
			for _, text := range test.has {
				assert.Contains(t, string(out["p.go"]), text)
			}
			for _, text := range test.hasNot {
				assert.NotContains(t, string(out["p.go"]), text)
			}
			_, err = usedNames(out, "fmt", "fmt") // what comes out is Go
			assert.NoError(t, err)
		})
	}
}

func TestEditPackageNamesWhatIsNotThere(t *testing.T) {
	_, err := editPackage(map[string][]byte{"p.go": []byte(editSource)},
		removal{Package: "p", Funcs: []string{"New", "(*T).Write"}, Zero: []string{"gone"}},
		map[string]string{"fmt": "fmt", "os": "os", "strings": "strings"})
	assert.ErrorContains(t, err, "p has no (*T).Write, gone to remove any more")
}

func TestEditPackageLeavesOtherFilesAlone(t *testing.T) {
	out, err := editPackage(map[string][]byte{"p.go": []byte(editSource), "q.go": []byte("package p\n\nimport _ \"os\"\n")},
		removal{Funcs: []string{"New"}}, map[string]string{"fmt": "fmt", "os": "os", "strings": "strings"})
	require.NoError(t, err)
	assert.NotContains(t, out, "q.go")
}
