package model

import "encoding/json"

// ResourceSlots maps a slot name ("cpu", "mem", "cuda.shares") to a decimal
// text, as the manager sends it: cpu in cores, mem in bytes, accelerators in
// devices or shares. Unlimited is "Infinity". A missing slot means zero.
type ResourceSlots map[string]string

// UnmarshalJSON accepts the two spellings of the wire: an object, or (GraphQL
// type JSONString) a string that holds one. Numbers are accepted as values.
// Anything else is no slots: see the package comment.
func (r *ResourceSlots) UnmarshalJSON(data []byte) error {
	*r = nil
	raw := unwrapJSONString(data)
	if raw == nil {
		return nil
	}
	var texts map[string]string
	if json.Unmarshal(raw, &texts) == nil && !holdsEmpty(texts) {
		*r = texts
		return nil
	}
	var values map[string]json.RawMessage
	if json.Unmarshal(raw, &values) != nil {
		return nil
	}
	slots := make(ResourceSlots, len(values))
	for name, value := range values {
		if string(value) == "null" {
			continue
		}
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		slots[name] = text
	}
	*r = slots
	return nil
}

// holdsEmpty reports whether a value is empty: it may have been null.
func holdsEmpty(texts map[string]string) bool {
	for _, text := range texts {
		if text == "" {
			return true
		}
	}
	return false
}
