package launcher

import (
	"math"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	seen "github.com/baiui/baiui/components/facts" // facts are what a form is checked against here
	"github.com/baiui/baiui/components/ui"
)

// FromSession is a form like a session: its type, image, amounts, folders by
// their names, cluster and resource group. What a manager does not tell of a
// session stays empty: environment variables, aliases, ports, and the time limit.
// random gives that many letters and digits, which make the name another one.
func FromSession(s *model.FullSession, random func(n int) string) Form {
	form := NewForm()
	form.Name = s.Name
	if s.Type == model.TypeBatch {
		form.Type, form.Batch.Command = s.Type, s.StartupCommand
	}
	if s.Image != "" {
		architecture := s.Architecture
		if architecture == "" {
			architecture = model.DefaultArchitecture
		}
		form.Image = s.Image + "@" + architecture
	}
	form.Group = s.ScalingGroup
	form.ClusterSize = max(s.ClusterSize, 1)
	if s.ClusterMode == MultiNode {
		form.ClusterMode = MultiNode
	}
	for _, name := range seen.Derive(&s.Session, seen.Options{}).Mounts {
		form.Mounts = append(form.Mounts, Mount{Name: name})
	}
	fromSlots(&form, s)
	return Again(form, random)
}

// fromSlots puts what one container of a session has into a form. The manager
// tells of all containers together.
func fromSlots(form *Form, s *model.FullSession) {
	slots := s.RequestedSlots
	if len(slots) == 0 {
		slots = s.OccupiedSlots
	}
	each := func(slot string) float64 {
		return min(slots.Amount(slot), 1<<60) / float64(form.ClusterSize)
	}
	if each(slotCPU) == 0 && each(slotMemory) == 0 {
		return // not known; the preset decides
	}
	form.Preset = PresetCustom
	form.CPU, form.Memory = int(math.Ceil(each(slotCPU))), int64(each(slotMemory)) // a form has whole cores
	for _, slot := range slotOrder(slots) {
		if slot != slotCPU && slot != slotMemory && each(slot) > 0 {
			form.Accelerator, form.AcceleratorAmount = slot, each(slot)
			break // a form has accelerators of one kind
		}
	}
	if shared := s.SharedMemory(); shared > 0 {
		form.Shared, form.ManualShare = shared, true
	}
}

// nameMounts gives the folders that are known by their names alone their ids.
func nameMounts(form *Form, folders []model.Folder) {
	for i, m := range form.Mounts {
		if m.ID != "" {
			continue
		}
		for _, folder := range folders {
			if folder.Name == m.Name && folder.Ready() {
				form.Mounts[i].ID = folder.ID
				break
			}
		}
	}
}

// onAgain opens the review of a form like the session with an id.
func (v *View) onAgain(ctx app.Context, a app.Action) {
	defer ui.Recover(ctx)
	id, _ := a.Value.(string)
	if v.Connection == nil || v.Account == nil || id == "" {
		return
	}
	ready := v.Connection.Client() // not v.client: the launcher may never have been shown
	if ready == nil {
		return
	}
	sessions, role, project := ready.Sessions(), v.Account.Role, v.Project.Name
	ui.Go(ctx, func() {
		found, err := sessions.Show(ctx, id, role)
		ctx.Dispatch(func(ctx app.Context) {
			if found == nil {
				ui.ShowToast(ctx, ui.Toast{Tone: ui.Danger, Key: "launcher.again.failed", Detail: seen.FailureText(v.Texts, err)})
				return
			}
			ctx.Navigate(State{Step: StepReview, Form: FromSession(found, randomText), Given: true}.URL(inProject(project)))
		})
	})
}
