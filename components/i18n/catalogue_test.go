package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/web/locales"
)

func catalogues(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, language := range Languages() {
		texts, err := locales.Catalogue(language.Code)
		require.NoError(t, err)
		all[language.Code] = texts
	}
	return all
}

func TestLanguagesHaveTheSameKeys(t *testing.T) {
	all := catalogues(t)
	want := slices.Sorted(maps.Keys(all[Fallback]))
	for code, texts := range all {
		assert.Equal(t, want, slices.Sorted(maps.Keys(texts)), "keys of %s", code)
	}
}

func TestPlaceholdersAgree(t *testing.T) {
	placeholder := regexp.MustCompile(`\{[a-z_]+\}`)
	names := func(text string) []string {
		found := placeholder.FindAllString(text, -1)
		slices.Sort(found)
		return slices.Compact(found)
	}
	all := catalogues(t)
	for key, english := range all[Fallback] {
		for code, texts := range all {
			if strings.HasSuffix(key, ".one") {
				continue // a language may spell the one out
			}
			assert.Equal(t, names(english), names(texts[key]), "%s in %s", key, code)
		}
	}
}

func TestTextsAreSafeInPrerenderedAttributes(t *testing.T) {
	for code, texts := range catalogues(t) {
		for key, text := range texts {
			assert.NotContains(t, text, `"`, "%s in %s", key, code)
			assert.NotContains(t, text, `\`, "%s in %s", key, code)
			assert.NotContains(t, text, `<`, "%s in %s", key, code)
			assert.Equal(t, strings.TrimSpace(text), text, "%s in %s", key, code)
			assert.NotEmpty(t, text, "%s in %s", key, code)
			for _, r := range text {
				require.True(t, strconv.IsPrint(r), "%s in %s: %U is printed as an escape", key, code, r)
			}
		}
	}
}

// uses is what the Go sources of the page say about keys.
type uses struct {
	literals map[string]bool // every string literal
	prefixes map[string]bool // literals that end in a dot and begin a sum
	asked    map[string]token.Position
}

func TestKeysAndSourcesAgree(t *testing.T) {
	found := uses{literals: map[string]bool{}, prefixes: map[string]bool{}, asked: map[string]token.Position{}}
	for _, folder := range []string{"../../app", "..", "../../server/apps"} {
		found.read(t, folder)
	}
	keys := catalogues(t)[Fallback]

	for key, at := range found.asked {
		_, plain := keys[key]
		_, one := keys[key+".one"]
		_, other := keys[key+".other"]
		assert.True(t, plain || one && other, "%s: there is no text %q", at, key)
	}
	for key := range keys {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other"), ".do")
		used := found.literals[key] || found.literals[base]
		for prefix := range found.prefixes {
			used = used || strings.HasPrefix(key, prefix)
		}
		assert.True(t, used, "no source uses the text %q", key)
	}
}

func (u *uses) read(t *testing.T, folder string) {
	t.Helper()
	files := token.NewFileSet()
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".html") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".html") {
			for _, match := range regexp.MustCompile(`\.T "([a-z_.]+)"`).FindAllSubmatch(data, -1) {
				u.literals[string(match[1])] = true
				u.asked[string(match[1])] = token.Position{Filename: name}
			}
			return nil
		}
		file, err := parser.ParseFile(files, name, data, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			u.visit(files, node)
			return true
		})
		return nil
	})
	require.NoError(t, err)
}

func (u *uses) visit(files *token.FileSet, node ast.Node) {
	switch node := node.(type) {
	case *ast.BasicLit:
		if text, ok := literal(node); ok {
			u.literals[text] = true
		}
	case *ast.BinaryExpr:
		if text, ok := literal(node.X); ok && node.Op == token.ADD && strings.HasSuffix(text, ".") {
			u.prefixes[text] = true
		}
	case *ast.CallExpr:
		method, ok := node.Fun.(*ast.SelectorExpr)
		if !ok || method.Sel.Name != "T" && method.Sel.Name != "N" || len(node.Args) == 0 {
			return
		}
		if text, ok := literal(node.Args[0]); ok {
			u.asked[text] = files.Position(node.Pos())
		}
	}
}

func literal(node ast.Expr) (string, bool) {
	lit, ok := node.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}
