package resolve

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/schema"
	"github.com/baiui/baiui/server/manager/store"
)

const (
	nearBoss = adminKey
	userID   = "dfa9da54-4b28-432f-be29-c0d680c7a412"
	farUser  = "aaaaaaaa-0000-4000-8000-000000000001"
)

// do runs a mutation and puts its outcome into a word: "ok", or the message.
func (w *world) do(t testing.TB, key, field string) string {
	t.Helper()
	answer := w.ask(t, key, "mutation { it: "+field+" { ok msg } }", nil)
	require.Nil(t, answer["errors"], "%s: %v", field, answer["errors"])
	it := answer["data"].(map[string]any)["it"].(map[string]any)
	if it["ok"] == true {
		return "ok"
	}
	return it["msg"].(string)
}

const denied = "denied"

// TestWhoMayChangeWhat is the table of roles and objects. Each attempt has a
// world of its own; a word of the table is the outcome for that role.
func TestWhoMayChangeWhat(t *testing.T) {
	keyPairPolicy := `{default_for_unspecified: "LIMITED", max_concurrent_sessions: 1, max_containers_per_session: 1, idle_timeout: 0}`
	newUser := `{username: "x", password: "p", need_password_change: false}`
	type row struct{ field, superadmin, admin, user, farAdmin string }
	table := []row{
		{`create_user(email: "x@example.test", props: ` + newUser + `)`, "ok", denied, denied, denied},
		{`modify_user(email: "user@lablup.com", props: {full_name: "X"})`, "ok", denied, denied, denied},
		{`delete_user(email: "user2@lablup.com")`, "ok", denied, denied, denied},
		{`purge_user(email: "user2@lablup.com", props: {})`, "ok", denied, denied, denied},
		{`create_keypair(user_id: "user@lablup.com", props: {resource_policy: "default", rate_limit: 1})`, "ok", denied, denied, denied},
		{`modify_keypair(access_key: "` + userKey + `", props: {rate_limit: 1})`, "ok", denied, denied, denied},
		{`modify_keypair(access_key: "` + userKey + `", props: {is_admin: true})`, "ok", denied, denied, denied},
		{`delete_keypair(access_key: "` + userKey + `")`, "the keypair is used as main access key by any user", denied, denied, denied},
		{`create_group(name: "x", props: {domain_name: "default"})`, "ok", "ok", denied, denied},
		{`create_group(name: "x", props: {domain_name: "far"})`, "ok", denied, denied, "ok"},
		{`modify_group(gid: "` + projectID + `", props: {description: "x"})`, "ok", "ok", denied, denied},
		{`modify_group(gid: "` + farProjectID + `", props: {description: "x"})`, "ok", denied, denied, "ok"},
		{`modify_group(gid: "` + projectID + `", props: {domain_name: "far"})`, "ok", denied, denied, denied},
		{`modify_group(gid: "` + projectID + `", props: {user_update_mode: "add", user_uuids: ["` + userID + `"]})`, "ok", "ok", denied, denied},
		{`modify_group(gid: "` + projectID + `", props: {user_update_mode: "add", user_uuids: ["` + farUser + `"]})`,
			"no such user in the domain of the group", "no such user in the domain of the group", denied, denied},
		{`modify_group(gid: "11111111-1111-4111-8111-111111111111", props: {description: "x"})`, "no matching modifygroup", denied, denied, denied},
		{`delete_group(gid: "` + projectID + `")`, "ok", "ok", denied, denied},
		{`delete_group(gid: "` + farProjectID + `")`, "ok", denied, denied, "ok"},
		{`purge_group(gid: "` + projectID + `")`, "ok", "ok", denied, denied},
		{`purge_group(gid: "` + farProjectID + `")`, "ok", denied, denied, "ok"},
		{`create_domain(name: "x", props: {})`, "ok", denied, denied, denied},
		{`modify_domain(name: "default", props: {description: "x"})`, "ok", denied, denied, denied},
		{`delete_domain(name: "far")`, "ok", denied, denied, denied},
		{`purge_domain(name: "far")`, "users or groups are bound to the domain; remove them first", denied, denied, denied},
		{`create_keypair_resource_policy(name: "x", props: ` + keyPairPolicy + `)`, "ok", denied, denied, denied},
		{`modify_keypair_resource_policy(name: "default", props: {idle_timeout: 5})`, "ok", denied, denied, denied},
		{`delete_keypair_resource_policy(name: "default")`, "integrity error: FOREIGN KEY constraint failed", denied, denied, denied},
		{`create_user_resource_policy(name: "x", props: {max_vfolder_count: 1})`, "ok", denied, denied, denied},
		{`modify_user_resource_policy(name: "default", props: {max_vfolder_count: 1})`, "ok", denied, denied, denied},
		{`delete_user_resource_policy(name: "none")`, "no matching deleteuserresourcepolicy", denied, denied, denied},
		{`create_project_resource_policy(name: "x", props: {})`, "ok", denied, denied, denied},
		{`modify_project_resource_policy(name: "default", props: {max_quota_scope_size: 5})`, "ok", denied, denied, denied},
		{`delete_project_resource_policy(name: "default")`, "integrity error: FOREIGN KEY constraint failed", denied, denied, denied},
		{`create_resource_preset(name: "x", props: {resource_slots: "{\"cpu\": 1}"})`, "ok", denied, denied, denied},
		{`modify_resource_preset(name: "cpu01-small", props: {shared_memory: "1g"})`, "ok", denied, denied, denied},
		{`delete_resource_preset(name: "cpu01-small")`, "ok", denied, denied, denied},
		{`create_scaling_group(name: "x", props: {driver: "static", scheduler: "fifo"})`, "ok", denied, denied, denied},
		{`modify_scaling_group(name: "default", props: {description: "x"})`, "ok", denied, denied, denied},
		{`delete_scaling_group(name: "default")`, "integrity error: FOREIGN KEY constraint failed", denied, denied, denied},
		{`associate_scaling_group_with_domain(domain: "default", scaling_group: "far")`, "ok", denied, denied, denied},
		{`associate_scaling_groups_with_domain(domain: "far", scaling_groups: ["default"])`, "ok", denied, denied, denied},
		{`associate_scaling_group_with_user_group(user_group: "` + projectID + `", scaling_group: "far")`, "ok", denied, denied, denied},
		{`associate_scaling_groups_with_user_group(user_group: "` + projectID + `", scaling_groups: ["far"])`, "ok", denied, denied, denied},
		{`associate_scaling_group_with_keypair(access_key: "` + userKey + `", scaling_group: "far")`, "ok", denied, denied, denied},
		{`associate_scaling_groups_with_keypair(access_key: "` + userKey + `", scaling_groups: ["far"])`, "ok", denied, denied, denied},
		{`disassociate_scaling_group_with_domain(domain: "default", scaling_group: "default")`, "ok", denied, denied, denied},
		{`disassociate_scaling_groups_with_domain(domain: "default", scaling_groups: [])`, "no matching disassociatescalinggroupswithdomain", denied, denied, denied},
		{`disassociate_scaling_group_with_user_group(user_group: "` + projectID + `", scaling_group: "default")`, "no matching disassociatescalinggroupwithusergroup", denied, denied, denied},
		{`disassociate_scaling_groups_with_user_group(user_group: "` + projectID + `", scaling_groups: ["default"])`, "no matching disassociatescalinggroupswithusergroup", denied, denied, denied},
		{`disassociate_scaling_group_with_keypair(access_key: "` + userKey + `", scaling_group: "default")`, "no matching disassociatescalinggroupwithkeypair", denied, denied, denied},
		{`disassociate_scaling_groups_with_keypair(access_key: "` + userKey + `", scaling_groups: ["default"])`, "no matching disassociatescalinggroupswithkeypair", denied, denied, denied},
		{`disassociate_all_scaling_groups_with_domain(domain: "default")`, "ok", denied, denied, denied},
		{`disassociate_all_scaling_groups_with_group(user_group: "` + projectID + `")`, "no matching disassociateallscalinggroupswithgroup", denied, denied, denied},
		{`modify_agent(id: "i-dummy-1", props: {schedulable: false})`, "ok", denied, denied, denied},
		{`modify_image(target: "python", props: {labels: [{key: "a", value: "b"}]})`, "ok", denied, denied, denied},
		{`alias_image(alias: "py", target: "python")`, "ok", denied, denied, denied},
		{`dealias_image(alias: "python")`, "ok", denied, denied, denied},
		{`rescan_images(registry: "local")`, "ok", "ok", denied, "ok"},
		{`preload_image(references: [], target_agents: [])`, "Not implemented.", denied, denied, denied},
		{`unload_image(references: [], target_agents: [])`, "Not implemented.", denied, denied, denied},
		{`clear_images(registry: "cr.backend.ai")`, "ok", denied, denied, denied},
		{`forget_image(reference: "python")`, "ok", "Forbidden", "Forbidden", "Forbidden"},
		{`forget_image_by_id(image_id: "b2b2d65b-3be3-51c5-99e2-71b5d15d2701")`, "ok", "Forbidden", "Forbidden", "Forbidden"},
		{`untag_image_from_registry(image_id: "b2b2d65b-3be3-51c5-99e2-71b5d15d2701")`, "ok", "Forbidden", "Forbidden", "Forbidden"},
	}
	tried := map[string]bool{}
	name := regexp.MustCompile(`^\w+`)
	for _, line := range table {
		field := name.FindString(line.field)
		tried[field] = true
		t.Run(line.field, func(t *testing.T) {
			w := newWideWorld(t) // those who are refused change nothing, so the last one decides
			for _, who := range []struct{ key, want string }{
				{monitorKey, denied}, {userKey, line.user}, {farBossKey, line.farAdmin}, {nearBoss, line.admin}, {superKey, line.superadmin},
			} {
				want := strings.Replace(who.want, denied, "no permission to execute "+field, 1)
				if who.key == superKey && (line.admin == "ok" || line.farAdmin == "ok") {
					w = newWideWorld(t)
				}
				assert.Equal(t, want, w.do(t, who.key, line.field), who.key)
			}
		})
	}
	sdl, err := gqlparser.LoadSchema(&ast.Source{Input: schema.SDL()})
	require.NoError(t, err)
	for _, field := range sdl.Mutation.Fields {
		if field.Name == "modify_compute_session" {
			continue // see TestWhoMayChangeSessions
		}
		assert.Contains(t, tried, field.Name, "every mutation is in the table")
	}
}

