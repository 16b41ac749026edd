package model

// Room is what somebody may still take for a project, as check-presets tells
// it. Amounts that the manager does not show are "NaN", unlimited ones
// "Infinity".
type Room struct {
	KeyPairLimits    ResourceSlots        `json:"keypair_limits"`
	KeyPairUsing     ResourceSlots        `json:"keypair_using"`
	KeyPairRemaining ResourceSlots        `json:"keypair_remaining"`
	ProjectLimits    ResourceSlots        `json:"group_limits"`
	ProjectUsing     ResourceSlots        `json:"group_using"`
	ProjectRemaining ResourceSlots        `json:"group_remaining"`
	Groups           map[string]GroupRoom `json:"scaling_groups"` // by resource group
	GroupsRemaining  ResourceSlots        `json:"scaling_group_remaining"`
	Presets          []Preset             `json:"presets"`
}

// GroupRoom is the part of a [Room] that one resource group has.
type GroupRoom struct {
	Using     ResourceSlots `json:"using"` // by the key pair
	Remaining ResourceSlots `json:"remaining"`
}

// Preset is a size of session that people choose by its name.
type Preset struct {
	Name         string        `json:"name"`
	Slots        ResourceSlots `json:"resource_slots"`
	SharedMemory string        `json:"shared_memory"` // bytes; empty for none of its own
	Allocatable  bool          `json:"allocatable"`   // there is room for it now
}

// KeyPairPolicy is what a key pair may hold at once.
type KeyPairPolicy struct {
	Name                    string        `json:"name"`
	Slots                   ResourceSlots `json:"total_resource_slots"`
	DefaultForUnspecified   string        `json:"default_for_unspecified"` // UNLIMITED or LIMITED, for slots not named
	MaxSessions             int           `json:"max_concurrent_sessions"`
	MaxContainersPerSession int           `json:"max_containers_per_session"`
}
