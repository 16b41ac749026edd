package launcher

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
)

// long is a form of 90 kB of variables.
func long() Form {
	form := filled()
	for i := range 60 {
		form.Variables = append(form.Variables, Variable{Name: "VAR_" + strconv.Itoa(i), Value: strings.Repeat("value ", 250)})
	}
	return form
}

func TestALongFormIsNotSpelledAtEveryKey(t *testing.T) {
	v := settled("en", StepEnvironment, changed(func(f *Form) { *f = long() }))
	v.form.Change(func(f *Form) { f.Name = "typed" })
	assert.Empty(t, v.form.encoded)
	assert.Equal(t, Path+"?project=team", v.link(StepType), "an address cannot hold it")

	decoded, err := Decode(v.form.Encoded())
	assert.NoError(t, err)
	assert.Equal(t, "typed", decoded.Name)
	v.form.Change(func(f *Form) { f.Name = "typed on" })
	assert.Contains(t, v.form.Encoded(), "typed on")
}

func TestTheLengthOfAFormIsNoMoreThanThatOfItsSpelling(t *testing.T) {
	for what, form := range map[string]Form{
		"an empty form":      NewForm(),
		"many variables":     long(),
		"a script":           {Bootstrap: strings.Repeat("echo <ok>\n", 999)},
		"a command":          {Batch: Batch{Command: "make"}},
		"a secret":           {Variables: []Variable{{Name: "MY_TOKEN", Value: strings.Repeat("s", 9999)}}},
		"a nameless value":   {Variables: []Variable{{Value: strings.Repeat("s", 9999)}}},
		"texts of all sorts": {Batch: Batch{Command: "한국어 \x00\"\u2028"}},
	} {
		t.Run(what, func(t *testing.T) { assert.LessOrEqual(t, form.length(), len(Encode(form))) })
	}
}

func BenchmarkAKeyInALongForm(b *testing.B) {
	v := settled("en", StepEnvironment, changed(func(f *Form) { *f = long() }))
	for i := 0; b.Loop(); i++ {
		v.form.Change(func(f *Form) { f.Name = "typed" + strconv.Itoa(i%10) })
	}
}

func TestOfManyFoldersTheFirstAreDrawnAndTheChosenOnes(t *testing.T) {
	many := func(v *View) {
		v.form.facts.Folders = nil
		for i := range 500 {
			v.form.facts.Folders = append(v.form.facts.Folders, model.Folder{ID: strconv.Itoa(i), Name: "folder-" + strconv.Itoa(i), Status: "ready"})
		}
		v.form.form.Mounts = []Mount{{ID: "499", Name: "folder-499"}}
	}
	d := draw(t, "en", StepData, many)
	assert.Equal(t, mostFolders+1, strings.Count(d.markup, "<tr>")-1)
	assert.Contains(t, d.text, "folder-499")
	assert.Contains(t, d.text, "399 more folders. Search for them by name.")

	d = draw(t, "en", StepData, func(v *View) {
		many(v)
		v.find = " Folder-45"
	})
	assert.Contains(t, d.text, "folder-459")
	assert.NotContains(t, d.text, "more folder")
}

func TestAFileThatIsNotTakenIsNamedAsAFile(t *testing.T) {
	for err, text := range map[error]string{ErrStateWrong: "The file holds no launch that could be read", ErrStateTooLong: "The file is too long for a launch"} {
		d := draw(t, "en", StepReview, func(v *View) { v.refused, v.ofFile = err, true })
		assert.Contains(t, d.text, text)
		assert.Contains(t, d.text, "The form is as it was.")
	}
}
