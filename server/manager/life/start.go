package life

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/apps"
	"github.com/baiui/baiui/server/manager/folders"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/node"
)

// start brings a session from SCHEDULED (or from PREPARING, where an earlier
// run stopped) to RUNNING, or to ERROR with the reason.
func (e *Engine) start(ctx context.Context, id string) {
	select {
	case e.starts <- struct{}{}:
		defer func() { <-e.starts }()
	case <-ctx.Done():
		return
	}
	unlock := e.locks.lock(id)
	defer unlock()
	ctx, cancel := e.cancellable(ctx, id)
	defer cancel()

	ready := false
	s, err := e.update(ctx, id, func(s *store.Session) error {
		switch s.Status {
		case model.StatusPreparing:
			ready = true
			return store.ErrUnchanged
		case model.StatusScheduled:
		default:
			return store.ErrUnchanged // ended a moment ago
		}
		ready = true
		at := e.instant()
		if err := move(s, model.StatusPreparing, at); err != nil {
			return err
		}
		say(s, "")
		return moveKernels(s, model.StatusPreparing, "", at)
	})
	if err != nil {
		e.problem(ctx, "preparing a session failed", id, err)
		return
	}
	if !ready {
		return
	}
	image, err := e.create(ctx, s)
	if err != nil {
		if ctx.Err() != nil || errors.Is(err, node.ErrClosed) {
			return // ended by force, or the server stops and takes it up again later
		}
		for _, k := range s.Kernels { // of a cluster some may have been made
			if _, err := e.end(ctx, k.ID, 0); err != nil {
				e.problem(ctx, "ending a kernel failed", id, err)
			}
			e.remove(ctx, k.ID)
		}
		e.broken(ctx, id, err, !holding)
		return
	}
	_, err = e.update(ctx, id, func(s *store.Session) error {
		if s.Status != model.StatusPreparing {
			return store.ErrUnchanged // the one who changed it ends it
		}
		at := e.instant()
		if err := move(s, model.StatusRunning, at); err != nil {
			return err
		}
		say(s, "")
		for i := range s.Kernels {
			k := &s.Kernels[i]
			hex := strings.ReplaceAll(k.ID, "-", "")
			k.ContainerID = hex + hex // 64 digits, as a container's id has
			offered, err := e.offered(k, image)
			if err != nil {
				return err
			}
			k.ServicePorts = apps.Store(offered)
		}
		return moveKernels(s, model.StatusRunning, "", at)
	})
	if err != nil {
		e.problem(ctx, "starting a session failed", id, err)
		return
	}
	e.log.Info("session runs", "session", id)
}

// cancellable is a context for the start of a session that a forced end cuts
// short.
func (e *Engine) cancellable(ctx context.Context, id string) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	e.mu.Lock()
	e.cancels[id] = cancel
	e.mu.Unlock()
	return ctx, func() {
		e.mu.Lock()
		delete(e.cancels, id)
		e.mu.Unlock()
		cancel()
	}
}

// cutShort cancels the start of a session, if one is under way.
func (e *Engine) cutShort(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if cancel := e.cancels[id]; cancel != nil {
		cancel()
	}
}

// create makes the kernels that the node does not have yet. It returns the image
// they are made of.
func (e *Engine) create(ctx context.Context, s *store.Session) (store.Image, error) {
	known := e.known()
	image, err := e.store.ImageByReference(ctx, s.Image, s.Architecture)
	if err != nil && !store.IsNotFound(err) {
		return image, err
	}
	if err != nil {
		return image, fmt.Errorf("the image %s is no longer on this machine", s.Image)
	}
	if err := e.checkMounts(ctx, s); err != nil {
		return image, err
	}
	files, err := e.homeFiles(ctx, s)
	if err != nil {
		return image, err
	}
	for i := range s.Kernels {
		if on, there := known[s.Kernels[i].ID]; there {
			if on.State != node.StateEnded {
				continue
			}
			// What a reboot, say, left of an earlier start is in the way of this one.
			if err := e.node.Remove(ctx, on.ID); err != nil && !errors.Is(err, node.ErrUnknown) {
				return image, err
			}
		}
		spec, err := e.specOf(s, &s.Kernels[i], image)
		if err != nil {
			return image, err
		}
		spec.Files = files
		if err := e.node.Create(ctx, spec); err != nil && !errors.Is(err, node.ErrExists) {
			return image, err
		}
	}
	return image, nil
}

