package session

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/live"
)

// hostOf is a host that shows a session to somebody.
func hostOf(s *model.FullSession, role model.Role, lang string) *Host {
	h := &Host{
		Texts: i18n.Load(lang), Live: new(live.Store), now: time.Now(),
		Account: &model.Account{Email: "user@example.com", AccessKey: "AKUSER", Role: role,
			Projects: []model.Project{{ID: "p1", Name: "default"}, {ID: "p2", Name: "other"}}},
		Project: model.Project{ID: "p1", Name: "default"},
	}
	h.detail.store = h.Live
	if s != nil {
		h.detail.id, h.detail.session, h.detail.complete, h.detail.at = idOf(&s.Session), s, true, h.now
	}
	h.ask.who, h.ending.who = h.who(), h.who()
	return h
}

// recorded is what a real manager said about a session.
func recorded(t *testing.T, version string) *model.FullSession {
	t.Helper()
	data, err := os.ReadFile("../../client/testdata/" + version + "/compute_session-detail.http")
	require.NoError(t, err)
	_, body, found := strings.Cut(string(data), "\r\n\r\n")
	require.True(t, found)
	var answer struct {
		Data struct {
			Session *model.FullSession `json:"compute_session"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	return answer.Data.Session
}

func printed(h *Host) string { return app.HTMLString(h.Render()) }

func TestTheOverviewHoldsEveryItemOfTheGuide(t *testing.T) {
	for _, version := range []string{"24.09.14", "26.9.6"} {
		s := recorded(t, version)
		s.UserEmail = "user@example.com"
		for _, lang := range []string{"en", "ko"} {
			html := printed(hostOf(s, model.RoleSuperadmin, lang))
			texts := i18n.Load(lang)
			for _, key := range []string{"id", "owner", "type", "environment", "mounts", "resources", "agent", "created", "cluster"} {
				assert.Contains(t, html, texts.T("session.item."+key), "%s %s", version, lang)
			}
			for _, key := range []string{"usage", "kernels", "timeline"} {
				assert.Contains(t, html, texts.T("session."+key), "%s %s", version, lang)
			}
			assert.Contains(t, html, s.Kernels[0].ContainerID)
			assert.Contains(t, html, s.Kernels[0].Hostname)
			assert.NotContains(t, html, "session.", "every text has its words")
		}
		user := printed(hostOf(s, model.RoleUser, "en"))
		assert.NotContains(t, user, "User ID", "the owner is for admins")
		assert.NotContains(t, user, s.Kernels[0].Agent, "agents are for superadmins")
	}
}

func TestAlerts(t *testing.T) {
	s := full(running("s1"))
	s.ProjectID = "p2"
	s.UserEmail, s.FullName = "other@example.com", "Other"
	s.IdleChecks = model.RawObject(`{"session_lifetime": {"remaining": 600, "remaining_time_type": "expire_after"},
		"network_timeout": {"remaining": 1200, "remaining_time_type": "expire_after"}}`)
	html := printed(hostOf(s, model.RoleSuperadmin, "en"))
	assert.Contains(t, html, "another project: other")
	assert.Contains(t, html, "belongs to Other &lt;other@example.com&gt;")
	assert.Contains(t, html, "Maximum lifetime: this session may be ended in 00:10:00")

	h := hostOf(s, model.RoleSuperadmin, "en")
	h.detail.complete = false
	assert.NotContains(t, printed(h), "another project", "a row does not tell enough for an alert")

	s.ProjectID, s.UserEmail = "p1", "user@example.com"
	s.IdleChecks = model.RawObject(`{"utilization": {"remaining": 60, "extra": {"resources": {"cpu_util": [90, 10]}}}}`)
	assert.NotContains(t, printed(hostOf(s, model.RoleUser, "en")), "may be ended in", "it is used enough")
}

func TestActionsAreThoseThatAreAllowed(t *testing.T) {
	verbs := func(h *Host) []string {
		var list []string
		for _, match := range regexp.MustCompile(`data-verb="([a-z-]+)"`).FindAllStringSubmatch(printed(h), -1) {
			list = append(list, match[1])
		}
		return list
	}
	mine, theirs, over := full(running("s1")), full(running("s1")), full(running("s1"))
	theirs.UserEmail = "other@example.com"
	over.Status = model.StatusTerminated
	assert.ElementsMatch(t, []string{"rename", "terminate", "interrupt", "again", "copy-command", "force-terminate"}, verbs(hostOf(mine, model.RoleUser, "en")))
	assert.ElementsMatch(t, []string{"terminate", "again", "copy-command", "force-terminate"}, verbs(hostOf(theirs, model.RoleAdmin, "en")))
	assert.ElementsMatch(t, []string{"again", "copy-command"}, verbs(hostOf(over, model.RoleUser, "en")))
	over.Status = model.StatusError
	assert.Equal(t, []string{"force-terminate", "again", "copy-command"}, verbs(hostOf(over, model.RoleUser, "en")), "what is left to do comes first")

	h := hostOf(mine, model.RoleUser, "en")
	h.ending.batches = []*endBatch{{Number: 1, Targets: []*model.Session{running("s1")}, Until: h.now.Add(undoFor)}}
	assert.NotContains(t, verbs(h), "terminate", "it is about to end")
	assert.Contains(t, printed(h), "Undo")
}

func TestStatesOfTheDrawer(t *testing.T) {
	h := hostOf(nil, model.RoleUser, "en")
	assert.NotContains(t, printed(h), "drawer-head", "closed")

	h.detail.id, h.detail.loading = "s1", true
	assert.Contains(t, printed(h), "skeleton")
	h.detail.loading, h.detail.err = false, &client.Error{Kind: client.KindUnreachable}
	assert.Contains(t, printed(h), "The session could not be loaded")
	h.detail.err = &client.Error{Kind: client.KindNotFound}
	assert.Contains(t, printed(h), "There is no such session")
	assert.Contains(t, printed(h), "Back to the list")

	stale := hostOf(full(running("s1")), model.RoleUser, "en")
	stale.detail.err = &client.Error{Kind: client.KindTimeout}
	assert.Contains(t, printed(stale), "the manager did not answer since")
}

func TestStatusDetail(t *testing.T) {
	s := full(running("s1"))
	s.Status = model.StatusPending
	s.StatusData = model.RawObject(`{"scheduler": {"retries": 3, "last_try": "2026-03-04T02:00:00+00:00", "msg": "no agent",
		"failed_predicates": [{"name": "concurrency", "msg": "5 of 5"}], "passed_predicates": [{"name": "reserved_time"}]}}`)
	html := printed(hostOf(s, model.RoleUser, "en"))
	for _, part := range []string{"no agent", "Tried 3 times", "1 failed, 1 passed", "concurrency", "5 of 5", "reserved_time"} {
		assert.Contains(t, html, part)
	}
	s.Status = model.StatusError
	s.StatusData = model.RawObject(`{"error": {"collection": [{"name": "Boom", "repr": "<b>", "agent_id": "i-1"}]}}`)
	html = printed(hostOf(s, model.RoleSuperadmin, "en"))
	for _, part := range []string{"Boom", "&lt;b&gt;", "i-1"} {
		assert.Contains(t, html, part)
	}
}

func TestDialogs(t *testing.T) {
	h := hostOf(nil, model.RoleSuperadmin, "en")
	one, two := running("s1"), running("s2")
	one.Containers = []model.Kernel{{Agent: "i-2", ContainerID: "cont-1"}, {Agent: "i-1", ContainerID: "cont-2"}}
	for _, test := range []struct {
		name    string
		command Command
		change  func()
		want    []string
		lacks   []string
	}{
		{"rename", Command{Verb: Rename, Targets: []*model.Session{one}}, nil, []string{"Rename the session", "4 to 64"}, nil},
		{"a name that is taken", Command{Verb: Rename, Targets: []*model.Session{one}},
			func() { h.ask.err = &client.Error{Kind: client.KindConflict} }, []string{"Another of your sessions"}, nil},
		{"a manager that says nothing about it", Command{Verb: Rename, Targets: []*model.Session{one}},
			func() { h.ask.err = &client.Error{Kind: client.KindServer, Status: 500, Title: "Internal"} }, []string{"may have this name", "(Internal)"}, nil},
		{"terminate two", Command{Verb: Terminate, Targets: []*model.Session{one, two}}, nil,
			[]string{"Terminate 2 sessions", "name-s1", "name-s2", "is deleted with it"}, []string{"cont-1"}},
		{"force", Command{Verb: ForceTerminate, Targets: []*model.Session{one, two}}, nil,
			[]string{"Force termination does not wait", "cont-1", "cont-2", "i-1"}, nil},
		{"commit at the limit", Command{Verb: Commit, Targets: []*model.Session{one}},
			func() { h.ask.limit = imageLimit{Known: true, Have: 3, Max: 3} }, []string{"You have 3 of 3", "/home/work"}, nil},
		{"commit over the limit", Command{Verb: Commit, Targets: []*model.Session{one}},
			func() { h.ask.setCommit("s1", commit{Session: one, Err: &client.Error{Kind: client.KindQuota}}) },
			[]string{"The limit of customised images is reached"}, nil},
		{"commit under way", Command{Verb: Commit, Targets: []*model.Session{one}},
			func() {
				h.ask.setCommit("s1", commit{Session: one, Name: "mine", Event: client.TaskEvent{Status: client.TaskRunning, Current: 1, Total: 3}})
			},
			[]string{"<progress", "The image mine is being made"}, []string{`type="submit"`}},
		{"commit done", Command{Verb: Commit, Targets: []*model.Session{one}},
			func() {
				h.ask.setCommit("s1", commit{Session: one, Name: "mine", Event: client.TaskEvent{Status: client.TaskDone}, Image: &client.CustomImage{Name: "r/n:t"}})
			}, []string{"The image mine is ready", "r/n:t"}, nil},
		{"a program", Command{Verb: CopyCommand, Targets: []*model.Session{one}}, nil, []string{"openssl", "What it does"}, nil},
		{"a command line", Command{Verb: CopyCommand, Targets: []*model.Session{one}}, func() { h.ask.form = "cli" }, []string{"backend.ai session info s1"}, nil},
		{"none for this", Command{Verb: CopyCommand, Targets: []*model.Session{one}},
			func() { h.ask.form, h.ask.subject = "cli", Interrupt }, []string{"has no command for this"}, []string{"<pre"}},
		{"the list's", Command{Verb: CopyCommand, List: &client.ListRequest{}}, func() { h.ask.form = "go" }, []string{"client.ListRequest"}, []string{"What it does"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, lang := range []string{"ko", "en"} {
				h.Texts, h.ask.commits = i18n.Load(lang), nil
				h.ask.open(test.command)
				if test.change != nil {
					test.change()
				}
				html := printed(h)
				assert.NotRegexp(t, `[>"]session\.[a-z]`, html, "every text has its words")
				if lang == "en" {
					for _, part := range test.want {
						assert.Contains(t, html, part)
					}
					for _, part := range test.lacks {
						assert.NotContains(t, html, part)
					}
				}
			}
		})
	}
}

