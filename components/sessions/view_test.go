package sessions

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/facts"
	"github.com/baiui/baiui/components/i18n"
	"github.com/maxence-charriere/go-app/v10/pkg/app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// viewOf is a view that shows one page of sessions.
func viewOf(tab Condition, mode model.ConnectionMode, role model.Role, page client.SessionPage) *View {
	v := &View{
		Texts: i18n.Load("en"), Active: true,
		Account: &model.Account{Email: "me@example.com", Role: role}, Project: model.Project{ID: "p", Name: "default"},
	}
	v.OnInit()
	v.list.asker = Asker{Source: &fakeSource{}, Manager: manager2409, Mode: mode, Role: role}
	v.list.query.Tab = tab
	v.list.answer(0, v.list.query, page, nil)
	return v
}

// printed is the markup of a component on one line. go-app prints true without
// a value.
func printed(v app.UI) string {
	text := regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(app.HTMLString(v), "")
	return regexp.MustCompile(` (aria-[a-z]+|checked|hidden|open)([ >])`).ReplaceAllString(text, ` $1="true"$2`)
}

// contains is assert.Contains for long texts: it names only what is missing.
func contains(t *testing.T, html, fragment string) {
	t.Helper()
	assert.True(t, strings.Contains(html, fragment), "missing: %s", fragment)
}

func lacks(t *testing.T, html, fragment string) {
	t.Helper()
	assert.False(t, strings.Contains(html, fragment), "there is: %s", fragment)
}

func columnsIn(html string) []string {
	var ids []string
	for _, match := range regexp.MustCompile(`data-col="(\w+)"`).FindAllStringSubmatch(html, -1) {
		ids = append(ids, match[1])
	}
	return ids
}

func TestHeadsByRoleAndMode(t *testing.T) {
	tests := []struct {
		name  string
		role  model.Role
		mode  model.ConnectionMode
		want  string
		owner string
	}{
		{"deck: user", model.RoleUser, model.ModeSession, "select index name status type control config usage idle reserved", ""},
		{"deck: admin, API mode: API Key", model.RoleAdmin, model.ModeAPI, "select index owner name status type control config usage idle reserved", "API Key"},
		{"deck: admin, SESSION mode: User ID", model.RoleAdmin, model.ModeSession, "select index owner name status type control config usage idle reserved", "User ID"},
		{"deck: superadmin", model.RoleSuperadmin, model.ModeSession, "select index owner name status type control config usage idle reserved agent", "User ID"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			html := printed(viewOf(Running, test.mode, test.role, recorded(t, "24.09.14-alive")))
			assert.Equal(t, strings.Fields(test.want), columnsIn(html))
			if test.owner != "" {
				contains(t, html, ">"+test.owner+"<")
			}
			assert.Equal(t, test.role.IsSuperadmin(), strings.Contains(html, "i-dummy-1"))
			assert.Equal(t, test.role.IsAdmin() && test.mode == model.ModeSession, strings.Contains(html, "user@lablup.com"))
			assert.Equal(t, test.role.IsAdmin() && test.mode == model.ModeAPI, strings.Contains(html, "AKIANABBDUSEREXAMPLE"))
			assert.Equal(t, test.role.IsAdmin(), strings.Contains(html, `id="sessions-access-key"`))
		})
	}
}

func TestRowMarkup(t *testing.T) {
	page := recorded(t, "24.09.14-alive")
	html := printed(viewOf(Running, model.ModeSession, model.RoleSuperadmin, page))
	for _, fragment := range []string{
		`data-list="sessions"`,
		`aria-rowcount="29"`,
		`data-session="` + page.Items[0].ID + `"`,
		`data-status="PENDING"`,
		`aria-rowindex="2"`,
		`>s-user-030435-big<`,
		`>no-available-instances<`,
		`Could not find a contiguous resource region`,
		`>Python 3.9<`, `>UBUNTU20.04<`, `>Multi-container × 2<`,
		`>64 cores<`, `>200 GiB<`, `>1 core<`,
		`role="meter"`, `aria-valuenow="20"`,
		`aria-label="CPU: 0.2 of 1 core"`,
		`>R 0.0 MB<`,
		`data-since="`,
		`data-copy="` + page.Items[0].ID + `"`,
	} {
		contains(t, html, fragment)
	}
	lacks(t, html, "style=") // the policy of the page allows no style attribute
}

