package ui

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
)

func TestIcon(t *testing.T) {
	markup := app.HTMLString(Icon("log-out"))
	assert.Contains(t, markup, `href="#i-log-out"`)
	assert.Contains(t, markup, `aria-hidden`)
	assert.NotContains(t, markup, "style=")
}