func TestFailuresAreListed(t *testing.T) {
	h := hostOf(nil, model.RoleUser, "en")
	h.ending.batches = []*endBatch{{Number: 7, Targets: []*model.Session{running("s1")}, Sending: true,
		Failed: []endFailure{{running("s1"), &client.Error{Kind: client.KindServer, Status: 500, Message: "boom"}}}}}
	html := printed(h)
	assert.Contains(t, html, "1 session could not be ended")
	assert.Contains(t, html, "name-s1")
	assert.Contains(t, html, "(boom)")
	assert.Contains(t, html, "Force terminate")

	h.ending.batches[0].Failed, h.ending.batches[0].Left = nil, 1
	assert.Contains(t, printed(h), "A session is being ended")
	many := []*model.Session{running("s1"), running("s2"), running("s3"), running("s4"), running("s5")}
	assert.Equal(t, "name-s1, name-s2, name-s3, +2", names(many))
}

func TestRenamingInPlace(t *testing.T) {
	h := hostOf(full(running("s1")), model.RoleUser, "en")
	h.ask.open(Command{Verb: Rename, Targets: []*model.Session{running("s1")}})
	html := printed(h)
	assert.Contains(t, html, `class="rename"`)
	assert.NotContains(t, html, "Rename the session", "no dialog for what stands there already")
	h.ask.sending, h.ask.text = true, "new-name"
	html = printed(h)
	assert.NotContains(t, html, `class="rename"`)
	assert.Contains(t, html, "new-name", "the new name shows until it is confirmed")
}

func TestKeySteps(t *testing.T) {
	for key, want := range map[string]int{"j": 1, "ArrowDown": 1, "k": -1, "ArrowUp": -1, "x": 0} {
		by, _ := keyStep(key)
		assert.Equal(t, want, by, key)
	}
}
