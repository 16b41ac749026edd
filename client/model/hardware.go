package model

import "encoding/json"

// Hardware is what an agent says of its parts in hardware_metadata. The embedded
// manager's agent tells there how it keeps sessions apart: "sandbox" and "limits"
// what is in use, "isolation.<level>" and "landlock" what there is.
type Hardware map[string]HardwarePart

// HardwarePart is one part of an agent.
type HardwarePart struct {
	Status   string            `json:"status"`      // healthy, degraded, offline, unavailable
	Info     string            `json:"status_info"` // why, in the agent's words
	Metadata map[string]string `json:"metadata"`
}

// UnmarshalJSON reads the object or the text of it that managers send. What is of
// another form is left out.
func (h *Hardware) UnmarshalJSON(data []byte) error {
	*h = nil
	var parts map[string]json.RawMessage
	if raw := unwrapJSONString(data); raw == nil || json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	*h = make(Hardware, len(parts))
	for name, raw := range parts {
		var part HardwarePart
		if json.Unmarshal(raw, &part) == nil {
			(*h)[name] = part
		}
	}
	return nil
}