func TestEveryValueOfAStrangeSessionIsEscaped(t *testing.T) {
	strange := `<img src=x onerror=alert(1)>`
	page := client.SessionPage{Total: 1, Items: []*model.Session{{
		ID: "id", Name: strange, Image: strange, Status: model.Status(strange), StatusInfo: strange, ScalingGroup: strange,
		Type: model.SessionType(strange), UserEmail: strange, Mounts: []string{strange},
		Containers: []model.Kernel{{Agent: strange, ContainerID: strange}},
	}}}
	html := printed(viewOf(Running, model.ModeSession, model.RoleSuperadmin, page))
	lacks(t, html, ">"+strange)
}

func TestStatusLooks(t *testing.T) {
	texts := i18n.Load("en")
	assert.Equal(t, "Running", facts.StatusText(texts, model.StatusRunning))
	assert.Equal(t, "SOMETHING_NEW", facts.StatusText(texts, "SOMETHING_NEW"), "unknown statuses are shown as they came")
	assert.Equal(t, "–", facts.StatusText(texts, ""))
	for _, status := range []model.Status{
		model.StatusPending, model.StatusScheduled, model.StatusPreparing, model.StatusPulling, model.StatusRunning,
		model.StatusRestarting, model.StatusRunningDegraded, model.StatusTerminating, model.StatusTerminated, model.StatusError,
		model.StatusCancelled, model.StatusPrepared, model.StatusCreating, model.StatusDeprioritizing, model.StatusReserved,
		model.StatusPreempted, model.StatusRescheduling,
	} {
		for _, lang := range []string{"en", "ko"} {
			assert.True(t, i18n.Load(lang).Has("status."+string(status)), "%s in %s", status, lang)
		}
		assert.NotEqual(t, "circle-question-mark", facts.LookOf(status).Icon, status)
	}
	assert.Equal(t, facts.Look{Icon: "circle-question-mark"}, facts.LookOf("SOMETHING_NEW"))
}

func TestAllTextsOfTheListExist(t *testing.T) {
	source := regexp.MustCompile(`"((?:sessions|status|column)\.[A-Za-z0-9_.-]+)"`)
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, lang := range []string{"en", "ko"} {
		texts := i18n.Load(lang)
		for _, file := range files {
			if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
				continue
			}
			data, err := os.ReadFile(file.Name())
			require.NoError(t, err)
			for _, match := range source.FindAllStringSubmatch(string(data), -1) {
				key := match[1]
				known := texts.Has(key) || strings.HasSuffix(key, ".") || texts.Has(key+".one") && texts.Has(key+".other") ||
					key == actionFilter || key == actionAccessKey || key == ActionDo || key == StateSelected
				assert.True(t, known, "%s: %s in %s", file.Name(), key, lang)
			}
		}
		for _, tab := range conditionsOf(true) {
			assert.True(t, texts.Has("sessions.tab."+string(tab)))
			assert.True(t, texts.Has("sessions.empty."+string(tab)))
		}
		for _, c := range (layout{Tab: Running, Role: model.RoleSuperadmin, Types: true}).columns() {
			for _, mode := range []model.ConnectionMode{model.ModeAPI, model.ModeSession} {
				assert.True(t, texts.Has(layout{Mode: mode}.textKey(c)))
			}
		}
		for _, kind := range client.Kinds() {
			assert.True(t, texts.Has("error."+kind.String()), kind)
			assert.True(t, texts.Has("error."+kind.String()+".do"), kind)
		}
	}
}

