package resolve

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) imageMutations() map[string]mutation {
	return map[string]mutation{
		"modify_image":  {"ModifyImage", "", superadmins(), r.modifyImage},
		"alias_image":   {"AliasImage", "", superadmins(), r.aliasImage},
		"dealias_image": {"DealiasImage", "", superadmins(), r.dealiasImage},
		"rescan_images": {"RescanImages", "task_id", admins(), func(ctx context.Context, _ *gql.Field) (any, error) {
			if r.rescan == nil {
				return nil, refuse("Looking for environments is not available.")
			}
			return quietly{r.rescan(callerOf(ctx).UserID)}, nil
		}},
		// Every agent here has every image, and 24.09 does not do these either.
		"preload_image": {"PreloadImage", "task_id", superadmins(), notImplemented},
		"unload_image":  {"UnloadImage", "task_id", superadmins(), notImplemented},
		"clear_images": {"ClearImages", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			registry, _ := f.Text("registry")
			if err := r.store.ForgetImages(ctx, registry); err != nil {
				return nil, err
			}
			images, _, err := r.store.Images(ctx, store.ImageQuery{})
			for _, image := range images {
				r.freeLayer(ctx, image)
			}
			return quietly{}, err
		}},
		"forget_image": {"ForgetImage", "image", everybody(), func(ctx context.Context, f *gql.Field) (any, error) {
			image, err := r.target(ctx, f, "reference")
			return r.forgetImage(ctx, image, err)
		}},
		"forget_image_by_id":        {"ForgetImageById", "image", everybody(), r.forgetImageByID},
		"untag_image_from_registry": {"UntagImageFromRegistry", "image", everybody(), r.forgetImageByID},
	}
}

func notImplemented(context.Context, *gql.Field) (any, error) { return nil, refuse("Not implemented.") }

// target finds the image that an argument names by reference or alias.
func (r *resolver) target(ctx context.Context, f *gql.Field, argument string) (store.Image, error) {
	reference, _ := f.Text(argument)
	architecture, _ := f.Text("architecture")
	image, err := r.store.ImageByReference(ctx, reference, architecture)
	if store.IsNotFound(err) {
		return image, refuse("Unknown image reference: %s (%s)", reference, architecture)
	}
	return image, err
}

// forgetImageByID serves both mutations that take an id, plain or global. There
// is no registry to untag the image from but this manager's own list.
func (r *resolver) forgetImageByID(ctx context.Context, f *gql.Field) (any, error) {
	text, _ := f.Text("image_id")
	id, ok := normalUUID(text)
	if plain, err := base64.StdEncoding.DecodeString(text); !ok && err == nil {
		id, ok = normalUUID(strings.TrimPrefix(string(plain), "ImageNode:"))
	}
	if !ok {
		return nil, refuse("badly formed hexadecimal UUID string")
	}
	images, _, err := r.store.Images(ctx, store.ImageQuery{ID: id})
	if err == nil && len(images) == 0 {
		err = refuse("No such image.")
	}
	if err != nil {
		return nil, err
	}
	return r.forgetImage(ctx, images[0], nil)
}

// forgetImage lets superadmins forget any image and everybody else the own
// customised ones.
func (r *resolver) forgetImage(ctx context.Context, image store.Image, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	caller := callerOf(ctx)
	if !caller.IsSuperadmin() && !(imageView{caller: caller}).owns(image) {
		return nil, refuse("Forbidden")
	}
	if err := r.store.ForgetImage(ctx, image.ID); err != nil {
		return nil, err
	}
	r.freeLayer(ctx, image)
	return quietly{rowOf(image)}, nil
}

// freeLayer gives back the room of a customised image that nobody can use any
// longer.
func (r *resolver) freeLayer(ctx context.Context, image store.Image) {
	if id := image.Labels[store.LabelCustomID]; id != "" && r.layers != nil {
		r.layers.FreeLayer(ctx, id)
	}
}

func (r *resolver) aliasImage(ctx context.Context, f *gql.Field) (any, error) {
	image, err := r.target(ctx, f, "target")
	if err != nil {
		return nil, err
	}
	alias, _ := f.Text("alias")
	if alias == "" || len(alias) > 64 || strings.ContainsAny(alias, " \t\r\n") {
		return nil, refuse("invalid alias")
	}
	return quietly{}, r.store.AddImageAlias(ctx, image.ID, alias)
}

func (r *resolver) dealiasImage(ctx context.Context, f *gql.Field) (any, error) {
	alias, _ := f.Text("alias")
	err := r.store.DeleteImageAlias(ctx, alias)
	if store.IsNotFound(err) {
		return nil, refuse("No such alias")
	}
	return quietly{}, err
}

// modifyImage changes how an image presents itself. What it is (name, registry,
// tag, architecture) was found on the machine and stays.
func (r *resolver) modifyImage(ctx context.Context, f *gql.Field) (any, error) {
	p := propsOf(f)
	for _, fixed := range []string{"name", "registry", "image", "tag", "architecture", "is_local", "type"} {
		if p[fixed] != nil {
			return nil, refuse("%s: environments of this machine keep what they are", fixed)
		}
	}
	image, err := r.target(ctx, f, "target")
	if err != nil {
		return nil, err
	}
	_, err = r.store.ChangeImage(ctx, image.ID, func(i *store.Image) error { return setImage(i, p) })
	return quietly{}, err
}

func setImage(image *store.Image, p props) error {
	put(p, "digest", &image.Digest)
	if size, ok := p["size_bytes"].(int); ok {
		image.SizeBytes = int64(size)
	}
	if accelerators, given := p.texts("supported_accelerators"); given {
		image.Accelerators = accelerators
	}
	if pairs, ok := p["labels"].([]any); ok {
		image.Labels = map[string]string{}
		for _, pair := range pairs {
			fields, _ := pair.(map[string]any)
			key, _ := fields["key"].(string)
			if key == "" {
				return refuse("labels: a key is missing")
			}
			image.Labels[key], _ = fields["value"].(string)
		}
	}
	limits, ok := p["resource_limits"].([]any)
	if !ok {
		return nil
	}
	image.Resources = map[string]store.Range{}
	for _, entry := range limits {
		fields, _ := entry.(map[string]any)
		slot, _ := fields["key"].(string)
		if !slotName().MatchString(slot) {
			return refuse("resource_limits: %q is no name of a slot", slot)
		}
		least, _ := fields["min"].(string)
		most, _ := fields["max"].(string)
		for _, text := range []string{least, most} {
			kind := slots.Count
			if slot == "mem" {
				kind = slots.Bytes
			}
			if _, err := slots.Parse(kind, text); text != "" && err != nil {
				return refuse("resource_limits: %s: %s", slot, err)
			}
		}
		image.Resources[slot] = store.Range{Min: least, Max: most}
	}
	return nil
}
