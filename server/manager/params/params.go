package params

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/baiui/baiui/server/manager/problem"
)

// Key is a parameter: its spellings, the first of which is canonical, and the
// name the manager keeps it under. A request that uses the latter where it is
// no spelling is told that the key was "shadowed", as clients know it.
type Key struct {
	names []string
	as    string
}

// Names is the key with these spellings.
func Names(names ...string) Key { return Key{names, names[0]} }

// As is the key kept under another name than its first spelling.
func (k Key) As(name string) Key { return Key{k.names, name} }

// Values are the parameters of one request, being read.
type Values struct {
	values  map[string]any
	text    bool            // from a query string: numbers and flags are text
	touched map[string]bool // spellings that were asked for
	kept    map[string]bool // names parameters are kept under
	faults  map[string]any
}

// Of reads from an object that is already there, such as a nested one.
func Of(values map[string]any) *Values {
	return &Values{values: values, touched: map[string]bool{}, kept: map[string]bool{}, faults: map[string]any{}}
}

// Read takes the parameters of a request: from its body, or from its query
// string when there is no body. Of a GET the query string goes first; the
// published Python client has only a body for some, such as /folders/_/id. The
// error is a problem to answer with: a body that is not a JSON object, or one of
// more than limit bytes.
func Read(r *http.Request, limit int64) (*Values, error) {
	looks := r.Method == http.MethodGet || r.Method == http.MethodHead
	if !looks || r.URL.RawQuery == "" {
		body, err := Body(r, limit)
		if err != nil {
			return nil, err
		}
		if len(body) > 0 {
			values, err := decode(body)
			if err != nil {
				return nil, err
			}
			return Of(values), nil
		}
	}
	query, err := queryOf(r)
	if err != nil {
		return nil, err
	}
	values := make(map[string]any, len(query))
	for name, list := range query {
		values[name] = list[0]
	}
	v := Of(values)
	v.text = true
	return v, nil
}

func queryOf(r *http.Request) (map[string][]string, error) {
	if len(r.URL.RawQuery) > 16<<10 {
		return nil, problem.TooLarge(http.StatusRequestURITooLong, "The query string is longer than 16 KiB.")
	}
	return r.URL.Query(), nil
}

// Body reads a whole body of at most limit bytes.
func Body(r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	tooLarge := problem.TooLarge(http.StatusRequestEntityTooLarge,
		fmt.Sprintf("The request body is larger than %d KiB.", limit>>10))
	if r.ContentLength > limit {
		return nil, tooLarge
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, problem.InvalidParams("Malformed body")
	}
	if int64(len(body)) > limit {
		return nil, tooLarge
	}
	return body, nil
}

// decode reads a JSON object; numbers stay as they were written.
func decode(body []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, problem.InvalidParams("Malformed body")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, problem.InvalidParams("Malformed body")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, problem.InvalidFields("value is not a dict")
	}
	return object, nil
}

// get finds the value under the first spelling that is there.
func (v *Values) get(k Key) (any, bool) {
	v.kept[k.as] = true
	var found any
	ok := false
	for _, name := range k.names {
		v.touched[name] = true
		if value, there := v.values[name]; there && !ok {
			found, ok = value, true
		}
	}
	return found, ok
}

// optional is get for parameters that may be null, which counts as absent.
func (v *Values) optional(k Key) (any, bool) {
	value, ok := v.get(k)
	return value, ok && value != nil
}

// Default gives a parameter that is not there a value, as if the request had it.
func (v *Values) Default(k Key, value any) {
	if _, there := v.get(k); there {
		return
	}
	if v.values == nil {
		v.values = map[string]any{}
	}
	v.values[k.names[0]] = value
}

// Fail adds a fault to the verdict.
func (v *Values) Fail(k Key, text string) {
	if _, there := v.faults[k.names[0]]; !there {
		v.faults[k.names[0]] = text
	}
}

// Has reports whether the parameter was given and is not null.
func (v *Values) Has(k Key) bool {
	_, ok := v.optional(k)
	return ok
}

// Required is a text that must be there.
func (v *Values) Required(k Key) string {
	value, ok := v.get(k)
	if !ok {
		v.Fail(k, "is required")
		return ""
	}
	return v.asText(k, value)
}

