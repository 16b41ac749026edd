package sessions

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseQuery(t *testing.T) {
	tests := []struct {
		name, raw string
		want      Query
	}{
		{"nothing is the first page of running", "", Query{Tab: Running, Page: 1}},
		{
			"everything", "tab=finished&page=3&filter=train&order=-name&access_key=AKIA&project=default",
			Query{Tab: Finished, Page: 3, Filter: "train", Order: "-name", AccessKey: "AKIA", Project: "default"},
		},
		{"an unknown tab is running", "tab=nonsense", Query{Tab: Running, Page: 1}},
		{"a page below one is one", "page=-4", Query{Tab: Running, Page: 1}},
		{"a page that is no number is one", "page=x", Query{Tab: Running, Page: 1}},
		{"a page beyond all reason is cut", "page=99999999999999999999", Query{Tab: Running, Page: 1 << 20}},
		{"an order the manager does not know is the default", "order=drop", Query{Tab: Running, Page: 1}},
		{"two signs are no order", "order=--name", Query{Tab: Running, Page: 1}},
		{"the default order is not repeated", "order=-created_at", Query{Tab: Running, Page: 1}},
		{"control characters are dropped", "filter=a%00b%0Ac", Query{Tab: Running, Page: 1, Filter: "abc"}},
		{"deck: an access key has at most 64 characters", "access_key=" + strings.Repeat("A", 100), Query{Tab: Running, Page: 1, AccessKey: strings.Repeat("A", 64)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values, err := url.ParseQuery(test.raw)
			require.NoError(t, err)
			assert.Equal(t, test.want, ParseQuery(values))
		})
	}
}

func TestTheURLKeepsTheQuery(t *testing.T) {
	assert.Equal(t, "/sessions", Query{Tab: Running, Page: 1}.URL())
	q := Query{Tab: System, Page: 7, Filter: `50% "ü" & more`, Order: "status", AccessKey: "AK+/", Project: "a b",
		Beside: Beside{Session: "3b1f", Panel: "logs", Kernel: "9c"}}
	address, err := url.Parse(q.URL())
	require.NoError(t, err)
	assert.Equal(t, Path, address.Path)
	assert.Equal(t, q, ParseQuery(address.Query()))
}

func TestChangesOfAQuery(t *testing.T) {
	q := Query{Tab: Batch, Page: 5, Filter: "a", AccessKey: "b", Order: "name", Project: "p"}
	assert.Equal(t, Query{Tab: Finished, Page: 1, Filter: "a", AccessKey: "b", Order: "name", Project: "p"}, q.WithTab(Finished))
	assert.Equal(t, 6, q.WithPage(6).Page)
	assert.Equal(t, 1, q.WithPage(0).Page)
	assert.Equal(t, Query{Tab: Batch, Page: 1, Filter: "new", AccessKey: "b", Order: "name", Project: "p"}, q.WithFilter(" new "))
	assert.Equal(t, 1, q.WithAccessKey("c").Page)
	q.Beside = Beside{Session: "s", Panel: "logs", Kernel: "k"}
	assert.Equal(t, q.Beside, q.WithPage(2).Beside, "the drawer stays open")
	assert.Equal(t, Beside{Session: "other"}, q.WithSession("other").Beside, "at its first panel")
	assert.True(t, q.narrowed())
	assert.False(t, Query{Tab: Finished}.narrowed())
}

func TestToggleOrder(t *testing.T) {
	q := Query{Tab: Running, Page: 4}
	steps := []struct{ click, want string }{
		{"name", "name"}, {"name", "-name"}, {"name", ""},
		{"status", "status"}, {"name", "name"},
		{"created_at", "created_at"}, {"created_at", ""}, {"created_at", "created_at"},
	}
	for _, step := range steps {
		q = q.ToggleOrder(step.click)
		require.Equal(t, step.want, q.Order, "after a click on %s", step.click)
		assert.Equal(t, 1, q.Page)
	}
}

func TestFilterExpression(t *testing.T) {
	tests := []struct {
		name  string
		query Query
		want  string
	}{
		{"nothing to filter by", Query{Tab: Running}, ""},
		{"part of a name", Query{Tab: Finished, Filter: "train"}, `name ilike "%train%"`},
		{"a type, decided by the manager before paging", Query{Tab: Inference}, `type == "INFERENCE"`},
		{"both", Query{Tab: System, Filter: "up"}, `type == "SYSTEM" & name ilike "%up%"`},
		{"wildcards stand for themselves", Query{Tab: Running, Filter: "a_b%"}, `name ilike "%a\_b\%%"`},
		{"a quote does not end the text", Query{Tab: Running, Filter: `" | id != "`}, `name ilike "%\" | id != \"%"`},
		{"a backslash at the end does not escape the quote", Query{Tab: Running, Filter: `x\`}, `name ilike "%x\\%"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { assert.Equal(t, test.want, filterExpression(test.query)) })
	}
}

// quoted is the manager's rule for a quoted text: it ends at the first quote
// with an even number of backslashes before it.
var quoted = regexp.MustCompile(`^name ilike "(?:[^"\\]|\\.)*"$`)

func FuzzFilterExpression(f *testing.F) {
	for _, text := range []string{"a", `"`, `\`, `\\"`, "%_", "\x00", "\u2028", strings.Repeat("x", 500), "세션"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		q := Query{Tab: Running}.WithFilter(text)
		assert.LessOrEqual(t, utf8.RuneCountInString(q.Filter), maxFilter)
		expression := filterExpression(q)
		if q.Filter == "" {
			assert.Empty(t, expression)
			return
		}
		assert.Regexp(t, quoted, expression)
	})
}

func FuzzParseQuery(f *testing.F) {
	f.Add("tab=finished&page=2&filter=a&order=-name&access_key=b&project=c")
	f.Add("page=-1&order=--&filter=%00")
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		q := ParseQuery(values)
		address, err := url.Parse(q.URL())
		require.NoError(t, err)
		assert.Equal(t, q, ParseQuery(address.Query()), "what was read can be written and read again")
		assert.GreaterOrEqual(t, q.offset(), 0)
	})
}
