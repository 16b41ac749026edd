package gql

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// Scalar says how a scalar type is written and read.
type Scalar struct {
	// Append writes a resolver's value, never nil, as JSON to dst.
	Append func(dst []byte, value any) ([]byte, error)
	// Parse turns an input value into what resolvers get. The input is a
	// string, bool, int64, float64, []any or map[string]any. Its error text is
	// shown to the caller; [ErrWrongKind] adds no text of its own.
	Parse func(value any) (any, error)
}

// ErrWrongKind is returned by [Scalar.Parse] for a value that cannot be of the
// type at all, for example a number where only text is meant.
var ErrWrongKind = errors.New("value of another kind")

// mismatch is the error of the built-in scalars, whose sentence ends with the
// value that was sent.
type mismatch struct{ sentence string }

func (m *mismatch) Error() string { return m.sentence }

func builtinScalars() map[string]Scalar {
	return map[string]Scalar{
		"Int":     {Append: appendInt, Parse: parseInt},
		"Float":   {Append: appendFloatValue, Parse: parseFloat},
		"String":  {Append: appendText, Parse: parseText},
		"Boolean": {Append: appendBool, Parse: parseBool},
		"ID":      {Append: appendText, Parse: parseID},
	}
}

func appendInt(dst []byte, value any) ([]byte, error) {
	n, ok := asInt(value)
	if !ok {
		return dst, fmt.Errorf("value of type %T where Int is meant", value)
	}
	if n > math.MaxInt32 || n < math.MinInt32 {
		return dst, Faultf("Int cannot represent non 32-bit signed integer value: %d", n)
	}
	return strconv.AppendInt(dst, n, 10), nil
}

func asInt(value any) (int64, bool) {
	switch n := value.(type) {
	case int:
		return int64(n), true
	case int64:
		return n, true
	case int32:
		return int64(n), true
	case float64:
		if n == math.Trunc(n) && math.Abs(n) < 1<<63 {
			return int64(n), true
		}
	}
	return 0, false
}

func appendFloatValue(dst []byte, value any) ([]byte, error) {
	f, ok := value.(float64)
	if !ok {
		n, isInt := asInt(value)
		if !isInt {
			return dst, fmt.Errorf("value of type %T where Float is meant", value)
		}
		f = float64(n)
	}
	out, ok := AppendFloat(dst, f)
	if !ok {
		return dst, Faultf("Float cannot represent non numeric value: %v", f)
	}
	return out, nil
}

func appendText(dst []byte, value any) ([]byte, error) {
	switch s := value.(type) {
	case string:
		return appendString(dst, s), nil
	case *string:
		return appendString(dst, *s), nil
	case fmt.Stringer:
		return appendString(dst, s.String()), nil
	}
	if n, ok := asInt(value); ok {
		return append(strconv.AppendInt(append(dst, '"'), n, 10), '"'), nil
	}
	if v := reflect.ValueOf(value); v.Kind() == reflect.String { // model.Status and its like
		return appendString(dst, v.String()), nil
	}
	return dst, fmt.Errorf("value of type %T where String is meant", value)
}

func appendBool(dst []byte, value any) ([]byte, error) {
	switch b := value.(type) {
	case bool:
		return strconv.AppendBool(dst, b), nil
	case *bool:
		return strconv.AppendBool(dst, *b), nil
	}
	return dst, fmt.Errorf("value of type %T where Boolean is meant", value)
}

func parseInt(value any) (any, error) {
	n, ok := asInt(value)
	if !ok {
		if f, isFloat := value.(float64); isFloat && f == math.Trunc(f) {
			return nil, &mismatch{"Int cannot represent non 32-bit signed integer value"}
		}
		return nil, &mismatch{"Int cannot represent non-integer value"}
	}
	if n > math.MaxInt32 || n < math.MinInt32 {
		return nil, &mismatch{"Int cannot represent non 32-bit signed integer value"}
	}
	return int(n), nil
}

func parseFloat(value any) (any, error) {
	switch n := value.(type) {
	case float64:
		return n, nil
	case int64:
		return float64(n), nil
	}
	return nil, &mismatch{"Float cannot represent non numeric value"}
}

func parseText(value any) (any, error) {
	if s, ok := value.(string); ok {
		return s, nil
	}
	return nil, &mismatch{"String cannot represent a non string value"}
}

func parseBool(value any) (any, error) {
	if b, ok := value.(bool); ok {
		return b, nil
	}
	return nil, &mismatch{"Boolean cannot represent a non boolean value"}
}

func parseID(value any) (any, error) {
	switch id := value.(type) {
	case string:
		return id, nil
	case int64:
		return strconv.FormatInt(id, 10), nil
	}
	return nil, &mismatch{"ID cannot represent a non-string and non-integer value"}
}

// normal reduces a decoded JSON value to the kinds [Scalar.Parse] promises.
func normal(value any) any {
	switch v := value.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String()
		}
		return f
	case int:
		return int64(v)
	case int32:
		return int64(v)
	case float64:
		// Decoded without UseNumber, 5 arrives as a float.
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	}
	return value
}
