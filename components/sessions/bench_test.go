package sessions

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
)

// many repeats recorded sessions under new ids.
func many(b *testing.B, n int) []*model.Session {
	page := recorded(b, "24.09.14-alive")
	items := make([]*model.Session, n)
	for i := range items {
		item := *page.Items[i%len(page.Items)]
		item.ID = strconv.Itoa(i)
		items[i] = &item
	}
	return items
}

func BenchmarkDerive(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n, " rows"), func(b *testing.B) {
			items := many(b, n)
			b.ReportAllocs()
			for b.Loop() {
				for i, item := range items {
					facts.Derive(item, facts.Options{Index: i, Mode: model.ModeSession, Role: model.RoleSuperadmin})
				}
			}
		})
	}
}

// BenchmarkRender builds and prints the elements of the whole list.
func BenchmarkRender(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n, " rows"), func(b *testing.B) {
			v := viewOf(Running, model.ModeSession, model.RoleSuperadmin, client.SessionPage{Items: many(b, n), Total: n})
			b.ReportAllocs()
			for b.Loop() {
				app.HTMLString(v)
			}
		})
	}
}

// BenchmarkRefreshWithoutChange is what the usual poll costs after decoding.
func BenchmarkRefreshWithoutChange(b *testing.B) {
	page := client.SessionPage{Items: many(b, PageSize), Total: PageSize}
	v := viewOf(Running, model.ModeSession, model.RoleSuperadmin, page)
	b.ReportAllocs()
	for b.Loop() {
		v.list.answer(v.list.request, v.list.query, page, nil)
	}
}
