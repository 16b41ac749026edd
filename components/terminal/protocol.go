package terminal

import (
	"encoding/json"

	"github.com/baiui/baiui/client"
)

// The first bytes of messages, as ttyd has them; orders are known only to
// terminals of this project's manager.
const (
	toServerInput  = '0'
	toServerResize = '1'
	toServerPause  = '2'
	toServerResume = '3'
	toServerOrder  = '4'

	toClientOutput      = '0'
	toClientPreferences = '2'
)

// size is the size of a terminal in character cells.
type size struct {
	Columns int `json:"columns"`
	Rows    int `json:"rows"`
}

// preferences is what a terminal says of itself, at first and again in parts
// when it changes. ttyd says nothing that is used here.
type preferences struct {
	Terminal  string   `json:"terminal"`
	Instance  string   `json:"instance"`
	Since     *int64   `json:"since"` // position in the stream of the output that follows
	Until     int64    `json:"until"` // what comes before was shown to somebody before
	Reset     bool     `json:"reset"`
	Typed     *int64   `json:"typed"` // bytes of this client's input that arrived
	Tmux      bool     `json:"tmux"`
	Size      *size    `json:"size"`
	Terminals []listed `json:"terminals"`
}

// listed is one of a session's terminals.
type listed struct {
	Name    string `json:"name"`
	Viewers int    `json:"viewers"`
}

// hello is the first message of a connection.
func hello(fit size, grant *client.TerminalGrant) []byte {
	return marshal(client.TerminalHello{Columns: fit.Columns, Rows: fit.Rows, Grant: grant})
}

// message puts the byte before the content that says what it is.
func message(kind byte, content []byte) []byte {
	return append(append(make([]byte, 0, 1+len(content)), kind), content...)
}

func marshal(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // all that is sent has a JSON form
	}
	return data
}
