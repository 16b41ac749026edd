package launcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

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
			l.offered = Environments(l.facts.Images)
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
	first := slices.IndexFunc(l.offered, func(e Environment) bool { return e.Group != GroupCustomized })
	if first < 0 {
		return ""
	}
	return l.offered[first].Versions[0].FullName()
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

// askFolders asks for the folders of whom the session is for. Managers tell those
// of somebody else to superadmins alone.
func (l *Launcher) askFolders() {
	owner := ""
	if l.form.Owner.Enabled {
		owner = l.owner.Email
	}
	if owner != "" && !l.who.Role.IsSuperadmin() {
		l.drop(PartFolders)
		l.facts.Folders = []model.Folder{}
		l.settle()
		return
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
	if l.active && !l.hidden {
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
	count, form := max(l.form.Sessions, 1), l.form
	l.ask(PartForecast, func(ctx context.Context, s Source) (func(), error) {
		said, err := s.DryRun(ctx, request, count)
		forecast := exact(said)
		if refused, ok := refusal(err); ok {
			forecast, err = refused, nil
		}
		return func() { l.forecast, l.foreseen = forecast, form }, err
	})
}
