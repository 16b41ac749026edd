package launcher

import (
	"context"
	"slices"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/page"
)

// Source is what the launcher asks; see [Manager].
type Source interface {
	Choices(ctx context.Context) (client.Choices, error)
	ResourceGroups(ctx context.Context, project string) ([]string, error)
	Room(ctx context.Context, project, group string) (model.Room, error)
	AgentChoices(ctx context.Context, group string) ([]model.Agent, error)
	Waiting(ctx context.Context, group string) (int, error)
	Folders(ctx context.Context, owner string) ([]model.Folder, error)
	CreateFolder(ctx context.Context, folder client.NewFolder) (model.Folder, error)
	FindOwner(ctx context.Context, email string) (client.Owner, error)
	DryRun(ctx context.Context, r client.CreateRequest, count int) (model.Forecast, error)
	Create(ctx context.Context, r client.CreateRequest) (client.Created, error)
}

// Hooks are the calls a Launcher makes; each may be nil.
type Hooks struct {
	// Changed is called when somebody changed the form, for the URL and the draft.
	Changed func()
	// Settled is called when the form has settled: after every change, and when an
	// answer of the manager changed something.
	Settled func(*Launcher)
}

// Part is something that the manager is asked for.
type Part string

// The parts.
const (
	PartChoices  Part = "choices"
	PartGroups   Part = "groups"
	PartRoom     Part = "room"
	PartAgents   Part = "agents"
	PartWaiting  Part = "waiting"
	PartFolders  Part = "folders"
	PartOwner    Part = "owner"
	PartFolder   Part = "folder"
	PartForecast Part = "forecast"
)

const (
	// askTimeout is the deadline of one question.
	askTimeout = 20 * time.Second
	// forecastPause is how long the form must rest before the manager is asked
	// what would happen.
	forecastPause = 300 * time.Millisecond
	// figuresEvery is how often the manager's figures are asked for again.
	figuresEvery = 15 * time.Second
)

// Who is who launches, and where.
type Who struct {
	Role    model.Role
	Domain  string
	Project string // name
	// Group is the resource group of the last launch, Image its image.
	Group, Image string
}

// Launcher is the state of the form: what is filled in, what the manager said,
// what is wrong, and what would happen. All methods belong to the page's
// goroutine.
type Launcher struct {
	loop  page.Loop
	hooks Hooks
	now   func() time.Time

	source Source
	who    Who
	active bool
	hidden bool // nobody sees the browser tab

	form     Form
	encoded  string // the form as it is kept; empty until somebody asks for it
	facts    Facts
	offered  []Environment // of the images among the facts
	owner    client.Owner  // that was found for the form's e-mail address
	problems Problems
	forecast Forecast
	foreseen Form // that an exact forecast is of

	asked   map[Part]uint64 // number of the last question about a part
	asking  map[Part]context.CancelFunc
	failed  map[Part]error
	pause   *time.Timer
	figures *time.Timer
	clock   *time.Timer
}

// New returns a launcher with an empty form.
func New(loop page.Loop, hooks Hooks, now func() time.Time) *Launcher {
	l := &Launcher{loop: loop, hooks: hooks, now: now, form: NewForm(),
		asked: map[Part]uint64{}, asking: map[Part]context.CancelFunc{}, failed: map[Part]error{}}
	l.settled()
	return l
}

// Form is what is filled in. It is not to be changed; see [Launcher.Change].
func (l *Launcher) Form() Form { return l.form }

// Now is the time that start times are compared with.
func (l *Launcher) Now() time.Time { return l.now() }

// Encoded is the form as [Encode] spells it. Spelling a long one takes
// milliseconds, so it is done once for each settled form, and not at every key.
func (l *Launcher) Encoded() string {
	if l.encoded == "" {
		l.encoded = Encode(l.form)
	}
	return l.encoded
}

// Offered are the environments to choose from.
func (l *Launcher) Offered() []Environment { return l.offered }

// Facts are what the manager said.
func (l *Launcher) Facts() Facts { return l.facts }

// Problems are all that is wrong with the form.
func (l *Launcher) Problems() Problems { return l.problems }

// Forecast is what would happen to the form.
func (l *Launcher) Forecast() Forecast { return l.forecast }

// Failure is why a part is not there; nil while it is asked for, and after it
// came.
func (l *Launcher) Failure(part Part) error { return l.failed[part] }

