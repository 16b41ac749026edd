package facts

import (
	"errors"
	"math"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/i18n"
)

// ClockText says by how much a clock is off, for an error that is about that and
// measured it; empty for every other.
func ClockText(t *i18n.Texts, err error) string {
	var e *client.Error
	if !errors.As(err, &e) || e.ClockSkew == 0 {
		return ""
	}
	key := "error." + e.Kind.String() + ".ahead"
	if e.ClockSkew < 0 {
		key = "error." + e.Kind.String() + ".behind"
	}
	return t.T(key, "minutes", t.Int(int(math.Round(float64(e.ClockSkew.Abs())/float64(time.Minute)))))
}
