package launcher

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/page"
)

// manager is a Source that answers from facts.
type manager struct {
	facts   Facts
	fail    map[Part]error
	asked   map[Part]int
	dryRuns []client.CreateRequest
	created []client.CreateRequest
	refuse  map[string]error // by name
	foresee model.Forecast
}

func newManager() *manager {
	return &manager{facts: facts(), fail: map[Part]error{}, asked: map[Part]int{}, refuse: map[string]error{}}
}

func (m *manager) ask(part Part) error {
	m.asked[part]++
	return m.fail[part]
}

func (m *manager) Choices(context.Context) (client.Choices, error) {
	return client.Choices{Images: m.facts.Images, Policy: m.facts.Policy}, m.ask(PartChoices)
}

func (m *manager) ResourceGroups(context.Context, string) ([]string, error) {
	return m.facts.Groups, m.ask(PartGroups)
}

func (m *manager) Room(context.Context, string, string) (model.Room, error) {
	return *m.facts.Room, m.ask(PartRoom)
}

func (m *manager) AgentChoices(context.Context, string) ([]model.Agent, error) {
	return m.facts.Agents, m.ask(PartAgents)
}

func (m *manager) Waiting(context.Context, string) (int, error) {
	return m.facts.Waiting, m.ask(PartWaiting)
}

func (m *manager) Folders(_ context.Context, owner string) ([]model.Folder, error) {
	if owner != "" {
		return []model.Folder{{ID: "o", Name: owner, Status: "ready"}}, m.ask(PartFolders)
	}
	return m.facts.Folders, m.ask(PartFolders)
}

func (m *manager) CreateFolder(_ context.Context, f client.NewFolder) (model.Folder, error) {
	made := model.Folder{ID: "new", Name: f.Name, Status: "ready"}
	m.facts.Folders = append(m.facts.Folders, made)
	return made, m.ask(PartFolder)
}

func (m *manager) FindOwner(_ context.Context, email string) (client.Owner, error) {
	return client.Owner{Email: email, Domain: "d", AccessKeys: []string{"AK"}, Projects: []model.Project{{Name: "a"}, {Name: "default"}}},
		m.ask(PartOwner)
}

func (m *manager) DryRun(_ context.Context, r client.CreateRequest, _ int) (model.Forecast, error) {
	m.dryRuns = append(m.dryRuns, r)
	return m.foresee, m.ask(PartForecast)
}

func (m *manager) Create(_ context.Context, r client.CreateRequest) (client.Created, error) {
	m.created = append(m.created, r)
	return client.Created{ID: "id-" + r.Name, Name: r.Name, Status: model.StatusPending, Created: true}, m.refuse[r.Name]
}

// bench is a launcher of a superadmin whose work is done when a test says so.
type bench struct {
	*Launcher
	work chan func()
}

func newBench(clock func() time.Time) *bench {
	b := &bench{work: make(chan func(), 1000)}
	b.Launcher = New(page.Loop{Dispatch: func(f func()) { b.work <- f }, Async: func(f func()) { f() }}, Hooks{}, clock)
	return b
}

// run does what is to be done, until nothing is left.
func (b *bench) run() {
	for {
		synctest.Wait()
		select {
		case f := <-b.work:
			f()
		default:
			return
		}
	}
}

// wait lets time pass.
func (b *bench) wait(d time.Duration) {
	time.Sleep(d)
	b.run()
}

// open makes a launcher on a manager, with everything answered.
func open(m *manager, can Abilities) *bench {
	b := newBench(func() time.Time { return now })
	b.Activate(m, Who{Role: model.RoleSuperadmin, Domain: "default", Project: "default"}, can)
	b.run()
	return b
}

func TestTheFormIsReadyWithWhatTheManagerSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		l := open(m, Abilities{PickAgent: true})
		defer l.Deactivate()
		require.True(t, l.Ready())
		assert.Empty(t, l.Problems())
		assert.Equal(t, python().FullName(), l.Form().Image)
		assert.Equal(t, "default", l.Form().Group)
		assert.Equal(t, 1, l.Form().CPU, "the first preset that can be had")
		assert.Equal(t, Starts, l.Forecast().Outcome)
		assert.Equal(t, map[Part]int{PartChoices: 1, PartGroups: 1, PartFolders: 1, PartRoom: 1, PartAgents: 1, PartWaiting: 1}, m.asked)

		l.wait(figuresEvery)
		assert.Equal(t, 2, m.asked[PartRoom], "the figures are asked for again")
		l.SetVisible(false)
		l.wait(10 * figuresEvery)
		assert.Equal(t, 2, m.asked[PartRoom], "but not while nobody sees the form")
		l.SetVisible(true)
		l.run()
		assert.Equal(t, 3, m.asked[PartRoom], "and at once when it is seen again")
		assert.Equal(t, 1, m.asked[PartChoices])
		l.Deactivate()
		l.wait(time.Hour)
		assert.Equal(t, 3, m.asked[PartRoom], "not while nobody looks")
	})
}

func TestWhatCannotBeReadCanBeAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		m.fail[PartChoices] = errors.New("away")
		l := open(m, Abilities{})
		defer l.Deactivate()
		assert.False(t, l.Ready())
		assert.EqualError(t, l.Failure(PartChoices), "away")
		delete(m.fail, PartChoices)
		l.Retry()
		l.run()
		assert.True(t, l.Ready())
		assert.NoError(t, l.Failure(PartChoices))
	})
}

func TestHiddenAgentsAreNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		m.fail[PartAgents] = &client.Error{Kind: client.KindForbidden}
		l := open(m, Abilities{PickAgent: true})
		defer l.Deactivate()
		assert.NoError(t, l.Failure(PartAgents))
		assert.Nil(t, l.Facts().Agents)
	})
}

func TestTheManagerIsAskedWhatWouldHappenOnceTheFormRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		m.foresee = model.Forecast{Outcome: model.OutcomeWaits, Ahead: 3, Shortages: []model.Shortage{{Slot: "cpu", Whose: model.WhoseAgent, Wanted: "2", Have: "1"}}}
		l := open(m, Abilities{DryRun: true})
		defer l.Deactivate()
		for cpu := range 3 {
			l.Change(func(f *Form) { f.Preset, f.CPU = PresetCustom, cpu+1 })
			l.wait(forecastPause / 2)
		}
		assert.Empty(t, m.dryRuns, "not while it moves")
		l.wait(forecastPause)
		require.Len(t, m.dryRuns, 1)
		assert.Equal(t, 3, m.dryRuns[0].Config.Resources["cpu"])
		assert.Equal(t, Forecast{Outcome: Waits, Ahead: 3, Exact: true, Shortages: []Shortage{{"cpu", OfAgent, 2, 1}}}, l.Forecast())

		l.Change(func(f *Form) { f.CPU = 0 })
		l.wait(time.Second)
		assert.Len(t, m.dryRuns, 1, "a wrong form is not asked about")
		assert.False(t, l.Forecast().Exact)
	})
}

func TestWhatTheManagerWouldRefuseIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		m.fail[PartForecast] = &client.Error{Kind: client.KindConflict, Title: "taken"}
		l := open(m, Abilities{DryRun: true})
		defer l.Deactivate()
		l.wait(forecastPause)
		assert.Equal(t, Forecast{Outcome: Refused, Exact: true, Why: "taken"}, l.Forecast())
		assert.NoError(t, l.Failure(PartForecast))

		l.Change(func(f *Form) { f.Name = "another" })
		assert.Equal(t, Starts, l.Forecast().Outcome, "nothing is known of another form")
		m.fail[PartForecast] = &client.Error{Kind: client.KindUnreachable}
		l.wait(forecastPause)
		assert.Equal(t, Starts, l.Forecast().Outcome, "a manager that is away refuses nothing")
	})
}

func TestAnOwnerBringsKeyProjectAndFolders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		l := open(m, Abilities{Admin: true})
		defer l.Deactivate()
		l.Toggle(m.facts.Folders[0])
		l.Change(func(f *Form) { f.Owner.Enabled, f.Owner.Email = true, "a@b.c" })
		assert.NotEmpty(t, l.Problems().Of(FieldOwnerKey))
		l.FindOwner()
		l.run()
		assert.Equal(t, Owner{Enabled: true, Email: "a@b.c", AccessKey: "AK", Project: "default", Domain: "d"}, l.Form().Owner)
		assert.Equal(t, "a@b.c", l.Facts().Folders[0].Name, "the folders are theirs")
		assert.Empty(t, l.Form().Mounts)
		assert.Empty(t, l.Problems())

		l.Change(func(f *Form) { f.Owner.Email = "x@b.c" })
		assert.Empty(t, l.Form().Owner.AccessKey, "another address, another key")
		m.fail[PartOwner] = &client.Error{Kind: client.KindNotFound}
		l.FindOwner()
		l.run()
		assert.Equal(t, client.KindNotFound, client.KindOf(l.Failure(PartOwner)))
		l.Change(func(f *Form) { f.Owner = Owner{} })
		l.run()
		assert.Equal(t, "data", l.Facts().Folders[0].Name, "one's own again")
	})
}

func TestADomainAdminMountsNoFoldersOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, l := newManager(), newBench(func() time.Time { return now })
		l.Activate(m, Who{Role: model.RoleAdmin, Domain: "default", Project: "default"}, Abilities{Admin: true})
		defer l.Deactivate()
		l.run()
		asked := m.asked[PartFolders]
		l.Change(func(f *Form) { f.Owner.Enabled, f.Owner.Email = true, "a@b.c" })
		l.FindOwner()
		l.run()
		assert.Equal(t, asked, m.asked[PartFolders], "the manager would refuse to tell")
		assert.Empty(t, l.Facts().Folders, "one's own cannot be mounted in somebody else's session")
		assert.True(t, l.Ready())
		l.Change(func(f *Form) { f.Owner = Owner{} })
		l.run()
		assert.Equal(t, "data", l.Facts().Folders[0].Name, "one's own again")
	})
}

func TestANewFolderIsMounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(newManager(), Abilities{})
		defer l.Deactivate()
		l.NewFolder(client.NewFolder{Name: "results"})
		l.run()
		assert.Equal(t, []Mount{{ID: "new", Name: "results"}}, l.Form().Mounts)
		assert.Empty(t, l.Problems())
		l.Toggle(model.Folder{ID: "new"})
		assert.Empty(t, l.Form().Mounts)
	})
}

// tracked notes what it is told.
type tracked struct{ sent, made, failed []string }

func (t *tracked) Send(s *model.Session) string {
	t.sent = append(t.sent, s.Name)
	return s.Name
}
func (t *tracked) Sent(_, id string)             { t.made = append(t.made, id) }
func (t *tracked) NotSent(key string, err error) { t.failed = append(t.failed, key+": "+err.Error()) }

func TestAFolderMadeElsewhereIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		l := open(m, Abilities{})
		defer l.Deactivate()
		m.facts.Folders = append(slices.Clone(m.facts.Folders), model.Folder{ID: "f9", Name: "made-elsewhere", Status: "ready"})
		mounts := filled()
		mounts.Mounts = []Mount{{ID: "f9", Name: "made-elsewhere"}}
		l.Load(mounts)
		expect(t, l.Problems().Of(FieldMounts), "mount.gone")
		l.run()
		expect(t, l.Problems().Of(FieldMounts))

		m.facts.Folders = append(slices.Clone(m.facts.Folders), model.Folder{ID: "f10", Name: "later", Status: "ready"})
		l.Load(mounts)
		l.run()
		assert.NotContains(t, names(l.Facts().Folders), "later", "folders that are known are not asked for")
		l.ReadFolders()
		l.run()
		assert.Contains(t, names(l.Facts().Folders), "later")
	})
}

func names(folders []model.Folder) (list []string) {
	for _, f := range folders {
		list = append(list, f.Name)
	}
	return list
}

func TestALaunchTellsWhatBecomesOfEachSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		m.refuse["train-xxx-2"] = errors.New("no")
		l := open(m, Abilities{})
		defer l.Deactivate()
		l.Change(func(f *Form) { f.Name, f.Sessions = "train", 3 })
		track, result := &tracked{}, Launched{}
		require.True(t, l.Launch(track, letters, func(r Launched) { result = r }))
		l.run()
		assert.Equal(t, []string{"train-xxx-1", "train-xxx-2", "train-xxx-3"}, track.sent)
		assert.Equal(t, []string{"id-train-xxx-1", "id-train-xxx-3"}, track.made)
		assert.Equal(t, []string{"train-xxx-2: no"}, track.failed)
		assert.Len(t, result.Made, 2)
		assert.Equal(t, "train-xxx-2", result.Failed[0].Name)
		assert.Equal(t, "train", result.Form.Name, "the form as it was filled in, to come back to")
	})
}

func TestAWrongFormIsNotLaunched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManager()
		l := open(m, Abilities{})
		defer l.Deactivate()
		l.Change(func(f *Form) { f.Name = "a b" })
		track := &tracked{}
		assert.False(t, l.Launch(track, letters, func(Launched) { t.Error("launched") }))
		assert.Empty(t, track.sent)
		assert.Empty(t, m.created)
	})
}

func TestAStartTimeThatPassesIsFoundWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := now
		l := newBench(func() time.Time { return clock })
		l.Activate(newManager(), Who{Role: model.RoleUser, Project: "default"}, Abilities{})
		l.run()
		defer l.Deactivate()
		l.Change(func(f *Form) {
			f.Type, f.Batch.Command = model.TypeBatch, "make"
			f.Batch.Scheduled, f.Batch.Start = true, DefaultStart(now)
		})
		assert.Empty(t, l.Problems())
		clock = clock.Add(3 * time.Minute)
		l.wait(time.Second)
		assert.NotEmpty(t, l.Problems().Of(FieldStart))
	})
}
