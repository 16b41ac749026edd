package model

// Agent is one machine that runs kernels, as agent_list reports it to
// superadmins.
type Agent struct {
	ID             string        `json:"id"`
	Status         string        `json:"status"` // ALIVE, LOST, TERMINATED, RESTARTING
	ScalingGroup   string        `json:"scaling_group"`
	Schedulable    bool          `json:"schedulable"`
	AvailableSlots ResourceSlots `json:"available_slots"` // all it has, used or not
	OccupiedSlots  ResourceSlots `json:"occupied_slots"`
	Version        string        `json:"version"`
	Architecture   string        `json:"architecture"`
}
