package manager_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/node"
)

// request is a request for a session with some keys changed; nil removes one.
func request(t testing.TB, changes map[string]any) string {
	body := map[string]any{"name": "test-1", "image": "python", "enqueueOnly": true,
		"config": map[string]any{"resources": map[string]any{"cpu": 1, "mem": "512m"}}}
	for key, value := range changes {
		body[key] = value
		if value == nil {
			delete(body, key)
		}
	}
	text, err := json.Marshal(body)
	require.NoError(t, err)
	return string(text)
}

type object = map[string]any

func TestRequestsForSessions(t *testing.T) {
	config := func(c object) object { return object{"config": c} }
	table := map[string]struct {
		changes object
		status  int
		problem string // type
		says    string // part of the body
	}{
		"the least there is":                         {object{"config": nil}, 201, "", ""},
		"an alias of each key":                       {object{"name": nil, "clientSessionToken": "test-2", "image": nil, "lang": "python", "sessionType": "interactive", "groupName": "default", "domainName": "default", "clusterSize": 1, "clusterMode": "single-node"}, 201, "", ""},
		"null where nothing is meant":                {object{"tag": nil, "starts_at": nil, "dependencies": []string{}, "bootstrap_script": "", "callback_url": nil, "startupCommand": ""}, 201, "", ""},
		"empty lists of what is not here yet":        {config(object{"mounts": []string{}, "mount_map": object{}, "mount_options": object{}, "preopen_ports": []int{}, "environ": object{}}), 201, "", ""},
		"the agent there is":                         {config(object{"agent_list": []string{"i-test"}}), 201, "", ""},
		"the agent of each kernel":                   {object{"cluster_size": 2, "cluster_mode": "multi-node", "config": object{"agent_list": []string{"i-test", "i-test"}}}, 201, "", ""},
		"a place for a folder that is not asked for": {config(object{"mount_map": object{"data": "/data"}}), 201, "", ""},
		"several kernels":                            {object{"cluster_size": 2}, 201, "", ""},
		"a bootstrap script":                         {object{"bootstrap_script": "ZWNobw=="}, 201, "", ""},
		"ports opened in advance":                    {config(object{"preopen_ports": []int{5000, 5001}}), 201, "", ""},
		"a batch with a time limit":                  {object{"type": "batch", "startupCommand": "true", "batch_timeout": "1h"}, 201, "", ""},
		"a batch that starts later":                  {object{"type": "batch", "startupCommand": "true", "starts_at": "1h"}, 201, "", ""},

		"a name that is too short":      {object{"name": "abc"}, 400, "invalid-api-params", "does not match pattern"},
		"a name that ends with a point": {object{"name": "abcd."}, 400, "invalid-api-params", "does not match pattern"},
		"a name in another script":      {object{"name": "한글한글"}, 400, "invalid-api-params", "does not match pattern"},
		"a reserved name":               {object{"name": "from-template"}, 400, "invalid-api-params", "reserved word"},
		"an unknown key":                {object{"nonsense": 1}, 400, "invalid-api-params", "nonsense is not allowed key"},
		"an unknown key in config":      {config(object{"nonsense": 1}), 400, "invalid-api-params", "nonsense is not allowed key"},
		"config that is no object":      {object{"config": 1}, 400, "invalid-api-params", "value is not a dict"},
		"an unknown type":               {object{"type": "other"}, 400, "invalid-api-params", "is not any of"},
		"an unknown cluster mode":       {object{"cluster_mode": "other"}, 400, "invalid-api-params", "is not any of"},
		"no kernels":                    {object{"cluster_size": 0}, 400, "invalid-api-params", "less than 1"},
		"a priority beyond the range":   {object{"priority": 101}, 400, "invalid-api-params", "greater than 100"},
		"an inference session":          {object{"type": "inference"}, 400, "invalid-api-params", "not allowed"},
		"another domain":                {object{"domain": "other"}, 400, "invalid-api-params", "Invalid domain"},
		"another architecture":          {object{"architecture": "aarch64"}, 404, "object-not-found", "architecture='aarch64'"},
		"a command without a batch":     {object{"startupCommand": "true"}, 400, "invalid-api-params", "Only batch"},
		"a batch with an empty command": {object{"type": "batch", "startupCommand": "  "}, 400, "invalid-api-params", "non-empty startup command"},
		"a time without a batch":        {object{"starts_at": "1h"}, 400, "invalid-api-params", "only for batch"},
		"a time that is none":           {object{"type": "batch", "startupCommand": "true", "starts_at": "soon"}, 400, "invalid-api-params", "starts_at"},
		"an agent that is not here":     {config(object{"agent_list": []string{"i-other"}}), 400, "invalid-api-params", "Unknown agent"},
		"too few agents of a cluster":   {object{"cluster_size": 3, "cluster_mode": "multi-node", "config": object{"agent_list": []string{"i-test", "i-test"}}}, 400, "invalid-api-params", "cluster size"},
		"another agent in a cluster":    {object{"cluster_size": 2, "cluster_mode": "multi-node", "config": object{"agent_list": []string{"i-test", "i-other"}}}, 400, "invalid-api-params", "Unknown agent: i-other"},
		"two agents":                    {config(object{"agent_list": []string{"i-test", "i-test"}}), 400, "invalid-api-params", "agent_list"},
		"shared memory as a slot":       {config(object{"resources": object{"cpu": 1, "mem": "1g", "shmem": "64m"}}), 400, "invalid-api-params", "resource_opts"},
		"an amount that is none":        {config(object{"resources": object{"cpu": "many", "mem": "1g"}}), 400, "invalid-api-params", "Invalid resource allocation: cpu"},
		"an amount without end":         {config(object{"resources": object{"cpu": "inf", "mem": "1g"}}), 400, "invalid-api-params", "cannot be unlimited"},
		"shared memory that is none":    {config(object{"resource_opts": object{"shmem": "much"}}), 400, "invalid-api-params", "shmem"},
		"an unknown resource option":    {config(object{"resource_opts": object{"other": 1}}), 400, "invalid-api-params", "only shmem"},
		"a variable with an odd name":   {config(object{"environ": object{"A=B": "1"}}), 400, "invalid-api-params", "environment"},
		"a port that is none":           {config(object{"preopen_ports": []int{80}}), 400, "invalid-api-params", "1024"},

		"a script that is none":      {object{"bootstrap_script": "***"}, 400, "invalid-api-params", "base64"},
		"a dependency on nobody":     {object{"dependencies": []string{"other"}}, 400, "invalid-api-params", `"session_ref":"other"`},
		"a time limit without batch": {object{"batch_timeout": "1h"}, 400, "invalid-api-params", "only for batch"},
		"a time limit that is none":  {object{"type": "batch", "startupCommand": "true", "batch_timeout": "long"}, 400, "invalid-api-params", "not a duration"},
		"a port of the kernel's own": {config(object{"preopen_ports": []int{7681}}), 400, "invalid-api-params", "reserved"},
		"a port twice":               {config(object{"preopen_ports": []int{5000, 5000}}), 400, "invalid-api-params", "already used"},
		"a callback to nowhere":      {object{"callback_url": "file:///etc/passwd"}, 400, "invalid-api-params", "not a http(s) URL"},
		"a callback with a password": {object{"callback_url": "http://a:b@example.test"}, 400, "invalid-api-params", "password"},
		"folders":                    {config(object{"mounts": []string{"data"}}), 404, "object-not-found", "vfolders"},
		"a body of more than 1 MiB":  {object{"tag": strings.Repeat("a", 1<<20)}, 413, "generic-bad-request", "larger than 1024 KiB"},
	}
	inWorld(t, func(w *world) {
		for name, test := range table {
			made := len(w.node.Created())
			got := w.as("user", "POST", "/session", request(w, test.changes))
			assert.Equal(w.T, test.status, got.status, "%s: %s", name, got.body)
			if test.problem == "" {
				w.as("user", "DELETE", "/session/"+got.text(w, "sessionName"), "")
				continue
			}
			assert.Equal(w.T, "https://api.backend.ai/probs/"+test.problem, got.text(w, "type"), name)
			assert.Contains(w.T, string(got.body), test.says, name)
			assert.Len(w.T, w.node.Created(), made, name)
		}
	})
}