func TestInputsThatMutationsRefuse(t *testing.T) {
	w := newWideWorld(t)
	user := func(more string) string {
		return `create_user(email: "x@example.test", props: {username: "x", password: "p", need_password_change: false, ` + more + `})`
	}
	for field, want := range map[string]string{
		`create_user(email: "nothing", props: {username: "x", password: "p", need_password_change: false})`:         "invalid email address",
		`create_user(email: "x@example.test", props: {username: "x", password: "", need_password_change: false})`:   "the password must not be empty",
		`create_user(email: "x@example.test", props: {username: "", password: "p", need_password_change: false})`:   "invalid username",
		`create_user(email: "user@lablup.com", props: {username: "x", password: "p", need_password_change: false})`: "integrity error: UNIQUE constraint failed: users.email",
		user(`role: "root"`):                                             "'root' is not a valid UserRole",
		user(`status: "gone"`):                                           "'gone' is not a valid UserStatus",
		user(`domain_name: "none"`):                                      "integrity error: FOREIGN KEY constraint failed",
		user(`allowed_client_ip: ["here"]`):                              `allowed_client_ip: "here" is no address or network`,
		user(`group_ids: ["x"]`):                                         "badly formed hexadecimal UUID string",
		user(`sudo_session_enabled: true`):                               "sudo_session_enabled: nobody has more rights in a session than its user",
		user(`totp_activated: true`):                                     "two-factor authentication is not available",
		`modify_user(email: "user@lablup.com", props: {})`:               "nothing to update",
		`modify_user(email: "none@lablup.com", props: {full_name: "x"})`: "no matching modifyuser",
		`modify_user(email: "user@lablup.com", props: {main_access_key: "` + superKey + `"})`:             "Cannot set another user's access key as the main access key.",
		`modify_user(email: "user@lablup.com", props: {main_access_key: null})`:                           "main_access_key: a user has a main key pair",
		`modify_user(email: "admin@lablup.com", props: {role: "user"})`:                                   "the last active superadmin cannot be taken away",
		`delete_user(email: "admin@lablup.com")`:                                                          "the last active superadmin cannot be taken away",
		`modify_keypair(access_key: "` + superKey + `", props: {is_active: false})`:                       "the last active superadmin cannot be taken away",
		`modify_keypair(access_key: "` + userKey + `", props: {rate_limit: -1})`:                          "rate_limit must not be negative",
		`modify_keypair(access_key: "` + userKey + `", props: {resource_policy: "none"})`:                 "integrity error: FOREIGN KEY constraint failed",
		`create_keypair(user_id: "none@lablup.com", props: {resource_policy: "default", rate_limit: 1})`:  "no matching createkeypair",
		`create_domain(name: "-x", props: {})`:                                                            "invalid name format. slug format required.",
		`create_domain(name: "x", props: {total_resource_slots: "[]"})`:                                   "total_resource_slots: a mapping of slots to amounts is expected",
		`create_domain(name: "x", props: {total_resource_slots: "{\"cpu\": \"many\"}"})`:                  `total_resource_slots: cpu: "many" is not a number`,
		`create_domain(name: "x", props: {allowed_vfolder_hosts: "{\"a\": [\"all\"]}"})`:                  "allowed_vfolder_hosts: 'all' is not a valid VFolderHostPermission",
		`create_group(name: "x", props: {domain_name: "default", type: "PERSONAL"})`:                      "'PERSONAL' is not a valid ProjectType",
		`create_group(name: "default", props: {domain_name: "default"})`:                                  "integrity error: UNIQUE constraint failed: projects.domain_name, projects.name",
		`modify_group(gid: "` + projectID + `", props: {})`:                                               "nothing to update",
		`modify_group(gid: "` + projectID + `", props: {user_update_mode: "replace"})`:                    "invalid user_update_mode",
		`modify_keypair_resource_policy(name: "default", props: {max_containers_per_session: 0})`:         "max_containers_per_session is too small",
		`modify_keypair_resource_policy(name: "default", props: {default_for_unspecified: "none"})`:       "'none' is not a valid DefaultForUnspecified",
		`modify_resource_preset(name: "cpu01-small", props: {shared_memory: "inf"})`:                      `shared_memory: "inf" is no size`,
		`create_scaling_group(name: "x", props: {driver: "static", scheduler: "random"})`:                 "'random' is not a valid scheduler: fifo, lifo, drf",
		`modify_scaling_group(name: "default", props: {scheduler: "lifo"})`:                               "scheduler: sessions start in the order they were asked for here, which is 'fifo'",
		`modify_scaling_group(name: "default", props: {use_host_network: true})`:                          "use_host_network: sessions have networks of their own here",
		`modify_scaling_group(name: "default", props: {wsproxy_addr: "http://proxy.example"})`:            "wsproxy_addr: apps are reached through this manager's own tunnel",
		`modify_scaling_group(name: "default", props: {scheduler_opts: "{\"pending_timeout\": \"1h\"}"})`: "scheduler_opts: allowed_session_types is a list of texts, pending_timeout a number of seconds",
		`modify_scaling_group(name: "default", props: {scheduler_opts: "{\"pending_timeout\": -1}"})`:     "scheduler_opts: pending_timeout is between 0, for ever, and 315360000 seconds",
		`associate_scaling_group_with_domain(domain: "default", scaling_group: "none")`:                   "integrity error: FOREIGN KEY constraint failed",
		`associate_scaling_group_with_domain(domain: "none", scaling_group: "default")`:                   "integrity error: something it refers to is not there",
		`modify_agent(id: "none", props: {schedulable: true})`:                                            "no matching modifyagent",
		`modify_image(target: "python", props: {tag: "x"})`:                                               "tag: environments of this machine keep what they are",
		`modify_image(target: "none", props: {})`:                                                         "Unknown image reference: none (x86_64)",
		`alias_image(alias: "", target: "python")`:                                                        "invalid alias",
		`forget_image_by_id(image_id: "none")`:                                                            "badly formed hexadecimal UUID string",
		`dealias_image(alias: "none")`:                                                                    "No such alias",
	} {
		assert.Equal(t, want, w.do(t, superKey, field), field)
	}
}