// known are the kernels the node has, by id.
func (e *Engine) known() map[string]node.Kernel {
	out := map[string]node.Kernel{}
	for _, k := range e.node.Kernels() {
		out[k.ID] = k
	}
	return out
}

// specOf says what the node is to run for a kernel.
func (e *Engine) specOf(s *store.Session, k *store.Kernel, image store.Image) (node.Spec, error) {
	held, err := slots.FromJSON(string(k.OccupiedSlots))
	if err != nil {
		return node.Spec{}, err
	}
	var opts struct {
		Shmem int64 `json:"shmem"`
	}
	if err := k.ResourceOpts.Decode(&opts); err != nil {
		return node.Spec{}, err
	}
	offered, err := e.offered(k, image)
	if err != nil {
		return node.Spec{}, err
	}
	spec := node.Spec{ID: k.ID, Hostname: k.ClusterHostname, Env: environOf(s, k, image, offered, held["cpu"]),
		CPU: held["cpu"].Float(), Memory: held["mem"].Int(), Shm: opts.Shmem, Disk: e.maxHome, Command: commandOf(s, k), Tmux: true,
		Overlay: true, Layer: e.layerOf(image)}
	if len(s.Kernels) > 1 {
		spec.Cluster = &node.Cluster{ID: s.ID, Hosts: strings.Split(hosts(s), ",")}
	}
	spec.Mounts, err = mountsOf(s)
	return spec, err
}

// checkMounts makes sure that the session's owner may still have the folders that
// it was made with.
func (e *Engine) checkMounts(ctx context.Context, s *store.Session) error {
	var points []folders.Mount
	if err := s.MountPoints.Decode(&points); err != nil || len(points) == 0 {
		return err
	}
	owner, err := e.store.Identify(ctx, s.AccessKey)
	if err != nil {
		return fmt.Errorf("the owner of the session: %w", err)
	}
	caller := api.Caller{UserID: owner.User.ID, Role: owner.User.Role, DomainName: owner.User.DomainName}
	name, err := folders.Revoked(ctx, e.store, caller, points)
	if err == nil && name != "" {
		err = fmt.Errorf("the folder %q is no longer there for the session's owner, or not to be written to", name)
	}
	return err
}

// mountsOf are the folders that every kernel of a session has.
func mountsOf(s *store.Session) ([]node.Mount, error) {
	var points []folders.Mount
	if err := s.MountPoints.Decode(&points); err != nil {
		return nil, err
	}
	var out []node.Mount
	for _, p := range points {
		m := node.Mount{Source: p.Source(), Subpath: p.Subpath, Target: p.KernelPath, ReadOnly: p.ReadOnly()}
		if m.Subpath == "." {
			m.Subpath = ""
		}
		out = append(out, m)
	}
	return out, nil
}

// errorData is the "error" object of status_data.
type errorData struct {
	Error struct {
		Src  string `json:"src"`
		Name string `json:"name"`
		Repr string `json:"repr"`
	} `json:"error"`
}

// holding tells [Engine.broken] that processes may still be there.
const holding = true

// broken records that the node could not do its part: the session is in ERROR
// until somebody ends it by force. It keeps its slots only if it may still have
// processes.
func (e *Engine) broken(ctx context.Context, id string, cause error, keepSlots bool) {
	e.log.Error("the node failed", "session", id, "error", cause)
	var data errorData
	data.Error.Src, data.Error.Name, data.Error.Repr = "agent", "NodeError", cause.Error()
	_, err := e.update(ctx, id, func(s *store.Session) error {
		if s.Dead() || s.Status == model.StatusError {
			return store.ErrUnchanged
		}
		at := e.instant()
		if err := move(s, model.StatusError, at); err != nil {
			return err
		}
		reason := reasonNotEnded
		s.StatusData = store.ToJSON(data)
		if !keepSlots {
			reason = reasonNotStarted
			s.OccupyingSlots = "{}"
		}
		say(s, reason)
		for i := range s.Kernels {
			s.Kernels[i].StatusData = s.StatusData
			if !keepSlots {
				s.Kernels[i].OccupiedSlots = "{}"
			}
		}
		return moveKernels(s, model.StatusError, reason, at)
	})
	if err != nil {
		e.problem(ctx, "recording a failure failed", id, err)
	}
	e.poke()
}

// problem logs what a background step could not do; the end of the engine is
// none.
func (e *Engine) problem(ctx context.Context, msg, id string, err error) {
	if ctx.Err() == nil {
		e.log.Error(msg, "session", id, "error", err)
	}
}
