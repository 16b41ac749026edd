package schema

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func load(t *testing.T, name, text string) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: text})
	require.NoError(t, err)
	return schema
}

// recordedFile is the schema of manager 24.09.14, which the client's queries are
// checked against as well.
const recordedFile = "../../../client/testdata/24.09.14/schema.graphql"

// TestSchemaIsPartOfTheManagers: a client that works with ours works with the
// recorded one.
func TestSchemaIsPartOfTheManagers(t *testing.T) {
	text, err := os.ReadFile(recordedFile)
	require.NoError(t, err)
	recorded := load(t, "recorded", string(text))
	ours := load(t, "ours", SDL())

	assert.Equal(t, recorded.Query.Name, ours.Query.Name)
	for name, def := range ours.Types {
		if def.BuiltIn {
			continue
		}
		want := recorded.Types[name]
		if !assert.NotNil(t, want, name) {
			continue
		}
		assert.Equal(t, want.Kind, def.Kind, name)
		assert.Equal(t, want.Interfaces, def.Interfaces, name)
		for _, field := range def.Fields {
			path := name + "." + field.Name
			wanted := want.Fields.ForName(field.Name)
			if !assert.NotNil(t, wanted, path) {
				continue
			}
			assert.Equal(t, wanted.Type.String(), field.Type.String(), path)
			assert.Equal(t, wanted.DefaultValue.String(), field.DefaultValue.String(), path)
			assert.Equal(t, arguments(wanted), arguments(field), path)
			assert.Equal(t, wanted.Directives.ForName("deprecated") != nil, field.Directives.ForName("deprecated") != nil, path)
		}
	}
}

// TestTypesAreComplete: a query that names all fields of a type must not fail
// on ours. The exceptions are what the embedded manager does not have.
func TestTypesAreComplete(t *testing.T) {
	text, err := os.ReadFile(recordedFile)
	require.NoError(t, err)
	recorded := load(t, "recorded", string(text))
	ours := load(t, "ours", SDL())
	missing := map[string]bool{"KeyPair.vfolders": true}
	for name, def := range ours.Types {
		if def.BuiltIn || def == ours.Query || def == ours.Mutation {
			continue
		}
		for _, field := range recorded.Types[name].Fields {
			path := name + "." + field.Name
			assert.Equal(t, missing[path], def.Fields.ForName(field.Name) == nil, path)
		}
	}
}

func arguments(field *ast.FieldDefinition) map[string]string {
	out := map[string]string{}
	for _, arg := range field.Arguments {
		out[arg.Name] = arg.Type.String()
		if arg.DefaultValue != nil {
			out[arg.Name] += " = " + arg.DefaultValue.String()
		}
	}
	return out
}

// TestGuardedFields pins who may ask what at the root.
func TestGuardedFields(t *testing.T) {
	guarded := map[string]bool{}
	for _, field := range load(t, "ours", SDL()).Query.Fields {
		if guard := field.Directives.ForName("guard"); guard != nil {
			assert.Equal(t, "superadmin", guard.Arguments.ForName("role").Value.Raw)
			guarded[field.Name] = true
		}
	}
	assert.Equal(t, map[string]bool{
		"domains": true, "scaling_group": true, "scaling_groups": true, "scaling_groups_for_domain": true,
		"scaling_groups_for_user_group": true, "scaling_groups_for_keypair": true,
		"agent": true, "agents": true, "agent_list": true, "user_nodes": true, "vfolder": true,
		"vfolder_permission_list": true, "storage_volume": true, "storage_volume_list": true,
		"container_registry": true, "container_registries": true,
	}, guarded)
}
