package launcher

import (
	"context"
	"slices"
	"time"

	"github.com/baiui/baiui/client"
	"github.com/baiui/baiui/client/model"
)

// FindOwner looks the form's owner up: by the e-mail address the key pair and
// the project are filled in where there is only one, and the folders become
// theirs.
func (l *Launcher) FindOwner() {
	email := l.form.Owner.Email
	if !mail(email) {
		return
	}
	l.ask(PartOwner, func(ctx context.Context, s Source) (func(), error) {
		owner, err := s.FindOwner(ctx, email)
		return func() {
			l.owner = owner
			l.Change(func(f *Form) {
				f.Owner.Domain = owner.Domain
				if len(owner.AccessKeys) > 0 {
					f.Owner.AccessKey = owner.AccessKeys[0]
				}
				if i := slices.IndexFunc(owner.Projects, func(p model.Project) bool { return p.Name == l.who.Project }); i >= 0 {
					f.Owner.Project = owner.Projects[i].Name
				} else if len(owner.Projects) > 0 {
					f.Owner.Project = owner.Projects[0].Name
				}
				f.Mounts = nil
			})
			l.askFolders()
		}, err
	})
}

// NewFolder makes a folder and mounts it.
func (l *Launcher) NewFolder(folder client.NewFolder) {
	l.ask(PartFolder, func(ctx context.Context, s Source) (func(), error) {
		made, err := s.CreateFolder(ctx, folder)
		return func() {
			l.facts.Folders = append(slices.Clone(l.facts.Folders), made)
			l.Change(func(f *Form) { f.Mounts = append(f.Mounts, Mount{ID: made.ID, Name: made.Name}) })
			l.askFolders()
		}, err
	})
}

// ReadFolders asks again for the folders that can be mounted: some may have been
// made elsewhere.
func (l *Launcher) ReadFolders() { l.askFolders() }

// DropFolderFailure forgets why a folder could not be made.
func (l *Launcher) DropFolderFailure() { delete(l.failed, PartFolder) }

// Toggle mounts a folder, or does so no longer.
func (l *Launcher) Toggle(folder model.Folder) {
	l.Change(func(f *Form) {
		before := len(f.Mounts)
		f.Mounts = slices.DeleteFunc(f.Mounts, func(m Mount) bool { return m.ID == folder.ID })
		if len(f.Mounts) == before {
			f.Mounts = append(f.Mounts, Mount{ID: folder.ID, Name: folder.Name})
		}
	})
}

// Launched is what became of a launch.
type Launched struct {
	Form Form
	Made []client.Created
	// Existing are sessions of the name that were there already.
	Existing []client.Created
	// Failed are the names that could not be made, each with its reason.
	Failed []Failed
}

// Failed is a session that was not made.
type Failed struct {
	Name string
	Err  error
}

// Track is told what becomes of each session on its way; the page's live.Store.
type Track interface {
	Send(session *model.Session) (key string)
	Sent(key, id string)
	NotSent(key string, err error)
}

// together is a Track that is also told which sessions are asked for at once,
// before the first of them is.
type together interface{ Together(names []string) }

// Launch sends the form. It returns at once; what becomes of it is told to
// track, and in the end to done. Nothing is sent, and false returned, while
// something is wrong with the form.
//
// The sessions are asked for one after the other, so that they wait in the order
// of their numbers. One that fails does not keep the others.
func (l *Launcher) Launch(track Track, random func(n int) string, done func(Launched)) bool {
	l.problems = Check(l.form, l.facts, l.now())
	if !l.active || !l.Ready() || len(l.problems) > 0 {
		return false
	}
	form, source := l.form.Clone(), l.source
	requests := Requests(form, l.facts, l.who.Project, l.who.Domain, random)
	keys := make([]string, len(requests))
	if t, ok := track.(together); ok {
		names := make([]string, len(requests))
		for i, r := range requests {
			names[i] = r.Name
		}
		t.Together(names)
	}
	for i, r := range requests {
		keys[i] = track.Send(preview(r, form, l.now()))
	}
	l.loop.Async(func() {
		result := Launched{Form: form}
		for i, r := range requests {
			created, err := send(source, r)
			switch {
			case err != nil:
				result.Failed = append(result.Failed, Failed{r.Name, err})
			case created.Created:
				result.Made = append(result.Made, created)
			default:
				result.Existing = append(result.Existing, created)
			}
			l.loop.Dispatch(func() {
				if err != nil {
					track.NotSent(keys[i], err)
					return
				}
				track.Sent(keys[i], created.ID)
			})
		}
		l.loop.Dispatch(func() { done(result) })
	})
	return true
}

// preview is how a session is shown until the manager has it.
func preview(r client.CreateRequest, form Form, now time.Time) *model.Session {
	slots := spellSlots(amounts(form, max(form.ClusterSize, 1)))
	return &model.Session{
		Name: r.Name, Type: r.Type, Image: r.Image, Architecture: r.Architecture, Mounts: r.Config.Mounts,
		RequestedSlots: slots, OccupiedSlots: slots, ScalingGroup: r.Config.ScalingGroup, AccessKey: r.OwnerAccessKey,
		UserEmail: form.Owner.Email, ClusterSize: r.ClusterSize, ClusterMode: r.ClusterMode, CreatedAt: model.Time{Time: now},
	}
}

// send asks for one session; a panic becomes its failure.
func send(source Source, r client.CreateRequest) (created client.Created, err error) {
	_, err = safely(context.Background(), source, func(ctx context.Context, s Source) (func(), error) {
		created, err = s.Create(ctx, r)
		return nil, err
	})
	return created, err
}
