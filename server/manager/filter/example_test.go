package filter_test

import (
	"fmt"

	"github.com/baiui/baiui/server/manager/filter"
)

func ExampleColumns_Where() {
	columns := filter.Columns{
		"status": {SQL: "s.status", Convert: filter.Enum("RUNNING", "PENDING")},
		"name":   {SQL: "s.name"},
	}
	clause, err := columns.Where(`status == "running" & name ilike "%train%"`)
	fmt.Println(clause.SQL, clause.Args, err)
	_, err = columns.Where(`owner == "me"`)
	fmt.Println(err)
	// Output:
	// (s.status = ?) AND (s.name LIKE ? ESCAPE '\') [RUNNING %train%] <nil>
	// Query filter parsing error: Error trying to process rule "binary_expr":
	//
	// ('Unknown/unsupported field name', 'owner')
}
