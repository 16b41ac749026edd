package gql_test

import (
	"context"
	"fmt"

	"github.com/baiui/baiui/server/manager/gql"
)

func Example() {
	engine, err := gql.New(gql.Config{
		SDL: `type Query { greet(name: String = "you"): String }`,
		Resolvers: map[string]map[string]gql.Resolver{"Query": {
			"greet": func(_ context.Context, _ any, f *gql.Field) (any, error) {
				name, _ := f.Text("name")
				if name == "" {
					return nil, gql.Faultf("nobody to greet")
				}
				return "Hello " + name, nil
			},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, query := range []string{`{ greet }`, `{ x: greet(name: "") }`, `{ great }`} {
		response := engine.Execute(context.Background(), gql.Request{Query: query})
		fmt.Println(string(response.AppendJSON(nil)))
	}
	// Output:
	// {"data":{"greet":"Hello you"}}
	// {"data":{"x":null},"errors":[{"message":"nobody to greet","locations":[{"line":1,"column":3}],"path":["x"]}]}
	// {"data":null,"errors":[{"message":"Cannot query field 'great' on type 'Query'. Did you mean 'greet'?","locations":[{"line":1,"column":3}]}]}
}
