package slots

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// Kind is how a slot is counted.
type Kind string

// The kinds of slots, as /config/resource-slots names them.
const (
	Count Kind = "count" // cores, devices
	Bytes Kind = "bytes" // memory
)

// errNumber is what is wrong with a text that is no amount.
var errNumber = errors.New("not a number")

// Parse reads an amount as a request gives it: a JSON number or a text. Counts
// are rounded to thousandths, half to even. Bytes are whole and may have a
// binary suffix ("4g", "512MiB", "100 bytes"); "inf" is unlimited.
func Parse(kind Kind, value any) (Amount, error) {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case json.Number:
		text = v.String()
	default:
		return 0, errNumber
	}
	return parseNumber(text, kind == Bytes)
}

func parseNumber(text string, bytes bool) (Amount, error) {
	t := strings.ToLower(strings.TrimSpace(strings.ReplaceAll(text, "_", "")))
	switch t {
	case "inf", "infinite", "infinity":
		return Infinite, nil
	}
	shift := uint(0)
	if bytes {
		t, shift = cutSuffix(t)
	}
	if !plain(t) {
		return 0, fmt.Errorf("%q is %w", text, errNumber)
	}
	r, ok := new(big.Rat).SetString(t)
	if !ok {
		return 0, fmt.Errorf("%q is %w", text, errNumber)
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), shift)))
	if bytes && !r.IsInt() {
		if shift == 0 {
			return 0, fmt.Errorf("%q has fractional bytes", text)
		}
		r.SetInt(new(big.Int).Quo(r.Num(), r.Denom()))
	}
	n := roundHalfEven(r.Mul(r, big.NewRat(scale, 1)))
	if !n.IsInt64() || Amount(n.Int64()) == Infinite {
		return 0, fmt.Errorf("%q is too big", text)
	}
	if n.Sign() < 0 {
		return 0, fmt.Errorf("%q is negative", text)
	}
	return Amount(n.Int64()), nil
}

// plain reports whether t is a decimal that is short enough to compute with:
// big.Rat would also take "1/3", and "1e999999999" for minutes.
func plain(t string) bool {
	if t == "" || len(t) > 40 {
		return false
	}
	mantissa, exponent, _ := strings.Cut(t, "e")
	if len(strings.TrimLeft(exponent, "+-")) > 2 {
		return false
	}
	return strings.Trim(mantissa, "+-0123456789.") == "" && strings.Trim(exponent, "+-0123456789") == ""
}

// cutSuffix splits "4gib" into "4" and 30.
func cutSuffix(t string) (string, uint) {
	for _, word := range []string{"ibytes", "ibyte", "bytes", "byte", "ib", "b"} {
		rest, found := strings.CutSuffix(t, word)
		if !found {
			continue
		}
		number, shift := cutLetter(rest)
		switch {
		case shift > 0:
			return number, shift
		case strings.HasPrefix(word, "byte"):
			return strings.TrimSpace(rest), 0
		}
		return t, 0 // "100b" is refused, as the manager does
	}
	return cutLetter(t)
}

func cutLetter(t string) (string, uint) {
	if t == "" {
		return t, 0
	}
	if i := strings.IndexByte("kmgtpezy", t[len(t)-1]); i >= 0 {
		return strings.TrimSpace(t[:len(t)-1]), uint(10 * (i + 1))
	}
	return t, 0
}

// roundHalfEven rounds to a whole number.
func roundHalfEven(r *big.Rat) *big.Int {
	quotient, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	rest.Lsh(rest.Abs(rest), 1)
	switch c := rest.Cmp(r.Denom()); {
	case c > 0, c == 0 && quotient.Bit(0) == 1:
		quotient.Add(quotient, big.NewInt(int64(r.Sign())))
	}
	return quotient
}
