package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/server/config"
)

// TestTheReadmeListsEverySetting keeps the README's table and the settings alike.
func TestTheReadmeListsEverySetting(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	var rows []string
	for line := range strings.Lines(string(readme)) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.TrimSpace(line))
		}
	}
	keys := config.Keys()
	require.Len(t, rows, len(keys), "one row for each setting")
	for i, key := range keys {
		cells := strings.Split(strings.Trim(rows[i], "| "), " | ")
		assert.Equal(t, "`"+key.Name+"`", cells[0])
		assert.Equal(t, key.Help, strings.TrimSuffix(cells[1], " |"))
	}
}
