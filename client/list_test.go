package client

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
)

func TestListQueryIsThatOfTheDeck(t *testing.T) {
	text, variables := listQuery(Version{API: "v8.20240915", Manager: "24.09.14"},
		ListRequest{Fields: []string{"id", "name", "containers {container_id}"}, Limit: 50, Offset: 100},
		[]model.Status{model.StatusTerminated, model.StatusCancelled})
	assert.Equal(t, `query($limit:Int!, $offset:Int!, $ak:String, $group_id:String, $status:String) {
  compute_session_list(limit:$limit, offset:$offset, access_key:$ak, group_id:$group_id, status:$status) {
    items { id name containers {container_id} }
    total_count
  }
}`, text)
	assert.Equal(t, map[string]any{"limit": 50, "offset": 100, "status": "TERMINATED,CANCELLED"}, variables)
}

func TestListVariables(t *testing.T) {
	version := Version{API: "v8.20240915", Manager: "24.09.14"}
	tests := []struct {
		name    string
		request ListRequest
		want    map[string]any
	}{
		{"the defaults", ListRequest{}, map[string]any{"limit": 30, "offset": 0}},
		{"an access key only if there is one", ListRequest{AccessKey: "AK"}, map[string]any{"limit": 30, "offset": 0, "ak": "AK"}},
		{"a project only if there is one", ListRequest{Project: "p"}, map[string]any{"limit": 30, "offset": 0, "group_id": "p"}},
		{"a filter and an order", ListRequest{Filter: `name == "x"`, Order: "-created_at"},
			map[string]any{"limit": 30, "offset": 0, "filter": `name == "x"`, "order": "-created_at"}},
		{"a negative offset is none", ListRequest{Offset: -5}, map[string]any{"limit": 30, "offset": 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, variables := listQuery(version, tt.request, nil)
			assert.Equal(t, tt.want, variables)
		})
	}
}

func TestListFieldsOfOldAPIs(t *testing.T) {
	fields := []string{"id", "session_name"}
	assert.Equal(t, []string{"id", "sess_id"}, updateFieldCompatibilityByAPIVersion(Version{API: "v4.20190615"}, fields))
	assert.Equal(t, fields, updateFieldCompatibilityByAPIVersion(Version{API: "v8.20240915"}, fields))
	assert.Equal(t, "session_name", fields[1], "the caller's list is left alone")
}

func TestListDecodesWhatManagersSend(t *testing.T) {
	for _, version := range []string{old, recent} {
		t.Run(version, func(t *testing.T) {
			server, log := manager(t, version, answering(t, version, "compute_session_list-super-alive"))
			page, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{Project: "p", AccessKey: "AK"})
			require.NoError(t, err)
			require.GreaterOrEqual(t, page.Total, len(page.Items))
			require.NotEmpty(t, page.Items)
			_, body := log.last(t)
			assert.Equal(t, "AK", variables(t, body)["ak"])
			running := false
			for _, session := range page.Items {
				assert.True(t, session.Status.Known(), session.Status)
				assert.NotEmpty(t, session.ID)
				assert.NotEmpty(t, session.Name)
				assert.NotEmpty(t, session.UserEmail)
				assert.False(t, session.CreatedAt.IsZero())
				assert.NotEmpty(t, session.RequestedSlots["cpu"])
				if session.Status == model.StatusRunning {
					running = true
					assert.NotEmpty(t, session.OccupiedSlots["mem"])
					assert.NotEmpty(t, session.ServicePorts)
					require.NotEmpty(t, session.Containers)
					assert.NotEmpty(t, session.Containers[0].Agent)
				}
			}
			assert.True(t, running)
		})
	}
}

func TestListFailures(t *testing.T) {
	tests := []struct {
		recording string
		kind      Kind
	}{
		{"error-gql-other-access-key", KindForbidden},
		{"compute_session_list-monitor-alive", KindForbidden},
		{"error-gql-agents-as-user", KindForbidden},
		{"error-gql-bad-status", KindGraphQL},
		{"error-gql-bad-filter", KindInvalid},
		{"error-gql-syntax", KindGraphQL},
		{"error-gql-unknown-field", KindGraphQL},
	}
	for _, tt := range tests {
		for _, version := range []string{old, recent} {
			t.Run(tt.recording+" of "+version, func(t *testing.T) {
				server, _ := manager(t, version, answering(t, version, tt.recording))
				page, err := newClient(t, server.URL).Sessions().List(context.Background(), ListRequest{})
				e := failure(t, err, tt.kind)
				assert.Empty(t, page.Items)
				assert.NotEmpty(t, e.Errors)
				assert.Equal(t, http.StatusOK, e.Status)
				assert.Equal(t, "/admin/gql", e.Path)
			})
		}
	}
	server, _ := manager(t, old, answering(t, old, "users-as-user"))
	failure(t, newClient(t, server.URL).Query(context.Background(), "{users{email}}", nil, nil), KindForbidden)
}

