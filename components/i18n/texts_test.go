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

func TestAgo(t *testing.T) {
	en, ko := Load("en"), Load("ko")
	now := time.Date(2026, 3, 4, 15, 0, 0, 0, time.UTC)
	for elapsed, want := range map[time.Duration][2]string{
		0:                       {"just now", "방금"},
		-time.Hour:              {"just now", "방금"},
		4 * time.Second:         {"just now", "방금"},
		5 * time.Second:         {"5 s ago", "5초 전"},
		59 * time.Second:        {"59 s ago", "59초 전"},
		time.Minute:             {"1 min ago", "1분 전"},
		time.Hour - time.Second: {"59 min ago", "59분 전"},
		23 * time.Hour:          {"23 h ago", "23시간 전"},
		49 * time.Hour:          {"2 d ago", "2일 전"},
		10000 * 24 * time.Hour:  {"10,000 d ago", "10,000일 전"},
	} {
		assert.Equal(t, want[0], en.Ago(now, now.Add(-elapsed)))
		assert.Equal(t, want[1], ko.Ago(now, now.Add(-elapsed)))
	}
	assert.Equal(t, "–", en.Ago(now, time.Time{}))
}

func TestDateTime(t *testing.T) {
	at := time.Date(2026, 3, 4, 15, 4, 5, 6, time.FixedZone("KST", 9*3600))
	assert.Equal(t, "2026-03-04 15:04:05 +09:00", Load("ko").DateTime(at))
	assert.Equal(t, "15:04:05", Load("en").Clock(at))
	assert.Equal(t, "–", Load("en").DateTime(time.Time{}))
	assert.Equal(t, "–", Load("en").Clock(time.Time{}))
}
