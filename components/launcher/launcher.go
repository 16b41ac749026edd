package launcher

import (
	"context"
	"fmt"
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
	// Changed is called when the form has changed, for the URL and the draft.
	Changed func(Form)
	// Answered is called when something came from the manager.
	Answered func()
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

	form     Form
	facts    Facts
	owner    client.Owner // that was found for the form's e-mail address
	problems Problems
	forecast Forecast
	foreseen string // the form that an exact forecast is of

	asked   map[Part]uint64 // number of the last question about a part
	asking  map[Part]context.CancelFunc
	failed  map[Part]error
	pause   *time.Timer
	figures *time.Timer
	clock   *time.Timer
}

// New returns a launcher with an empty form.
func New(loop page.Loop, hooks Hooks, now func() time.Time) *Launcher {
	return &Launcher{loop: loop, hooks: hooks, now: now, form: NewForm(),
		asked: map[Part]uint64{}, asking: map[Part]context.CancelFunc{}, failed: map[Part]error{}}
}

// Form is what is filled in. It is not to be changed; see [Launcher.Change].
func (l *Launcher) Form() Form { return l.form }

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
	l.facts = Facts{Can: can}
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

// Load takes over a form from elsewhere: the URL, the draft, the history.
func (l *Launcher) Load(form Form) {
	l.Change(func(f *Form) { *f = form })
}

// Change changes the form, and everything that follows from it.
func (l *Launcher) Change(change func(*Form)) {
	before := l.form
	l.form = l.form.Clone()
	change(&l.form)
	l.follow(before)
	l.settle()
	if l.hooks.Changed != nil {
		l.hooks.Changed(l.form)
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
	l.problems = Check(l.form, l.facts, l.now())
	if !l.forecast.Exact || l.foreseen != Encode(l.form) {
		l.forecast = Foresee(l.form, l.facts)
	}
	l.askForecast()
	l.watchStart()
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

// ask puts a question about a part; another one about the same part replaces it.
// do runs beside the page and returns what is to be done with the answer.
func (l *Launcher) ask(part Part, do func(context.Context, Source) (func(), error)) {
	if !l.active {
		return
	}
	l.drop(part)
	delete(l.failed, part)
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	l.asking[part] = cancel
	number, source := l.asked[part], l.source
	l.loop.Async(func() {
		defer cancel()
		apply, err := safely(ctx, source, do)
		l.loop.Dispatch(func() {
			if number != l.asked[part] {
				return
			}
			delete(l.asking, part)
			if err != nil {
				l.failed[part] = err
			} else {
				apply()
			}
			if l.hooks.Answered != nil {
				l.hooks.Answered()
			}
		})
	})
}

// safely turns a panic into an error, so that it is shown and not the end of the
// page.
func safely(ctx context.Context, source Source, do func(context.Context, Source) (func(), error)) (apply func(), err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("launcher: %v", cause)
		}
	}()
	return do(ctx, source)
}

// drop abandons the question about a part.
func (l *Launcher) drop(part Part) {
	l.asked[part]++
	if cancel := l.asking[part]; cancel != nil {
		cancel()
		delete(l.asking, part)
	}
}

// Retry asks again for everything that failed.
func (l *Launcher) Retry() {
	for part := range l.failed {
		switch part {
		case PartChoices:
			l.askChoices()
		case PartGroups:
			l.askGroups()
		case PartFolders:
			l.askFolders()
		case PartRoom, PartAgents, PartWaiting:
			l.askFigures()
		}
	}
}

func (l *Launcher) askChoices() {
	l.ask(PartChoices, func(ctx context.Context, s Source) (func(), error) {
		choices, err := s.Choices(ctx)
		return func() {
			l.facts.Images, l.facts.Policy = choices.Images, choices.Policy
			if l.facts.Images == nil {
				l.facts.Images = []model.Image{}
			}
			if l.form.Image == "" && l.form.Manual == "" {
				l.form.Image = l.firstImage()
			}
			l.settle()
		}, err
	})
}

