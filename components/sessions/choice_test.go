package sessions

import (
	"testing"

	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
)

func TestChoiceOfColumns(t *testing.T) {
	all := (layout{Tab: Running, Role: model.RoleSuperadmin, Types: true, Idle: true}).every()
	tests := []struct {
		name   string
		choice *choice
		want   string
	}{
		{"nothing chosen is all in their order", nil, "select index owner name status type control config usage idle reserved agent"},
		{"hidden ones are left out", (*choice)(nil).with(colUsage, false).with(colAgent, false), "select index owner name status type control config idle reserved"},
		{"a name is never hidden", (*choice)(nil).with(colName, false), "select index owner name status type control config usage idle reserved agent"},
		{"one moves to the left", (*choice)(nil).moved(all, colStatus, -1), "select index owner status name type control config usage idle reserved agent"},
		{"the first stays", (*choice)(nil).moved(all, colIndex, -1), "select index owner name status type control config usage idle reserved agent"},
		{"the last stays", (*choice)(nil).moved(all, colAgent, 1), "select index owner name status type control config usage idle reserved agent"},
		{"columns that are unknown are passed over, and new ones follow", &choice{Order: []column{"was-once", colReserved, colName}}, "select reserved name index owner status type control config usage idle agent"},
		{"hidden ones keep their place", (*choice)(nil).with(colOwner, false).moved(all, colStatus, -1).with(colOwner, true), "select index owner status name type control config usage idle reserved agent"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := ""
			for _, c := range test.choice.apply(all) {
				text += " " + string(c)
			}
			assert.Equal(t, " "+test.want, text)
		})
	}
}

func TestWidthsOfColumns(t *testing.T) {
	var c *choice
	assert.Zero(t, c.width(colStatus), "the usual one")
	c = c.withWidth(colStatus, 200)
	assert.Equal(t, 200, c.width(colStatus))
	assert.Equal(t, leastWidth, c.withWidth(colStatus, 1).width(colStatus))
	assert.Equal(t, greatestWidth, (&choice{Widths: map[column]int{colUsage: 9999}}).width(colUsage), "whatever was kept")
	assert.Zero(t, c.withWidth(colStatus, 0).width(colStatus))
	assert.Equal(t, 200, c.width(colStatus), "a choice is never changed")
}

func TestColumnsForWhichThereIsNoRoom(t *testing.T) {
	look := layout{Tab: Running, Role: model.RoleUser, Types: true, Idle: true}
	assert.Empty(t, look.unseen(160))
	assert.Equal(t, []column{colType, colIdle}, look.unseen(80))
	assert.Empty(t, look.unseen(0), "an unknown width")
	look.Chosen = look.Chosen.with(colIdle, true).with(colUsage, false)
	assert.Equal(t, []column{colUsage, colType}, look.unseen(80), "what was asked for is shown")
	assert.Contains(t, look.unseen(30), colIdle, "but not on cards")
}

func TestNoFieldIsAskedForThatNobodySees(t *testing.T) {
	hides := func(hidden ...column) []string {
		return fieldsFor(Running, model.ModeSession, model.RoleSuperadmin, manager2409, func(c column) bool {
			for _, h := range hidden {
				if h == c {
					return true
				}
			}
			return false
		})
	}
	assert.Contains(t, hides(), "idle_checks")
	assert.NotContains(t, hides(colIdle), "idle_checks")
	assert.Contains(t, hides(colUsage), "containers {container_id agent}")
	assert.Contains(t, hides(colAgent), "containers {live_stat}")
	assert.NotContains(t, hides(colOwner), "user_email")
	assert.Contains(t, hides(colConfig), "occupied_slots", "the bars need them")
	none := hides(colConfig, colUsage, colAgent, colStatus, colIdle, colOwner)
	assert.Equal(t, []string{"id", "name", "image", "created_at", "terminated_at", "status", "cluster_size", "cluster_mode", "type"}, none)
}

func TestMoreColumnsAreAskedForAtOnce(t *testing.T) {
	bubble(t, "and fewer are not", func(t *testing.T, b *bench) {
		b.do(func(l *List) { l.SetUnseen([]column{colIdle}) })
		b.start()
		b.do(func(l *List) { l.SetUnseen([]column{colIdle, colUsage}) })
		assert.Equal(t, 1, b.source.count())
		b.do(func(l *List) { l.SetUnseen([]column{colUsage}) })
		assert.Equal(t, 2, b.source.count())
		assert.Contains(t, b.source.last().Fields, "idle_checks")
	})
}
