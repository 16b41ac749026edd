package notices

import (
	"slices"
	"time"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/live"
	"github.com/baiui/baiui/components/session"
	"github.com/baiui/baiui/components/ui"
)

const (
	// together is how close on each other sessions start, or end, that are told
	// of as one.
	together = 5 * time.Second
	// many is how many it takes.
	many = 4
	// remembered is how many sessions' lives are kept at most.
	remembered = 1000
)

// feed turns the steps of the person's sessions into notifications.
type feed struct {
	lives  map[string]*life
	order  []string // of the lives, the oldest first
	groups int
	group  *group // that sessions may still join
	begun  []string
	ends   map[string]*ends // by reason
	// expected are the groups of sessions that were asked for together, by the
	// names that have not been heard of yet.
	expected map[string]*group
}

// life is what a notification says of a session.
type life struct {
	name    string
	stage   stage
	result  string // of a batch session
	code    int    // it ended with
	hasCode bool
	reason  string
	heard   bool // its beginning was told of
	began   time.Time
	group   *group
}

// stage is how far a session is, as far as people want to be told.
type stage int

const (
	stageNone stage = iota
	stageWaiting
	stagePreparing
	stageRunning
	stageEnding
	stageEnded
)

func stageOf(s model.Status) stage {
	switch s.Phase() {
	case model.PhaseWaiting:
		return stageWaiting
	case model.PhasePreparing:
		return stagePreparing
	case model.PhaseRunning:
		return stageRunning
	case model.PhaseEnding:
		return stageEnding
	case model.PhaseEnded, model.PhaseFailed:
		return stageEnded
	}
	return stageNone
}

// ends counts the sessions that end for the same reason.
type ends struct {
	ids  []string
	last time.Time
}

// outcome is what becomes of the list.
type outcome struct {
	add    []Notice
	remove []string
}

func sessionKey(id string) string { return "session " + id }

// step takes a step of one of the person's sessions.
func (f *feed) step(c live.Change, now time.Time) outcome {
	l := f.life(c.ID, c.Event.Session, now)
	if result := c.Event.Result(); result != "" {
		l.result = result
	}
	if c.Event.ExitCode != nil && !c.Event.OfKernel() {
		l.code, l.hasCode = *c.Event.ExitCode, true
	}
	if c.Event.Name == "session_idle_warning" && l.stage < stageEnding {
		n := l.notice(c.ID, "notices.session.warned", ui.Warning)
		n.Reason, n.Usable, n.Loud = c.Event.Reason, true, true
		return outcome{add: []Notice{n}}
	}
	next := stageOf(c.Status)
	if c.Event.OfKernel() && next > stagePreparing {
		next = l.stage // the session says so itself
	}
	if reason := c.Event.Reason; saysWhy(reason) && !c.Event.OfKernel() && (next >= stageEnding || l.result != "") {
		l.reason = reason
	}
	return f.advance(c.ID, l, max(next, l.stage), now)
}

// learned takes the status that an answer told of a session, for what happened
// while nothing was heard.
func (f *feed) learned(s *model.Session, now time.Time) outcome {
	l := f.lives[s.ID]
	if l == nil {
		return outcome{}
	}
	next := stageOf(s.Status)
	if next >= stageEnding {
		l.reason = s.StatusInfo
		if s.Result != "UNDEFINED" {
			l.result = s.Result
		}
	}
	return f.advance(s.ID, l, max(next, l.stage), now)
}

// open lists the sessions whose notification says that they are under way.
func (f *feed) open() []string {
	var ids []string
	for _, id := range f.order {
		if l := f.lives[id]; l != nil && l.heard && l.stage < stageRunning {
			ids = append(ids, id)
		}
	}
	return ids
}

// restore takes over the notifications of before a reload.
func (f *feed) restore(items []*Item, now time.Time) {
	for _, item := range slices.Backward(items) {
		if item.Session == "" || item.Key != sessionKey(item.Session) {
			continue
		}
		name, _ := argument(item.Args, "name").(string)
		l := f.life(item.Session, name, now)
		l.heard = true
		switch {
		case item.Busy:
			l.stage = stageWaiting
		case item.Usable:
			l.stage = stageRunning
		default:
			l.stage = stageEnded
		}
	}
}

