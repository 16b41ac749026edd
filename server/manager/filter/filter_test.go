package filter

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// columns is a table of sessions in small.
func columns() Columns {
	return Columns{
		"a": {SQL: "a", Convert: Number}, "b": {SQL: "b", Convert: Number}, "c": {SQL: "c", Convert: Number},
		"name":       {SQL: "name"},
		"status":     {SQL: "status", Convert: Enum("PENDING", "SCHEDULED", "PULLING", "PREPARING", "RUNNING", "RESTARTING", "RUNNING_DEGRADED", "TERMINATING", "TERMINATED", "ERROR", "CANCELLED")},
		"mode":       {SQL: "mode", Convert: Mapped("SINGLE_NODE", "single-node", "MULTI_NODE", "multi-node")},
		"created_at": {SQL: "created_at", Convert: Time(func(t time.Time) any { return t.UnixMicro() })},
		"ended_at":   {SQL: "ended_at", Nullable: true, Convert: Time(func(t time.Time) any { return t.UnixMicro() })},
		"live":       {SQL: "live", Convert: Bool},
		"agents":     {SQL: "SELECT value FROM json_each(agents)", List: true},
		"command":    {SQL: "name", NoOrder: true},
		"secret":     {SQL: "name", NoFilter: true, NoOrder: true},
	}
}

