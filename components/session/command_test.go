package session

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

func TestLink(t *testing.T) {
	for _, test := range []struct {
		name, current, id, panel, want string
	}{
		{"the drawer lies over the list as it is", "/sessions?tab=batch&page=2", "s1", "", "/sessions?page=2&session=s1&tab=batch"},
		{"a panel of it", "/sessions", "s1", PanelLogs, "/sessions?panel=logs&session=s1"},
		{"another session's panel and kernel do not stay", "/sessions?session=s0&panel=logs&kernel=k", "s1", "", "/sessions?session=s1"},
		{"without an id the drawer is closed", "/sessions?session=s0&panel=logs&kernel=k", "", "", "/sessions"},
		{"closing keeps what the list shows", "/sessions?session=s0&tab=finished", "", "", "/sessions?tab=finished"},
		{"from the first page", "/", "s1", "", "/sessions?session=s1"},
		{"parameters of other pages stay there", "/logs?filter=x", "s1", "", "/sessions?session=s1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			current, err := url.Parse(test.current)
			require.NoError(t, err)
			assert.Equal(t, test.want, Link(current, test.id, test.panel))
		})
	}
	assert.Equal(t, "/sessions?session=s1", Link(nil, "s1", ""))
}

// person is a user of a manager of some version.
func person(manager string) Who {
	return Who{
		Account: &model.Account{Email: "user@example.com", AccessKey: "AKUSER", Role: model.RoleUser},
		Manager: client.Version{Manager: manager, API: "v9.20250722"},
	}
}

func TestAllowed(t *testing.T) {
	mine := func(status model.Status, change ...func(*model.Session)) *model.Session {
		s := &model.Session{ID: "s1", Status: status, Type: model.TypeInteractive, UserEmail: "user@example.com"}
		for _, f := range change {
			f(s)
		}
		return s
	}
	another := func(s *model.Session) { s.UserEmail = "other@example.com" }
	batch := func(s *model.Session) { s.Type = model.TypeBatch }
	committing := func(s *model.Session) { s.CommitStatus = "ongoing" }
	for _, test := range []struct {
		name    string
		verb    Verb
		manager string
		targets []*model.Session
		want    bool
	}{
		{"a running session of one's own can be renamed", Rename, "24.09.14", []*model.Session{mine(model.StatusRunning)}, true},
		{"somebody else's cannot", Rename, "24.09.14", []*model.Session{mine(model.StatusRunning, another)}, false},
		{"one that is being prepared cannot be renamed", Rename, "24.09.14", []*model.Session{mine(model.StatusPreparing)}, false},
		{"nor one that waits", Rename, "24.09.14", []*model.Session{mine(model.StatusPending)}, false},
		{"one that is over cannot be renamed", Rename, "24.09.14", []*model.Session{mine(model.StatusTerminated)}, false},
		{"two cannot be renamed at once", Rename, "24.09.14", []*model.Session{mine(model.StatusRunning), mine(model.StatusRunning)}, false},
		{"a running session can be ended", Terminate, "24.09.14", []*model.Session{mine(model.StatusRunning)}, true},
		{"somebody else's too, for whoever sees it", Terminate, "24.09.14", []*model.Session{mine(model.StatusRunning, another)}, true},
		{"several can be ended at once", Terminate, "24.09.14", []*model.Session{mine(model.StatusRunning), mine(model.StatusPending)}, true},
		{"one that is over already cannot", Terminate, "24.09.14", []*model.Session{mine(model.StatusRunning), mine(model.StatusCancelled)}, false},
		{"one that is ending already can only be forced", Terminate, "24.09.14", []*model.Session{mine(model.StatusTerminating)}, false},
		{"an ending one can be forced", ForceTerminate, "24.09.14", []*model.Session{mine(model.StatusTerminating)}, true},
		{"a broken one can be forced", ForceTerminate, "24.09.14", []*model.Session{mine(model.StatusError)}, true},
		{"while an image is made a session is not ended", Terminate, "24.09.14", []*model.Session{mine(model.StatusRunning, committing)}, false},
		{"but it can be forced", ForceTerminate, "24.09.14", []*model.Session{mine(model.StatusRunning, committing)}, true},
		{"nothing cannot be ended", Terminate, "24.09.14", nil, false},
		{"an interactive session can become an image", Commit, "24.09.14", []*model.Session{mine(model.StatusRunning)}, true},
		{"a batch session cannot", Commit, "24.09.14", []*model.Session{mine(model.StatusRunning, batch)}, false},
		{"nor one that becomes one already", Commit, "24.09.14", []*model.Session{mine(model.StatusRunning, committing)}, false},
		{"nor on a manager before 24.03", Commit, "23.09.1", []*model.Session{mine(model.StatusRunning)}, false},
		{"a session can be restarted", Restart, "24.09.14", []*model.Session{mine(model.StatusRunning)}, true},
		{"managers from 26.1 on have no restart", Restart, "26.9.6", []*model.Session{mine(model.StatusRunning)}, false},
		{"a running session can be interrupted", Interrupt, "26.9.6", []*model.Session{mine(model.StatusRunning)}, true},
		{"a waiting one cannot", Interrupt, "26.9.6", []*model.Session{mine(model.StatusPending)}, false},
		{"a session can be started again like it was", Again, "23.09.1", []*model.Session{mine(model.StatusTerminated)}, true},
		{"somebody else's too", Again, "23.09.1", []*model.Session{mine(model.StatusRunning, another, batch)}, true},
		{"but not one that serves a model", Again, "26.9.6", []*model.Session{mine(model.StatusRunning, func(s *model.Session) { s.Type = model.TypeInference })}, false},
		{"a session without an id is not in the list yet", Open, "26.9.6", []*model.Session{{Name: "sending"}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, Command{Verb: test.verb, Targets: test.targets}.Allowed(person(test.manager)))
		})
	}
	assert.True(t, Command{Verb: CopyCommand, List: &client.ListRequest{}}.Allowed(Who{}))
	assert.False(t, Command{Verb: CopyCommand}.Allowed(Who{}))
	assert.False(t, Command{Verb: Terminate, Targets: []*model.Session{mine(model.StatusRunning)}}.Allowed(Who{}), "nobody is signed in")
}

func TestMine(t *testing.T) {
	who := person("24.09.14")
	assert.True(t, who.Mine(&model.Session{UserEmail: "user@example.com", AccessKey: "AKOTHER"}), "the e-mail decides where it is known")
	assert.False(t, who.Mine(&model.Session{UserEmail: "other@example.com", AccessKey: "AKUSER"}))
	assert.True(t, who.Mine(&model.Session{AccessKey: "AKUSER"}))
	assert.False(t, who.Mine(&model.Session{AccessKey: "AKOTHER"}))
}
