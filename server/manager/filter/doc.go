// Package filter reads the two small languages with which clients of the
// manager narrow and order lists, and turns them into SQL.
//
// A filter is an expression such as
//
//	status == "RUNNING" & name ilike "%train%"
//
// an order is a list of columns such as
//
//	-created_at,+name
//
// [Columns] says which names a list knows and what stands behind them; nothing
// a client writes reaches the SQL text, values are always arguments. The
// languages are those of manager 24.09, oddities included: `&` and `|` bind
// equally and group to the right, and `!` takes everything to its right. Errors
// carry the text the manager sends.
package filter