func TestFilterGroupsAsTheManagerDoes(t *testing.T) {
	tests := []struct{ name, filter, meaning string }{
		{"one term", `a == 1`, `a`},
		{"or binds within the and before it", `a == 1 & b == 2 | c == 3`, `(a & (b | c))`},
		{"and binds within the or before it", `a == 1 | b == 2 & c == 3`, `(a | (b & c))`},
		{"not takes everything to its right", `!a == 1 & b == 2`, `not (a & b)`},
		{"not takes everything after a parenthesis too", `!(a == 1) & b == 2`, `not (a & b)`},
		{"a parenthesis ends not", `(!a == 1) & b == 2`, `(not a & b)`},
		{"not of not", `!!a==1`, `not not a`},
		{"parentheses group", `(a == 1 & b == 2) | c == 3`, `((a & b) | c)`},
		{"white space is free", " a\n==\t1&b==2 ", `(a & b)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			expr, err := Parse(tt.filter)
			require.NoError(t, err)
			assert.Equal(t, tt.meaning, meaning(expr))
		})
	}
}

func meaning(e Expr) string {
	switch e := e.(type) {
	case *Not:
		return "not " + meaning(e.Expr)
	case *Both:
		return "(" + meaning(e.Left) + " " + e.Op + " " + meaning(e.Right) + ")"
	case *Compare:
		return e.Name
	}
	return ""
}

func TestFilterConditions(t *testing.T) {
	tests := []struct {
		name, filter, sql string
		args              []any
	}{
		{"an enumeration name in any case", `status == "running"`, `status = ?`, []any{"RUNNING"}},
		{"each element of a list is converted", `status in ["RUNNING", "pending"]`, `status IN (?,?)`, []any{"RUNNING", "PENDING"}},
		{"an empty list matches nothing", `status in []`, `0`, nil},
		{"a stored spelling behind a name", `mode == "SINGLE_NODE"`, `mode = ?`, []any{"single-node"}},
		{"a quote is unescaped, nothing else is", `name == "say \"hi\" C:\\n"`, `name = ?`, []any{`say "hi" C:\\n`}},
		{"injection stays a value", `name == "x'; DROP TABLE t; --"`, `name = ?`, []any{"x'; DROP TABLE t; --"}},
		{"contains takes its text as it is", `name contains "50%_"`, `instr(name, ?) > 0`, []any{"50%_"}},
		{"like tells upper from lower case", `name like "s-%_x"`, `name GLOB ?`, []any{"s-*?x"}},
		{"like escapes what GLOB reads", `name like "a*[b]?%"`, `name GLOB ?`, []any{"a[*][[]b][?]*"}},
		{"ilike does not", `name ilike "%Train%"`, `name LIKE ? ESCAPE '\'`, []any{"%Train%"}},
		{"a backslash takes a wildcard as it is", `name ilike "100\%"`, `name LIKE ? ESCAPE '\'`, []any{`100\%`}},
		{"two percents are one", `name ilike "%%%%a"`, `name LIKE ? ESCAPE '\'`, []any{`%a`}},
		{"floats and signs", `a > -1.5 & b <= +2 & c != .5e1`, `(a > ?) AND ((b <= ?) AND (c <> ?))`, []any{-1.5, int64(2), 5.0}},
		{"and and or", `(a == 1 & b == 2) | c == 3`, `((a = ?) AND (b = ?)) OR (c = ?)`, []any{int64(1), int64(2), int64(3)}},
		{"not", `!a == 1 & b == 2`, `NOT ((a = ?) AND (b = ?))`, []any{int64(1), int64(2)}},
		{"is null", `name is null`, `name IS NULL`, nil},
		{"isnot true", `live isnot true`, `live IS NOT ?`, []any{true}},
		{"equal to null", `name == null`, `name IS NULL`, nil},
		{"unequal to null", `name != null`, `name IS NOT NULL`, nil},
		{"a flag", `live == false`, `live = ?`, []any{false}},
		{"a date", `created_at >= "2024-01-01"`, `created_at >= ?`, []any{int64(1704067200000000)}},
		{"a date with time and zone", `created_at < "2024-01-01T09:00:00.5+09:00"`, `created_at < ?`, []any{int64(1704067200500000)}},
		{"a list column asks for any element", `agents like "%gpu%"`, `EXISTS (SELECT 1 FROM (SELECT value FROM json_each(agents)) WHERE value GLOB ?)`, []any{"*gpu*"}},
		{"an operator's name is a column's name elsewhere", `name like "in"`, `name GLOB ?`, []any{"in"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clause, err := columns().Where(tt.filter)
			require.NoError(t, err)
			assert.Equal(t, tt.sql, clause.SQL)
			assert.Equal(t, tt.args, clause.Args)
		})
	}
}

func TestFilterFaults(t *testing.T) {
	const prefix = "Query filter parsing error: "
	const value = "Expected one of: \n\t* ATOM\n\t* ESCAPED_STRING\n\t* LSQB\n\t* SIGNED_NUMBER\n"
	const start = "Expected one of: \n\t* CNAME\n\t* LPAR\n\t* UNARY_OP\n"
	const rule = "Error trying to process rule \"binary_expr\":\n\n"
	tests := []struct{ name, filter, message string }{
		{"an unknown operator", `name ~~ nonsense`, "No terminal matches '~' in the current parser context, at line 1 col 6\n\nname ~~ nonsense\n     ^\nExpected one of: \n\t* BINARY_OP\n\nPrevious tokens: Token('CNAME', 'name')\n"},
		{"an unknown field", `nothing == 1`, rule + "('Unknown/unsupported field name', 'nothing')"},
		{"a field not for filters", `secret == "x"`, rule + "('Unknown/unsupported field name', 'secret')"},
		{"an unknown enumeration name", `status == "NOPE"`, rule + "expected one of `PENDING, SCHEDULED, PULLING, PREPARING, RUNNING, RESTARTING, RUNNING_DEGRADED, TERMINATING, TERMINATED, ERROR, CANCELLED` or lower names; got `NOPE`"},
		{"an unknown name within a list", `status in ["RUNNING", "NOPE"]`, rule + "expected one of `PENDING, SCHEDULED, PULLING, PREPARING, RUNNING, RESTARTING, RUNNING_DEGRADED, TERMINATING, TERMINATED, ERROR, CANCELLED` or lower names; got `NOPE`"},
		{"the value of an enumeration", `mode == "single-node"`, rule + "expected one of `SINGLE_NODE, MULTI_NODE` or lower names; got `single-node`"},
		{"empty text", ``, "Unexpected token Token('$END', '') at line 1, column 1.\n" + start + "Previous tokens: [None]\n"},
		{"a term without a value", `name ==`, "Unexpected token Token('$END', '') at line 1, column 6.\n" + value + "Previous tokens: [Token('BINARY_OP', '==')]\n"},
		{"single quotes", `name == 'x'`, "No terminal matches ''' in the current parser context, at line 1 col 9\n\nname == 'x'\n        ^\n" + value + "\nPrevious tokens: Token('BINARY_OP', '==')\n"},
		{"a doubled operator", `a == 1 && b == 2`, "Unexpected token Token('COMBINE_OP', '&') at line 1, column 9.\n" + start + "Previous tokens: [Token('COMBINE_OP', '&')]\n"},
		{"the word and", `a == 1 and b == 2`, "Unexpected token Token('CNAME', 'and') at line 1, column 8.\nExpected one of: \n\t* $END\n\t* COMBINE_OP\nPrevious tokens: [Token('SIGNED_NUMBER', '1')]\n"},
		{"a dotted name", `s.name == "x"`, "No terminal matches '.' in the current parser context, at line 1 col 2\n\ns.name == \"x\"\n ^\nExpected one of: \n\t* BINARY_OP\n\nPrevious tokens: Token('CNAME', 's')\n"},
		{"an open parenthesis", `(a == 1`, "Unexpected token Token('$END', '') at line 1, column 7.\nExpected one of: \n\t* COMBINE_OP\n\t* RPAR\nPrevious tokens: [Token('SIGNED_NUMBER', '1')]\n"},
		{"a parenthesis too many", `a == 1)`, "Unexpected token Token('RPAR', ')') at line 1, column 7.\nExpected one of: \n\t* $END\n\t* COMBINE_OP\nPrevious tokens: [Token('SIGNED_NUMBER', '1')]\n"},
		{"an exponent without a point", `a == 1e3`, "Error trying to process rule \"number\":\n\ninvalid literal for int() with base 10: '1e3'"},
		{"text that is no date", `created_at > "soon"`, rule + "Unknown string format: soon"},
		{"a number as a date", `created_at > 5`, rule + "Parser must be a string or character stream, not int64"},
		{"a number for a text", `name == 5`, rule + "expected a text, got 5"},
		{"a text for a number", `a == "5"`, rule + "expected a number, got '5'"},
		{"a text for a flag", `live == "yes"`, rule + "expected true or false, got 'yes'"},
		{"a list for a single value", `name == ["x"]`, rule + "operator '==' does not take a list"},
		{"a single value for a list", `name in "x"`, rule + "operator 'in' does not take a single value"},
		{"is with a text", `name is "x"`, rule + "operator 'is' takes null, true or false"},
		{"a pattern that is no text", `name like null`, rule + "operator 'like' takes a text"},
		{"a pattern that ends in a backslash", `name like "a\\\"" & name like "b\"`, "No terminal matches '\"' in the current parser context, at line 1 col 31\n\n" + `name like "a\\\"" & name like "b\"` + "\n" + strings.Repeat(" ", 30) + "^\n" + value + "\nPrevious tokens: Token('BINARY_OP', 'like')\n"},
		{"a list that breaks off", `a in [ü`, "No terminal matches 'ü' in the current parser context, at line 1 col 7\n\na in [ü\n      ^\n" + strings.Replace(value, "\t* SIGNED", "\t* RSQB\n\t* SIGNED", 1) + "\nPrevious tokens: Token('LSQB', '[')\n"},
		{"a list in a list", `name in [["x"]]`, "Error trying to process rule \"array\":\n\na list in a list is not supported"},
		{"too many wildcards", `name ilike "` + strings.Repeat("%a", 17) + `"`, "a pattern may hold at most 16 times '%'"},
		{"too long", `name == "` + strings.Repeat("x", MaxLength) + `"`, "the filter is too long: 8202 bytes, at most 8192 are allowed"},
		{"too deep", strings.Repeat("(", 100) + "a == 1" + strings.Repeat(")", 100), "the filter is too deep: at most 64 terms may be joined or nested"},
		{"too many terms", strings.Repeat("a == 1 & ", 64) + "a == 1", "the filter is too deep: at most 64 terms may be joined or nested"},
		{"too many nots", strings.Repeat("!", 100) + "a == 1", "the filter is too deep: at most 64 terms may be joined or nested"},
		{"too many values", "a in [" + strings.Repeat("1,", 500) + "1]", "a list may hold at most 500 values"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := columns().Where(tt.filter)
			var fault *Error
			require.ErrorAs(t, err, &fault)
			assert.Equal(t, prefix+tt.message, err.Error())
		})
	}
}

