package gql

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRequestsThatWouldCostTooMuchAreRefusedBeforeExecution(t *testing.T) {
	nested := func(depth int) string {
		return "{ keeper " + strings.Repeat("{ boss ", depth) + "{ name }" + strings.Repeat(" }", depth) + " }"
	}
	aliases := func(n int, field string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "a%d: %s ", i, field)
		}
		return b.String()
	}
	// bomb is n fragments that each spread the next one twice: 2^n fields.
	bomb := func(n int) string {
		var b strings.Builder
		b.WriteString("{ keeper { ...F0 } }")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Keeper { a%d: boss { ...F%d } b%d: boss { ...F%d } }", i, i, i+1, i, i+1)
		}
		fmt.Fprintf(&b, " fragment F%d on Keeper { name }", n)
		return b.String()
	}
	// wide is the same without depth.
	wide := func(n int) string {
		var b strings.Builder
		b.WriteString("{ keeper { ...F0 } }")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Keeper { ...F%d ...F%d }", i, i+1, i+1)
		}
		fmt.Fprintf(&b, " fragment F%d on Keeper { name }", n)
		return b.String()
	}
	ring := func(n int) string {
		var b strings.Builder
		b.WriteString("{ keeper { ...F0 } }")
		for i := range n {
			fmt.Fprintf(&b, " fragment F%d on Keeper { boss { ...F%d } }", i, (i+1)%n)
		}
		return b.String()
	}
	tests := []struct{ name, query, message string }{
		{"a text that is too long", "{ keeper { name } } #" + strings.Repeat("x", 64<<10), "Query is too long: 65557 bytes, at most 65536 are allowed."},
		{"too many tokens", "{ keeper { " + strings.Repeat("name ", 8000) + "} }", "Query is too large: exceeded token limit of 8000."},
		{"nesting beyond the depth", nested(20), "Query is too deep: 22 levels, at most 20 are allowed."},
		{"nesting beyond what a parser can stand", strings.Repeat("{a", 30000), "Query is too large: exceeded maximum nesting depth of 1000."},
		{"aliases of a root field", "{ " + aliases(65, "keeper { name }") + "}", "Query is too wide: 65 fields at its root, at most 64 are allowed."},
		{"aliases through a fragment at the root", "{ ...R } fragment R on Query { " + aliases(65, "must") + "}", "Query is too wide: 65 fields at its root, at most 64 are allowed."},
		{"one field again and again", "{ keeper { " + strings.Repeat("... { name } ", 257) + "} }", "Query is too large: one name is asked for more than 256 times."},
		{"a bomb of fragments", bomb(15), "Query is too large: 98303 fields, at most 3000 are allowed."},
		{"a bomb of fragments that is also deep", bomb(40), "Query is too deep: 42 levels, at most 20 are allowed."},
		{"a flat bomb of fragments", wide(40), "Query is too large: 1099511627777 fields, at most 3000 are allowed."},
		{"a flat bomb that overflows any number", wide(62), "Query is too large: 4611686018427387905 fields, at most 3000 are allowed."},
		{"a ring of fragments", ring(3), "Cannot spread fragment 'F0' within itself via 'F1', 'F2'."},
		{"a long ring of fragments", ring(63), "Query is too deep: 64 levels, at most 20 are allowed."},
		{"too many fragments", wide(64), "Query is too large: 66 operations and fragments, at most 64 are allowed."},
		{"a page that is too large", "{ animals(limit: 2000000) { name legs } }", "Query is too complex: it asks for up to 4000001 values, at most 4000000 are allowed. Ask for fewer rows or fewer fields."},
		{"many large pages", "{ " + aliases(50, "animals(limit: 10000) { name legs weight diet tags keeper { name } chip }") + "}", "Query is too complex: it asks for up to 4000050 values, at most 4000000 are allowed. Ask for fewer rows or fewer fields."},
		{"pages within pages in variables", "query($n: Int = 2147483647) { a: animals(limit: $n) { name } b: animals(limit: $n) { name } }", "Query is too complex: it asks for up to 4294967296 values, at most 4000000 are allowed. Ask for fewer rows or fewer fields."},
		{"deep literals", "{ echo(food: " + strings.Repeat("[", 2000) + ") }", "Query is too large: exceeded maximum nesting depth of 1000."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := zoo(t)
			started := time.Now()
			response := e.Execute(t.Context(), Request{Query: tt.query})
			// The bound leaves room for the race detector on a busy machine.
			assert.Less(t, time.Since(started), 10*time.Second)
			assert.Equal(t, "null", string(response.Data))
			require.NotEmpty(t, response.Errors)
			assert.Equal(t, tt.message, response.Errors[0].Message)
			assert.LessOrEqual(t, len(response.Errors), maxErrors+1)
		})
	}
}

func TestTheLargestAllowedDocumentIsCheckedQuickly(t *testing.T) {
	e, _ := zoo(t)
	// As many fields as may be that must agree with each other.
	var b strings.Builder
	b.WriteString("{ keeper {")
	for i := range 10 {
		b.WriteString(strings.Repeat(fmt.Sprintf(" a%d: name", i), 256))
	}
	b.WriteString(" } }")
	started := time.Now()
	response := e.Execute(t.Context(), Request{Query: b.String()})
	assert.Empty(t, response.Errors)
	// The bound leaves room for the race detector on a busy machine.
	assert.Less(t, time.Since(started), 10*time.Second)
}