func TestANewUserCanWorkAtOnce(t *testing.T) {
	w := newWorld(t)
	answer := w.ask(t, superKey, `mutation($p: UserInput!) { create_user(email: "new@lablup.com", props: $p) { ok msg user { uuid email role status main_access_key groups { name } } } }`,
		map[string]any{"p": map[string]any{"username": "new", "password": "secret", "need_password_change": true, "role": "admin", "group_ids": []any{projectID, farProjectID}}})
	made := answer["data"].(map[string]any)["create_user"].(map[string]any)
	require.Equal(t, "success", made["msg"])
	user := made["user"].(map[string]any)
	assert.Equal(t, "active", user["status"])
	assert.Equal(t, []any{map[string]any{"name": "default"}, map[string]any{"name": "model-store"}}, user["groups"])
	key := user["main_access_key"].(string)
	assert.Equal(t, "new@lablup.com", seen(t, w.ask(t, key, `{ user { email } }`, nil)))
	stored, err := w.store.UserByEmail(t.Context(), "new@lablup.com")
	require.NoError(t, err)
	right, err := quickHasher().Verify(t.Context(), "secret", stored.PasswordHash)
	require.NoError(t, err)
	assert.True(t, right)
	pair, err := w.store.KeyPair(t.Context(), key)
	require.NoError(t, err)
	assert.True(t, pair.IsAdmin)
	assert.Equal(t, 10_000, pair.RateLimit)
	assert.True(t, strings.HasPrefix(pair.SSHPublicKey, "ssh-rsa "))

	require.Equal(t, "ok", w.do(t, superKey, `modify_user(email: "new@lablup.com", props: {password: "other", is_active: false})`))
	stored, err = w.store.UserByEmail(t.Context(), "new@lablup.com")
	require.NoError(t, err)
	assert.Equal(t, "inactive", stored.Status)
	assert.Equal(t, w.now(), stored.ModifiedAt)
	right, err = quickHasher().Verify(t.Context(), "other", stored.PasswordHash)
	require.NoError(t, err)
	assert.True(t, right)
}