// Asking reports whether a part is being asked for.
func (l *Launcher) Asking(part Part) bool { return l.asking[part] != nil }

// Owner is the user that was found for the form's owner.
func (l *Launcher) Owner() client.Owner { return l.owner }

// Ready reports whether everything is there that a launch is checked against.
func (l *Launcher) Ready() bool {
	return l.facts.Images != nil && l.facts.Groups != nil && l.facts.Room != nil && l.facts.Folders != nil
}

// Activate starts asking for somebody. What is filled in stays.
func (l *Launcher) Activate(source Source, who Who, can Abilities) {
	l.Deactivate()
	l.source, l.who, l.active = source, who, true
	l.facts, l.offered = Facts{Can: can}, nil
	l.askChoices()
	l.askGroups()
	l.askFolders()
	if l.form.Group != "" {
		l.askFigures()
	}
	l.settle()
}

// Deactivate ends all asking.
func (l *Launcher) Deactivate() {
	l.active = false
	for part := range l.asking {
		l.drop(part)
	}
	for _, timer := range []*time.Timer{l.pause, l.figures, l.clock} {
		if timer != nil {
			timer.Stop()
		}
	}
}

// SetVisible tells whether the browser shows the tab. While it does not, the
// manager's figures are not asked for again.
func (l *Launcher) SetVisible(visible bool) {
	if l.hidden == !visible {
		return
	}
	l.hidden = !visible
	l.again()
}

// Load takes over a form from elsewhere: the URL, the draft, the history. A folder
// of it that is not known may be newer than what is.
func (l *Launcher) Load(form Form) {
	l.Change(func(f *Form) { *f = form })
	unknown := func(m Mount) bool {
		return !slices.ContainsFunc(l.facts.Folders, func(f model.Folder) bool { return f.ID == m.ID })
	}
	if l.facts.Folders != nil && slices.ContainsFunc(l.form.Mounts, unknown) {
		l.askFolders()
	}
}

// Change changes the form, and everything that follows from it.
func (l *Launcher) Change(change func(*Form)) {
	before := l.form
	l.form = l.form.Clone()
	change(&l.form)
	l.follow(before)
	l.settle()
	if l.hooks.Changed != nil {
		l.hooks.Changed()
	}
}

// follow asks for what belongs to a value that changed.
func (l *Launcher) follow(before Form) {
	if !l.active {
		return
	}
	if before.Owner.Email != l.form.Owner.Email || before.Owner.Enabled != l.form.Owner.Enabled {
		l.owner = client.Owner{}
		l.form.Owner.AccessKey, l.form.Owner.Project, l.form.Owner.Domain = "", "", ""
		l.drop(PartOwner)
		delete(l.failed, PartOwner)
		if before.Owner.Enabled && !l.form.Owner.Enabled {
			l.askFolders()
		}
	}
	if before.Owner.Project != l.form.Owner.Project {
		l.askGroups()
	}
	if before.Group != l.form.Group {
		l.form.Agent = ""
		l.facts.Room, l.facts.Agents, l.facts.Waiting = nil, nil, 0
		l.askFigures()
	}
}

// settle brings the form and what is said about it up to date.
func (l *Launcher) settle() {
	l.form = Settle(l.form, l.facts)
	l.settled()
	l.problems = Check(l.form, l.facts, l.now())
	if !l.forecast.Exact || !l.foreseen.Equal(l.form) {
		l.forecast = Foresee(l.form, l.facts)
	}
	l.askForecast()
	l.watchStart()
}

// settled tells that the form may be another one.
func (l *Launcher) settled() {
	l.encoded = ""
	if l.hooks.Settled != nil {
		l.hooks.Settled(l)
	}
}

// watchStart checks every second, while there is a start time, whether it has
// passed.
func (l *Launcher) watchStart() {
	if l.clock != nil {
		l.clock.Stop()
	}
	if !l.active || l.form.Type != model.TypeBatch || !l.form.Batch.Scheduled {
		return
	}
	l.clock = time.AfterFunc(time.Second, func() {
		l.loop.Dispatch(func() {
			l.problems = Check(l.form, l.facts, l.now())
			l.watchStart()
		})
	})
}

// project is the project in which the session will be.
func (l *Launcher) project() string {
	if l.form.Owner.Enabled && l.form.Owner.Project != "" {
		return l.form.Owner.Project
	}
	return l.who.Project
}
