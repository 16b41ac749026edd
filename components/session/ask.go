package session

import (
	"context"
	"slices"
	"strings"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/page"
)

// ask is the dialog that is open: what it is about, what was typed and chosen in
// it, and what became of it. One is open at a time.
type ask struct {
	loop page.Loop
	// done is called when something was changed: it names the verb and, for
	// Rename, the new name.
	done func(verb Verb, s *model.Session, name string)

	manager manager
	who     Who

	command Command
	opened  bool
	text    string // as typed
	problem string // key of what is wrong with it, under session.name.
	forced  bool   // the box of the termination
	sending bool
	err     error
	number  int // of the dialog; answers for an earlier one are dropped

	subject Verb   // what a program is shown for
	form    string // curl, cli or go
	limit   imageLimit
	commits map[string]*commit // by session: under way, or over and not read
}

// imageLimit is how many customised images the person has and may have.
type imageLimit struct {
	Known     bool
	Have, Max int // Max is -1 without a limit
}

// reached reports whether no further image may be made.
func (l imageLimit) reached() bool { return l.Known && l.Max >= 0 && l.Have >= l.Max }

// open opens the dialog of a command.
func (a *ask) open(c Command) {
	a.close()
	a.command, a.opened = c, true
	switch c.Verb {
	case Rename:
		a.text = c.Targets[0].Name
	case ForceTerminate:
		a.forced = true
	case CopyCommand:
		a.subject, a.form = Open, "curl"
	case Commit:
		a.lookAtLimit()
	}
}

// close closes it, and what comes for it later changes nothing. What is under way
// goes on. What became of an image has been read: the next time is for another one.
func (a *ask) close() {
	a.number++
	if c := a.commitOf(); c != nil && c.over() {
		delete(a.commits, idOf(a.target()))
	}
	a.command, a.opened, a.text, a.problem, a.forced, a.sending, a.err = Command{}, false, "", "", false, false, nil
	a.limit = imageLimit{}
}

// target is the session of a dialog about one.
func (a *ask) target() *model.Session {
	if len(a.command.Targets) != 1 {
		return nil
	}
	return a.command.Targets[0]
}

// typed takes over what the person types. What is wrong is said once they try;
// then each change is looked at.
func (a *ask) typed(text string) {
	a.text = text
	a.err = nil
	if a.problem != "" {
		a.problem = a.check()
	}
}

func (a *ask) check() string {
	if a.command.Verb == Commit {
		return ImageNameProblem(a.text)
	}
	return NameProblem(a.text)
}

// submit does what the dialog is for. It reports whether a termination was
// confirmed, which is for [ending].
func (a *ask) submit() (end bool) {
	if !a.opened || a.sending {
		return false
	}
	switch a.command.Verb {
	case Terminate, ForceTerminate:
		return true
	case Rename:
		a.rename()
	case Commit:
		a.commit()
	}
	return false
}

func (a *ask) rename() {
	s, name := a.target(), strings.TrimSpace(a.text)
	a.text = name
	if a.problem = a.check(); a.problem != "" {
		return
	}
	if name == s.Name {
		a.close()
		return
	}
	a.send(func(ctx context.Context, m manager, owner string) error {
		return m.Rename(ctx, idOf(s), name, owner)
	}, func() {
		a.close()
		a.done(Rename, s, name)
	})
}

// send makes a call and closes the dialog or says what failed. What was typed
// stays until it worked.
func (a *ask) send(call func(ctx context.Context, m manager, owner string) error, worked func()) {
	a.number++
	number, m, who, s := a.number, a.manager, a.who, a.target()
	if m == nil {
		a.err = errNotSignedIn()
		return
	}
	a.sending, a.err = true, nil
	a.loop.Async(func() {
		owner, err := ownerOf(context.Background(), m, s, who)
		if err == nil {
			err = call(context.Background(), m, owner)
		}
		a.loop.Dispatch(func() {
			if number != a.number {
				return
			}
			a.sending, a.err = false, err
			if err == nil {
				worked()
			}
		})
	})
}

// atOnce makes a call that needs no dialog, and tells how it went.
func (a *ask) atOnce(c Command, told func(error)) {
	m, who, s := a.manager, a.who, c.Targets[0]
	a.loop.Async(func() {
		err := callAtOnce(m, who, c.Verb, s)
		a.loop.Dispatch(func() { told(err) })
	})
}

