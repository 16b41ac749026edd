package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/i18n"
)

func TestWhy(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local)
	session := func(status model.Status, info, data string) *model.FullSession {
		s := &model.FullSession{QueuePosition: -1}
		s.Status, s.StatusInfo, s.StatusData, s.ScalingGroup = status, info, model.RawObject(data), "gpu"
		return s
	}
	change := func(s *model.FullSession, f func(*model.FullSession)) *model.FullSession {
		f(s)
		return s
	}
	failed := func(name string) string {
		return `{"scheduler": {"retries": 2, "last_try": "2026-03-04T02:00:00+00:00", "failed_predicates": [{"name": "` + name + `", "msg": "cpu=4"}]}}`
	}
	tries := " Tried 2 times so far, last at " + time.Date(2026, 3, 4, 2, 0, 0, 0, time.UTC).Local().Format("15:04:05") + "."
	for _, test := range []struct {
		name    string
		session *model.FullSession
		want    string
		said    string
	}{
		{"a limit of the key pair", session(model.StatusPending, "predicate-checks-failed", failed("keypair_resource_limit")),
			"It waits because your key pair already uses as many resources as its policy allows." + tries, "cpu=4"},
		{"too many at once", session(model.StatusPending, "", failed("concurrency")),
			"It waits because as many sessions run as your policy allows at the same time." + tries, "cpu=4"},
		{"a check that this version does not know", session(model.StatusPending, "", failed("quota_of_the_moon")),
			"It waits because a check of the scheduler has not passed: quota_of_the_moon." + tries, "cpu=4"},
		{"sessions it depends on", change(session(model.StatusPending, "", failed("dependencies")), func(s *model.FullSession) {
			s.Dependencies = []model.Linked{{Name: "first", Status: model.StatusRunning}, {Name: "over", Status: model.StatusTerminated}}
		}), "It waits for sessions it depends on: first." + tries, "cpu=4"},
		{"dependencies that are not told", session(model.StatusPending, "", failed("dependencies")),
			"It waits for the sessions it depends on." + tries, "cpu=4"},
		{"a planned start", change(session(model.StatusPending, "", ""), func(s *model.FullSession) {
			s.StartsAt = model.Time{Time: now.Add(time.Hour)}
		}), "It starts at Mar 4, 13:00 at the earliest.", ""},
		{"no room", session(model.StatusPending, "no-available-instances", `{"scheduler": {"msg": "no agent"}}`),
			"It waits because no agent of the resource group gpu has enough free resources.", "no agent"},
		{"a place in the queue", change(session(model.StatusPending, "", ""), func(s *model.FullSession) { s.QueuePosition = 2 }),
			"It is number 3 in the queue of the resource group gpu.", ""},
		{"the next one", change(session(model.StatusPending, "", ""), func(s *model.FullSession) { s.QueuePosition = 0 }),
			"It is the next in the queue of the resource group gpu.", ""},
		{"nothing is told", session(model.StatusPending, "", ""), "It waits for the scheduler.", ""},
		{"the image is on its way", session(model.StatusPulling, "", ""), "Its image is being fetched to the node.", ""},
		{"being prepared", session(model.StatusScheduled, "scheduled", ""), "Its containers are being prepared.", ""},
		{"broken", session(model.StatusError, "", `{"error": {"collection": [{"name": "Boom", "repr": "Boom(1)"}]}}`),
			"It is broken (Boom) and must be ended by force.", "Boom(1)"},
		{"broken without a word", session(model.StatusError, "agent-error", ""), "It is broken and must be ended by force.", "agent-error"},
		{"ending on request", session(model.StatusTerminating, "user-requested", ""), "It is being ended on request.", ""},
		{"ending, and the manager does not say why", session(model.StatusTerminating, "", ""), "It is being ended.", ""},
		{"ended by its owner", session(model.StatusTerminated, "user-requested", `{"kernel": {"exit_code": -1}}`), "It was ended on request.", ""},
		{"ended by force", session(model.StatusTerminated, "force-terminated", ""), "It was ended by force.", ""},
		{"the command finished", session(model.StatusTerminated, "task-finished", `{"kernel": {"exit_code": 0}}`), "Its command has finished. Exit code 0.", ""},
		{"the command failed", session(model.StatusTerminated, "task-failed", `{"kernel": {"exit_code": 3}}`), "Its command has failed. Exit code 3.", ""},
		{"the exit code stands with the kernel", change(session(model.StatusTerminated, "self-terminated", ""), func(s *model.FullSession) {
			s.Kernels = []model.FullKernel{{ClusterRole: "main", StatusData: model.RawObject(`{"kernel": {"exit_code": 137}}`)}}
		}), "Its own process ended. Exit code 137.", ""},
		{"idle by traffic", session(model.StatusTerminated, "idle-timeout", ""), "Nobody used it for longer than allowed (network traffic).", ""},
		{"the longest life", session(model.StatusTerminated, "idle-session-lifetime", ""), "It reached its maximum lifetime.", ""},
		{"idle by use", session(model.StatusTerminated, "idle-utilization", ""), "It used too little of its resources.", ""},
		{"out of memory", session(model.StatusTerminated, "out-of-memory", ""), "It needed more memory than it has.", ""},
		{"it never started", session(model.StatusCancelled, "failed-to-create", `{"error": {"name": "ImagePull", "repr": "no such image"}}`),
			"Its container could not be started.", "ImagePull no such image"},
		{"cancelled while waiting, told by the kernel only", change(session(model.StatusCancelled, "no-available-instances", ""), func(s *model.FullSession) {
			s.Kernels = []model.FullKernel{{ClusterRole: "main", StatusInfo: "user-requested"}}
		}), "It was ended on request.", ""},
		{"cancelled while waiting", session(model.StatusCancelled, "no-available-instances", ""), "It was cancelled while it waited.", ""},
		{"an error in brackets", session(model.StatusTerminated, "agent-error (ValueError('x'))", ""), "The agent failed.", "ValueError('x'"},
		{"a reason that this version does not know", session(model.StatusTerminated, "full-moon", ""), "It ended for the reason full-moon.", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, ok := why(test.session, 0, now)
			assert.True(t, ok)
			assert.Equal(t, test.want, r.text(i18n.Load("en"), now))
			assert.Contains(t, r.Said, test.said)
			korean := r.text(i18n.Load("ko"), now)
			assert.NotContains(t, korean, "session.why")
			assert.NotEqual(t, test.want, korean)
		})
	}
	r, _ := why(session(model.StatusPending, "", ""), 2, now)
	assert.Equal(t, "It waits in the queue of the resource group gpu. Sessions before it, of those that you may see: 2.", r.text(i18n.Load("en"), now))
	r, _ = why(session(model.StatusPending, "no-available-instances", ""), 2, now)
	assert.Equal(t, "waiting.no_room", r.Key, "what the manager says comes first")
	_, ok := why(session(model.StatusRunning, "", ""), 0, now)
	assert.False(t, ok, "a session that runs needs no reason")
	_, ok = why(nil, 0, now)
	assert.False(t, ok)
}

func FuzzWhy(f *testing.F) {
	f.Add("PENDING", "", `{"scheduler": {"failed_predicates": [{}]}}`)
	f.Add("TERMINATED", "agent-error (", `{"kernel": {"exit_code": null}}`)
	f.Fuzz(func(t *testing.T, status, info, data string) {
		s := &model.FullSession{}
		s.Status, s.StatusInfo, s.StatusData = model.Status(status), info, model.RawObject(data)
		if r, ok := why(s, 0, time.Now()); ok {
			assert.NotContains(t, r.text(i18n.Load("en"), time.Now()), "session.why", "each reason has a text")
		}
	})
}
