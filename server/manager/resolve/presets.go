package resolve

import (
	"context"

	"github.com/google/uuid"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

func (r *resolver) preset(ctx context.Context, _ any, f *gql.Field) (any, error) {
	name, given := f.Text("name")
	if !given {
		return nil, nil
	}
	preset, err := r.store.Preset(ctx, name)
	return found(preset, err)
}

func (r *resolver) presets(ctx context.Context, _ any, _ *gql.Field) (any, error) {
	presets, err := r.store.Presets(ctx)
	return values(presets), err
}

func presetFields() map[string]gql.Resolver {
	of := gql.Of[store.Preset]
	return map[string]gql.Resolver{
		"name":           of(func(p store.Preset) any { return p.Name }),
		"resource_slots": of(func(p store.Preset) any { return p.Slots }),
		"shared_memory": of(func(p store.Preset) any {
			if p.SharedMemory == nil {
				return nil
			}
			return *p.SharedMemory
		}),
	}
}

func (r *resolver) presetMutations() map[string]mutation {
	return map[string]mutation{
		"create_resource_preset": {"CreateResourcePreset", "resource_preset", superadmins(), r.createPreset},
		"modify_resource_preset": {"ModifyResourcePreset", "", superadmins(), r.modifyPreset},
		"delete_resource_preset": {"DeleteResourcePreset", "", superadmins(), func(ctx context.Context, f *gql.Field) (any, error) {
			name, _ := f.Text("name")
			return nil, r.store.DeletePreset(ctx, name)
		}},
	}
}

func (r *resolver) createPreset(ctx context.Context, f *gql.Field) (any, error) {
	preset := store.Preset{ID: uuid.NewString()}
	preset.Name, _ = f.Text("name")
	if err := first(checkName(preset.Name), setPreset(&preset, propsOf(f))); err != nil {
		return nil, err
	}
	return preset, r.store.AddPreset(ctx, preset)
}

func (r *resolver) modifyPreset(ctx context.Context, f *gql.Field) (any, error) {
	name, _ := f.Text("name")
	_, err := r.store.ChangePreset(ctx, name, func(p *store.Preset) error { return setPreset(p, propsOf(f)) })
	return nil, err
}

func setPreset(preset *store.Preset, p props) error {
	if size, ok := p["shared_memory"].(string); ok && size != "" {
		n, err := slots.Parse(slots.Bytes, size)
		if err != nil || n == slots.Infinite {
			return refuse("shared_memory: %q is no size", size)
		}
		bytes := n.Int()
		preset.SharedMemory = &bytes
	} else if p.has("shared_memory") {
		preset.SharedMemory = nil
	}
	return putSlots(p, "resource_slots", &preset.Slots)
}
