package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// JSON is JSON text as a column holds it; empty stands for NULL. It is kept as
// text because most of it is handed on as text (GraphQL's JSONString).
type JSON string

// ToJSON encodes v. Values that cannot be encoded are a mistake in the program.
func ToJSON(v any) JSON {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("store: %T as JSON: %v", v, err))
	}
	return JSON(text)
}

// Decode reads the text into v; NULL leaves v alone.
func (j JSON) Decode(v any) error {
	if j == "" {
		return nil
	}
	return json.Unmarshal([]byte(j), v)
}

// Scan implements sql.Scanner.
func (j *JSON) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*j = ""
	case string:
		*j = JSON(src)
	case []byte:
		*j = JSON(src)
	default:
		return fmt.Errorf("JSON column holds %T", src)
	}
	return nil
}

// value is what to bind for j.
func (j JSON) value() any {
	if j == "" {
		return nil
	}
	return string(j)
}

// object is what to bind where the column is never NULL.
func (j JSON) object() any {
	if j == "" {
		return "{}"
	}
	return string(j)
}

// list is what to bind where the column is a list and never NULL.
func (j JSON) list() any {
	if j == "" {
		return "[]"
	}
	return string(j)
}

// timeColumn scans microseconds into a time in UTC; NULL gives the zero time.
type timeColumn struct{ to *time.Time }

func (c timeColumn) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*c.to = time.Time{}
	case int64:
		*c.to = time.UnixMicro(src).UTC()
	default:
		return fmt.Errorf("time column holds %T", src)
	}
	return nil
}

// Micros is how columns hold a time; nil (NULL) for the zero time.
func Micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// listColumn scans a JSON list of texts.
type listColumn struct{ to *[]string }

func (c listColumn) Scan(src any) error {
	var j JSON
	if err := j.Scan(src); err != nil {
		return err
	}
	*c.to = nil
	return j.Decode(c.to)
}

// textColumn scans NULL as the empty text.
type textColumn struct{ to *string }

func (c textColumn) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*c.to = ""
	case string:
		*c.to = src
	case []byte:
		*c.to = string(src)
	default:
		return fmt.Errorf("text column holds %T", src)
	}
	return nil
}

// orNull binds the empty text as NULL.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// listOf encodes a list of texts, nil as an empty one.
func listOf(s []string) JSON {
	if s == nil {
		return "[]"
	}
	return ToJSON(s)
}
