package store

import "context"

// Preset is a named size of a session.
type Preset struct {
	ID           string // uuid
	Name         string
	Slots        JSON   // slot name to amount
	SharedMemory *int64 // bytes; nil: what the session's image asks for
}

const presetColumns = "p.id, p.name, p.resource_slots, p.shared_memory"

func scanPreset(r scanner) (p Preset, err error) {
	return p, r.Scan(&p.ID, &p.Name, &p.Slots, &p.SharedMemory)
}

func presetCells(p Preset) cells {
	return cells{{"id", p.ID}, {"name", p.Name}, {"resource_slots", p.Slots.object()}, {"shared_memory", p.SharedMemory}}
}

// Presets lists the resource presets by name.
func (s *Store) Presets(ctx context.Context) ([]Preset, error) {
	items, err := rows(ctx, s.read, "SELECT "+presetColumns+" FROM resource_presets p ORDER BY p.name", nil, scanPreset)
	return items, wrap("list presets", err)
}

const presetByName = "SELECT " + presetColumns + " FROM resource_presets p WHERE p.name = ?"

// Preset finds a resource preset by name.
func (s *Store) Preset(ctx context.Context, name string) (Preset, error) {
	return one(ctx, s.read, "find preset", presetByName, []any{name}, scanPreset)
}

// AddPreset adds a resource preset; a name that is taken is a conflict.
func (s *Store) AddPreset(ctx context.Context, p Preset) error {
	return s.add(ctx, "add preset", "resource_presets", presetCells(p))
}

// ChangePreset changes the preset of a name.
func (s *Store) ChangePreset(ctx context.Context, name string, edit func(*Preset) error) (Preset, error) {
	return change(ctx, s, "change preset", table[Preset]{"resource_presets", presetByName, "name = ?", scanPreset, presetCells}, name, edit, nil)
}

// DeletePreset removes the preset of a name.
func (s *Store) DeletePreset(ctx context.Context, name string) error {
	return s.remove(ctx, "delete preset", "resource_presets", "name = ?", name)
}