func TestOrder(t *testing.T) {
	tests := []struct{ name, order, sql string }{
		{"empty text orders nothing", ``, ``},
		{"blank text orders nothing", `  `, ``},
		{"no sign ascends", `name`, `name ASC`},
		{"signs", `-created_at,+name`, `created_at DESC, name ASC`},
		{"spaces are free", ` - created_at , + name `, `created_at DESC, name ASC`},
		{"nulls go last when ascending", `ended_at`, `ended_at ASC NULLS LAST`},
		{"nulls go first when descending", `-ended_at`, `ended_at DESC NULLS FIRST`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clause, err := columns().Order(tt.order)
			require.NoError(t, err)
			assert.Equal(t, tt.sql, clause.SQL)
		})
	}
}

func TestOrderFaults(t *testing.T) {
	const prefix = "Query ordering parsing error: "
	tests := []struct{ name, order, message string }{
		{"a word after a name", `name desc`, "Unexpected token Token('CNAME', 'desc') at line 1, column 6.\nExpected one of: \n\t* $END\n\t* COMMA\nPrevious tokens: [Token('CNAME', 'name')]\n"},
		{"a comma at the end", `name,`, "Unexpected token Token('$END', '') at line 1, column 5.\nExpected one of: \n\t* CNAME\n\t* ORDER\nPrevious tokens: [Token('COMMA', ',')]\n"},
		{"an unknown field", `nothing`, "Error trying to process rule \"col\":\n\n('Unknown/unsupported field name', 'nothing')"},
		{"a field not for orders", `command`, "Error trying to process rule \"col\":\n\n('Unknown/unsupported field name', 'command')"},
		{"a list field", `agents`, "Error trying to process rule \"col\":\n\n('Unknown/unsupported field name', 'agents')"},
		{"too many columns", strings.Repeat("name,", 16) + "name", "an order may hold at most 16 columns"},
		{"too long", strings.Repeat(" ", 10000), "the order is too long: 10000 bytes, at most 8192 are allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := columns().Order(tt.order)
			require.Error(t, err)
			assert.Equal(t, prefix+tt.message, err.Error())
		})
	}
}

