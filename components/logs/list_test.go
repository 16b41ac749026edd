package logs

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
)

func some() *list {
	l := &list{}
	l.load([]client.Entry{
		{IsError: true, Timestamp: "Tue, 02 Jan 2024 03:04:05 GMT", Type: "timeout", RequestMethod: "POST", RequestURL: "/admin/gql", Title: "took too long (30 s)"},
		{RequestMethod: "GET", RequestURL: "/", StatusCode: 200, StatusText: "OK"},
		{IsError: true, Type: "not_found", RequestMethod: "DELETE", RequestURL: "/session/a.b*c", StatusCode: 404, RequestParameters: `{"forced":true}`},
	})
	return l
}

func TestMatching(t *testing.T) {
	tests := []struct {
		name  string
		query string
		all   bool
		want  int
	}{
		{"only errors at first", "", false, 2},
		{"all requests on demand", "", true, 3},
		{"the search ignores case", "TIMEOUT", false, 1},
		{"the search looks at the status code", "404", false, 1},
		{"the search looks at the parameters", "forced", false, 1},
		{"every word must be there, in any column", "delete 404", false, 1},
		{"special characters are ordinary ones", "a.b*c", false, 1},
		{"a bracket is an ordinary character", "(30", false, 1},
		{"nothing found", "elsewhere", true, 0},
		{"a success is not found among the errors", "200", false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := some()
			l.search(test.query)
			l.showAll(test.all)
			assert.Len(t, l.matching(), test.want)
		})
	}
}

func TestPages(t *testing.T) {
	l := &list{}
	var entries []client.Entry
	for i := range 2*pageSize + 5 {
		entries = append(entries, client.Entry{IsError: true, Title: fmt.Sprint("no ", i)})
	}
	l.load(entries)

	first := l.current()
	assert.Len(t, first.rows, pageSize)
	assert.Equal(t, []int{1, pageSize, 205}, []int{first.from, first.to, first.total})
	assert.False(t, first.prev)
	assert.True(t, first.next)

	l.page = 2
	last := l.current()
	assert.Len(t, last.rows, 5)
	assert.True(t, last.prev)
	assert.False(t, last.next)

	l.search("no 7")
	assert.Equal(t, 0, l.page, "a search starts at the first page")
	l.page = 9
	assert.NotEmpty(t, l.current().rows, "a page that is gone becomes the last one")

	l.search("nowhere")
	none := l.current()
	assert.Equal(t, view{rows: none.rows}, none)
	assert.Empty(t, none.rows)
}