func TestAnswersThatGrowTooLargeAreStopped(t *testing.T) {
	e, _ := zoo(t, func(c *Config) { c.Limits.ResponseBytes = 100 })
	response := e.Execute(t.Context(), Request{Query: `{ animals(limit: 3) { name tags diet legs weight keeper { name animals { name tags } } } }`})
	assert.Equal(t, "null", string(response.Data))
	require.Len(t, response.Errors, 1)
	assert.Equal(t, "The answer is too large: more than 100 bytes. Ask for fewer rows or fewer fields.", response.Errors[0].Message)
}

func TestErrorsAreNotCollectedForever(t *testing.T) {
	e, _ := zoo(t, func(c *Config) { c.Limits.Errors = 1 })
	response := e.Execute(t.Context(), Request{Query: `{ animals(limit: 3) { bad } }`})
	assert.Equal(t, "null", string(response.Data))
	require.Len(t, response.Errors, 1)
	assert.Equal(t, "Too many errors: more than 1.", response.Errors[0].Message)
}

func TestDocumentCacheIsBounded(t *testing.T) {
	e, _ := zoo(t, func(c *Config) { c.CacheDocuments, c.CacheBytes = 4, 200 })
	for i := range 100 {
		response := e.Execute(t.Context(), Request{Query: fmt.Sprintf("{ a%d: keeper { name } }", i)})
		require.Empty(t, response.Errors)
	}
	assert.Len(t, e.documents.entries, 4)
	assert.Equal(t, 4, e.documents.order.Len())
	assert.NotNil(t, e.documents.get("{ a99: keeper { name } }"))
	assert.Nil(t, e.documents.get("{ a9: keeper { name } }"))

	big := "{ keeper { name } } #" + strings.Repeat("x", 300)
	require.Empty(t, e.Execute(t.Context(), Request{Query: big}).Errors)
	assert.Zero(t, e.documents.bytes, "a text larger than the whole cache is not kept")

	require.NotEmpty(t, e.Execute(t.Context(), Request{Query: "{ nothing }"}).Errors)
	assert.Nil(t, e.documents.get("{ nothing }"), "what is refused is not kept")
}

func TestIntrospectionCanBeAllowed(t *testing.T) {
	e, _ := zoo(t, func(c *Config) { c.Introspection = true })
	got := answer(t, e, `{ __schema { queryType { name } mutationType { name } subscriptionType { name } directives { name args { name type { kind ofType { name } } } } types { name } }
		__type(name: "Query") { kind name fields { name args { name defaultValue type { kind name ofType { kind name ofType { name } } } } type { kind name ofType { name } } isDeprecated deprecationReason } interfaces { name } possibleTypes { name } enumValues { name } inputFields { name } ofType { name } } }`, "")
	for _, part := range []string{
		`"queryType": {"name": "Query"}`, `"mutationType": {"name": "Mutation"}`, `"subscriptionType": null`,
		`"kind": "OBJECT", "name": "Query"`, `"name": "limit", "defaultValue": null, "type": {"kind": "NON_NULL", "name": null, "ofType": {"kind": "SCALAR", "name": "Int"`,
		`"name": "offset", "defaultValue": "0"`, `{"name": "__Type"}`,
	} {
		assert.Contains(t, got, strings.ReplaceAll(strings.ReplaceAll(part, ": ", ":"), ", ", ","))
	}
	assert.NotContains(t, got, "errors")
	assert.NotContains(t, got, `"guard"`, "directives of the engine stay its own")
	got = answer(t, e, `{ __type(name: "Diet") { enumValues { name isDeprecated } } food: __type(name: "Food") { inputFields { name defaultValue } isOneOf } named: __type(name: "Named") { possibleTypes { name } } none: __type(name: "None") { name } }`, "")
	assert.Equal(t, compact(t, `{"data": {"__type": {"enumValues": [{"name": "PLANTS", "isDeprecated": false}, {"name": "MEAT", "isDeprecated": false}]}, `+
		`"food": {"inputFields": [{"name": "kind", "defaultValue": null}, {"name": "grams", "defaultValue": "100"}, {"name": "extras", "defaultValue": null}], "isOneOf": false}, `+
		`"named": {"possibleTypes": [{"name": "Keeper"}, {"name": "Animal"}]}, "none": null}}`), got)
}

func TestGuardsAreRequiredWhereTheSchemaHasThem(t *testing.T) {
	_, err := New(Config{SDL: zooSDL})
	assert.ErrorContains(t, err, "Query.secret is guarded but there is no guard")
}

func FuzzExecute(f *testing.F) {
	for _, seed := range []string{
		`{ animal(name: "cat") { name } }`, `query A($n: Int = 3) { animals(limit: $n) { ...F @skip(if: true) } } fragment F on Animal { name }`,
		`{ echo(food: {kind: "hay", extras: ["""x"""]}) }`, `mutation { add(n: 1) }`, `{ __schema { types { name } } }`, `{ animal(name: "`, "{ named { ... on Keeper { name } } }",
	} {
		f.Add(seed, `{"n": 1}`)
	}
	e, _ := zoo(f)
	f.Fuzz(func(t *testing.T, query, variables string) {
		request := Request{Query: query}
		_ = jsonInto(variables, &request.Variables) // what is no object is no variables
		got := e.Execute(t.Context(), request).AppendJSON(nil)
		require.Truef(t, jsonValid(got), "%s", got)
	})
}

func BenchmarkExecute(b *testing.B) {
	e, _ := zoo(b)
	request := Request{Query: `{ animals(limit: 3) { name legs weight diet tags keeper { name animals { name } } chip } }`}
	b.ReportAllocs()
	for b.Loop() {
		if r := e.Execute(b.Context(), request); len(r.Errors) > 0 {
			b.Fatal(r.Errors[0])
		}
	}
}