func database(t testing.TB) *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `CREATE TABLE t (name TEXT, status TEXT, mode TEXT, a INT, b INT, c INT, live INT, created_at INT, ended_at INT, agents TEXT);
		INSERT INTO t VALUES ('Train-1', 'RUNNING', 'single-node', 1, 2, 3, 1, 1704067200000000, NULL, '["i-gpu-01","i-cpu"]'),
			('train_2', 'PENDING', 'multi-node', 1, 0, 0, 0, 1704067200000001, 5, '[]'),
			('학습-3', 'TERMINATED', 'single-node', 0, 0, 3, 0, 1704153600000000, 6, '["i-cpu"]'),
			('50%', 'ERROR', 'single-node', 0, 2, 0, 1, 1704153600000000, NULL, '["*"]')`)
	require.NoError(t, err)
	return db
}

func TestFiltersSelectTheRowsTheyMean(t *testing.T) {
	db := database(t)
	tests := []struct{ filter, names string }{
		{`name like "train%"`, "train_2"},
		{`name ilike "train%"`, "Train-1 train_2"},
		{`name like "train_2"`, "train_2"},
		{`name like "train\_2"`, "train_2"},
		{`name ilike "TRAIN\_%"`, "train_2"},
		{`name like "%학습%"`, "학습-3"},
		{`name like "__-3"`, "학습-3"},
		{`name contains "%"`, "50%"},
		{`name like "%\%"`, "50%"},
		{`agents == "i-cpu"`, "Train-1 학습-3"},
		{`agents like "*"`, "50%"},
		{`agents in ["i-gpu-01", "*"]`, "50% Train-1"},
		{`!agents == "i-cpu"`, "50% train_2"},
		{`a == 1 & b == 2 | c == 3`, "Train-1"},
		{`a == 1 | b == 2 & c == 3`, "Train-1 train_2"},
		{`!a == 1 & b == 2`, "50% train_2 학습-3"},
		{`(!a == 1) & b == 2`, "50%"},
		{`created_at > "2024-01-01T00:00:00Z" & created_at <= "2024-01-02"`, "50% train_2 학습-3"},
		{`ended_at is null & live is true`, "50% Train-1"},
		{`mode == "MULTI_NODE"`, "train_2"},
	}
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			clause, err := columns().Where(tt.filter)
			require.NoError(t, err)
			var names string
			require.NoError(t, db.QueryRowContext(t.Context(), "SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM t WHERE "+clause.SQL+" ORDER BY name)", clause.Args...).Scan(&names))
			assert.Equal(t, tt.names, names)
		})
	}
}

