package model

import (
	"bytes"
	"encoding/json"
)

// unwrapJSONString returns the JSON inside a JSONString, the JSON itself where
// a manager sends it unwrapped, and nil for null and for empty text. data is
// valid JSON, as in any UnmarshalJSON.
func unwrapJSONString(data []byte) []byte {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || string(data) == "null" {
		return nil
	}
	if data[0] != '"' {
		return data
	}
	text, ok := unquoteSimple(data)
	if !ok {
		var decoded string
		if err := json.Unmarshal(data, &decoded); err != nil {
			return nil
		}
		text = []byte(decoded)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		return nil
	}
	return text
}

// unquoteSimple decodes a JSON string whose only escapes are \" and \\. That is
// what nearly all of the several JSONStrings of each session are, and it takes a
// fraction of the time.
func unquoteSimple(data []byte) ([]byte, bool) {
	if len(data) < 2 || data[len(data)-1] != '"' {
		return nil, false
	}
	inner := data[1 : len(data)-1]
	text := make([]byte, 0, len(inner))
	for {
		i := bytes.IndexByte(inner, '\\')
		if i < 0 {
			return append(text, inner...), true
		}
		if i+1 >= len(inner) || (inner[i+1] != '"' && inner[i+1] != '\\') {
			return nil, false
		}
		text = append(append(text, inner[:i]...), inner[i+1])
		inner = inner[i+2:]
	}
}
