package slots

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// Amount is a quantity of one slot in thousandths: cores, devices or bytes
// times 1000. Thousandths are the finest step the manager keeps.
type Amount int64

// Infinite is the amount of an unlimited slot.
const Infinite Amount = math.MaxInt64

// scale is how many parts a whole is kept in.
const scale = 1000

// Whole is the amount n.
func Whole(n int64) Amount { return clamp(n, scale) }

// String spells an amount as the wire does: plain decimal, no trailing zeros,
// "Infinity" for an unlimited one.
func (a Amount) String() string {
	if a == Infinite {
		return "Infinity"
	}
	sign := ""
	n := uint64(a)
	if a < 0 {
		sign, n = "-", -n
	}
	text := fmt.Sprintf("%s%d", sign, n/scale)
	if rest := n % scale; rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%03d", rest), "0")
	}
	return text
}

// Int is the whole part.
func (a Amount) Int() int64 { return int64(a / scale) }

// Float is the amount as a number; unlimited gives +Inf.
func (a Amount) Float() float64 {
	if a == Infinite {
		return math.Inf(1)
	}
	return float64(a) / scale
}

// plus adds, staying at Infinite when either is or the sum would be too big.
func (a Amount) plus(b Amount) Amount {
	if a == Infinite || b == Infinite {
		return Infinite
	}
	if sum := a + b; (sum > a) == (b > 0) || b == 0 {
		return sum
	}
	return Infinite
}

// minus subtracts; unlimited minus anything is unlimited.
func (a Amount) minus(b Amount) Amount {
	if a == Infinite {
		return Infinite
	}
	return a - b
}

// clamp is n*by, or Infinite when that is too big.
func clamp(n, by int64) Amount {
	if n < 0 {
		return Amount(n * by)
	}
	hi, lo := bits.Mul64(uint64(n), uint64(by))
	if hi != 0 || lo >= math.MaxInt64 {
		return Infinite
	}
	return Amount(lo)
}

// Slots is an amount per slot name. A slot that is not there holds nothing. The
// methods never change their receiver.
type Slots map[string]Amount

// FromModel reads the wire's texts.
func FromModel(in model.ResourceSlots) (Slots, error) {
	out := make(Slots, len(in))
	for name, text := range in {
		amount, err := parseNumber(text, false)
		if err != nil {
			return nil, fmt.Errorf("slot %s: %w", name, err)
		}
		out[name] = amount
	}
	return out, nil
}

// FromJSON reads an object as a column holds it; empty text is no slots.
func FromJSON(text string) (Slots, error) {
	if text == "" || text == "{}" {
		return Slots{}, nil
	}
	var in model.ResourceSlots
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return nil, err
	}
	return FromModel(in)
}

// Model spells the slots for the wire; never nil.
func (s Slots) Model() model.ResourceSlots {
	out := make(model.ResourceSlots, len(s))
	for name, amount := range s {
		out[name] = amount.String()
	}
	return out
}

// Add is the sum.
func (s Slots) Add(t Slots) Slots {
	out := maps.Clone(s)
	if out == nil {
		out = make(Slots, len(t))
	}
	for name, amount := range t {
		out[name] = out[name].plus(amount)
	}
	return out
}

// Sub is the difference; amounts may become negative.
func (s Slots) Sub(t Slots) Slots {
	out := maps.Clone(s)
	if out == nil {
		out = make(Slots, len(t))
	}
	for name, amount := range t {
		out[name] = out[name].minus(amount)
	}
	return out
}

// Fits reports whether free holds s in every slot.
func (s Slots) Fits(free Slots) bool { return len(s.Exceeds(free)) == 0 }

// Exceeds names the slots of which s has more than limit, sorted.
func (s Slots) Exceeds(limit Slots) []string {
	var names []string
	for name, amount := range s {
		if amount > 0 && amount > limit[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