func TestWildcardsCannotStallTheDatabase(t *testing.T) {
	db := database(t)
	for name, text := range map[string]string{"letters": strings.Repeat("a", 20000), "pairs": strings.Repeat("ab", 10000)} {
		for _, filter := range []string{
			`name %s "` + strings.Repeat("%a", 16) + `b"`,
			`name %s "` + strings.Repeat("%a_", 16) + `c"`,
			`name %s "` + strings.Repeat("%aaaa", 14) + `%c%"`,
			`name %s "` + strings.Repeat("%_a", 16) + `bb"`,
		} {
			for _, op := range []string{"like", "ilike"} {
				t.Run(name+" "+op+" "+filter, func(t *testing.T) {
					clause, err := columns().Where(strings.Replace(filter, "%s", op, 1))
					require.NoError(t, err)
					started := time.Now()
					var n int
					require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM (SELECT ? AS name) WHERE "+clause.SQL, append([]any{text}, clause.Args...)...).Scan(&n))
					assert.Less(t, time.Since(started), 10*time.Second)
				})
			}
		}
	}
}

// FuzzWhere: whatever is written, the answer is a fault of ours or SQL that the
// database accepts with the values as arguments only.
func FuzzWhere(f *testing.F) {
	for _, seed := range []string{`name == "x" & !(a in [1,2.5,null] | live is true)`, `agents ilike "%\_%"`, `created_at > "2024-01-01"`, `name ~`, `"`, `a == 1e`, "a in [\xfc", "a==1\n&\nb==2"} {
		f.Add(seed)
	}
	db := database(f)
	f.Fuzz(func(t *testing.T, text string) {
		clause, err := columns().Where(text)
		if err != nil {
			var fault *Error
			require.True(t, errors.As(err, &fault))
			require.LessOrEqual(t, len(err.Error()), 3*MaxLength)
			if utf8.ValidString(text) {
				require.True(t, utf8.ValidString(err.Error()))
			}
			return
		}
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM t WHERE "+clause.SQL, clause.Args...).Scan(&n), clause.SQL)
	})
}

func FuzzOrder(f *testing.F) {
	for _, seed := range []string{"-created_at,+name", "name desc", "", "a,", "+"} {
		f.Add(seed)
	}
	db := database(f)
	f.Fuzz(func(t *testing.T, text string) {
		clause, err := columns().Order(text)
		if err != nil || clause.SQL == "" {
			return
		}
		_, err = db.ExecContext(t.Context(), "SELECT name FROM t ORDER BY "+clause.SQL)
		require.NoError(t, err)
	})
}

func BenchmarkWhere(b *testing.B) {
	c := columns()
	for b.Loop() {
		if _, err := c.Where(`status in ["RUNNING","PENDING"] & name ilike "%train%"`); err != nil {
			b.Fatal(err)
		}
	}
}
