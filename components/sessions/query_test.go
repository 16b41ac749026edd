package sessions

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/querycheck"
)

func TestEveryListIsOneThatTheManagerTakes(t *testing.T) {
	earlier, err := querycheck.Load(querycheck.Old)
	require.NoError(t, err)
	later, err := querycheck.Load(querycheck.Recent)
	require.NoError(t, err)
	for _, test := range []struct {
		manager client.Version
		schema  *querycheck.Schema
	}{
		{client.Version{API: "v7.20230615", Manager: "23.09.0"}, earlier},
		{client.Version{API: "v8.20240315", Manager: "24.03.0"}, earlier},
		{client.Version{API: "v8.20240915", Manager: querycheck.Old}, earlier},
		{client.Version{API: "v9.20250722", Manager: "25.6.0"}, later},
		{client.Version{API: "v9.20250722", Manager: querycheck.Recent}, later},
	} {
		for _, role := range []model.Role{model.RoleUser, model.RoleAdmin, model.RoleSuperadmin} {
			for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
				asker := Asker{Mode: mode, Role: role, Manager: test.manager}
				lists := map[string][]string{"export": csvFields(), "targets": targetFields(asker)}
				for _, tab := range Conditions(test.manager) {
					lists[string(tab)] = fieldsFor(tab, mode, role, test.manager, hidesNothing)
				}
				for name, fields := range lists {
					t.Run(fmt.Sprintf("%s %s %s %s", test.manager.Manager, role, mode, name), func(t *testing.T) {
						text, variables := client.ListQuery(test.manager, client.ListRequest{Fields: fields, Order: "created_at"})
						body, err := json.Marshal(map[string]any{"query": text, "variables": variables})
						require.NoError(t, err)
						assert.NoError(t, test.schema.CheckFor(test.manager.Manager, string(body)))
					})
				}
			}
		}
	}
}
