package i18n

import (
	"strconv"
	"strings"
)

// Match chooses the language for the value of an Accept-Language header (or the
// browser's navigator.language): the known language with the highest weight,
// the earlier one where two weigh the same, [Fallback] where none is known.
func Match(accept string) string {
	best, weight := Fallback, 0.0
	for _, part := range strings.Split(accept, ",") {
		tag, params, _ := strings.Cut(part, ";")
		code, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		q := quality(params)
		if q > weight && Known(code) {
			best, weight = code, q
		}
	}
	return best
}

// quality reads the weight of one language of the header: 1 when there is none,
// 0 when it is not a number from 0 to 1.
func quality(params string) float64 {
	for _, param := range strings.Split(params, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(param), "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}
