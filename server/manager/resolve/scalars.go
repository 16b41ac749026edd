package resolve

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// scalars are the manager's own, in the spelling of manager 24.09.
func scalars() map[string]gql.Scalar {
	return map[string]gql.Scalar{
		"UUID":       {Append: appendUUID, Parse: parseUUID},
		"DateTime":   {Append: appendTime, Parse: parseTime},
		"JSONString": {Append: appendJSON, Parse: parseJSON},
		"BigInt":     {Append: appendBigInt, Parse: parseBigInt},

		"GlobalIDField":               {Append: appendUUID, Parse: parseGlobalID},
		"SessionPermissionValueField": {Append: appendUUID, Parse: parseSessionPermission},
		"VFolderPermissionValueField": {Append: appendUUID, Parse: parseFolderPermission},
	}
}

func appendUUID(dst []byte, value any) ([]byte, error) {
	text, ok := value.(string)
	if !ok {
		return dst, fmt.Errorf("value of type %T where UUID is meant", value)
	}
	return gql.AppendString(dst, text), nil
}

// parseUUID takes what Python's uuid.UUID takes and gives the dashed form.
func parseUUID(value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return nil, gql.ErrWrongKind
	}
	id, ok := normalUUID(text)
	if !ok {
		return nil, errors.New("badly formed hexadecimal UUID string")
	}
	return id, nil
}

func normalUUID(text string) (string, bool) {
	digits := strings.NewReplacer("urn:", "", "uuid:", "").Replace(text)
	digits = strings.ReplaceAll(strings.Trim(digits, "{}"), "-", "")
	if _, err := hex.DecodeString(digits); err != nil || len(digits) != 32 {
		return "", false
	}
	digits = strings.ToLower(digits)
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:], true
}

// appendTime writes the manager's form: microseconds left out when they are
// zero, and an offset rather than Z.
func appendTime(dst []byte, value any) ([]byte, error) {
	t, ok := value.(time.Time)
	if !ok {
		return dst, fmt.Errorf("value of type %T where DateTime is meant", value)
	}
	t = t.UTC()
	layout := `"2006-01-02T15:04:05.000000-07:00"`
	if t.Nanosecond()/1000 == 0 {
		layout = `"2006-01-02T15:04:05-07:00"`
	}
	return t.AppendFormat(dst, layout), nil
}

func parseTime(value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return nil, gql.ErrWrongKind
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return nil, gql.ErrWrongKind
}

// appendJSON writes a JSONString: a text that holds JSON.
func appendJSON(dst []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case store.JSON:
		return gql.AppendString(dst, string(v)), nil
	case string:
		return gql.AppendString(dst, v), nil
	case json.RawMessage:
		return gql.AppendString(dst, string(v)), nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return dst, err
	}
	return gql.AppendString(dst, string(text)), nil
}

func parseJSON(value any) (any, error) {
	text, ok := value.(string)
	if !ok {
		return nil, gql.ErrWrongKind
	}
	if !json.Valid([]byte(text)) {
		return nil, errors.New("badly formed JSON string")
	}
	return store.JSON(text), nil
}

// maxExact is the largest integer that a floating-point number keeps exactly.
const maxExact = 1<<53 - 1

// appendBigInt writes a number beyond 32 bits as a floating-point one, as the
// manager does ("10737418240.0"); clients read both.
func appendBigInt(dst []byte, value any) ([]byte, error) {
	var n int64
	switch v := value.(type) {
	case int:
		n = int64(v)
	case int64:
		n = v
	default:
		return dst, fmt.Errorf("value of type %T where BigInt is meant", value)
	}
	if n >= math.MinInt32 && n <= math.MaxInt32 {
		return strconv.AppendInt(dst, n, 10), nil
	}
	if n > maxExact || n < -maxExact {
		return dst, gql.Faultf("BigInt cannot represent a number beyond 2^53: %d", n)
	}
	out, _ := gql.AppendFloat(dst, float64(n)) // finite
	return out, nil
}

func parseBigInt(value any) (any, error) {
	switch n := value.(type) {
	case int64:
		return n, nil
	case float64:
		if n == math.Trunc(n) && math.Abs(n) <= maxExact {
			return int64(n), nil
		}
	}
	return nil, gql.ErrWrongKind
}
