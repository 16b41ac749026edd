package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallTree is a tree in which main imports a and b, and a imports c.
func smallTree(t *testing.T) *tree {
	t.Helper()
	dir := t.TempDir()
	var listed []listedPackage
	for name, source := range map[string]string{
		"c":    "package c\n\nfunc Used() {}\n\nfunc Other() {}\n",
		"a":    "package a\n\nimport \"c\"\n\nfunc A() { c.Used() }\n",
		"b":    "package b\n\nfunc B() {}\n",
		"main": "package main\n\nimport (\"a\"; \"b\")\n\nfunc main() { a.A(); b.B() }\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, name+".go"), []byte(source), 0o600))
	}
	for _, pkg := range []listedPackage{
		{ImportPath: "c"}, {ImportPath: "a", Imports: []string{"c"}}, {ImportPath: "b"}, {ImportPath: "main", Imports: []string{"a", "b"}},
	} {
		pkg.Name, pkg.Dir, pkg.GoFiles = pkg.ImportPath, filepath.Join(dir, pkg.ImportPath), []string{pkg.ImportPath + ".go"}
		listed = append(listed, pkg)
	}
	return newTree(listed)
}

func TestTreeApply(t *testing.T) {
	t.Run("a removal is made", func(t *testing.T) {
		tree := smallTree(t)
		require.NoError(t, tree.apply(removal{Package: "c", Importers: []string{"a"}, Unused: []string{"Other"}, Funcs: []string{"Other"}}))
		assert.Contains(t, string(tree.sources["c"]["c.go"]), "not in the browser: Other")
	})
	t.Run("an importer that is not expected is refused", func(t *testing.T) {
		err := smallTree(t).apply(removal{Package: "c", Importers: []string{"b"}, Shake: true})
		assert.ErrorContains(t, err, "a imports c")
	})
	t.Run("a use that is not expected is refused", func(t *testing.T) {
		err := smallTree(t).apply(removal{Package: "c", Unused: []string{"Used"}, Funcs: []string{"Used"}})
		assert.ErrorContains(t, err, "c.Used is used now")
	})
	t.Run("a package that is not linked is refused", func(t *testing.T) {
		err := smallTree(t).apply(removal{Package: "d", Funcs: []string{"D"}})
		assert.ErrorContains(t, err, "nothing to remove from d")
	})
	t.Run("what only a removed function imported is no longer reached", func(t *testing.T) {
		tree := smallTree(t)
		require.NoError(t, tree.apply(removal{Package: "a", Shake: true}))
		assert.Empty(t, tree.importers("c"))
	})
}
