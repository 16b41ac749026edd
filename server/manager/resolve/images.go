package resolve

import (
	"context"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// ownerLabel marks a customised image with "user:<uuid>".
const ownerLabel = "ai.backend.customized-image.owner"

// operationFeature in the features label marks an image for the cluster's own
// work rather than for people.
const (
	featuresLabel    = "ai.backend.features"
	operationFeature = "operation"
)

// imageView is who looks at images.
type imageView struct {
	caller     api.Caller
	registries []string // nil: any
}

// imageView: whoever is no superadmin sees the images of the registries that
// the domain allows, and no one else's customised images.
func (r *resolver) imageView(ctx context.Context) (imageView, error) {
	caller := callerOf(ctx)
	if caller.IsSuperadmin() {
		return imageView{caller: caller}, nil
	}
	domain, err := r.store.Domain(ctx, caller.DomainName)
	return imageView{caller: caller, registries: values(domain.AllowedDockerRegistries)}, err
}

func (v imageView) owns(image store.Image) bool {
	return image.Labels[ownerLabel] == "user:"+v.caller.UserID
}

func (r *resolver) image(ctx context.Context, _ any, f *gql.Field) (any, error) {
	view, err := r.imageView(ctx)
	if err != nil {
		return nil, err
	}
	var image store.Image
	id, byID := f.Text("id")
	reference, byReference := f.Text("reference")
	switch {
	case byID:
		images, _, err := r.store.Images(ctx, store.ImageQuery{ID: id})
		if err != nil || len(images) == 0 {
			return nil, err
		}
		image = images[0]
	case byReference:
		architecture, _ := f.Text("architecture")
		if image, err = r.store.ImageByReference(ctx, reference, architecture); err != nil {
			return found(nil, err)
		}
	default:
		return nil, gql.Faultf("Missing or invalid API parameters. (Either `id` or `reference` must be given)")
	}
	custom := image.Labels[ownerLabel] != ""
	allowed := view.registries == nil || slices.Contains(view.registries, image.Registry)
	if !allowed || custom && !view.owns(image) && !view.caller.IsSuperadmin() {
		return nil, nil
	}
	return rowOf(image), nil
}

func (r *resolver) images(ctx context.Context, _ any, f *gql.Field) (any, error) {
	view, err := r.imageView(ctx)
	if err != nil {
		return nil, err
	}
	wanted, err := imageKinds(f)
	if err != nil {
		return nil, err
	}
	installed := flag(f, "is_installed")
	if installed == nil {
		// What is forgotten or gone from the machine is kept for the sessions that
		// name it. The real manager has no row of it any more.
		only := true
		installed = &only
	}
	all, _, err := r.store.Images(ctx, store.ImageQuery{Registries: view.registries, Installed: installed})
	if err != nil {
		return nil, err
	}
	// The argument that names the kind lets superadmins see everybody's
	// customised images; by default they see their own like the others.
	everybodys := view.caller.IsSuperadmin() && wanted.explicit && wanted.customized
	kept := slices.DeleteFunc(all, func(image store.Image) bool {
		switch {
		case image.Labels[ownerLabel] != "":
			return !wanted.customized || !everybodys && !view.owns(image)
		case isOperational(image):
			return !wanted.operational
		}
		return !wanted.general
	})
	return rowsOf(kept), nil
}

type imageWish struct{ general, operational, customized, explicit bool }

// imageKinds reads which kinds of images are asked for: load_filters, by its
// older name image_filters, or the still older is_operation, whose explicit
// null adds the operational ones.
func imageKinds(f *gql.Field) (imageWish, error) {
	for _, name := range []string{"load_filters", "image_filters"} {
		list, ok := f.Args[name].([]any)
		if !ok {
			continue
		}
		wish := imageWish{explicit: true}
		for _, value := range list {
			switch value {
			case "general":
				wish.general = true
			case "operational":
				wish.operational = true
			case "customized":
				wish.customized = true
			default:
				return wish, gql.Faultf("Missing or invalid API parameters. ('%v' is not a valid image filter: general, operational, customized)", value)
			}
		}
		return wish, nil
	}
	operation, given := f.Args["is_operation"]
	return imageWish{general: operation != true, customized: operation != true, operational: given && operation != false}, nil
}

func isOperational(image store.Image) bool {
	features := strings.FieldsFunc(image.Labels[featuresLabel], func(r rune) bool { return r == ' ' || r == ',' })
	return slices.Contains(features, operationFeature)
}

// imageOf finds the image of a kernel; all images are read once per request.
func (r *resolver) imageOf(ctx context.Context, reference, architecture string) (any, error) {
	request := requestOf(ctx)
	if request.images == nil {
		all, _, err := r.store.Images(ctx, store.ImageQuery{})
		if err != nil {
			return nil, err
		}
		request.images = make(map[string]*store.Image, len(all))
		for i := range all {
			request.images[all[i].Reference()+"\x00"+all[i].Architecture] = &all[i]
		}
	}
	if image := request.images[reference+"\x00"+architecture]; image != nil {
		return rowOf(*image), nil
	}
	return nil, nil
}

// holders names the agents that have an image. Images are environments found on
// the machine, so each living agent has all that are installed.
func (r *resolver) holders(ctx context.Context, image store.Image) (any, error) {
	names := []string{}
	if !image.Installed {
		return names, nil
	}
	agents, err := r.allAgents(ctx)
	for _, a := range agents {
		if a.Status == store.AgentAlive {
			names = append(names, a.ID)
		}
	}
	return names, err
}

func imageNodeFields() map[string]gql.Resolver {
	fields := commonImageFields()
	fields["id"] = of(func(i store.Image) any { return base64.StdEncoding.EncodeToString([]byte("ImageNode:" + i.ID)) })
	fields["row_id"] = of(func(i store.Image) any { return i.ID })
	return fields
}

func (r *resolver) imageFields() map[string]gql.Resolver {
	fields := commonImageFields()
	fields["id"] = of(func(i store.Image) any { return i.ID })
	fields["installed"] = of(func(i store.Image) any { return i.Installed })
	fields["installed_agents"] = with(func(ctx context.Context, i *row[store.Image], _ *gql.Field) (any, error) {
		return r.holders(ctx, i.value)
	})
	fields["hash"] = of(func(i store.Image) any { return textOrNull(i.Digest) })
	return fields
}

func commonImageFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"name":           of(func(i store.Image) any { return i.Name }),
		"project":        of(func(i store.Image) any { return i.Project }),
		"humanized_name": of(func(i store.Image) any { return i.Name }),
		"tag":            of(func(i store.Image) any { return i.Tag }),
		"registry":       of(func(i store.Image) any { return i.Registry }),
		"architecture":   of(func(i store.Image) any { return i.Architecture }),
		"is_local":       of(func(i store.Image) any { return i.IsLocal }),
		"digest":         of(func(i store.Image) any { return textOrNull(i.Digest) }),
		"labels": of(func(i store.Image) any {
			pairs := []pair{}
			for _, name := range slices.Sorted(maps.Keys(i.Labels)) {
				pairs = append(pairs, pair{name, i.Labels[name]})
			}
			return pairs
		}),
		"aliases":    of(func(i store.Image) any { return values(i.Aliases) }),
		"size_bytes": of(func(i store.Image) any { return i.SizeBytes }),
		"resource_limits": of(func(i store.Image) any {
			limits := []limit{}
			for _, slot := range slices.Sorted(maps.Keys(i.Resources)) {
				limits = append(limits, limit{slot, i.Resources[slot]})
			}
			return limits
		}),
		"supported_accelerators": of(func(i store.Image) any { return values(i.Accelerators) }),
	}
}

type pair struct{ key, value string }

func pairFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"key":   gql.Of(func(p pair) any { return p.key }),
		"value": gql.Of(func(p pair) any { return p.value }),
	}
}

type limit struct {
	slot string
	store.Range
}

func limitFields() map[string]gql.Resolver {
	return map[string]gql.Resolver{
		"key": gql.Of(func(l limit) any { return l.slot }),
		"min": gql.Of(func(l limit) any { return l.Min }),
		"max": gql.Of(func(l limit) any { return textOrNull(l.Max) }),
	}
}
