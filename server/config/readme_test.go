package config

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheTableOfTheReadmeIsThatOfTheProgram compares the settings, their
// sentences and their defaults, in their order.
func TestTheTableOfTheReadmeIsThatOfTheProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(readme), "\n| setting | what it does | without it |\n|---|---|---|\n")
	require.True(t, found, "the table begins so")
	table, _, _ := strings.Cut(rest, "\n\n")

	defaults := Defaults("~")
	var want strings.Builder
	for _, key := range Keys() {
		value := text(key.at(&defaults))
		if value != "" {
			value += " "
		}
		want.WriteString("| `" + key.Name + "` | " + key.Help + " | " + value + "|\n")
	}
	assert.Equal(t, strings.TrimSpace(want.String()), table)
}
