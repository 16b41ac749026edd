package real

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDifferencesOfShape(t *testing.T) {
	tests := []struct {
		name, embedded, real string
		want                 []string
	}{
		{"values do not matter", `{"a": 1, "b": ["x"]}`, `{"a": 2, "b": ["y", "z"]}`, nil},
		{"types do", `{"a": 1}`, `{"a": "1"}`, []string{"a: embedded number, real string"}},
		{"a null is of any type", `{"a": null}`, `{"a": "1"}`, nil},
		{"a key that one lacks", `{"a": {"b": 1}}`, `{"a": {}}`, []string{"a.b: only the embedded one has it, as number"}},
		{"a key that the other lacks", `{}`, `{"c": true}`, []string{"c: only the real one has it, as boolean"}},
		{"elements count as one", `[{"a": 1}, {"a": null}]`, `[{"a": "x"}]`, nil},
		{"below an empty array nothing is known", `{"a": []}`, `{"a": [{"b": 1}]}`, nil},
		{"below a null nothing is known", `{"a": null}`, `{"a": {"b": 1}}`, nil},
		{"keys that are data", `{"slots": {"cpu": 1}}`, `{"slots": {"mem": "1"}}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var embedded, real any
			require.NoError(t, json.Unmarshal([]byte(test.embedded), &embedded))
			require.NoError(t, json.Unmarshal([]byte(test.real), &real))
			open := map[string]bool{"slots": true}
			assert.Equal(t, test.want, differences(shapeOf(embedded, open), shapeOf(real, open)))
		})
	}
}
