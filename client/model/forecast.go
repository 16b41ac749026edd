package model

// Forecast is what a manager says it would do with sessions that are not asked
// for yet.
type Forecast struct {
	Outcome   string     `json:"outcome"`             // one of the Outcome constants
	Now       int        `json:"now"`                 // how many of them would start at once
	Ahead     int        `json:"ahead"`               // sessions of the resource group that wait before them
	Reasons   []string   `json:"reasons,omitempty"`   // what the scheduler would note, as status_data has it
	Shortages []Shortage `json:"shortages,omitempty"` // what there is too little of
}

// The outcomes of a [Forecast].
const (
	OutcomeStarts = "starts" // all of them, at once
	OutcomeWaits  = "waits"  // some, until something ends
	OutcomeNever  = "never"  // one asks for more than there is
)

// Shortage is too little of one slot, in the units of [ResourceSlots].
type Shortage struct {
	Slot   string `json:"slot"`
	Whose  string `json:"whose"`  // one of the Whose constants
	Wanted string `json:"wanted"` // by one session
	Have   string `json:"have"`   // in all for OutcomeNever, else at the moment
}

// Who has too little.
const (
	WhoseKeyPair = "keypair"
	WhoseUser    = "user"
	WhoseProject = "project"
	WhoseDomain  = "domain"
	WhoseGroup   = "group" // the agents of the resource group together
	WhoseAgent   = "agent" // each agent
)
