package session

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

func newAsk(p *fakePage) (*ask, *[]string) {
	var done []string
	return &ask{loop: p.loop(), manager: p.m, who: person("24.09.14"),
		done: func(verb Verb, s *model.Session, name string) {
			done = append(done, string(verb)+" "+s.ID+" "+name)
		}}, &done
}

func TestRenaming(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		a, done := newAsk(p)
		p.do(func() { a.open(Command{Verb: Rename, Targets: []*model.Session{running("s1")}}) })
		assert.Equal(t, "name-s1", a.text, "one changes the name there is")
		p.do(func() { a.typed("ab"); assert.False(t, a.submit()) })
		assert.Equal(t, "short", a.problem)
		p.do(func() { a.typed("abc def") })
		assert.Equal(t, "character", a.problem, "once said, each change is looked at")
		p.do(func() { a.typed("other") })
		assert.Empty(t, a.problem)

		p.m.delay = time.Second
		p.m.refuse["rename s1 other"] = &client.Error{Kind: client.KindConflict}
		p.do(func() { a.submit(); a.submit() })
		assert.True(t, a.sending)
		p.pass(time.Second)
		assert.Equal(t, []string{"rename s1 other"}, p.m.asked(), "a double click asks once")
		assert.True(t, a.opened)
		assert.Equal(t, "other", a.text, "what was typed stays")
		assert.Equal(t, client.KindConflict, client.KindOf(a.err))

		p.do(func() { a.typed("third"); a.submit() })
		p.pass(time.Second)
		assert.False(t, a.opened)
		assert.Equal(t, []string{"rename s1 third"}, *done)
	})
}

func TestTheSameNameAsksNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		a, done := newAsk(p)
		p.do(func() { a.open(Command{Verb: Rename, Targets: []*model.Session{running("s1")}}); a.submit() })
		assert.False(t, a.opened)
		assert.Empty(t, p.m.asked())
		assert.Empty(t, *done)
	})
}

func TestADialogOutlivesTheSignIn(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		a, _ := newAsk(p)
		p.do(func() {
			a.open(Command{Verb: Rename, Targets: []*model.Session{running("s1")}})
			a.typed("other")
			a.manager = nil
			a.submit()
		})
		assert.Equal(t, client.KindAuth, client.KindOf(a.err))
		assert.Equal(t, "other", a.text)
		p.do(func() { a.manager = p.m; a.submit() })
		assert.Equal(t, []string{"rename s1 other"}, p.m.asked())
	})
}

func TestALateAnswerIsForNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		a, done := newAsk(p)
		p.m.delay = time.Second
		p.do(func() {
			a.open(Command{Verb: Rename, Targets: []*model.Session{running("s1")}})
			a.typed("other")
			a.submit()
			a.open(Command{Verb: Terminate, Targets: []*model.Session{running("s2")}})
		})
		p.pass(time.Minute)
		assert.True(t, a.opened, "the other dialog stays open")
		assert.Empty(t, *done)
		p.do(func() { assert.True(t, a.submit(), "a termination is for the undo window") })
	})
}

func TestCommit(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		a, done := newAsk(p)
		p.m.limit = 1
		p.m.imagify = func() {
			p.m.images = append(p.m.images, client.CustomImage{Name: "r/n:customized_1", Customized: "mine"})
		}
		step := make(chan client.TaskEvent)
		p.m.follow = func(changed func(client.TaskEvent)) error {
			for e := range step {
				changed(e)
			}
			return nil
		}
		p.do(func() { a.open(Command{Verb: Commit, Targets: []*model.Session{running("s1")}}) })
		assert.Equal(t, imageLimit{Known: true, Have: 0, Max: 1}, a.limit)
		p.do(func() { a.submit() })
		assert.Equal(t, "empty", a.problem)
		p.do(func() { a.typed("mine"); a.submit(); a.submit() })
		assert.Equal(t, []string{"imagify s1 mine"}, p.m.asked())
		step <- client.TaskEvent{Status: client.TaskRunning, Current: 1, Total: 3}
		p.pass(0)
		assert.InDelta(t, 1, a.commitOf().Event.Current, 0)
		assert.False(t, a.commitOf().over())

		p.do(a.close)
		step <- client.TaskEvent{Status: client.TaskDone, Current: 3, Total: 3}
		close(step)
		p.pass(0)
		assert.Equal(t, []string{"commit s1 mine"}, *done, "it goes on without the dialog")
		p.do(func() { a.open(Command{Verb: Commit, Targets: []*model.Session{running("s1")}}) })
		require.NotNil(t, a.commitOf().Image)
		assert.Equal(t, "r/n:customized_1", a.commitOf().Image.Name)
		assert.True(t, a.limit.reached())

		p.do(a.close)
		p.do(func() { a.open(Command{Verb: Commit, Targets: []*model.Session{running("s1")}}) })
		assert.Nil(t, a.commitOf(), "once read, the dialog is for another image")
		p.m.follow = func(changed func(client.TaskEvent)) error {
			changed(client.TaskEvent{Status: client.TaskDone})
			return nil
		}
		p.do(func() { a.typed("second"); a.submit() })
		assert.Equal(t, []string{"imagify s1 second"}, p.m.asked())
		assert.True(t, a.commitOf().over())
	})
}

func TestACommitThatFails(t *testing.T) {
	for _, test := range []struct {
		name   string
		refuse error
		event  client.TaskEvent
		follow error
		appear bool
		failed bool
	}{
		{"at once", &client.Error{Kind: client.KindInvalid}, client.TaskEvent{}, nil, false, true},
		{"in the task", nil, client.TaskEvent{Status: client.TaskFailed, Message: "no room"}, nil, false, true},
		{"the task is unknown, and there is no image", nil, client.TaskEvent{Status: client.TaskUnknown}, nil, false, true},
		{"the task is unknown, but the image is there", nil, client.TaskEvent{Status: client.TaskUnknown}, nil, true, false},
		{"the manager does not tell", nil, client.TaskEvent{Status: client.TaskRunning}, &client.Error{Kind: client.KindForbidden}, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, p *fakePage) {
				a, _ := newAsk(p)
				if test.refuse != nil {
					p.m.refuse["imagify s1 mine"] = test.refuse
				}
				if test.appear {
					p.m.imagify = func() { p.m.images = []client.CustomImage{{Name: "n", Customized: "mine"}} }
				}
				p.m.follow = func(changed func(client.TaskEvent)) error {
					changed(test.event)
					return test.follow
				}
				p.do(func() {
					a.open(Command{Verb: Commit, Targets: []*model.Session{running("s1")}})
					a.typed("mine")
					a.submit()
				})
				assert.True(t, a.commitOf().over())
				assert.Equal(t, test.failed, a.commitOf().failed())
				p.m.asked()
				p.do(func() { a.submit() })
				if test.failed {
					assert.Equal(t, []string{"imagify s1 mine"}, p.m.asked(), "it can be tried again")
				}
			})
		})
	}
}

func TestAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, p *fakePage) {
		a, _ := newAsk(p)
		var told []error
		for _, verb := range []Verb{Restart, Interrupt} {
			p.do(func() {
				a.atOnce(Command{Verb: verb, Targets: []*model.Session{running("s1")}}, func(err error) { told = append(told, err) })
			})
		}
		assert.Equal(t, []string{"restart s1", "interrupt s1"}, p.m.asked())
		assert.Equal(t, []error{nil, nil}, told)
	})
}