// Text is a text with a default.
func (v *Values) Text(k Key, fallback string) string {
	value, ok := v.get(k)
	if !ok {
		return fallback
	}
	return v.asText(k, value)
}

// Nullable is a text that may be null or absent: nil.
func (v *Values) Nullable(k Key) *string {
	value, ok := v.optional(k)
	if !ok {
		return nil
	}
	text := v.asText(k, value)
	return &text
}

func (v *Values) asText(k Key, value any) string {
	text, ok := value.(string)
	if !ok {
		v.Fail(k, "value is not a string")
	}
	return text
}

// Int is a whole number with a default, between low and high.
func (v *Values) Int(k Key, fallback, low, high int) int {
	value, ok := v.get(k)
	if !ok {
		return fallback
	}
	var text string
	switch value := value.(type) {
	case json.Number:
		text = value.String()
	case string:
		text = value
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		// 2.0 is a whole number too.
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			v.Fail(k, "value can't be converted to int")
			return fallback
		}
		n = int(f)
	}
	switch {
	case n < low:
		v.Fail(k, fmt.Sprintf("value is less than %d", low))
	case n > high:
		v.Fail(k, fmt.Sprintf("value is greater than %d", high))
	}
	return n
}

// Bool is a flag with a default; a query string may spell it in many ways.
func (v *Values) Bool(k Key, fallback bool) bool {
	value, ok := v.get(k)
	if !ok {
		return fallback
	}
	switch value := value.(type) {
	case bool:
		return value
	case string:
		if b, ok := flag(value); ok {
			return b
		}
	case json.Number:
		if b, ok := flag(value.String()); ok {
			return b
		}
	}
	v.Fail(k, "value can't be converted to bool")
	return fallback
}

func flag(text string) (value, ok bool) {
	switch strings.ToLower(text) {
	case "true", "t", "yes", "y", "on", "1":
		return true, true
	case "false", "f", "no", "n", "off", "0":
		return false, true
	}
	return false, false
}

// Object is a nested object; nil when absent or null.
func (v *Values) Object(k Key) map[string]any {
	value, ok := v.optional(k)
	if !ok {
		return nil
	}
	if text, isText := value.(string); isText && v.text {
		object, err := decode([]byte(text))
		if err == nil {
			return object
		}
	}
	object, ok := value.(map[string]any)
	if !ok {
		v.Fail(k, "value is not a dict")
	}
	return object
}

// Map is an object of texts; nil when absent or null.
func (v *Values) Map(k Key) map[string]string {
	object := v.Object(k)
	if object == nil {
		return nil
	}
	out := make(map[string]string, len(object))
	faults := map[string]string{}
	for name, value := range object {
		text, ok := value.(string)
		if !ok {
			faults[name] = "value is not a string"
			continue
		}
		out[name] = text
	}
	if len(faults) > 0 {
		v.faults[k.names[0]] = faults
	}
	return out
}

// List is a list of anything; nil when absent or null.
func (v *Values) List(k Key) []any {
	value, ok := v.optional(k)
	if !ok {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		v.Fail(k, "value is not a list")
	}
	return list
}

// Texts is a list of texts; nil when absent or null.
func (v *Values) Texts(k Key) []string {
	list := v.List(k)
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	faults := map[string]string{}
	for i, value := range list {
		text, ok := value.(string)
		if !ok {
			faults[strconv.Itoa(i)] = "value is not a string"
		}
		out[i] = text
	}
	if len(faults) > 0 {
		v.faults[k.names[0]] = faults
	}
	return out
}

// Faults is what was wrong, and with unknown keys too; nil if nothing was.
func (v *Values) Faults() map[string]any {
	out := maps.Clone(v.faults)
	for name := range v.values {
		switch {
		case v.touched[name]:
		case v.kept[name]:
			out[name] = name + " key was shadowed"
		default:
			out[name] = name + " is not allowed key"
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// Err is the verdict: a problem that names all faults, or nil.
func (v *Values) Err() error {
	if faults := v.Faults(); faults != nil {
		return problem.InvalidFields(faults)
	}
	return nil
}

// ErrKnown is [Values.Err] for the few calls that allow further keys.
func (v *Values) ErrKnown() error {
	if len(v.faults) > 0 {
		return problem.InvalidFields(v.faults)
	}
	return nil
}
