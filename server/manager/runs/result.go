package runs

import "encoding/json"

// The statuses of a run, as manager 24.09 names them.
const (
	StatusContinued     = "continued"      // ask again
	StatusCleanFinished = "clean-finished" // ask again; the exit code is the stage's
	StatusBuildFinished = "build-finished" // ask again
	StatusWaitingInput  = "waiting-input"  // send a line
	StatusFinished      = "finished"
)

// ExitLost is the exit code of a run whose session or server has gone.
const ExitLost = 130

// Result is one answer about a run.
type Result struct {
	Status   string         `json:"status"`
	RunID    string         `json:"runId"`
	ExitCode *int           `json:"exitCode"`
	Options  map[string]any `json:"options"` // is_password, where it waits for input
	Files    []any          `json:"files"`   // always empty
	Console  []Item         `json:"console"`
}

// Item is a piece of what a program wrote.
type Item struct {
	Kind string // stdout or stderr
	Text string
}

// MarshalJSON gives a pair.
func (i Item) MarshalJSON() ([]byte, error) { return json.Marshal([2]string{i.Kind, i.Text}) }

// Lost is the answer about a run that is not there any more.
func Lost(id string) Result {
	code := ExitLost
	return Result{Status: StatusFinished, RunID: id, ExitCode: &code, Files: []any{}, Console: []Item{}}
}
