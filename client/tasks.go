package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// TaskStatus is how far a background task is.
type TaskStatus string

// The statuses of background tasks. Managers up to 24.09 never say that a task
// succeeded in part.
const (
	TaskRunning   TaskStatus = "updated"
	TaskDone      TaskStatus = "done"
	TaskPartial   TaskStatus = "partial_success"
	TaskCancelled TaskStatus = "cancelled"
	TaskFailed    TaskStatus = "failed"
	// TaskUnknown: the manager knows no such task, or none of the caller's; it
	// keeps them for a day.
	TaskUnknown TaskStatus = "unknown"
)

// Finished reports whether nothing more will happen.
func (s TaskStatus) Finished() bool { return s != TaskRunning }

// TaskEvent is how far a background task is, such as the commit of a session to
// an image or the clone of a folder.
type TaskEvent struct {
	Status  TaskStatus
	Message string // the manager's words; they may be empty
	// Current and Total say how much of the work is done, in steps of the task's
	// own; a Total of 0 says nothing.
	Current, Total float64
	// Errors are those of a partial success.
	Errors []string
}

// errNoTask is the cause of the end of a stream that had nothing to tell.
var errNoTask = errors.New("the manager knows no such task")

// number is a number that some managers write as text.
type number float64

// UnmarshalJSON accepts 1, "1" and null; anything else is 0.
func (n *number) UnmarshalJSON(data []byte) error {
	*n = 0
	if v, err := strconv.ParseFloat(strings.Trim(string(data), `"`), 64); err == nil {
		*n = number(v)
	}
	return nil
}

// taskData is the data of an event of a task.
type taskData struct {
	Message string   `json:"message"`
	Current number   `json:"current_progress"`
	Total   number   `json:"total_progress"`
	Errors  []string `json:"errors"`
}

// FollowTask follows a background task to its end: changed is called, on the
// goroutine of the caller, for each step and at last with a status that is
// finished. The error is that of the context, or why the manager does not tell;
// a broken connection is made again, and a manager tells how a finished task
// went for a day.
func (c *Client) FollowTask(ctx context.Context, id string, changed func(TaskEvent)) error {
	var last TaskEvent
	finish := func(status TaskStatus) {
		last.Status = status
		changed(last)
	}
	heard := false
	request := Request{Path: "/events/background-task", Query: url.Values{"task_id": {id}}}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	err := c.keepStream(ctx, request, streamHooks{
		opened: func() { heard = false },
		closed: func(error) {
			// Manager 24.09 opens a stream for a task that it does not know, and ends
			// it without a word.
			if !heard {
				cancel(errNoTask)
			}
		},
		event: func(e ServerEvent) bool {
			heard = true
			name, ok := strings.CutPrefix(e.Name, "bgtask_")
			if !ok {
				return e.Name == "server_close"
			}
			var data taskData
			if json.Unmarshal([]byte(e.Data), &data) != nil {
				return false
			}
			last.apply(data)
			status := TaskStatus(name)
			if len(data.Errors) > 0 && status == TaskDone {
				status = TaskPartial
			}
			finish(status)
			return status.Finished()
		},
	})
	switch {
	case context.Cause(ctx) == errNoTask, KindOf(err) == KindNotFound:
		finish(TaskUnknown)
		return nil
	case err == nil && !last.Status.Finished():
		finish(TaskUnknown) // the stream was closed before it said how it went
	}
	c.logAuth(request, err)
	return err
}

// apply takes over what an event says; the end of a task says nothing about its
// progress.
func (e *TaskEvent) apply(data taskData) {
	e.Message, e.Errors = data.Message, data.Errors
	if data.Total > 0 {
		e.Current, e.Total = float64(data.Current), float64(data.Total)
	}
}