func TestStates(t *testing.T) {
	failure := &Failure{Err: &client.Error{Kind: client.KindUnreachable}, At: time.Now(), Retry: time.Now().Add(20 * time.Second)}
	tests := []struct {
		name   string
		view   func() *View
		has    []string
		hasNot []string
	}{
		{
			name: "inactive: nothing at all",
			view: func() *View {
				v := viewOf(Running, model.ModeSession, model.RoleUser, some(2))
				v.Active = false
				return v
			},
			has:    []string{`hidden="true"`, `></section>`}, // attributes come in any order
			hasNot: []string{"table", "s0"},
		},
		{
			name: "nobody signed in: the frame in its final size",
			view: func() *View { v := &View{Texts: i18n.Load("en"), Active: true}; v.OnInit(); return v },
			has: []string{
				`class="row blank"`, `aria-busy="true"`, `data-tab="running"`,
				// The columns and fields of every role; the stylesheet shows the right ones.
				`data-col="name"`, `data-col="owner"`, `data-col="agent"`, `sessions-access-key`,
			},
			hasNot: []string{`checked`, `data-session`, `class="empty"`, `data-updated`},
		},
		{
			name: "failure: the rows stay, dated, with what to do",
			view: func() *View {
				v := viewOf(Running, model.ModeSession, model.RoleUser, some(2))
				v.list.failure = failure
				return v
			},
			has: []string{`data-session="s0"`, `data-session="s1"`, `data-list-error="unreachable"`, `role="alert"`, `The manager cannot be reached`, `Not up to date`, `data-action="retry"`, `freshness stale`, `data-updated="`},
		},
		{
			name: "failure before the first answer is no empty list",
			view: func() *View {
				v := &View{Texts: i18n.Load("en"), Active: true, Account: &model.Account{Role: model.RoleUser}}
				v.OnInit()
				v.list.failure = failure
				return v
			},
			has:    []string{`data-list-error="unreachable"`, `role="alert"`, `The sessions could not be loaded.`},
			hasNot: []string{`No session is running`, `row blank`},
		},
		{
			name: "too many requests: it says that it slows down",
			view: func() *View {
				v := viewOf(Running, model.ModeSession, model.RoleUser, some(2))
				v.list.failure = &Failure{Err: &client.Error{Kind: client.KindRateLimit}}
				return v
			},
			has: []string{`data-list-error="rate_limit"`, `refreshes more slowly`},
		},
		{
			name: "empty for a user: what happens next",
			view: func() *View { return viewOf(Running, model.ModeSession, model.RoleUser, client.SessionPage{}) },
			has:  []string{`No session is running`, `Sessions that you start in project default`, `aria-rowcount="1"`},
		},
		{
			name: "empty for an admin speaks of everybody's",
			view: func() *View { return viewOf(Running, model.ModeSession, model.RoleAdmin, client.SessionPage{}) },
			has:  []string{`Sessions that anyone starts`},
		},
		{
			name: "nothing matches: the filter can be cleared",
			view: func() *View {
				v := viewOf(Running, model.ModeSession, model.RoleUser, client.SessionPage{})
				v.list.query.Filter = "zzz"
				return v
			},
			has: []string{`Nothing matches`, `data-action="clear-filter"`},
		},
		{
			name: "finished: used time, no check boxes",
			view: func() *View {
				page := some(1)
				page.Items[0].Containers = []model.Kernel{{LastStat: model.Metrics{"cpu_used": {Current: "3723000"}}}}
				return viewOf(Finished, model.ModeSession, model.RoleUser, page)
			},
			has:    []string{`CPU 1 h 2 min`},
			hasNot: []string{`type="checkbox"`, `role="meter"`},
		},
		{
			name: "a selection offers what works",
			view: func() *View {
				v := viewOf(Running, model.ModeSession, model.RoleUser, some(2))
				v.list.Toggle("s0")
				return v
			},
			has: []string{`1 selected`, `data-action="copy-selected"`, `class="row selected"`},
		},
		{
			name: "an unfolded reason",
			view: func() *View {
				page := some(2)
				page.Items[0].Status, page.Items[0].StatusData = model.StatusPending, model.RawObject(`{"scheduler":{"msg":"no room","retries":2}}`)
				v := viewOf(Running, model.ModeSession, model.RoleUser, page)
				v.toggleReason("s0")
				return v
			},
			has: []string{` open="true"`, `no room`, `Tried 2 times`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			html := printed(test.view())
			for _, fragment := range test.has {
				contains(t, html, fragment)
			}
			for _, fragment := range test.hasNot {
				lacks(t, html, fragment)
			}
		})
	}
}

func TestFactsThatAreMissingAreMarked(t *testing.T) {
	v := viewOf(Running, model.ModeSession, model.RoleSuperadmin, client.SessionPage{Total: 1, Items: []*model.Session{{ID: "s"}}})
	html := printed(v)
	for _, column := range []string{"owner", "config", "usage", "reserved", "agent"} {
		assert.Regexp(t, `<td [^>]*class="c-`+column+` none"`, html, "a card leaves it out")
	}

	v = viewOf(Running, model.ModeSession, model.RoleSuperadmin, recorded(t, "24.09.14-alive"))
	assert.NotRegexp(t, `class="c-reserved none"`, printed(v))
}

