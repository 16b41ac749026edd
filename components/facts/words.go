package facts

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// StatusText names a status; one that the catalogue does not know is shown as it
// came.
func StatusText(t *i18n.Texts, s model.Status) string {
	if key := "status." + string(s); t.Has(key) {
		return t.T(key)
	}
	return OrDash(string(s))
}

func TypeText(t *i18n.Texts, kind model.SessionType) string {
	if key := "sessions.type." + strings.ToLower(string(kind)); t.Has(key) {
		return t.T(key)
	}
	return OrDash(string(kind))
}

// SlotUnit is the unit of a slot, short, and the whole sentence about it.
func SlotUnit(t *i18n.Texts, s Slot) (unit, title string) {
	unit = s.Name
	if key := "sessions.slot." + s.Name; t.Has(key) {
		unit = t.T(key)
	}
	if key := "sessions.slot." + s.Name + ".one"; s.Amount == 1 && t.Has(key) {
		unit = t.T(key)
	}
	return unit, s.Name + ": " + s.Text() + " " + unit
}

// Gauge draws one bar; see [GaugeOf].
func Gauge(t *i18n.Texts, u Usage) app.UI { return ui.Gauge(GaugeOf(t, u)) }

// GaugeOf describes one bar. Cores and bytes are compared with the slot; the
// metrics of an accelerator with their own capacity.
func GaugeOf(t *i18n.Texts, u Usage) ui.GaugeProps {
	label, used, limit := strings.ToUpper(strings.ReplaceAll(u.Name, "_", " ")), Number(u.Used), Number(u.Limit)
	switch {
	case u.Name == "cpu":
		label = t.T("sessions.usage.cpu")
		unit, _ := SlotUnit(t, Slot{Name: "cpu", Amount: u.Limit})
		limit += " " + unit
		if u.Limit <= 0 {
			used += " " + t.T("sessions.slot.cpu")
		}
	case u.Name == "mem":
		label = t.T("sessions.usage.mem")
		used, limit = BytesText(u.Used), BytesText(u.Limit)
	case strings.HasSuffix(u.Name, "_mem"):
		used, limit = BytesText(u.Used), BytesText(u.Limit)
	default:
		used, limit = used+" %", limit+" %"
	}
	if key := "sessions.usage." + u.Name; t.Has(key) {
		label = t.T(key)
	}
	props := ui.GaugeProps{Label: label, Unlimited: u.Limit <= 0}
	if props.Unlimited {
		props.Text = used
		props.Title = t.T("sessions.usage.title_unlimited", "what", label, "used", used)
	} else {
		props.Ratio = u.Ratio()
		// More than the limit is possible for a moment and worth seeing.
		props.Text = strconv.Itoa(int(math.Round(min(max(u.Used, 0)/u.Limit, 99)*100))) + "%"
		props.Title = t.T("sessions.usage.title", "what", label, "used", used, "limit", limit)
	}
	return props
}

// UsageText is a bar's figure in full: what is used, of what, and the share.
func UsageText(t *i18n.Texts, u Usage) string {
	props := GaugeOf(t, u)
	amount := strings.TrimPrefix(props.Title, props.Label+": ")
	if props.Unlimited {
		return amount
	}
	return amount + " · " + props.Text
}

// BytesText writes bytes in the unit that fits, counted in 1024s.
func BytesText(v float64) string {
	units := [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}
	i := 0
	for ; v >= 1024 && i < len(units)-1; i++ {
		v /= 1024
	}
	digits := 1
	if i == 0 {
		digits = 0
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + units[i]
}

// UsedTime writes processor time in its two largest units, as the deck splits it
// into days, hours, minutes and seconds, and milliseconds below a second.
func UsedTime(t *i18n.Texts, d time.Duration) string {
	if d < time.Second {
		return t.T("sessions.time.ms", "count", int(d/time.Millisecond))
	}
	units := [...]struct {
		key  string
		size time.Duration
	}{
		{"sessions.time.d", 24 * time.Hour}, {"sessions.time.h", time.Hour},
		{"sessions.time.m", time.Minute}, {"sessions.time.s", time.Second},
	}
	var parts []string
	for _, unit := range units {
		if n := d / unit.size; n > 0 && len(parts) < 2 {
			parts = append(parts, t.T(unit.key, "count", t.Int(int(n))))
			d -= n * unit.size
		} else if len(parts) > 0 {
			break
		}
	}
	return strings.Join(parts, " ")
}

// DetailText puts what status_data says into sentences.
func DetailText(t *i18n.Texts, d Detail) string {
	if d.Empty() {
		return ""
	}
	var lines []string
	if d.Message != "" {
		lines = append(lines, d.Message)
	}
	for _, p := range d.Failed {
		lines = append(lines, t.T("sessions.detail.failed", "name", p.Name, "message", p.Message))
	}
	for _, f := range d.Errors {
		line := strings.TrimSpace(f.Name + " " + f.Message)
		if f.Agent != "" {
			line = f.Agent + ": " + line
		}
		lines = append(lines, line)
	}
	if d.Retries > 0 {
		lines = append(lines, t.T("sessions.detail.retries", "count", d.Retries, "time", t.DateTime(d.LastTry.Local())))
	}
	if d.ExitCode != nil {
		lines = append(lines, t.T("sessions.detail.exit_code", "code", *d.ExitCode))
	}
	return strings.Join(lines, "\n")
}

// OrDash is the text, or a dash in the place of none.
func OrDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
