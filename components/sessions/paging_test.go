package sessions

import (
	"testing"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPaging(t *testing.T) {
	bubble(t, "deck: 50 a page, offset (page-1)×50", func(t *testing.T, b *bench) {
		b.do(func(l *List) { l.SetQuery(l.query.WithPage(3)) })
		b.start()
		r := b.source.last()
		assert.Equal(t, 50, r.Limit)
		assert.Equal(t, 100, r.Offset)
	})
	bubble(t, "a page that no longer exists becomes the last one", func(t *testing.T, b *bench) {
		b.source.set(func(r client.ListRequest) (client.SessionPage, error) {
			if r.Offset > 50 {
				return client.SessionPage{Total: 51}, nil
			}
			return client.SessionPage{Total: 51, Items: some(1).Items}, nil
		})
		b.do(func(l *List) { l.SetQuery(l.query.WithPage(9)) })
		b.start()
		assert.Equal(t, 2, b.source.count())
		assert.Equal(t, 50, b.source.last().Offset)
		require.Len(t, b.queries, 1)
		assert.Equal(t, 2, b.queries[0].Page)
		assert.Equal(t, 51, b.list.rows[0].Index)
	})
	bubble(t, "the first project that is known keeps the page of the URL", func(t *testing.T, b *bench) {
		b.do(func(l *List) { l.SetQuery(l.query.WithPage(2)); l.SetProject("a") })
		assert.Equal(t, 2, b.list.query.Page)
		b.do(func(l *List) { l.SetProject("b") })
		assert.Equal(t, 1, b.list.query.Page)
		assert.Len(t, b.queries, 1)
	})
	assert.Equal(t, 1, pages(0))
	assert.Equal(t, 1, pages(50))
	assert.Equal(t, 2, pages(51))
}

func TestRequest(t *testing.T) {
	bubble(t, "asks for what the deck says", func(t *testing.T, b *bench) {
		b.do(func(l *List) {
			l.SetProject("2de2b969-1d04-48a6-af16-0bc8adb3c831")
			l.SetQuery(Query{Tab: Batch, Page: 1, Filter: `10%_"a\`, AccessKey: "AKIA", Order: "name"})
		})
		b.start()
		r := b.source.last()
		assert.Equal(t, "2de2b969-1d04-48a6-af16-0bc8adb3c831", r.Project)
		assert.Equal(t, "AKIA", r.AccessKey)
		assert.Equal(t, `type == "BATCH" & name ilike "%10\%\_\"a\\%"`, r.Filter)
		assert.Equal(t, "name", r.Order)
		assert.Equal(t, statusesFor(Batch, manager2409), r.Statuses)
		assert.Equal(t, fieldsFor(Batch, model.ModeSession, model.RoleSuperadmin, manager2409, hidesNothing), r.Fields)
	})
	bubble(t, "newest first unless said otherwise", func(t *testing.T, b *bench) {
		b.start()
		assert.Equal(t, "-created_at", b.source.last().Order)
		assert.Empty(t, b.source.last().Filter)
	})
	bubble(t, "deck: only admins filter by access key, from the first request on", func(t *testing.T, b *bench) {
		b.asker.Role = model.RoleUser
		b.do(func(l *List) { l.SetQuery(l.query.WithAccessKey("AKIA")) })
		b.start()
		assert.Empty(t, b.source.last().AccessKey)
		b.asker.Role = model.RoleAdmin
		b.start()
		assert.Equal(t, "AKIA", b.source.last().AccessKey)
	})
	bubble(t, "the name of the project, or an open drawer, alone asks for nothing", func(t *testing.T, b *bench) {
		b.start()
		q := b.list.query
		q.Project = "default"
		q.Beside.Session = "s1"
		b.do(func(l *List) { l.SetQuery(q) })
		assert.Equal(t, 1, b.source.count())
	})
}
