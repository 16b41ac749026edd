package i18n

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLoad(t *testing.T) {
	assert.Equal(t, "ko", Load("ko").Lang())
	assert.Equal(t, "en", Load("en").Lang())
	assert.Equal(t, Fallback, Load("tlh").Lang(), "an unknown language is read in the fallback")
	assert.Equal(t, "로그인", Load("ko").T("login.title"))
}

func TestT(t *testing.T) {
	texts := &Texts{lang: "en", texts: map[string]string{
		"plain": "Sessions", "two": "{from} to {to}", "n.one": "{count} session", "n.other": "{count} sessions",
	}}
	tests := []struct {
		name string
		got  string
		want string
	}{
		{"a text without placeholders", texts.T("plain"), "Sessions"},
		{"placeholders by name", texts.T("two", "to", 9, "from", "a"), "a to 9"},
		{"a placeholder without a value stays visible", texts.T("two", "from", "a"), "a to {to}"},
		{"a name without a value is passed over", texts.T("two", "from"), "{from} to {to}"},
		{"a value that looks like a placeholder is not filled in again", texts.T("two", "from", "{to}", "to", "b"), "{to} to b"},
		{"a brace that nothing closes stays", (&Texts{texts: map[string]string{"open": "{ {from} {from"}}).T("open", "from", "a"), "{ a {from"},
		{"an unknown key stands for itself", texts.T("nothing"), "nothing"},
		{"one", texts.N("n", 1), "1 session"},
		{"none counts as many", texts.N("n", 0), "0 sessions"},
		{"thousands are grouped", texts.N("n", 12345), "12,345 sessions"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, test.got) })
	}
}

func TestNoTexts(t *testing.T) {
	var none *Texts
	assert.Equal(t, "login.title", none.T("login.title"))
	assert.Equal(t, Fallback, none.Lang())
	assert.False(t, none.Has("login.title"))
}

func TestMatch(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                 "en",
		"ko":                               "ko",
		"ko-KR,ko;q=0.9,en-US;q=0.8":       "ko",
		"fr-FR, ko;q=0.3, en;q=0.5":        "en",
		"fr, de":                           "en",
		"en;q=0, ko;q=0.1":                 "ko",
		"KO-kr":                            "ko",
		"ko;q=nonsense, en;q=0.1":          "en",
		"ko;q=7, en;q=0.1":                 "en",
		" , ;;; ,ko;level=1;q=0.4":         "ko",
		"en;q=0.5, ko;q=0.5":               "en",
		"ko;q=NaN":                         "en",
		"*":                                "en",
		"en-GB;q=0.6;q=0.9,ko;q = 0.8 ,ko": "ko",
	} {
		assert.Equal(t, want, Match(accept), "Accept-Language: %s", accept)
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("ko-KR,ko;q=0.9,en-US;q=0.8")
	f.Add(";q=,;;,q")
	f.Fuzz(func(t *testing.T, accept string) {
		assert.True(t, Known(Match(accept)))
	})
}

func TestNumber(t *testing.T) {
	texts := Load("en")
	tests := []struct {
		value  float64
		digits int
		want   string
	}{
		{0, 2, "0"},
		{1, 2, "1"},
		{1.5, 2, "1.5"},
		{1.005, 1, "1"},
		{-0.001, 2, "0"},
		{-1234.5, 1, "-1,234.5"},
		{1234567, 0, "1,234,567"},
		{math.Inf(1), 2, "–"},
		{math.NaN(), 2, "–"},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, texts.Number(test.value, test.digits))
	}
	assert.Equal(t, "999", texts.Int(999))
	assert.Equal(t, "-1,000", texts.Int(-1000))
}

func TestShortTime(t *testing.T) {
	zone := time.FixedZone("", 9*60*60)
	now := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) // already 2027 in that zone
	for _, tt := range []struct {
		name   string
		at     time.Time
		en, ko string
	}{
		{"in the same year day and time", time.Date(2027, 1, 1, 0, 5, 0, 0, zone), "Jan 1, 00:05", "1. 1. 00:05"},
		{"in another year the date", time.Date(2026, 12, 31, 23, 59, 0, 0, zone), "Dec 31, 2026", "2026. 12. 31."},
		{"without an instant a dash", time.Time{}, "–", "–"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.en, Load("en").ShortTime(now, tt.at))
			assert.Equal(t, tt.ko, Load("ko").ShortTime(now, tt.at))
		})
	}
}

func TestDateTime(t *testing.T) {
	at := time.Date(2026, 3, 4, 15, 4, 5, 6, time.FixedZone("KST", 9*3600))
	assert.Equal(t, "2026-03-04 15:04:05 +09:00", Load("ko").DateTime(at))
	assert.Equal(t, "15:04:05", Load("en").Clock(at))
	assert.Equal(t, "–", Load("en").DateTime(time.Time{}))
	assert.Equal(t, "–", Load("en").Clock(time.Time{}))
}