func TestListKeepsPartialData(t *testing.T) {
	c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
		return answer(200, "application/json", `{"data": {"compute_session_list": {"items": [{"id": "a"}, null, {"id": "b"}], "total_count": 3}},
			"errors": [{"message": "one", "path": ["compute_session_list", "items", 1]}, {"message": "two"}]}`), nil
	})))
	page, err := c.Sessions().List(context.Background(), ListRequest{})
	e := failure(t, err, KindGraphQL)
	assert.Equal(t, "one", e.Title)
	assert.Equal(t, "one; two", e.Message)
	assert.Equal(t, []any{"compute_session_list", "items", 1.0}, e.Errors[0].Path)
	require.Len(t, page.Items, 2)
	assert.Equal(t, "b", page.Items[1].ID)
	assert.Equal(t, 3, page.Total)
}

func TestAListWithOneOddSessionHasAllTheOthers(t *testing.T) {
	c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
		return answer(200, "application/json", `{"data": {"compute_session_list": {"items": [
			{"id": "a", "created_at": "garbage", "occupied_slots": "{bad", "status_data": "[", "service_ports": 5,
			 "mounts": null, "containers": [null, {"live_stat": "{bad"}]},
			{"id": "b", "name": "fine"}], "total_count": 2}}}`), nil
	})))
	page, err := c.Sessions().List(context.Background(), ListRequest{})
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	assert.True(t, page.Items[0].CreatedAt.IsZero())
	assert.Len(t, page.Items[0].Containers, 2)
	assert.Equal(t, "fine", page.Items[1].Name)
}

func TestListWithoutAListIsAFailure(t *testing.T) {
	for _, body := range []string{`{}`, `{"data": null}`, `{"data": {}}`, `{"data": {"compute_session_list": null}}`, `null`} {
		c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
			return answer(200, "application/json", body), nil
		})))
		_, err := c.Sessions().List(context.Background(), ListRequest{})
		failure(t, err, KindBadAnswer)
	}
}

func TestListHasItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, "http://m", through(asOld(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})))
		for given, want := range map[time.Duration]time.Duration{0: 10 * time.Second, 3 * time.Second: 3 * time.Second} {
			start := time.Now()
			_, err := c.Sessions().List(context.Background(), ListRequest{Timeout: given})
			failure(t, err, KindTimeout)
			assert.Equal(t, want, time.Since(start))
		}
	})
}

func FuzzGraphQLAnswer(f *testing.F) {
	// Small ones: the recorded lists are decoded elsewhere, and take the fuzzer
	// minutes to minimise.
	for _, seed := range []string{
		`{"data": null, "errors": [{"message": "Syntax Error", "locations": [{"line": 1, "column": 30}]}]}`,
		`{"data": {"compute_session_list": null}, "errors": [{"message": "Forbidden operation.", "path": ["x", 1], "extensions": {"code": "a_forbidden"}}]}`,
		`{"data": {"compute_session_list": {"items": [{"id": "a", "status": "RUNNING", "created_at": "2026-11-22T03:05:41.231888+00:00",
			"mounts": ["x"], "cluster_size": 1, "containers": [{"live_stat": "{\"mem\": {\"current\": \"1\"}}"}]}, null], "total_count": 2}}, "errors": null}`,
		`[]`, `<html>`, `{"data": {"compute_session_list": {"items": {}}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"data": {"compute_session_list": {"items": [{"service_ports": "null", "occupied_slots": "{\"cpu\": null}"}]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := newClient(t, "http://m", through(asOld(func(*http.Request) (*http.Response, error) {
			return answer(200, "application/json", string(body)), nil
		})))
		page, err := c.Sessions().List(context.Background(), ListRequest{})
		if err != nil {
			require.NotEqual(t, KindUnknown, KindOf(err))
			return
		}
		for _, session := range page.Items {
			require.NotNil(t, session)
		}
		if !json.Valid(body) {
			t.Error("a broken answer was taken for a list")
		}
	})
}