// firstImage is what is chosen until somebody chooses: the image of the last
// launch, else the newest version of the first environment.
func (l *Launcher) firstImage() string {
	if _, still := FindImage(l.facts.Images, l.who.Image); still {
		return l.who.Image
	}
	list := Environments(l.facts.Images)
	first := slices.IndexFunc(list, func(e Environment) bool { return e.Group != GroupCustomized })
	if first < 0 {
		return ""
	}
	return list[first].Versions[0].FullName()
}

func (l *Launcher) askGroups() {
	project := l.project()
	l.ask(PartGroups, func(ctx context.Context, s Source) (func(), error) {
		groups, err := s.ResourceGroups(ctx, project)
		return func() {
			l.facts.Groups = groups
			if l.form.Group == "" && len(groups) > 0 {
				group := groups[0]
				if slices.Contains(groups, l.who.Group) {
					group = l.who.Group
				}
				l.Change(func(f *Form) { f.Group = group })
				return
			}
			l.settle()
		}, err
	})
}

func (l *Launcher) askFolders() {
	owner := ""
	if l.form.Owner.Enabled && l.who.Role.IsSuperadmin() {
		owner = l.owner.Email
	}
	l.ask(PartFolders, func(ctx context.Context, s Source) (func(), error) {
		folders, err := s.Folders(ctx, owner)
		return func() {
			l.facts.Folders = folders
			if folders == nil {
				l.facts.Folders = []model.Folder{}
			}
			l.settle()
		}, err
	})
}

// askFigures asks what there is and what is left in the form's resource group,
// and goes on asking.
func (l *Launcher) askFigures() {
	project, group := l.project(), l.form.Group
	if group == "" || l.facts.Groups != nil && !slices.Contains(l.facts.Groups, group) {
		return // the manager refuses to tell of a group that is not open
	}
	l.ask(PartRoom, func(ctx context.Context, s Source) (func(), error) {
		room, err := s.Room(ctx, project, group)
		return func() { l.facts.Room = &room; l.settle() }, err
	})
	if l.facts.Can.PickAgent {
		l.ask(PartAgents, func(ctx context.Context, s Source) (func(), error) {
			agents, err := s.AgentChoices(ctx, group)
			if kind := client.KindOf(err); kind == client.KindForbidden || kind == client.KindGraphQL {
				return func() { l.facts.Agents = nil; l.settle() }, nil // the manager hides them
			}
			return func() { l.facts.Agents = agents; l.settle() }, err
		})
	}
	l.ask(PartWaiting, func(ctx context.Context, s Source) (func(), error) {
		waiting, err := s.Waiting(ctx, group)
		return func() { l.facts.Waiting = waiting; l.settle() }, err
	})
	if l.figures != nil {
		l.figures.Stop()
	}
	l.figures = time.AfterFunc(figuresEvery, func() { l.loop.Dispatch(l.again) })
}

// again asks for the figures anew while somebody fills the form in.
func (l *Launcher) again() {
	if l.active {
		l.askFigures()
	}
}

// askForecast asks a manager that can say it what would happen, once the form
// rests. Until it has answered, the page's own forecast is shown.
func (l *Launcher) askForecast() {
	l.drop(PartForecast)
	if l.pause != nil {
		l.pause.Stop()
	}
	if !l.active || !l.facts.Can.DryRun || !l.Ready() || len(l.problems) > 0 {
		return
	}
	l.pause = time.AfterFunc(forecastPause, func() { l.loop.Dispatch(l.foresee) })
}

func (l *Launcher) foresee() {
	request := request(l.form, l.facts, l.who.Project, l.who.Domain)
	request.Name = "foreseen"
	if l.form.Name != "" {
		request.Name = l.form.Name
	}
	count, form := max(l.form.Sessions, 1), Encode(l.form)
	l.ask(PartForecast, func(ctx context.Context, s Source) (func(), error) {
		said, err := s.DryRun(ctx, request, count)
		return func() { l.forecast, l.foreseen = exact(said), form }, err
	})
}