func TestItemsOfMutationsAreTheNewRows(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		`mutation { create_domain(name: "x", props: {total_resource_slots: "{\"mem\": \"1g\"}"}) { domain { name total_resource_slots } } }`:                                 `map[domain:map[name:x total_resource_slots:{"mem":"1073741824"}]]`,
		`mutation { modify_domain(name: "default", props: {description: "d"}) { domain { description is_active } } }`:                                                        `map[domain:map[description:d is_active:true]]`,
		`mutation { create_group(name: "g", props: {domain_name: "default"}) { group { name type } } }`:                                                                      `map[group:map[name:g type:GENERAL]]`,
		`mutation { create_keypair(user_id: "` + userID + `", props: {resource_policy: "default", rate_limit: 7}) { keypair { user_id rate_limit } } }`:                      `map[keypair:map[rate_limit:7 user_id:user@lablup.com]]`,
		`mutation { create_user_resource_policy(name: "p", props: {max_quota_scope_size: 10737418240}) { resource_policy { name max_quota_scope_size } } }`:                  `map[resource_policy:map[max_quota_scope_size:1.073741824e+10 name:p]]`,
		`mutation { create_scaling_group(name: "g", props: {driver: "static", scheduler: "fifo"}) { scaling_group { name is_active } } }`:                                    `map[scaling_group:map[is_active:true name:g]]`,
		`mutation { create_resource_preset(name: "s", props: {resource_slots: "{\"cpu\": 2}", shared_memory: "64m"}) { resource_preset { resource_slots shared_memory } } }`: `map[resource_preset:map[resource_slots:{"cpu":"2"} shared_memory:6.7108864e+07]]`,
		`mutation { forget_image(reference: "python") { msg image { tag } } }`:                                                                                               `map[image:map[tag:3.9-ubuntu20.04] msg:]`,
	} {
		answer := w.ask(t, superKey, query, nil)
		require.Nil(t, answer["errors"], query)
		for _, payload := range answer["data"].(map[string]any) {
			assert.Equal(t, want, fmt.Sprint(payload), query)
		}
	}
}

