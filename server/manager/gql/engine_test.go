package gql

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const zooSDL = `
directive @guard(role: String!) on FIELD_DEFINITION
directive @cost(size: Int, argument: String) on FIELD_DEFINITION
scalar Even
enum Diet { PLANTS MEAT }
interface Named { name: String }
type Keeper implements Named { name: String animals: [Animal!] boss: Keeper }
type Animal implements Named {
  name: String
  legs: Int
  weight: Float
  diet: Diet
  tags: [String]
  keeper: Keeper
  chip: String!
  bad: String
}
input Food { kind: String! grams: Int = 100 extras: [String!] }
type Query {
  animal(name: String): Animal
  animals(limit: Int!, offset: Int = 0, diets: [Diet!]): [Animal] @cost(argument: "limit")
  keeper: Keeper
  named: [Named]
  even(n: Even!): Even
  echo(text: String = "hi", flag: Boolean, id: ID, ratio: Float, food: Food): String
  secret: String @guard(role: "boss")
  breaks: String
  panics: String
  must: String!
}
type Mutation { count: Int add(n: Int!): Int }
`

type keeper struct {
	name    string
	animals []*animal
}

type animal struct {
	name   string
	legs   int
	diet   string
	tags   []string
	keeper *keeper
	chip   any
}

// zoo is an engine over a few animals; it reports what was kept from callers.
func zoo(t testing.TB, change ...func(*Config)) (*Engine, *[]error) {
	t.Helper()
	kim := &keeper{name: "Kim"}
	cat := &animal{name: "cat", legs: 4, diet: "MEAT", tags: []string{"soft", "quiet"}, keeper: kim, chip: "c-1"}
	hen := &animal{name: "hen", legs: 2, diet: "PLANTS", tags: []string{}, chip: "c-2"}
	stray := &animal{name: "stray", legs: 4}
	kim.animals = []*animal{cat}
	all := []*animal{cat, hen, nil}
	hidden := &[]error{}
	sum := 0
	config := Config{
		SDL: zooSDL,
		Scalars: map[string]Scalar{"Even": {
			Append: appendInt,
			Parse: func(v any) (any, error) {
				n, ok := v.(int64)
				if !ok {
					return nil, ErrWrongKind
				}
				if n%2 != 0 {
					return nil, errors.New("odd numbers are not even")
				}
				return int(n), nil
			},
		}},
		TypeOf: func(v any) string {
			if _, ok := v.(*keeper); ok {
				return "Keeper"
			}
			return "Animal"
		},
		Guard: func(ctx context.Context, role string) error {
			if ctx.Value(roleKey{}) == role {
				return nil
			}
			return Faultf("Forbidden operation. (%s privilege required)", role)
		},
		OnError: func(_ context.Context, _ []any, err error) { *hidden = append(*hidden, err) },
		Resolvers: map[string]map[string]Resolver{
			"Keeper": {
				"name":    Of(func(k *keeper) any { return k.name }),
				"animals": Of(func(k *keeper) any { return k.animals }),
				"boss":    Of(func(k *keeper) any { return k }),
			},
			"Animal": {
				"name":   Of(func(a *animal) any { return a.name }),
				"legs":   Of(func(a *animal) any { return a.legs }),
				"weight": Of(func(a *animal) any { return float64(a.legs) * 1.5 }),
				"diet":   Of(func(a *animal) any { return a.diet }),
				"tags":   Of(func(a *animal) any { return a.tags }),
				"keeper": Of(func(a *animal) any { return a.keeper }),
				"chip":   Of(func(a *animal) any { return a.chip }),
				"bad":    Of(func(a *animal) any { return struct{}{} }),
			},
			"Query": {
				"animal": func(_ context.Context, _ any, f *Field) (any, error) {
					switch name, _ := f.Text("name"); name {
					case "cat":
						return cat, nil
					case "stray":
						return stray, nil
					}
					return nil, nil
				},
				"animals": func(_ context.Context, _ any, f *Field) (any, error) {
					n, _ := f.Int("limit")
					return all[:min(n, len(all))], nil
				},
				"keeper": func(context.Context, any, *Field) (any, error) { return kim, nil },
				"named":  func(context.Context, any, *Field) (any, error) { return []any{kim, hen}, nil },
				"even":   func(_ context.Context, _ any, f *Field) (any, error) { return f.Args["n"], nil },
				"echo": func(_ context.Context, _ any, f *Field) (any, error) {
					text, err := json.Marshal(f.Args)
					return string(text), err
				},
				"secret": func(context.Context, any, *Field) (any, error) { return "gold", nil },
				"breaks": func(context.Context, any, *Field) (any, error) { return nil, errors.New("no such table: gold") },
				"panics": func(context.Context, any, *Field) (any, error) { panic("boom") },
				"must":   func(context.Context, any, *Field) (any, error) { return nil, nil },
			},
			"Mutation": {
				"count": func(context.Context, any, *Field) (any, error) { return sum, nil },
				"add": func(_ context.Context, _ any, f *Field) (any, error) {
					n, _ := f.Int("n")
					sum += n
					return sum, nil
				},
			},
		},
	}
	for _, c := range change {
		c(&config)
	}
	e, err := New(config)
	require.NoError(t, err)
	return e, hidden
}