func TestImagesOfRegistriesThatTheDomainDoesNotAllow(t *testing.T) {
	inWorld(t, func(w *world) {
		change := w.as("super", "POST", "/admin/gql", `{"query": "mutation { modify_domain(name: \"default\", props: {allowed_docker_registries: [\"other\"]}) { ok } }"}`)
		require.Contains(w.T, string(change.body), `"ok":true`)
		for _, role := range []string{"user", "super"} {
			got := w.as(role, "POST", "/session", newBody("kept-out"))
			assert.Equal(w.T, 404, got.status, role)
			assert.Contains(w.T, got.text(w, "title"), "environment image", role)
		}
	})
}

func TestASessionThroughItsLife(t *testing.T) {
	inWorld(t, func(w *world) {
		got := w.as("user", "POST", "/session/_/create", `{"name": "work", "image": "python", "tag": "t", "priority": 20,
			"config": {"resources": {"cpu": "1.5", "mem": "1g"}, "resource_opts": {"shmem": "128m"}, "environ": {"A": "b'c"}}}`)
		require.Equal(w, 201, got.status, "%s", got.body)
		assert.Equal(w.T, "RUNNING", got.text(w, "status"), "without enqueueOnly the answer comes when it runs")
		s := w.session(got.text(w, "sessionId"))
		assert.JSONEq(w.T, `{"cpu": "1.5", "mem": "1073741824"}`, string(s.RequestedSlots))
		assert.JSONEq(w.T, `{"main1": {"shmem": 134217728}}`, string(s.ResourceOpts))
		assert.Equal(w.T, 20, s.Priority)
		kernel := s.Kernels[0].ID
		assert.Equal(w.T, int64(134217728), w.node.Created()[0].Shm)

		info := w.as("user", "GET", "/session/work", "")
		assert.Equal(w.T, "{'cpu': Decimal('1.5'), 'mem': Decimal('1073741824')}", info.text(w, "occupiedSlots"))
		assert.Equal(w.T, `{'A': "b'c"}`, info.text(w, "environ"))
		assert.Equal(w.T, "{'main1': {'shmem': 134217728}}", info.text(w, "resourceOpts"))

		matches := w.as("user", "GET", "/session/_/match?id="+s.ID, "")
		assert.JSONEq(w.T, `{"matches": [{"id": "`+s.ID+`", "name": "work", "status": "RUNNING"}]}`, string(matches.body))

		w.node.SetLog(kernel, "a\xffb <&>")
		w.node.SetStats(kernel, model.Metrics{"mem": {Current: "5", UnitHint: "bytes"}})
		assert.Equal(w.T, "a\uFFFDb <&>", w.as("user", "GET", "/session/work/logs", "").text(w, "result", "logs"))
		assert.Equal(w.T, 404, w.as("user", "GET", "/session/work/logs?kernel_id=other", "").status)
		assert.Equal(w.T, 200, w.as("user", "GET", "/session/work/logs?kernelId="+kernel, "").status)

		assert.Equal(w.T, 204, w.as("user", "POST", "/session/work/rename", `{"session_name": "play"}`).status)
		assert.Equal(w.T, 404, w.as("user", "GET", "/session/work", "").status)
		assert.Equal(w.T, 204, w.as("user", "PATCH", "/session/play", "").status)

		ended := w.as("user", "DELETE", "/session/play", "")
		assert.Equal(w.T, 200, ended.status)
		assert.Equal(w.T, "5", ended.text(w, "stats", "mem", "current"))
		assert.Equal(w.T, model.StatusTerminated, w.session(s.ID).Status)
		assert.Equal(w.T, 404, w.as("user", "DELETE", "/session/play", "").status)
		assert.Equal(w.T, 404, w.as("user", "GET", "/session/play", "").status)
		assert.Equal(w.T, "a\uFFFDb <&>", w.as("user", "GET", "/session/play/logs", "").text(w, "result", "logs"),
			"what it wrote is still there")
		assert.Equal(w.T, 400, w.as("user", "POST", "/session/play/rename", `{"name": "late"}`).status)

		w.create("user", "play")
		assert.Equal(w.T, 200, w.as("user", "GET", "/session/play", "").status, "the name is free again")
	})
}

