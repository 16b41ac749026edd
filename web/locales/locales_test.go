package locales

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCatalogue(t *testing.T) {
	for _, lang := range []string{"en", "ko"} {
		texts, err := Catalogue(lang)
		require.NoError(t, err)
		assert.NotEmpty(t, texts["app.name"])
	}
	_, err := Catalogue("tlh")
	assert.ErrorContains(t, err, `"tlh"`)
}

func TestReadRefusesBadCatalogues(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	tests := []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"a key in two files", fstest.MapFS{"en/a.json": file(`{"k":"1"}`), "en/b.json": file(`{"k":"2"}`)}, `"k" is defined in another file`},
		{"a file that is not JSON", fstest.MapFS{"en/a.json": file(`{`)}, "en/a.json"},
		{"a nested object", fstest.MapFS{"en/a.json": file(`{"k":{"x":"1"}}`)}, "en/a.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(test.files, "en")
			assert.ErrorContains(t, err, test.want)
		})
	}
}
