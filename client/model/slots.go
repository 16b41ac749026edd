package model

import (
	"bytes"
	"encoding/json"
)

// ResourceSlots maps a slot name ("cpu", "mem", "cuda.shares") to a decimal
// text, as the manager sends it: cpu in cores, mem in bytes, accelerators in
// devices or shares. Unlimited is "Infinity". A missing slot means zero.
type ResourceSlots map[string]string

// UnmarshalJSON accepts the two spellings of the wire: an object, or (GraphQL
// type JSONString) a string that holds one. Numbers are accepted as values.
func (r *ResourceSlots) UnmarshalJSON(data []byte) error {
	raw, err := unwrapJSONString(data)
	if err != nil || raw == nil {
		*r = nil
		return err
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(raw, &values); err != nil {
		return err
	}
	slots := make(ResourceSlots, len(values))
	for name, value := range values {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		if text != "null" {
			slots[name] = text
		}
	}
	*r = slots
	return nil
}

// unwrapJSONString returns the JSON inside a JSONString, the JSON itself where
// a manager sends it unwrapped, and nil for null and for empty text.
func unwrapJSONString(data []byte) ([]byte, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return nil, nil
	}
	if data[0] != '"' {
		return data, nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return nil, err
	}
	if text == "" || text == "null" {
		return nil, nil
	}
	return []byte(text), nil
}
