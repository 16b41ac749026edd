package ui

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokens reads the colours of the stylesheet: name → light, dark.
func tokens(t *testing.T) map[string][2]string {
	t.Helper()
	data, err := os.ReadFile("../../web/static/css/tokens.css")
	require.NoError(t, err)
	colours := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`).FindAllStringSubmatch(string(data), -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(string(data), -1) {
		colours[m[1]] = [2]string{m[2], m[2]}
	}
	return colours
}

// luminance is the relative luminance of WCAG 2.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	value, err := strconv.ParseUint(colour[1:], 16, 32)
	require.NoError(t, err)
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(value>>16) + 0.7152*linear(value>>8) + 0.0722*linear(value)
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestColoursHaveEnoughContrast(t *testing.T) {
	surfaces := []string{"sunken", "page", "surface", "raised", "hover", "selected"}
	tests := []struct {
		name  string
		least float64
		front []string
		back  []string
	}{
		{"text", 4.5, []string{"text", "muted", "accent"}, surfaces},
		{"text on the accent", 4.5, []string{"on-accent"}, []string{"accent-fill", "accent-fill-hover", "danger-fill"}},
		{"text on soft colours", 4.5, []string{"text"}, []string{"success-soft", "warning-soft", "danger-soft", "info-soft", "neutral-soft", "accent-soft"}},
		{"accent on its soft colour", 4.5, []string{"accent"}, []string{"accent-soft"}},
		{"success", 4.5, []string{"success"}, []string{"success-soft", "surface", "page"}},
		{"warning", 4.5, []string{"warning"}, []string{"warning-soft", "surface", "page"}},
		{"danger", 4.5, []string{"danger"}, []string{"danger-soft", "surface", "page"}},
		{"info", 4.5, []string{"info"}, []string{"info-soft", "surface", "page"}},
		{"neutral", 4.5, []string{"neutral"}, []string{"neutral-soft", "surface", "page"}},
		{"edges of controls", 3, []string{"edge"}, []string{"page", "surface", "raised"}},
		{"the ring of the focus", 3, []string{"focus"}, surfaces},
	}
	colours := tokens(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, front := range test.front {
				for _, back := range test.back {
					require.Contains(t, colours, front)
					require.Contains(t, colours, back)
					for i, theme := range []string{"light", "dark"} {
						got := contrast(t, colours[front][i], colours[back][i])
						assert.GreaterOrEqual(t, got, test.least, "%s on %s, %s", front, back, theme)
					}
				}
			}
		})
	}
}
