package filter

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Enum is the conversion of columns that hold names of an enumeration; clients
// may write them in any one case.
func Enum(names ...string) func(any) (any, error) {
	return func(value any) (any, error) {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("expected one of `%s` or lower names; got `%v`", strings.Join(names, ", "), value)
		}
		for _, name := range []string{text, strings.ToUpper(text)} {
			if slices.Contains(names, name) {
				return name, nil
			}
		}
		return nil, fmt.Errorf("expected one of `%s` or lower names; got `%s`", strings.Join(names, ", "), text)
	}
}

// Mapped is the conversion of columns that hold other spellings than the names
// clients write, for example "single-node" for SINGLE_NODE.
func Mapped(pairs ...string) func(any) (any, error) {
	names := make([]string, 0, len(pairs)/2)
	stored := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		names = append(names, pairs[i])
		stored[pairs[i]] = pairs[i+1]
	}
	enum := Enum(names...)
	return func(value any) (any, error) {
		name, err := enum(value)
		if err != nil {
			return nil, err
		}
		return stored[name.(string)], nil
	}
}

// Number is the conversion of number columns.
func Number(value any) (any, error) {
	switch value.(type) {
	case int64, float64:
		return value, nil
	}
	return nil, fmt.Errorf("expected a number, got %v", quoted(value))
}

// Bool is the conversion of flags.
func Bool(value any) (any, error) {
	if b, ok := value.(bool); ok {
		return b, nil
	}
	return nil, fmt.Errorf("expected true or false, got %v", quoted(value))
}

// Time is the conversion of dates; bind turns the instant into what the column
// holds.
func Time(bind func(time.Time) any) func(any) (any, error) {
	return func(value any) (any, error) {
		text, ok := value.(string)
		if !ok {
			return nil, &Error{fmt.Sprintf("Parser must be a string or character stream, not %T", value)}
		}
		t, ok := parseTime(text)
		if !ok {
			return nil, &Error{"Unknown string format: " + text}
		}
		return bind(t), nil
	}
}

// parseTime reads the usual spellings of dates; one without a zone is in UTC.
func parseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, date := range []string{"2006-01-02", "2006/01/02", "20060102"} {
		for _, clock := range []string{"", "T15:04:05.999999999", " 15:04:05.999999999", "T15:04", " 15:04"} {
			for _, zone := range []string{"", "Z07:00", " Z07:00", "-0700", " -0700"} {
				if clock == "" && zone != "" {
					continue
				}
				if t, err := time.Parse(date+clock+zone, text); err == nil {
					return t.UTC(), true
				}
			}
		}
	}
	for _, layout := range []string{time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, "2 Jan 2006", "Jan 2, 2006", "Jan 2 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func quoted(value any) any {
	if s, ok := value.(string); ok {
		return "'" + s + "'"
	}
	return value
}
