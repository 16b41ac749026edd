package notices

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/components/ui"
)

// ActionFinished says that a background task that a notification told of has
// come to its end; its value is a [Finished].
const ActionFinished = "notices.finished"

// Finished is how a background task went.
type Finished struct {
	Key, Task string // of the notification
	Event     client.TaskEvent
}

// follower is who can follow a task: the client.
type follower interface {
	FollowTask(ctx context.Context, id string, changed func(client.TaskEvent)) error
}

// tasks follows the background tasks of the list.
type tasks struct {
	dispatch func(func())
	async    func(func())
	told     func(key string, e client.TaskEvent) // on the page's goroutine

	running map[string]context.CancelFunc // by the key of the notification
}

// follow begins to follow a task, unless that was begun already.
func (t *tasks) follow(c follower, key, id string) {
	if t.running[key] != nil {
		return
	}
	if t.running == nil {
		t.running = map[string]context.CancelFunc{}
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.running[key] = cancel
	t.async(func() {
		tell := func(e client.TaskEvent) {
			t.dispatch(func() {
				if ctx.Err() != nil {
					return
				}
				if e.Status.Finished() {
					t.end(key)
				}
				t.told(key, e)
			})
		}
		if err := c.FollowTask(ctx, id, tell); err != nil && ctx.Err() == nil {
			tell(client.TaskEvent{Status: client.TaskUnknown})
		}
	})
}

// end follows a task no more.
func (t *tasks) end(key string) {
	if cancel := t.running[key]; cancel != nil {
		cancel()
		delete(t.running, key)
	}
}

// stop follows nothing any more.
func (t *tasks) stop() {
	for key := range t.running {
		t.end(key)
	}
}

// follow follows the task of a notification that is under way.
func (b *Bell) follow(item *Item) {
	if item.Task != "" && item.Busy && b.client != nil {
		b.tasks.follow(b.client, item.Key, item.Task)
	}
}

// taskStep shows how far a task is.
func (b *Bell) taskStep(ctx app.Context, key string, e client.TaskEvent) {
	item := b.center.Find(key)
	if item == nil {
		return
	}
	n := taskNotice(item.Notice, e)
	b.add(ctx, n)
	if e.Status.Finished() {
		ctx.NewActionWithValue(ActionFinished, Finished{Key: key, Task: item.Task, Event: e})
	}
}

// taskNotice is the notification of a task after a step.
func taskNotice(n Notice, e client.TaskEvent) Notice {
	n.Detail = e.Message
	n.Current, n.Total = e.Current, e.Total
	if !e.Status.Finished() {
		return n
	}
	n.Busy, n.Loud, n.Stop, n.Task = false, true, "", ""
	n.Current, n.Total = 0, 0
	or := func(key, other string) string {
		if key == "" {
			return other
		}
		return key
	}
	switch e.Status {
	case client.TaskDone:
		n.Tone, n.Text, n.Detail = ui.Success, or(n.Done, "notices.task.done"), ""
	case client.TaskPartial:
		n.Tone, n.Text, n.Detail = ui.Warning, "notices.task.partial", strings.Join(e.Errors, " ")
	case client.TaskCancelled:
		n.Tone, n.Text = ui.Info, "notices.task.cancelled"
	case client.TaskFailed:
		n.Tone, n.Text = ui.Danger, or(n.Failed, "notices.task.failed")
	default:
		n.Tone, n.Text, n.Loud = ui.Info, "notices.task.unknown", false
	}
	return n
}
