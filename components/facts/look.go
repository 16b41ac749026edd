package facts

import "github.com/baiui/baiui/client/model"

// Look is how a status is drawn.
type Look struct {
	Tone Tone
	Icon string // by its name in the sprite
	Spin bool   // the state passes by itself
}

// LookOf chooses colour and icon by the phase of a status.
func LookOf(s model.Status) Look {
	switch s.Phase() {
	case model.PhaseWaiting:
		return Look{ToneWait, "clock", false}
	case model.PhasePreparing:
		return Look{ToneBusy, "loader", true}
	case model.PhaseRunning:
		return Look{ToneGood, "circle-play", false}
	case model.PhaseEnding:
		return Look{ToneWait, "loader", true}
	case model.PhaseFailed:
		return Look{ToneBad, "circle-x", false}
	case model.PhaseEnded:
		return Look{ToneNeutral, "square", false}
	}
	return Look{ToneNeutral, "circle-question-mark", false}
}