func TestOwnersMayForgetTheirCustomisedImages(t *testing.T) {
	w := newWorld(t)
	images := append(recordedImages(), store.Image{ID: "11111111-aaaa-4aaa-8aaa-111111111111", Registry: "cr.backend.ai", Name: "stable/mine", Tag: "1",
		Architecture: "x86_64", Installed: true, CreatedAt: w.now(), Labels: map[string]string{ownerLabel: "user:" + userID}})
	require.NoError(t, w.store.ReplaceImages(t.Context(), images))
	assert.Equal(t, "Forbidden", w.do(t, user2Key, `forget_image(reference: "cr.backend.ai/stable/mine:1")`))
	assert.Equal(t, "ok", w.do(t, userKey, `untag_image_from_registry(image_id: "SW1hZ2VOb2RlOjExMTExMTExLWFhYWEtNGFhYS04YWFhLTExMTExMTExMTExMQ==")`))
	left, _, err := w.store.Images(t.Context(), store.ImageQuery{Page: store.Page{Where: store.Clause{SQL: "i.installed"}}})
	require.NoError(t, err)
	assert.False(t, slices.ContainsFunc(left, func(i store.Image) bool { return i.Tag == "1" }))
}

func TestNothingIsChangedWhileTheManagerIsFrozen(t *testing.T) {
	w := newWorld(t)
	require.NoError(t, w.store.SetSettings(t.Context(), map[string]string{store.StatusSetting: store.StatusFrozen}))
	answer := w.ask(t, superKey, `mutation { create_domain(name: "x", props: {}) { ok } }`, nil)
	assert.Equal(t, "!The server is frozen due to maintenance. Please try again later.", seen(t, answer))
	assert.Equal(t, "default", seen(t, w.ask(t, userKey, `{ domain { name } }`, nil)), "reading goes on")
}