type roleKey struct{}

func answer(t testing.TB, e *Engine, query, variables string) string {
	t.Helper()
	request := Request{Query: query}
	if variables != "" {
		decoder := json.NewDecoder(strings.NewReader(variables))
		decoder.UseNumber()
		require.NoError(t, decoder.Decode(&request.Variables))
	}
	return string(e.Execute(t.Context(), request).AppendJSON(nil))
}

func TestAnswers(t *testing.T) {
	tests := []struct{ name, query, variables, want string }{
		{"a field is answered under its name", `{ animal(name: "cat") { name legs } }`, "", `{"data": {"animal": {"name": "cat", "legs": 4}}}`},
		{"nothing found is null and no error", `{ animal { name } }`, "", `{"data": {"animal": null}}`},
		{"an alias renames the answer", `{ x: animal(name: "cat") { y: name } }`, "", `{"data": {"x": {"y": "cat"}}}`},
		{"the order is that of the query", `{ animal(name: "cat") { legs name } }`, "", `{"data": {"animal": {"legs": 4, "name": "cat"}}}`},
		{"floats keep a fraction", `{ animal(name: "cat") { weight } }`, "", `{"data": {"animal": {"weight": 6.0}}}`},
		{"a list holds nulls", `{ animals(limit: 3) { name tags } }`, "", `{"data": {"animals": [{"name": "cat", "tags": ["soft", "quiet"]}, {"name": "hen", "tags": []}, null]}}`},
		{"a nil slice is null", `{ animal(name: "stray") { tags } }`, "", `{"data": {"animal": {"tags": null}}}`},
		{"fragments and inline fragments are merged", `query { animal(name: "cat") { ...A ... on Animal { name } ... { diet } } } fragment A on Animal { name legs }`, "", `{"data": {"animal": {"name": "cat", "legs": 4, "diet": "MEAT"}}}`},
		{"selections of one name are merged", `{ animal(name: "cat") { keeper { name } keeper { animals { name } } } }`, "", `{"data": {"animal": {"keeper": {"name": "Kim", "animals": [{"name": "cat"}]}}}}`},
		{"interfaces answer by type", `{ named { __typename name ... on Animal { legs } ... on Keeper { animals { name } } } }`, "", `{"data": {"named": [{"__typename": "Keeper", "name": "Kim", "animals": [{"name": "cat"}]}, {"__typename": "Animal", "name": "hen", "legs": 2}]}}`},
		{"the root has a type name", `{ __typename }`, "", `{"data": {"__typename": "Query"}}`},
		{"skip leaves out", `query($s: Boolean!) { animal(name: "cat") { name @skip(if: $s) legs @include(if: $s) } }`, `{"s": true}`, `{"data": {"animal": {"legs": 4}}}`},
		{"include takes in", `{ animal(name: "cat") { name @include(if: true) ... @include(if: false) { legs } } }`, "", `{"data": {"animal": {"name": "cat"}}}`},
		{"an argument has its default", `{ echo }`, "", `{"data": {"echo": "{\"text\":\"hi\"}"}}`},
		{"null is not absence", `{ echo(text: null) }`, "", `{"data": {"echo": "{\"text\":null}"}}`},
		{"a missing variable leaves the default", `query($t: String) { echo(text: $t) }`, `{}`, `{"data": {"echo": "{\"text\":\"hi\"}"}}`},
		{"a variable has its own default", `query($t: String = "yo") { echo(text: $t) }`, "", `{"data": {"echo": "{\"text\":\"yo\"}"}}`},
		{"values are coerced", `query($i: ID, $r: Float) { echo(id: $i, ratio: $r, flag: true) }`, `{"i": 5, "r": 2}`, `{"data": {"echo": "{\"flag\":true,\"id\":\"5\",\"ratio\":2,\"text\":\"hi\"}"}}`},
		{"input objects have defaults, one item stands for a list", `query($f: Food) { echo(food: $f) }`, `{"f": {"kind": "hay", "extras": "salt"}}`, `{"data": {"echo": "{\"food\":{\"extras\":[\"salt\"],\"grams\":100,\"kind\":\"hay\"},\"text\":\"hi\"}"}}`},
		{"variables stand inside literals", `query($k: String!) { echo(food: {kind: $k, extras: [$k]}) }`, `{"k": "hay"}`, `{"data": {"echo": "{\"food\":{\"extras\":[\"hay\"],\"grams\":100,\"kind\":\"hay\"},\"text\":\"hi\"}"}}`},
		{"custom scalars are read", `{ even(n: 4) }`, "", `{"data": {"even": 4}}`},
		{"mutations run in order", `mutation { a: add(n: 1) b: add(n: 2) count }`, "", `{"data": {"a": 1, "b": 3, "count": 3}}`},
		{"a guarded field is an error at the field", `{ secret animal(name: "cat") { name } }`, "", `{"data": {"secret": null, "animal": {"name": "cat"}}, "errors": [{"message": "Forbidden operation. (boss privilege required)", "locations": [{"line":1,"column":3}], "path": ["secret"]}]}`},
		{"a failure keeps the rest", "{\n x: animal(name: \"cat\") { name }\n breaks }", "", `{"data": {"x": {"name": "cat"}, "breaks": null}, "errors": [{"message": "Internal server error.", "locations": [{"line":3,"column":2}], "path": ["breaks"]}]}`},
		{"a panic is contained", `{ panics keeper { name } }`, "", `{"data": {"panics": null, "keeper": {"name": "Kim"}}, "errors": [{"message": "Internal server error.", "locations": [{"line":1,"column":3}], "path": ["panics"]}]}`},
		{"null in a non-null field takes its object away", `{ animals(limit: 1) { name } animal(name: "stray") { name chip } }`, "", `{"data": {"animals": [{"name": "cat"}], "animal": null}, "errors": [{"message": "Cannot return null for non-nullable field Animal.chip.", "locations": [{"line":1,"column":59}], "path": ["animal", "chip"]}]}`},
		{"and the whole answer when the root is non-null", `{ keeper { name } must }`, "", `{"data": null, "errors": [{"message": "Cannot return null for non-nullable field Query.must.", "locations": [{"line":1,"column":19}], "path": ["must"]}]}`},
		{"an error in a list names the index", `{ animals(limit: 2) { bad } }`, "", `{"data": {"animals": [{"bad": null}, {"bad": null}]}, "errors": [{"message": "Internal server error.", "locations": [{"line":1,"column":23}], "path": ["animals",0,"bad"]}, {"message": "Internal server error.", "locations": [{"line":1,"column":23}], "path": ["animals",1,"bad"]}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := zoo(t)
			got := answer(t, e, tt.query, tt.variables)
			assert.Equal(t, compact(t, tt.want), got)
			assert.True(t, json.Valid([]byte(got)))
		})
	}
}

// compact removes the white space that readers of these tables need.
func compact(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, []byte(text)))
	return b.String()
}

func TestRefusedRequests(t *testing.T) {
	tests := []struct{ name, query, variables, message, at string }{
		{"syntax", `query { animals( `, "", "Syntax Error: Expected Name, found <EOF>.", `1:18`},
		{"an unterminated string", `{ echo(text: "a }`, "", "Syntax Error: Unterminated string.", `1:18`},
		{"an empty document", ``, "", "Must provide an operation.", ``},
		{"an unknown field", `{ animals(limit: 1) { nothing } }`, "", "Cannot query field 'nothing' on type 'Animal'.", `1:23`},
		{"a misspelt field", `{ animal { nam } }`, "", "Cannot query field 'nam' on type 'Animal'. Did you mean 'name' or 'bad'?", `1:12`},
		{"an unknown argument", `{ animal(nam: "x") { name } }`, "", "Unknown argument 'nam' on field 'Query.animal'. Did you mean 'name'?", `1:10`},
		{"a missing argument", `{ animals { name } }`, "", "Field 'animals' argument 'limit' of type 'Int!' is required, but it was not provided.", `1:3`},
		{"an unknown type", `query($x: Nothing) { echo(text: $x) }`, "", "Unknown type 'Nothing'. Did you mean 'String'?", `1:11`},
		{"a literal of another type", `{ animals(limit: "1") { name } }`, "", `Int cannot represent non-integer value: "1"`, `1:18`},
		{"a bare name for text", `{ animal(name: CAT) { name } }`, "", `String cannot represent a non string value: CAT`, `1:16`},
		{"a number too large", `{ animals(limit: 99999999999) { name } }`, "", `Int cannot represent non 32-bit signed integer value: 99999999999`, `1:18`},
		{"a custom scalar's own reason", `{ even(n: 3) }`, "", `Expected value of type 'Even!', found 3; odd numbers are not even`, `1:11`},
		{"a custom scalar of another kind", `{ even(n: "x") }`, "", `Expected value of type 'Even!', found "x".`, `1:11`},
		{"null for a non-null argument", `{ animals(limit: null) { name } }`, "", `Expected value of type 'Int!', found null.`, `1:18`},
		{"an unknown enum value", `{ animals(limit: 1, diets: [FISH]) { name } }`, "", `Value 'FISH' does not exist in 'Diet' enum.`, `1:29`},
		{"text for an enum value", `{ animals(limit: 1, diets: ["MEAT"]) { name } }`, "", `Enum 'Diet' cannot represent non-enum value: "MEAT".`, `1:29`},
		{"an unknown input field", `{ echo(food: {kind: "hay", gram: 1}) }`, "", `Field 'gram' is not defined by type 'Food'. Did you mean 'grams'?`, `1:28`},
		{"a missing variable", `query($a: Int, $limit: Int!) { animals(limit: $limit, offset: $a) { name } }`, `{}`, "Variable '$limit' of required type 'Int!' was not provided.", `1:16`},
		{"a null variable", `query($limit: Int!) { animals(limit: $limit) { name } }`, `{"limit": null}`, "Variable '$limit' of non-null type 'Int!' must not be null.", `1:7`},
		{"a variable of another type", `query($limit: Int!) { animals(limit: $limit) { name } }`, `{"limit": "many"}`, "Variable '$limit' got invalid value 'many'; Int cannot represent non-integer value: 'many'", `1:7`},
		{"a custom scalar in a variable", `query($n: Even!) { even(n: $n) }`, `{"n": 7}`, "Variable '$n' got invalid value 7; Expected type 'Even'. odd numbers are not even", `1:7`},
		{"a fault deep in a variable", `query($f: Food) { echo(food: $f) }`, `{"f": {"kind": "hay", "grams": "x"}}`, "Variable '$f' got invalid value 'x' at 'f.grams'; Int cannot represent non-integer value: 'x'", `1:7`},
		{"a variable in a stricter place", `query($limit: Int) { animals(limit: $limit) { name } }`, `{"limit": 1}`, "Variable '$limit' of type 'Int' used in position expecting type 'Int!'.", `1:37`},
		{"an undefined variable", `{ animal(name: $x) { name } }`, "", "Variable '$x' is not defined.", `1:16`},
		{"an unused variable", `query($x: Int) { animal { name } }`, "", "Variable '$x' is never used.", `1:7`},
		{"a scalar with a selection", `{ animal { name { __typename } } }`, "", "Field 'name' must not have a selection since type 'String' has no subfields.", `1:12`},
		{"an object without a selection", `{ animal }`, "", "Field 'animal' of type 'Animal' must have a selection of subfields. Did you mean 'animal { ... }'?", `1:3`},
		{"fields that disagree", `{ animal { x: name x: legs } }`, "", "Fields 'x' conflict because 'name' and 'legs' are different fields. Use different aliases on the fields to fetch both if this was intentional.", `1:20`},
		{"a fragment that spreads itself", `{ animal { ...A } } fragment A on Animal { keeper { animals { ...A } } }`, "", "Cannot spread fragment 'A' within itself.", `1:66`},
		{"an unknown fragment", `{ animal { ...B } }`, "", "Unknown fragment 'B'.", `1:15`},
		{"an unknown directive", `{ animal @defer { name } }`, "", "Unknown directive '@defer'.", `1:11`},
		{"introspection", `{ __schema { queryType { name } } }`, "", "Cannot query '__schema': introspection is disabled.", `1:3`},
		{"two operations without a name", `query A { __typename } query B { __typename }`, "", "Must provide operation name if query contains multiple operations.", ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := zoo(t)
			request := Request{Query: tt.query}
			if tt.variables != "" {
				require.NoError(t, json.Unmarshal([]byte(tt.variables), &request.Variables))
			}
			response := e.Execute(t.Context(), request)
			assert.Equal(t, "null", string(response.Data))
			require.NotEmpty(t, response.Errors)
			assert.Equal(t, tt.message, response.Errors[0].Message)
			var at []string
			for _, l := range response.Errors[0].Locations {
				text, err := json.Marshal(l)
				require.NoError(t, err)
				at = append(at, strings.NewReplacer(`{"line":`, "", `,"column":`, ":", "}", "").Replace(string(text)))
			}
			assert.Equal(t, tt.at, strings.Join(at, " "))
			assert.Empty(t, response.Errors[0].Path)
		})
	}
}

func TestOperationIsChosenByName(t *testing.T) {
	e, _ := zoo(t)
	text := `query A { animal(name: "cat") { name } } query B { keeper { name } }`
	response := e.Execute(t.Context(), Request{Query: text, OperationName: "B"})
	assert.Equal(t, `{"keeper":{"name":"Kim"}}`, string(response.Data))
	response = e.Execute(t.Context(), Request{Query: text, OperationName: "C"})
	assert.Equal(t, "Unknown operation named 'C'.", response.Errors[0].Message)
}

func TestGuardLetsTheRoleThrough(t *testing.T) {
	e, _ := zoo(t)
	ctx := context.WithValue(t.Context(), roleKey{}, "boss")
	assert.Equal(t, `{"secret":"gold"}`, string(e.Execute(ctx, Request{Query: `{ secret }`}).Data))
}

func TestHiddenErrorsAreReported(t *testing.T) {
	e, hidden := zoo(t)
	answer(t, e, `{ breaks panics }`, "")
	require.Len(t, *hidden, 2)
	assert.ErrorContains(t, (*hidden)[0], "no such table")
	assert.ErrorContains(t, (*hidden)[1], "boom")
	assert.ErrorContains(t, (*hidden)[1], "engine_test.go", "the panic comes with its stack")
}

func TestEndedContextStopsTheWork(t *testing.T) {
	e, _ := zoo(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	response := e.Execute(ctx, Request{Query: `{ keeper { name } }`})
	assert.Equal(t, "null", string(response.Data))
	require.Len(t, response.Errors, 1)
	assert.Equal(t, CancelledMessage, response.Errors[0].Message)
}

func TestNewFindsWhatDoesNotFit(t *testing.T) {
	_, err := New(Config{SDL: `type Query { a: String b: Odd } scalar Odd`, Resolvers: map[string]map[string]Resolver{
		"Query": {"a": func(context.Context, any, *Field) (any, error) { return nil, nil }, "c": nil},
		"Other": {"d": nil},
	}})
	require.Error(t, err)
	for _, part := range []string{"no resolver for Query.b", "resolver for Query.c: no such field", "resolver for Other.d", "scalar Odd is not given"} {
		assert.ErrorContains(t, err, part)
	}
	_, err = New(Config{SDL: `type Query {`})
	assert.Error(t, err)
}

func TestAskedSeesThroughFragmentsAndAliases(t *testing.T) {
	var asked, deeper Asked
	e, _ := zoo(t, func(c *Config) {
		c.Resolvers["Query"]["keeper"] = func(_ context.Context, _ any, f *Field) (any, error) {
			asked, deeper = f.Asked(), f.Asked("animals", "keeper")
			return nil, nil
		}
	})
	answer(t, e, `query($no: Boolean = false) { keeper { ...K z: animals { name } boss @include(if: $no) { name } } }
		fragment K on Keeper { a: animals { keeper { n: name } } }`, "")
	assert.Equal(t, Asked{"animals": true}, asked)
	assert.Equal(t, Asked{"name": true}, deeper)
	assert.True(t, asked.Any("boss", "animals"))
	assert.False(t, asked.Any("boss"))
}

func jsonInto(text string, v any) error { return json.Unmarshal([]byte(text), v) }

func jsonValid(text []byte) bool { return json.Valid(text) }
