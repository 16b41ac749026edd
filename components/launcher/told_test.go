package launcher

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
)

func TestALaunchThatFailsLeadsBackToTheFilledForm(t *testing.T) {
	texts := i18n.Load("en")
	form := filled()
	form.Name = "train"
	assert.Empty(t, notify(texts, Launched{Form: form, Made: []client.Created{{Name: "train"}}}, "default"), "the bell tells of what was made")

	refused := &client.Error{Kind: client.KindQuota, Title: "Quota", Message: "no more"}
	list := notify(texts, Launched{Form: form, Failed: []Failed{{"train", refused}}}, "default")
	require.Len(t, list, 1)
	assert.Equal(t, ui.Danger, list[0].Tone)
	assert.Equal(t, "Quota no more", list[0].Detail)
	assert.Contains(t, list[0].Href, "step=review")
	assert.Contains(t, list[0].Href, "train")
	assert.Contains(t, list[0].Href, "project=default")

	several := notify(texts, Launched{Form: form, Made: make([]client.Created, 1), Failed: []Failed{{"a", errors.New("x")}, {"b", errors.New("x")}}}, "")
	require.Len(t, several, 1, "one for all of them")
	assert.Equal(t, []any{"count", 2, "all", 3}, several[0].Args)

	existing := notify(texts, Launched{Form: form, Existing: []client.Created{{ID: "1", Name: "train"}}}, "")
	require.Len(t, existing, 1)
	assert.Equal(t, "1", existing[0].Session)
}