func TestClearedImagesAreNotOffered(t *testing.T) {
	w := newWorld(t)
	assert.Equal(t, "ok", w.do(t, superKey, `clear_images(registry: "other")`))
	assert.NotEqual(t, "-", seen(t, w.ask(t, userKey, `{ images(is_installed: true) { tag } }`, nil)))
	assert.Equal(t, "ok", w.do(t, superKey, `clear_images`))
	for _, query := range []string{`{ images(is_installed: true) { tag } }`, `{ images { tag } }`} {
		assert.Equal(t, "-", seen(t, w.ask(t, userKey, query, nil)))
	}
	answer := w.ask(t, adminKey, `mutation { rescan_images { task_id } }`, nil)
	assert.Equal(t, []string{"task-of-" + w.caller(t, adminKey).UserID}, leaves(answer), "the caller may listen to it")
}

func TestUsersWithLiveSessionsAreNotPurged(t *testing.T) {
	w := newWorld(t)
	w.addSession(t, 1, userKey, model.StatusRunning)
	const why = "sessions that have not ended belong to it; terminate them first"
	assert.Equal(t, why, w.do(t, superKey, `purge_user(email: "user@lablup.com", props: {})`))
	assert.Equal(t, why, w.do(t, adminKey, `purge_group(gid: "`+projectID+`")`))
}
