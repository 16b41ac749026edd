package session

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/components/i18n"
)

func TestNames(t *testing.T) {
	for _, test := range []struct {
		name, text, session, image string
	}{
		{"letters and digits", "train01", "", ""},
		{"marks inside", "my-train_1", "", ""},
		{"a dot is for sessions only", "my.train", "", "character"},
		{"nothing", "", "empty", "empty"},
		{"three characters", "abc", "short", "short"},
		{"four", "abcd", "", ""},
		{"32", strings.Repeat("a", 32), "", ""},
		{"33 are too many for an image", strings.Repeat("a", 33), "", "long"},
		{"64", strings.Repeat("a", 64), "", "long"},
		{"65", strings.Repeat("a", 65), "long", "long"},
		{"a space", "my train", "character", "character"},
		{"Korean", "내세션이름", "character", "character"},
		{"Korean inside", "my세션ok", "character", "character"},
		{"a mark first", "-train", "start", ""},
		{"a mark last", "train-", "end", ""},
		{"a slash", "my/train", "character", "character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.session, NameProblem(test.text))
			assert.Equal(t, test.image, ImageNameProblem(test.text))
		})
	}
	for _, problem := range []string{"empty", "short", "long", "start", "end", "character"} {
		assert.True(t, i18n.Load("ko").Has("session.name."+problem))
	}
}