func argument(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

// life is that of a session, a new one if need be.
func (f *feed) life(id, name string, now time.Time) *life {
	if l := f.lives[id]; l != nil {
		if name != "" {
			l.name = name // it may have been renamed
		}
		return l
	}
	if f.lives == nil {
		f.lives = map[string]*life{}
	}
	if len(f.order) >= remembered {
		delete(f.lives, f.order[0])
		f.order = f.order[1:]
	}
	l := &life{name: name, began: now}
	f.lives[id] = l
	f.order = append(f.order, id)
	return l
}

// advance brings a session to a stage and says what is to be told.
func (f *feed) advance(id string, l *life, next stage, now time.Time) outcome {
	before := l.stage
	l.stage = next
	switch {
	case next == before && (next != stageRunning || l.result == ""):
		return outcome{}
	case next == stageWaiting, next == stagePreparing:
		return f.starting(id, l, now)
	case next == stageRunning && l.result == "":
		return f.running(id, l)
	}
	return f.over(id, l, now)
}

// notice is what is told of a session.
func (l *life) notice(id, text string, tone ui.Tone) Notice {
	return Notice{Key: sessionKey(id), Text: text, Tone: tone, Args: []any{"name", l.name}, Session: id}
}

// starting tells of a session on its way, alone or with those that started just
// before it.
func (f *feed) starting(id string, l *life, now time.Time) outcome {
	if l.group != nil {
		return outcome{add: []Notice{f.groupNotice(l.group)}}
	}
	if !l.heard {
		l.heard = true
		if o, grouped := f.gather(id, l, now); grouped {
			return o
		}
	}
	text := "notices.session.waiting"
	if l.stage == stagePreparing {
		text = "notices.session.preparing"
	}
	n := l.notice(id, text, ui.Info)
	n.Busy = true
	return outcome{add: []Notice{n}}
}

// running tells that a session can be used.
func (f *feed) running(id string, l *life) outcome {
	if l.group != nil {
		return outcome{add: []Notice{f.groupNotice(l.group)}}
	}
	if f.expected[l.name] != nil { // it was quicker than what was told of it
		l.heard = true
		o, _ := f.gather(id, l, l.began)
		return o
	}
	n := l.notice(id, "notices.session.running", ui.Success)
	n.Usable, n.Loud = true, l.heard
	return outcome{add: []Notice{n}}
}

// over tells that a session ended, or a batch session finished: loudly, unless
// the person wanted it.
func (f *feed) over(id string, l *life, now time.Time) outcome {
	n := l.notice(id, "notices.session.ended", ui.Info)
	switch {
	case l.result == "FAILURE":
		n.Text, n.Tone = "notices.session.failed", ui.Danger
		if l.hasCode {
			n.Text, n.Args = "notices.session.failed_code", append(n.Args, "code", l.code)
		}
		if l.reason != "task-failed" {
			n.Reason = l.reason
		}
	case l.result == "SUCCESS":
		n.Text, n.Tone, n.Loud = "notices.session.finished", ui.Success, true
	case l.stage == stageEnding:
		if byPerson(l.reason) {
			return outcome{}
		}
		n.Text, n.Reason, n.Busy = "notices.session.ending", l.reason, true
	case byPerson(l.reason):
		// Nothing new to the person: only what was told already is corrected.
		if l.heard && l.group == nil {
			return outcome{add: []Notice{n}}
		}
		return outcome{}
	default:
		n.Reason, n.Tone, n.Loud = l.reason, toneOf(l.reason), true
		if l.reason == "" {
			n.Tone = ui.Info
		}
		return f.ended(id, n, now)
	}
	l.heard = true
	if l.result != "" { // what it wrote is what one wants next
		n.Href, n.LinkText = session.Link(nil, id, session.PanelLogs), "notices.logs"
	}
	return outcome{add: []Notice{n}}
}

// ended tells of one more session that ended by itself; of many that did for
// the same reason as one.
func (f *feed) ended(id string, n Notice, now time.Time) outcome {
	if f.ends == nil {
		f.ends = map[string]*ends{}
	}
	e := f.ends[n.Reason]
	if e == nil || now.Sub(e.last) > together {
		e = new(ends)
		f.ends[n.Reason] = e
	}
	e.ids, e.last = append(e.ids, id), now
	if len(e.ids) < many {
		return outcome{add: []Notice{n}}
	}
	o := outcome{}
	for _, other := range e.ids {
		o.remove = append(o.remove, sessionKey(other))
	}
	first := f.lives[e.ids[0]]
	key := "ended " + e.ids[0]
	o.add = []Notice{{
		Key: key, Text: "notices.sessions.ended", Tone: n.Tone, Reason: n.Reason, Loud: len(e.ids) == many,
		Args: []any{"count", len(e.ids), "name", first.name},
	}}
	return o
}

// byPerson reports whether an end was asked for.
func byPerson(reason string) bool { return reason == "user-requested" || reason == "force-terminated" }

// toneOf is how bad a reason is.
func toneOf(reason string) ui.Tone {
	switch reason {
	case "self-terminated", "task-finished", "service-scaled-down", "idle-session-lifetime":
		return ui.Info
	case "idle-timeout", "idle-utilization", "task-timeout", "exec-timeout", "pending-timeout", "task-cancelled":
		return ui.Warning
	}
	return ui.Danger
}