func TestNamesOfLiveSessionsAreTaken(t *testing.T) {
	inWorld(t, func(w *world) {
		first := w.create("user", "first")
		w.create("user", "second")
		w.create("user2", "first")
		got := w.as("user", "POST", "/session/second/rename", `{"name": "first"}`)
		assert.Equal(w.T, 400, got.status)
		assert.Equal(w.T, first, got.text(w, "data", "existingSessionId"))
		assert.Equal(w.T, 400, w.as("user", "POST", "/session/second/rename", `{"name": "x"}`).status)

		got = w.as("user", "POST", "/session", newBody("first"))
		assert.Equal(w.T, 201, got.status)
		assert.Equal(w.T, first, got.text(w, "sessionId"))
		assert.Contains(w.T, string(got.body), `"created":false`)
	})
}

func TestWhoMayActForWhom(t *testing.T) {
	keys := recordedKeys()
	table := map[string]struct {
		role, owner string // owner: whose key is named
		status      int
		msg         string
	}{
		"a superadmin for a user":       {"super", keys["user"].AccessKey, 200, ""},
		"a domain admin for a user":     {"admin", keys["user"].AccessKey, 200, ""},
		"a user by the own key":         {"user", keys["user"].AccessKey, 200, ""},
		"a user for another":            {"user2", keys["user"].AccessKey, 403, "Only admins can perform operations on behalf of other users."},
		"a domain admin for the super":  {"admin", keys["super"].AccessKey, 403, "Domain-admins cannot perform operations on behalf of super-admins."},
		"a superadmin for nobody known": {"super", "AKIANOSUCHKEYEXAMPLE", 400, "Unknown owner access key"},
		"another user, without a key":   {"user2", "", 404, "Session (id=theirs) does not exist."},
	}
	inWorld(t, func(w *world) {
		w.create("user", "theirs")
		for name, test := range table {
			target := "/session/theirs/logs"
			if test.owner != "" {
				target += "?owner_access_key=" + test.owner
			}
			got := w.as(test.role, "GET", target, "")
			assert.Equal(w.T, test.status, got.status, "%s: %s", name, got.body)
			if test.msg != "" {
				assert.Equal(w.T, test.msg, got.text(w, "msg"), name)
			}
		}
	})
}