func TestASessionWithoutAnIDIsNeitherCopiedNorUnfolded(t *testing.T) {
	v := viewOf(Running, model.ModeSession, model.RoleUser, client.SessionPage{Total: 1, Items: []*model.Session{{Name: "odd"}}})
	html := printed(v)
	contains(t, html, `title="Copy id"`)
	lacks(t, html, `title="Copied"`)
}

func TestManyBarsAreNarrow(t *testing.T) {
	metrics := model.Metrics{}
	for _, name := range []string{"cpu_util", "mem", "cuda_util", "cuda_mem", "rocm_util"} {
		metrics[name] = model.Metric{Current: "50", Capacity: "100", Pct: "50"}
	}
	v := viewOf(Running, model.ModeSession, model.RoleUser, client.SessionPage{Total: 1, Items: []*model.Session{{
		ID: "s", Status: model.StatusRunning, OccupiedSlots: model.ResourceSlots{"cpu": "1", "mem": "100"},
		Containers: []model.Kernel{{LiveStat: metrics}},
	}}})
	contains(t, printed(v), `class="usage wide many"`)
}

func TestTheReservationIsADateAndALifetime(t *testing.T) {
	made := time.Now().Add(-90 * time.Second)
	v := viewOf(Running, model.ModeSession, model.RoleUser, client.SessionPage{Total: 1, Items: []*model.Session{
		{ID: "s", CreatedAt: model.Time{Time: made}, TerminatedAt: model.Time{Time: made.Add(75 * time.Second)}},
	}})
	html := printed(v)
	contains(t, html, `>`+made.Local().Format("Jan 2, 15:04")+`<`)
	contains(t, html, `>00:01:15<`)
}

func TestTabsAndNamesAreLinks(t *testing.T) {
	v := viewOf(Running, model.ModeSession, model.RoleUser, client.SessionPage{Total: 120, Items: some(50).Items})
	v.list.query = Query{Tab: Running, Page: 2, Filter: "a", Project: "default"}
	html := printed(v)
	assert.Regexp(t, `<a [^>]*href="/sessions\?filter=a&project=default&tab=finished"`, html)
	assert.Regexp(t, `<a [^>]*data-tab="running"[^>]*aria-current="page"|<a [^>]*aria-current="page"[^>]*data-tab="running"`, html)
	assert.Regexp(t, `<a [^>]*href="/sessions\?filter=a&project=default&session=s0"`, html)
}

func TestWords(t *testing.T) {
	en, ko := i18n.Load("en"), i18n.Load("ko")
	assert.Equal(t, "5 ms", facts.UsedTime(en, 5*time.Millisecond))
	assert.Equal(t, "1 d 2 h", facts.UsedTime(en, 26*time.Hour+3*time.Minute))
	assert.Equal(t, "1 d", facts.UsedTime(en, 24*time.Hour+3*time.Minute), "no gap between the units")
	assert.Equal(t, "3분 4초", facts.UsedTime(ko, 3*time.Minute+4*time.Second))
	assert.Equal(t, "1.5 KiB", facts.BytesText(1536))
	assert.Equal(t, "12 B", facts.BytesText(12))
	assert.Equal(t, "Batch", facts.TypeText(en, model.TypeBatch))
	assert.Equal(t, "NEW", facts.TypeText(en, "NEW"))
	assert.Equal(t, "4.1", facts.Megabytes(4096000), "MB is 10⁶ bytes")
	code := 3
	assert.Equal(t, "Not passed: quota. too much\ni-1: Boom boom()\nExit code 3", facts.DetailText(en, facts.Detail{
		Failed: []facts.Predicate{{Name: "quota", Message: "too much"}}, Errors: []facts.Fault{{Name: "Boom", Message: "boom()", Agent: "i-1"}}, ExitCode: &code,
	}))
	assert.Equal(t, "abc ", shownText("abc ", "abc"), "a space at the end survives")
	assert.Equal(t, "other", shownText("abc", "other"))
}
