package notices

import (
	"slices"
	"strconv"
	"time"

	"github.com/baiui/baiui/components/ui"
)

// group is several sessions that start together.
type group struct {
	key     string
	members []string
	last    time.Time // when one joined
}

// expect says that the sessions of these names are asked for together: they are
// told of as one.
func (f *feed) expect(names []string, now time.Time) {
	if len(names) < 2 {
		return
	}
	if f.expected == nil || len(f.expected) > remembered {
		f.expected = map[string]*group{}
	}
	g := f.newGroup(nil, now)
	for _, name := range names {
		f.expected[name] = g
	}
}

func (f *feed) newGroup(members []string, now time.Time) *group {
	f.groups++
	return &group{key: "sessions " + strconv.FormatInt(now.UnixMilli(), 36) + "-" + strconv.Itoa(f.groups), members: members, last: now}
}

// gather puts a session into a group if it was asked for with others, or if
// enough others started just before.
func (f *feed) gather(id string, l *life, now time.Time) (outcome, bool) {
	if g := f.expected[l.name]; g != nil {
		delete(f.expected, l.name)
		g.members, l.group = append(g.members, id), g
		return outcome{add: []Notice{f.groupNotice(g)}}, true
	}
	if f.group != nil && now.Sub(f.group.last) <= together {
		f.group.members = append(f.group.members, id)
		f.group.last, l.group = now, f.group
		return outcome{add: []Notice{f.groupNotice(f.group)}}, true
	}
	f.group = nil
	f.begun = slices.DeleteFunc(f.begun, func(other string) bool {
		before := f.lives[other]
		return before == nil || before.group != nil || now.Sub(before.began) > together
	})
	f.begun = append(f.begun, id)
	if len(f.begun) < many {
		return outcome{}, false
	}
	f.group = f.newGroup(f.begun, now)
	f.begun = nil
	o := outcome{}
	for _, member := range f.group.members {
		f.lives[member].group = f.group
		o.remove = append(o.remove, sessionKey(member))
	}
	o.add = []Notice{f.groupNotice(f.group)}
	return o, true
}

// groupNotice says how far the sessions of a group are.
func (f *feed) groupNotice(g *group) Notice {
	running, over := 0, 0
	for _, id := range g.members {
		switch l := f.lives[id]; {
		case l == nil || l.stage >= stageEnding:
			over++
		case l.stage == stageRunning:
			running++
		}
	}
	count := len(g.members)
	n := Notice{
		Key: g.key, Text: "notices.sessions.starting", Tone: ui.Info, Busy: true,
		Args: []any{"count", count, "running", running}, Current: float64(running + over), Total: float64(count),
	}
	if running+over == count {
		n.Text, n.Busy, n.Loud, n.Tone = "notices.sessions.running", false, true, ui.Success
		n.Current, n.Total = 0, 0
		if over > 0 {
			n.Text, n.Tone, n.Loud = "notices.sessions.mixed", ui.Info, false
		}
	}
	return n
}