func TestAnAdminCreatesForAUser(t *testing.T) {
	inWorld(t, func(w *world) {
		key := recordedKeys()["user"].AccessKey
		got := w.as("admin", "POST", "/session", request(w, object{"owner_access_key": key}))
		require.Equal(w, 201, got.status, "%s", got.body)
		s := w.session(got.text(w, "sessionId"))
		assert.Equal(w.T, key, s.AccessKey)
		assert.Equal(w.T, "user@lablup.com", s.UserEmail)
	})
}

func TestABatchEndsByItself(t *testing.T) {
	for code, result := range map[int]string{0: "SUCCESS", 3: "FAILURE"} {
		t.Run(fmt.Sprintf("with exit code %d", code), func(t *testing.T) {
			inWorld(t, func(w *world) {
				got := w.as("user", "POST", "/session", request(w, object{"type": "batch", "startupCommand": "exit"}))
				s := w.session(got.text(w, "sessionId"))
				require.Equal(w, model.StatusRunning, s.Status)
				w.node.End(s.Kernels[0].ID, code, node.EndSelf)
				synctest.Wait()
				s = w.session(s.ID)
				assert.Equal(w.T, model.StatusTerminated, s.Status)
				assert.Equal(w.T, result, s.Result)
				assert.Equal(w.T, 404, w.as("user", "DELETE", "/session/test-1", "").status)
			})
		})
	}
}

func TestABatchWaitsForItsTime(t *testing.T) {
	inWorld(t, func(w *world) {
		got := w.as("user", "POST", "/session", request(w, object{"type": "batch", "startupCommand": "true", "starts_at": "30m"}))
		id := got.text(w, "sessionId")
		assert.Equal(w.T, "predicate-checks-failed", *w.session(id).StatusInfo)
		assert.Contains(w.T, string(w.session(id).StatusData), "Before start time")
		w.set(w.now().Add(31 * time.Minute))
		time.Sleep(10 * time.Second) // the scheduler's own clock
		synctest.Wait()
		assert.Equal(w.T, model.StatusRunning, w.session(id).Status)
	})
}

func TestCreatingWaitsAsLongAsAsked(t *testing.T) {
	inWorld(t, func(w *world) {
		defer w.node.HoldCreate()()
		before := time.Now()
		got := w.as("user", "POST", "/session", request(w, object{"enqueueOnly": false, "maxWaitSeconds": 7}))
		assert.Equal(w.T, 201, got.status)
		assert.Equal(w.T, "TIMEOUT", got.text(w, "status"))
		assert.Equal(w.T, 7*time.Second, time.Since(before))
	})
}

func TestARestartKeepsSessionsAndAccounts(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.create("user", "stays")
		w.stop()
		w.start()
		assert.Equal(w.T, model.StatusRunning, w.session(id).Status)
		assert.Equal(w.T, 200, w.as("user", "GET", "/session/stays", "").status)
		assert.Len(w.T, w.node.Created(), 1)
	})
}

func TestAStoreThatCannotBeWrittenIsTold(t *testing.T) {
	inWorld(t, func(w *world) {
		require.NoError(w, w.store.Close())
		got := w.as("user", "POST", "/session", newBody("lost"))
		assert.GreaterOrEqual(w.T, got.status, 500)
		assert.True(w.T, strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json"))
		assert.NotContains(w.T, string(got.body), "sql", "the reason is for the log")
	})
}

func TestErrorsOfQueriesStayInTheAnswer(t *testing.T) {
	inWorld(t, func(w *world) {
		got := w.as("user", "POST", "/admin/gql", `{"query": "{ nothing }"}`)
		assert.Equal(w.T, http.StatusOK, got.status)
		assert.Contains(w.T, string(got.body), `"errors":[{"message":"Cannot query field 'nothing'`)
		got = w.as("user", "POST", "/admin/gql", `{"query": "{ keypair { rolling_count user_id } }", "operation_name": null}`)
		assert.JSONEq(w.T, `{"data": {"keypair": {"rolling_count": 2, "user_id": "user@lablup.com"}}}`, string(got.body))
		w.create("user", "listed")
		got = w.as("user", "POST", "/admin/gql", `{"query": "query($n: Int!) { compute_session_list(limit: $n, offset: 0, status: \"RUNNING\") { total_count items { name status idle_checks } } }", "variables": {"n": 5}}`)
		assert.Contains(w.T, string(got.body), `"total_count":1`)
		assert.Contains(w.T, string(got.body), `session_lifetime`)
	})
}
