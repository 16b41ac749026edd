package sessions

import (
	"context"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/baiui/baiui/components/page"
	"github.com/baiui/baiui/components/ui"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// keyRoom is where the browser keeps that the gauges are shown.
const keyRoom = "baiui.sessions.room"

// room is what of the resources is used, as the gauges over the list show it.
type room struct {
	open    bool
	asked   string // the project it was asked for
	room    *model.Room
	failed  bool
	request int
}

// scope is one line of gauges: for whom the limits are.
type scope struct {
	key   string // of its text
	name  string // of the resource group
	slots []held
}

// held is how much of one slot is used: cores, bytes, devices or shares. The
// limit is +Inf where there is none.
type held struct {
	name        string
	used, limit float64
}

// scopesOf reads what the manager said. A key pair without a limit has that of
// the resource groups, as in the original: what it uses there and what is left.
func scopesOf(r *model.Room) []scope {
	inGroups := func(slot string) (total float64) {
		for _, g := range r.Groups {
			total += g.Remaining.Amount(slot) + g.Using.Amount(slot)
		}
		return total
	}
	noLimit := func(string) float64 { return 0 }
	scopes := []scope{{key: "sessions.room.keypair", slots: holding(r.KeyPairUsing, r.KeyPairLimits, inGroups)}}
	if project := holding(r.ProjectUsing, r.ProjectLimits, noLimit); len(project) > 0 {
		scopes = append(scopes, scope{key: "sessions.room.project", slots: project})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Groups)) {
		g := r.Groups[name]
		totals := model.ResourceSlots{}
		for slot, text := range g.Remaining {
			if left, shown := model.ParseAmount(text); shown {
				totals[slot] = strconv.FormatFloat(left+g.Using.Amount(slot), 'f', -1, 64)
			}
		}
		scopes = append(scopes, scope{key: "sessions.room.group", name: name, slots: holding(g.Using, totals, nil)})
	}
	return slices.DeleteFunc(scopes, func(s scope) bool { return len(s.slots) == 0 })
}

// holding compares what is used with the limits. Slots whose limit the manager
// does not show, or which have none at all, are left out; unlimited is what counts
// where a limit is infinite, nil for leaving it so.
func holding(using, limits model.ResourceSlots, unlimited func(slot string) float64) []held {
	var list []held
	for _, name := range slices.SortedFunc(maps.Keys(limits), facts.CompareSlots) {
		limit, shown := model.ParseAmount(limits[name])
		if math.IsInf(limit, 1) && unlimited != nil {
			limit = unlimited(name)
		}
		if shown && limit > 0 {
			list = append(list, held{name, using.Amount(name), limit})
		}
	}
	return list
}

// gauge describes the bar of one slot.
func (h held) gauge(t *i18n.Texts) ui.GaugeProps {
	slot := facts.Slot{Name: h.name, Amount: h.limit}
	label, _ := facts.SlotUnit(t, slot)
	used, limit := facts.Number(h.used), facts.Number(h.limit)
	switch h.name {
	case "cpu":
		label = t.T("sessions.usage.cpu")
	case "mem":
		label = t.T("sessions.usage.mem")
		used, limit = facts.BytesText(h.used), facts.BytesText(h.limit)
	}
	props := ui.GaugeProps{Label: label, Text: used + " / " + limit, Title: t.T("sessions.usage.title", "what", label, "used", used, "limit", limit)}
	if math.IsInf(h.limit, 1) {
		props.Unlimited, props.Text = true, used
		return props
	}
	props.Ratio = h.used / h.limit
	return props
}

// roomPanel draws the gauges, if they are wanted.
func (v *View) roomPanel() app.UI {
	t, r := v.Texts, &v.room
	if !r.open {
		return app.Div().Class("room-place")
	}
	var lines []app.UI
	switch {
	case r.failed:
		lines = append(lines, app.P().Class("muted").Text(t.T("sessions.room.failed")))
	case r.room == nil:
		lines = append(lines, app.Span().Class("skeleton"), app.Span().Class("skeleton short"))
	default:
		for _, s := range scopesOf(r.room) {
			gauges := make([]app.UI, len(s.slots))
			for i, h := range s.slots {
				gauges[i] = ui.Gauge(h.gauge(t))
			}
			name := strings.TrimSpace(t.T(s.key, "name", s.name))
			lines = append(lines, app.Div().Class("room-line").Body(
				app.Span().Class("room-name clip").Title(name).Text(name),
				app.Div().Class("room-gauges").Body(gauges...),
			))
		}
	}
	return app.Div().Class("room-place").Body(
		app.Section().Class("room").Aria("label", t.T("sessions.room")).Body(lines...))
}

// roomButton shows and hides the gauges.
func (v *View) roomButton() app.UI {
	return ui.IconButton("gauge", v.Texts.T("sessions.room")).DataSet("action", "room").
		Aria("expanded", v.room.open).OnClick(v.onRoom)
}

func (v *View) onRoom(ctx app.Context, _ app.Event) {
	defer ui.Recover(ctx)
	v.room.open = !v.room.open
	if err := ctx.LocalStorage().Set(keyRoom, v.room.open); err != nil {
		app.Log(err) // without storage it holds until the page is left
	}
	v.askRoom(true)
	v.redraw(ctx)
}

// askRoom asks once for the gauges that are shown: when they are opened, for
// another project, and with again after something changed. A poll of the list
// does not: what it shows is not what is asked here.
func (v *View) askRoom(again bool) {
	r := &v.room
	if !r.open || v.client == nil || v.Project.Name == "" || !again && r.asked == v.Project.Name {
		return
	}
	if r.asked != v.Project.Name {
		r.room = nil
	}
	r.asked = v.Project.Name
	r.request++
	mine, c, project := r.request, v.client, v.Project.Name
	ctx := v.ctx
	ui.Go(ctx, func() {
		answer, err := c.Room(context.Background(), project, "")
		ctx.Dispatch(func(ctx app.Context) {
			if r.request != mine {
				return
			}
			r.failed = err != nil
			if err != nil {
				ctx.NewActionWithValue(page.EventFailed, err)
				return
			}
			r.room = &answer
			v.redraw(ctx)
		})
	})
}
