package notices

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/ui"
)

// manager tells of tasks what a test says.
type manager struct {
	events  []client.TaskEvent
	err     error
	asked   int
	waiting bool
}

func (m *manager) FollowTask(ctx context.Context, _ string, changed func(client.TaskEvent)) error {
	m.asked++
	for _, e := range m.events {
		changed(e)
	}
	if m.waiting {
		<-ctx.Done()
		return ctx.Err()
	}
	return m.err
}

func atOnceTasks(told func(string, client.TaskEvent)) *tasks {
	return &tasks{dispatch: func(f func()) { f() }, async: func(f func()) { f() }, told: told}
}

func TestATaskIsFollowedToItsEnd(t *testing.T) {
	var got []client.TaskStatus
	tasks := atOnceTasks(func(key string, e client.TaskEvent) {
		assert.Equal(t, "a", key)
		got = append(got, e.Status)
	})
	m := &manager{events: []client.TaskEvent{{Status: client.TaskRunning}, {Status: client.TaskDone}}}
	tasks.follow(m, "a", "task")
	assert.Equal(t, []client.TaskStatus{client.TaskRunning, client.TaskDone}, got)
	assert.Empty(t, tasks.running)

	got = nil
	m = &manager{err: errors.New("403")}
	tasks.follow(m, "a", "task")
	assert.Equal(t, []client.TaskStatus{client.TaskUnknown}, got, "a manager that does not tell")
}

func TestATaskIsFollowedOnce(t *testing.T) {
	ended := make(chan struct{})
	tasks := &tasks{dispatch: func(f func()) { f() }, async: func(f func()) {
		go func() {
			defer close(ended)
			f()
		}()
	}, told: func(string, client.TaskEvent) { t.Error("nothing is to be told") }}
	m := &manager{waiting: true}
	tasks.follow(m, "a", "task")
	tasks.follow(m, "a", "task")
	tasks.end("b")
	tasks.stop()
	<-ended
	assert.Equal(t, 1, m.asked)
	assert.Empty(t, tasks.running)
}

func TestHowATaskWent(t *testing.T) {
	begun := Notice{Key: "a", Text: "begun", Busy: true, Task: "task", Stop: "stop", Done: "done", Failed: "failed", Args: []any{"name", "x"}}
	for name, test := range map[string]struct {
		event client.TaskEvent
		want  Notice
	}{
		"on its way": {
			client.TaskEvent{Status: client.TaskRunning, Message: "half", Current: 1, Total: 2},
			Notice{Key: "a", Text: "begun", Busy: true, Task: "task", Stop: "stop", Done: "done", Failed: "failed", Args: begun.Args, Detail: "half", Current: 1, Total: 2}},
		"well": {
			client.TaskEvent{Status: client.TaskDone, Message: "ok", Current: 2, Total: 2},
			Notice{Key: "a", Text: "done", Tone: ui.Success, Done: "done", Failed: "failed", Args: begun.Args, Loud: true}},
		"in part": {
			client.TaskEvent{Status: client.TaskPartial, Errors: []string{"one", "two"}},
			Notice{Key: "a", Text: "notices.task.partial", Tone: ui.Warning, Detail: "one two", Done: "done", Failed: "failed", Args: begun.Args, Loud: true}},
		"badly": {
			client.TaskEvent{Status: client.TaskFailed, Message: "no room"},
			Notice{Key: "a", Text: "failed", Tone: ui.Danger, Detail: "no room", Done: "done", Failed: "failed", Args: begun.Args, Loud: true}},
		"cancelled": {
			client.TaskEvent{Status: client.TaskCancelled},
			Notice{Key: "a", Text: "notices.task.cancelled", Tone: ui.Info, Done: "done", Failed: "failed", Args: begun.Args, Loud: true}},
		"nobody knows": {
			client.TaskEvent{Status: client.TaskUnknown},
			Notice{Key: "a", Text: "notices.task.unknown", Tone: ui.Info, Done: "done", Failed: "failed", Args: begun.Args}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, taskNotice(begun, test.event)) })
	}
	assert.Equal(t, "notices.task.done", taskNotice(Notice{}, client.TaskEvent{Status: client.TaskDone}).Text, "where no words are given")
}
