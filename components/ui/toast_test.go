package ui

import (
	"testing"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/components/i18n"
)

func TestStack(t *testing.T) {
	var s stack
	first := s.add(Toast{Tone: Danger, Key: "a", Args: []any{"n", 1}})
	second := s.add(Toast{Tone: Danger, Key: "a", Args: []any{"n", 2}})
	assert.NotEqual(t, first, second, "other values make another toast")

	assert.Equal(t, first, s.add(Toast{Tone: Danger, Key: "a", Args: []any{"n", 1}}), "the same is counted, not repeated")
	assert.Equal(t, 2, s.items[0].times)
	assert.Len(t, s.items, 2)

	s.remove(first)
	s.remove(first) // gone already
	assert.Len(t, s.items, 1)
	assert.Equal(t, second, s.items[0].number)

	assert.NotEqual(t, first, s.add(Toast{Tone: Danger, Key: "a", Args: []any{"n", 1}}), "a closed toast comes back as a new one")
}

func TestToastsThatWereReadElsewhereGo(t *testing.T) {
	var s stack
	s.add(Toast{Key: "a", From: "bell"})
	s.add(Toast{Key: "a", From: "bell/1"})
	s.add(Toast{Key: "a", From: "bell/2"})
	s.add(Toast{Key: "a"})
	s.hide("bell/1")
	assert.Len(t, s.items, 3)
	s.hide("")
	assert.Len(t, s.items, 3)
	s.hide("bell")
	assert.Len(t, s.items, 1)
	assert.Empty(t, s.items[0].toast.From)
}

func TestToastsFollowTheLanguage(t *testing.T) {
	toasts := &Toasts{Texts: i18n.Load("en")}
	toasts.list.add(Toast{Tone: Danger, Key: "common.broken", Detail: "index out of range"})
	toasts.list.add(Toast{Tone: Danger, Key: "common.broken", Detail: "index out of range"})
	english := app.HTMLString(toasts)
	assert.Contains(t, english, "Something in this page failed ×2")
	assert.Contains(t, english, "index out of range")
	assert.Contains(t, english, `role="alert"`)

	toasts.Texts = i18n.Load("ko")
	assert.Contains(t, app.HTMLString(toasts), "페이지에서 문제가 발생했습니다 ×2")
}
