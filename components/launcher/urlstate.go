package launcher

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
)

// Path is where the launcher stands in the page.
const Path = "/sessions/start"

// The parameters of the launcher's URL.
const (
	parameterStep = "step"
	parameterForm = "form"
)

const (
	// MaxState bounds how long a form in a URL or a file may be, in bytes: twice
	// what one variable may hold.
	MaxState = 2 * MaxVariableValue
	// maxSpelled bounds the form that the page itself puts into its URL. Servers
	// refuse longer addresses, nginx those of more than 8 KiB, and a reload would
	// show their error in place of the page.
	maxSpelled = 6 << 10
)

// The reasons why a kept form is not taken.
var (
	ErrStateTooLong = errors.New("launcher: the form is too long")
	ErrStateWrong   = errors.New("launcher: this is not a form")
)

// Encode spells what is kept of a form: no secrets, and only what differs from
// an empty form.
func Encode(form Form) string {
	data, err := json.Marshal(WithoutSecrets(form))
	if err != nil {
		return "" // a form holds nothing that JSON cannot spell
	}
	return string(data)
}

// Decode reads what [Encode] wrote, from a URL that anybody can have made: it
// takes known keys of the right types alone. Whether the values make sense,
// [Check] says. What is missing is as in [NewForm].
func Decode(text string) (Form, error) {
	if len(text) > MaxState {
		return NewForm(), ErrStateTooLong
	}
	return decode(text)
}

// decode is Decode for what the page kept itself, however long.
func decode(text string) (Form, error) {
	form := NewForm()
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&form); err != nil || decoder.More() {
		return NewForm(), ErrStateWrong
	}
	return form, nil
}

// State is what the URL of the launcher says.
type State struct {
	Step Step
	Form Form
	// Given is whether the URL had a form at all.
	Given bool
}

// ParseState reads the launcher's URL. After an error the form is an empty one.
func ParseState(values url.Values) (State, error) {
	state := State{Step: ParseStep(values.Get(parameterStep)), Form: NewForm()}
	text := values.Get(parameterForm)
	if text == "" {
		return state, nil
	}
	form, err := Decode(text)
	state.Form, state.Given = form, err == nil
	return state, err
}

// URL spells a state; others are parameters to keep, such as the project's.
func (s State) URL(others url.Values) string {
	form := ""
	if s.Given {
		form = spellForm(Encode(s.Form))
	}
	return spellURL(s.Step, form, others)
}

// spellForm spells the parameter of a form that [Encode] spelled.
func spellForm(encoded string) string { return parameterForm + "=" + url.QueryEscape(encoded) }

// spellURL spells the URL of a step with the parameter of a form, which may be
// empty. It stands last: it is long, and nobody reads it.
func spellURL(step Step, form string, others url.Values) string {
	values := url.Values{}
	for name, value := range others {
		if name != parameterStep && name != parameterForm {
			values[name] = value
		}
	}
	if step != StepType {
		values.Set(parameterStep, step.String())
	}
	query := values.Encode()
	if query != "" && form != "" {
		query += "&"
	}
	if query += form; query == "" {
		return Path
	}
	return Path + "?" + query
}

// written are the forms that a page had itself, by their marks. They stand in the
// history of the browser, and are older than what the page holds.
type written map[string]bool

// mostWritten bounds how many are remembered.
const mostWritten = 1000

func (w written) has(form string) bool { return w[mark(form)] }

func (w *written) add(form string) {
	if *w == nil || len(*w) >= mostWritten {
		*w = written{}
	}
	(*w)[mark(form)] = true
}

// mark is a short text that stands for a form.
func mark(form string) string {
	sum := sha256.Sum256([]byte(form))
	return hex.EncodeToString(sum[:8])
}
