package rest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/life"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
	"github.com/baiui/baiui/server/manager/store"
	"github.com/baiui/baiui/server/manager/tasks"
	"github.com/baiui/baiui/server/node"
)

// imageName is the rule for the names of customised images.
var imageName = regexp.MustCompile(`^[a-zA-Z0-9.\-_]{1,64}$`)

// imagify keeps what a running session has changed as an image of its owner:
// POST /session/{name}/imagify. It goes on as a background task of three steps.
func (h *Handler) imagify(w http.ResponseWriter, r *request) error {
	p, err := params.Read(r.Request, maxBody)
	if err != nil {
		return err
	}
	nameKey, whoKey := params.Names("image_name", "imageName"), params.Names("image_visibility", "imageVisibility")
	name := p.Required(nameKey)
	if p.Has(nameKey) && !imageName.MatchString(name) {
		p.Fail(nameKey, `does not match pattern [a-zA-Z0-9.\-_]+`)
	}
	if p.Text(whoKey, "user") != "user" {
		p.Fail(whoKey, "value is not any of user")
	}
	p.Nullable(params.Names("login_session_token"))
	if err := p.Err(); err != nil {
		return err
	}
	s, kernel, err := h.running(r)
	if err != nil {
		return err
	}
	if s.Status != model.StatusRunning {
		return problem.InvalidParams("Can't commit a session that is not running")
	}
	owner, err := h.Store.User(r.Context(), r.caller.UserID)
	if err != nil {
		return err
	}
	policies, _, err := h.Store.UserPolicies(r.Context(), store.PolicyQuery{Names: []string{owner.ResourcePolicy}})
	if err != nil {
		return err
	}
	if len(policies) != 1 {
		return problem.Internal(errors.New("the user's resource policy is gone"))
	}
	base, err := h.Store.ImageByReference(r.Context(), s.Image, s.Architecture)
	if err != nil {
		return err
	}
	image, err := h.customized(r.Context(), base, owner, name)
	if err != nil {
		return err
	}
	id := h.Tasks.Start(r.caller.UserID, func(ctx context.Context, progress tasks.Progress) (string, error) {
		return h.keepImage(ctx, kernel.ID, image, policies[0].MaxCustomizedImageCount, progress)
	})
	return reply.JSON(w, http.StatusOK, map[string]string{"task_id": id})
}

// customized is the row of an image made of another by an owner. A second one of
// a name, made of the same environment, takes the place of the first: it keeps
// id and tag and gets a digest of its own, as in 24.09.
func (h *Handler) customized(ctx context.Context, base store.Image, owner store.User, name string) (store.Image, error) {
	id := uuid.New()
	image := base
	image.ID, image.IsLocal, image.Installed, image.Aliases = id.String(), false, true, nil
	image.Labels = maps.Clone(base.Labels)
	image.Labels[store.LabelCustomOwner] = "user:" + owner.ID
	image.Labels[store.LabelCustomName] = name
	image.Labels[store.LabelCustomID] = id.String()
	image.Labels[store.LabelCustomEmail] = owner.Email
	tag, _, _ := strings.Cut(base.Tag, store.CustomMark)
	image.Tag = tag + store.CustomMark + strings.ReplaceAll(id.String(), "-", "")
	before, err := h.Store.CustomizedImageOf(ctx, image, tag+store.CustomMark)
	switch {
	case err == nil:
		image.ID, image.Tag, image.Labels[store.LabelCustomID] = before.ID, before.Tag, before.Labels[store.LabelCustomID]
	case !store.IsNotFound(err):
		return image, err
	}
	return image, nil
}

// sentence is a failure in words for the owner of a task.
type sentence string

func (s sentence) Error() string { return string(s) }

// keepImage writes the layer, then the row that makes it an image.
func (h *Handler) keepImage(ctx context.Context, kernelID string, image store.Image, limit int, progress tasks.Progress) (string, error) {
	progress(1, 3, "Commit started")
	layer, err := h.Engine.Commit(ctx, kernelID, image.Labels[store.LabelCustomID], func(bytes int64) {
		progress(1, 3, fmt.Sprintf("%d MiB kept", bytes>>20))
	})
	switch {
	case errors.Is(err, life.ErrNotHere), errors.Is(err, node.ErrNoOverlay):
		return "", sentence("This machine cannot keep what sessions change.")
	case errors.Is(err, node.ErrTooLarge):
		return "", sentence("The session has changed more than an image may hold.")
	case err != nil:
		h.Log.Error("keeping a session as an image failed", "kernel", kernelID, "error", err)
		return "", sentence("The session could not be kept as an image.")
	}
	progress(2, 3, "Committed image")
	image.Digest, image.SizeBytes, image.CreatedAt = layer.Digest, layer.Size, h.Now()
	if err := h.Store.AddCustomizedImage(ctx, image, limit); err != nil {
		h.Engine.FreeLayer(ctx, image.Labels[store.LabelCustomID])
		if errors.Is(err, store.ErrTooManyImages) {
			return "", sentence("You have reached your customized image count quota")
		}
		h.Log.Error("storing a customised image failed", "image", image.ID, "error", err)
		return "", sentence("The image could not be stored.")
	}
	progress(3, 3, "Image is ready")
	return image.Reference(), nil
}

// commitStatus tells whether a session is being kept as an image just now: GET
// /session/{name}/commit.
func (h *Handler) commitStatus(w http.ResponseWriter, r *request) error {
	s, err := h.findSession(r, r.caller.AccessKey, r.PathValue("name"), false)
	if err != nil {
		return err
	}
	main := s.Main()
	if main == nil {
		return problem.NoSession(r.PathValue("name"))
	}
	status := "ready"
	if h.Engine.Committing(main.ID) {
		status = "ongoing"
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"status": status, "kernel": main.ID})
}

// commitFile would keep a session as a file of the agent, which nobody could
// reach here: POST /session/{name}/commit.
func (h *Handler) commitFile(http.ResponseWriter, *request) error {
	return problem.NotImplemented("This manager keeps sessions as images: use imagify.")
}
