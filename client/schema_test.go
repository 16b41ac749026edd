package client

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/client/querycheck"
)

// managers are those for which every query is checked: the two whose schemas are
// recorded, the oldest supported one, and some of those between at which
// something was added.
var managers = []Version{
	{API: "v7.20230615", Manager: "23.09.0"},
	{API: "v7.20230615", Manager: "23.09.11"},
	{API: "v8.20240315", Manager: "24.03.0"},
	{API: "v8.20240315", Manager: "24.03.9"},
	{API: "v8.20240915", Manager: "24.09.0"},
	{API: "v8.20240915", Manager: old},
	{API: "v8.20241215", Manager: "24.12.0"},
	{API: "v9.20250722", Manager: "25.6.0"},
	{API: "v9.20250722", Manager: "25.13.0"},
	{API: "v9.20250722", Manager: "26.1.0"},
	{API: "v9.20250722", Manager: recent},
}

// query is one that the client can send.
type query struct {
	from string // the function that sends it, as Type.Function
	name string // tells the queries of one function apart
	// needs is the feature without which nobody calls the function; "" if none.
	needs Feature
	send  func(context.Context, *Client) error
}

// listFields are the fields that a session list may ask for, by mode and role.
func listFields(mode model.ConnectionMode, role model.Role) []string {
	fields := []string{"id", "session_id", "name", "type", "image", "architecture", "created_at", "starts_at", "terminated_at",
		"status", "status_info", "status_data", "result", "service_ports", "mounts", "occupied_slots", "requested_slots",
		"access_key", "cluster_size", "cluster_mode", "scaling_group", "main_kernel_role", "idle_checks", "commit_status"}
	if mode == model.ModeSession {
		fields = append(fields, "user_email")
	}
	if role.IsSuperadmin() {
		return append(fields, "containers {container_id kernel_id agent role local_rank occupied_slots live_stat last_stat}")
	}
	return append(fields, "containers {container_id kernel_id role local_rank occupied_slots live_stat last_stat}")
}

// queries are all that the client can send.
func queries() []query {
	list := []query{
		{from: "Client.Account", send: func(ctx context.Context, c *Client) error { _, err := c.Account(ctx); return err }},
		{from: "Client.Agents", send: func(ctx context.Context, c *Client) error { _, err := c.Agents(ctx); return err }},
		{from: "Client.Hardware", send: func(ctx context.Context, c *Client) error { _, err := c.Hardware(ctx); return err }},
		{from: "Client.Choices", send: func(ctx context.Context, c *Client) error { _, err := c.Choices(ctx); return err }},
		{from: "Client.AgentChoices", send: func(ctx context.Context, c *Client) error { _, err := c.AgentChoices(ctx, "default"); return err }},
		{from: "Client.FindOwner", send: func(ctx context.Context, c *Client) error { _, err := c.FindOwner(ctx, "a@b.c"); return err }},
		{from: "Client.CustomImages", needs: FeaturePerKernelLogs, // of 24.03.7; the field is of 24.03.1
			send: func(ctx context.Context, c *Client) error { _, err := c.CustomImages(ctx); return err }},
		{from: "Client.CustomImageLimit", needs: FeatureCommittedImage,
			send: func(ctx context.Context, c *Client) error { _, err := c.CustomImageLimit(ctx); return err }},
		{from: "Sessions.queuePosition", needs: FeaturePendingList,
			send: func(ctx context.Context, c *Client) error { c.Sessions().queuePosition(ctx, someSession); return nil }},
	}
	for _, role := range []model.Role{model.RoleUser, model.RoleAdmin, model.RoleSuperadmin} {
		list = append(list, query{from: "Sessions.Show", name: string(role), send: func(ctx context.Context, c *Client) error {
			_, err := c.Sessions().Show(ctx, someSession, role)
			return err
		}})
		for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
			fields := listFields(mode, role)
			for i, request := range []ListRequest{
				{},
				{Fields: fields},
				{Fields: fields, Statuses: []model.Status{model.StatusRunning, model.StatusPrepared, model.StatusReserved}},
				{Fields: fields, Project: "2de2b969-1d04-48a6-af16-0bc8adb3c831", AccessKey: "AK"},
				{Fields: fields, Filter: `type == "batch"`, Order: "-created_at", Limit: 50, Offset: 50},
			} {
				list = append(list, query{from: "Sessions.List", name: fmt.Sprintf("%s %s %d", role, mode, i), send: func(ctx context.Context, c *Client) error {
					_, err := c.Sessions().List(ctx, request)
					return err
				}})
			}
		}
	}
	return list
}

func TestEveryQueryIsOneThatTheManagerTakes(t *testing.T) {
	earlier, later := schema(t, old), schema(t, recent)
	for _, version := range managers {
		log := &received{}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if r.Method == http.MethodGet {
				_, _ = fmt.Fprintf(w, `{"version": %q, "manager": %q}`, version.API, version.Manager)
				return
			}
			log.add(t, r)
			_, _ = w.Write([]byte(`{"data": {}}`))
		}))
		t.Cleanup(server.Close)
		c := newClient(t, server.URL)
		for _, q := range queries() {
			if q.needs != "" && !version.Supports(q.needs) {
				continue
			}
			t.Run(version.Manager+" "+q.from+" "+q.name, func(t *testing.T) {
				before := log.count()
				_ = q.send(t.Context(), c) // the answer is none of a manager's
				require.Greater(t, log.count(), before, "something is sent")
				_, body := log.last(t)
				s := later
				if CompareVersions(version.Manager, old) <= 0 {
					s = earlier
				}
				assert.NoError(t, s.CheckFor(version.Manager, body))
			})
		}
	}
}

// TestNoQueryIsForgotten finds the functions that send GraphQL in the sources, so
// that a new one must be added to the list above, and none can be written outside
// of this package.
func TestNoQueryIsForgotten(t *testing.T) {
	var sending []string
	for _, q := range queries() {
		sending = append(sending, q.from)
	}
	slices.Sort(sending)
	assert.Equal(t, slices.Compact(sending), senders(t, "."))
	for _, dir := range []string{"../components", "../app"} {
		assert.Empty(t, senders(t, dir), "queries are the client's")
	}
}

// senders are the functions of a folder that send a query, as Type.Function.
func senders(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && sends(function) {
				found = append(found, name(function))
			}
		}
		return nil
	}))
	slices.Sort(found)
	return slices.Compact(found)
}

// sends reports whether a function calls Client.Query, which has at least four
// arguments, or queryTyped.
func sends(function *ast.FuncDecl) bool {
	found := false
	ast.Inspect(function, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if selector, ok := call.Fun.(*ast.SelectorExpr); ok {
			found = found || selector.Sel.Name == "queryTyped" || selector.Sel.Name == "Query" && len(call.Args) >= 4
		}
		return true
	})
	return found
}

func name(function *ast.FuncDecl) string {
	if function.Recv == nil {
		return function.Name.Name
	}
	receiver := function.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	return receiver.(*ast.Ident).Name + "." + function.Name.Name
}

// schema loads what a manager prints.
func schema(t testing.TB, version string) *querycheck.Schema {
	t.Helper()
	loaded, err := querycheck.Load(version)
	require.NoError(t, err)
	return loaded
}