func callAtOnce(m manager, who Who, verb Verb, s *model.Session) error {
	if m == nil {
		return errNotSignedIn()
	}
	ctx := context.Background()
	owner, err := ownerOf(ctx, m, s, who)
	if err != nil {
		return err
	}
	if verb == Restart {
		return m.Restart(ctx, idOf(s), owner)
	}
	return m.Interrupt(ctx, idOf(s), owner)
}

// commit is an image that is being made of a session.
type commit struct {
	Session *model.Session
	Name    string
	Sending bool // the manager has not accepted it yet
	Event   client.TaskEvent
	Err     error               // why it could not begin or be followed
	Image   *client.CustomImage // once it is there
}

// over reports whether nothing more will happen.
func (c *commit) over() bool {
	return c.Err != nil || c.Event.Status != "" && c.Event.Status.Finished()
}

// failed reports whether there is no image.
func (c *commit) failed() bool {
	return c.Err != nil || c.over() && c.Event.Status != client.TaskDone && c.Event.Status != client.TaskPartial
}

// commitOf is the image that is being made of the dialog's session, or was made
// and nobody has read so; nil if none.
func (a *ask) commitOf() *commit {
	if s := a.target(); s != nil {
		return a.commits[idOf(s)]
	}
	return nil
}

func (a *ask) commit() {
	s, name := a.target(), strings.TrimSpace(a.text)
	a.text = name
	if a.problem = a.check(); a.problem != "" {
		return
	}
	if running := a.commitOf(); running != nil && !running.over() {
		return
	}
	if a.manager == nil {
		a.err = errNotSignedIn()
		return
	}
	id, m := idOf(s), a.manager
	a.setCommit(id, commit{Session: s, Name: name, Sending: true})
	a.loop.Async(func() { a.runCommit(m, id, name) })
}

// setCommit replaces what is known of a session's commit.
func (a *ask) setCommit(id string, c commit) {
	if a.commits == nil {
		a.commits = map[string]*commit{}
	}
	a.commits[id] = &c
}

// change applies a change to a session's commit, on the page's goroutine.
func (a *ask) change(id string, apply func(*commit)) {
	a.loop.Dispatch(func() {
		next := *a.commits[id]
		apply(&next)
		over := !a.commits[id].over() && next.over()
		a.setCommit(id, next)
		if over {
			a.done(Commit, next.Session, next.Name)
		}
	})
}

// runCommit asks for the image and follows it to its end, wherever the dialog is.
func (a *ask) runCommit(m manager, id, name string) {
	ctx := context.Background()
	before, listErr := m.CustomImages(ctx)
	task, err := m.Imagify(ctx, id, name)
	if err != nil {
		a.change(id, func(c *commit) { c.Sending, c.Err = false, err })
		return
	}
	a.change(id, func(c *commit) { c.Sending, c.Event.Status = false, client.TaskRunning })
	var last client.TaskEvent
	err = m.FollowTask(ctx, task, func(e client.TaskEvent) {
		if last = e; !e.Status.Finished() {
			a.change(id, func(c *commit) { c.Event = e })
		}
	})
	var image *client.CustomImage
	if after, imagesErr := m.CustomImages(ctx); imagesErr == nil && listErr == nil {
		image = newImage(before, after, name)
	}
	a.change(id, func(c *commit) {
		c.Event, c.Image = last, image
		if err != nil && image == nil {
			c.Err = err
		}
		if image != nil && (err != nil || last.Status == client.TaskUnknown) {
			c.Event.Status = client.TaskDone // the manager does not tell, but it is there
		}
	})
}

// newImage is the image of a name that was not there before.
func newImage(before, after []client.CustomImage, name string) *client.CustomImage {
	for _, image := range after {
		was := slices.ContainsFunc(before, func(other client.CustomImage) bool { return other.Name == image.Name })
		if !was && image.Customized == name {
			return &image
		}
	}
	return nil
}

// lookAtLimit asks how many images there are and may be.
func (a *ask) lookAtLimit() {
	number, m := a.number, a.manager
	if m == nil {
		return
	}
	a.loop.Async(func() {
		limit, err := m.CustomImageLimit(context.Background())
		if err != nil {
			return // not told to everybody; the manager decides in the end
		}
		images, err := m.CustomImages(context.Background())
		if err != nil {
			return
		}
		a.loop.Dispatch(func() {
			if number == a.number {
				a.limit = imageLimit{Known: true, Have: len(images), Max: limit}
			}
		})
	})
}
