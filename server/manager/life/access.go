package life

import (
	"context"
	"errors"
	"net"
	"sync"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/runs"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// ErrNotHere is what the node of this machine cannot do.
var ErrNotHere = errors.New("life: this node has no such way into its kernels")

// lasting are the contexts that end with the running of their session. The zero
// value is ready.
type lasting struct {
	mu   sync.Mutex
	ends map[string]map[*context.CancelFunc]struct{} // by session
}

// While is a context for something that must not outlive a session: it ends
// when the session stops running. [ErrNotNow] if it does not run now.
func (e *Engine) While(ctx context.Context, id string) (context.Context, context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(ctx)
	l := &e.lasting
	l.mu.Lock()
	if l.ends == nil {
		l.ends = map[string]map[*context.CancelFunc]struct{}{}
	}
	if l.ends[id] == nil {
		l.ends[id] = map[*context.CancelFunc]struct{}{}
	}
	l.ends[id][&cancel] = struct{}{}
	l.mu.Unlock()
	stop := func() {
		cancel()
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.ends[id], &cancel)
		if len(l.ends[id]) == 0 {
			delete(l.ends, id)
		}
	}
	// Looked at after it was put down, or an end in between would be missed.
	s, err := e.store.Session(ctx, id)
	if err == nil && !open(s.Status) {
		err = ErrNotNow
	}
	if err != nil {
		stop()
		return nil, nil, err
	}
	return ctx, stop, nil
}

// open reports whether a session has processes that one can talk to.
func open(status model.Status) bool {
	switch status {
	case model.StatusRunning, model.StatusRunningDegraded, model.StatusRestarting:
		return true
	}
	return false
}

// end ends what must not outlive a session.
func (l *lasting) end(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for cancel := range l.ends[id] {
		(*cancel)()
	}
}

// Dial connects to a port of a kernel; the errors are those of [node.Ports].
func (e *Engine) Dial(ctx context.Context, kernelID string, port int) (net.Conn, error) {
	ports, ok := e.node.(node.Ports)
	if !ok {
		return nil, ErrNotHere
	}
	return ports.Dial(ctx, kernelID, port)
}

// StartApp starts the program behind an app of a kernel, unless it runs already
// or is one that the session's own programs serve. args and env are beside its
// own. The error is a [node.ServiceError] if it did not come up.
func (e *Engine) StartApp(ctx context.Context, s *store.Session, k *store.Kernel, app apps.App, args []string, env map[string]string) error {
	image, err := e.store.ImageByReference(ctx, s.Image, s.Architecture)
	if err != nil && !store.IsNotFound(err) {
		return err
	}
	command, ok := apps.Command(app.Name, image.Labels[labelRuntime], app.Ports[0])
	if !ok {
		return nil
	}
	services, ok := e.node.(node.Services)
	if !ok {
		return ErrNotHere
	}
	return services.StartService(ctx, k.ID, node.Service{Name: app.Name, Command: append(command, args...), Env: env, Ports: app.Ports})
}

// StopApp ends the program behind an app of a kernel.
func (e *Engine) StopApp(ctx context.Context, kernelID, name string) error {
	services, ok := e.node.(node.Services)
	if !ok {
		return ErrNotHere
	}
	return services.StopService(ctx, kernelID, name)
}

// Interrupt sends what Ctrl+C does to a session that runs.
func (e *Engine) Interrupt(ctx context.Context, s *store.Session) error {
	services, ok := e.node.(node.Services)
	main := s.Main()
	switch {
	case !ok:
		return ErrNotHere
	case s.Status != model.StatusRunning || main == nil:
		return ErrNotNow
	}
	return services.Interrupt(ctx, main.ID)
}

// Runtime is what the image of a session runs code with.
func (e *Engine) Runtime(ctx context.Context, s *store.Session) (runs.Runtime, error) {
	image, err := e.store.ImageByReference(ctx, s.Image, s.Architecture)
	if err != nil && !store.IsNotFound(err) {
		return runs.Runtime{}, err
	}
	return runs.Runtime{Type: image.Labels[labelRuntimeType], Path: image.Labels[labelRuntime]}, nil
}

// RunProgram starts a program in a kernel; the errors are those of
// [node.Programs].
func (e *Engine) RunProgram(ctx context.Context, kernelID string, program node.Program) (*node.Process, error) {
	programs, ok := e.node.(node.Programs)
	if !ok {
		return nil, ErrNotHere
	}
	return programs.RunProgram(ctx, kernelID, program)
}
