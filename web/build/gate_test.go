package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCompareSizes(t *testing.T) {
	agreed := agreedSize{Wasm: 5_000_000, Brotli: 1_000_000}
	tests := []struct {
		name   string
		brotli int64
		says   string
	}{
		{"a smaller wasm is fine", 900_000, ""},
		{"two per cent are within the tolerance", 1_020_000, ""},
		{"more is not", 1_020_001, "grew from 1000000 to 1020001"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := strings.Join(compareSizes(agreedSize{Brotli: test.brotli}, agreed), "\n")
			if test.says == "" {
				assert.Empty(t, got)
			} else {
				assert.Contains(t, got, test.says)
			}
		})
	}
	t.Run("the limit holds whatever was agreed", func(t *testing.T) {
		big := agreedSize{Brotli: sizeLimit + 1}
		assert.NotEmpty(t, compareSizes(big, big))
	})
}

func TestForbiddenPackages(t *testing.T) {
	for _, path := range []string{"database/sql", "html/template", "testing", "modernc.org/sqlite", modulePath + "/server/host"} {
		assert.True(t, forbidden(path), path)
	}
	for _, path := range []string{"net/http", "database/sql/driver", modulePath + "/client", modulePath + "/app"} {
		assert.False(t, forbidden(path), path)
	}
}
