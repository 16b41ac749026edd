package launcher

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

func images() []model.Image {
	return []model.Image{
		{Registry: "r", Name: "stable/python", Tag: "3.9-ubuntu20.04", Architecture: "x86_64"},
		{Registry: "r", Name: "stable/python", Tag: "3.13-ubuntu24.04", Architecture: "x86_64"},
		{Registry: "r", Name: "stable/python", Tag: "3.13-ubuntu24.04", Architecture: "aarch64"},
		{Registry: "r", Name: "community/r-base", Tag: "4.3"},
		{Registry: "r", Name: "bash", Tag: "5"},
		{Registry: "r", Name: "stable/python", Tag: "3.13-customized_1", Labels: model.Labels{"ai.backend.customized-image.name": "mine"}},
	}
}

func TestEnvironmentsStandInGroupsNewestFirst(t *testing.T) {
	list := Environments(images())
	titles := []string{}
	for _, e := range list {
		titles = append(titles, e.Group+" "+e.Title)
	}
	assert.Equal(t, []string{GroupCustomized + " Python", GroupStable + " Python", GroupCommunity + " R Base", GroupOther + " Bash"}, titles)
	tags := []string{}
	for _, image := range list[1].Versions {
		tags = append(tags, image.FullName())
	}
	assert.Equal(t, []string{
		"r/stable/python:3.13-ubuntu24.04@aarch64", "r/stable/python:3.13-ubuntu24.04@x86_64", "r/stable/python:3.9-ubuntu20.04@x86_64",
	}, tags)
}

func TestSearchFindsNamesTagsAndGivenNames(t *testing.T) {
	list := Environments(images())
	for text, wanted := range map[string]int{"": 4, "python": 2, "PYTHON 3.9": 1, "mine": 1, "nothing": 0, "r-base": 1} {
		assert.Len(t, Search(list, text), wanted, text)
	}
	assert.Len(t, Search(list, "3.9")[0].Versions, 1)
}

func TestImagesAreFoundByTheirFullName(t *testing.T) {
	image, ok := FindImage(images(), "r/bash:5")
	assert.True(t, ok, "without an architecture it is x86_64")
	assert.Equal(t, "bash", image.Name)
	_, ok = FindImage(images(), "r/bash:6")
	assert.False(t, ok)
	_, ok = FindImage(images(), "")
	assert.False(t, ok)
}

func TestVersionsAreComparedByTheirNumbers(t *testing.T) {
	for _, pair := range [][2]string{{"3.9", "3.10"}, {"3.9", "3.9.1"}, {"1", "2"}, {"3.09", "3.10"}, {"a", "b"}, {"", "1"}} {
		assert.Negative(t, compareVersions(pair[0], pair[1]), pair)
		assert.Positive(t, compareVersions(pair[1], pair[0]), pair)
	}
	assert.Zero(t, compareVersions("3.9", "3.9"))
}
