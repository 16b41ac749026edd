package client

import (
	"net/http"

	"github.com/baiui/baiui/client/model"
)

// TerminalPath is where a web server of this project leads a websocket to a
// session's terminal. Its query names the session; the rest of it is the
// terminal's.
const TerminalPath = "/server/terminal"

// TerminalHello is the first message on that websocket, as ttyd has it.
type TerminalHello struct {
	AuthToken string
	Columns   int            `json:"columns"`
	Rows      int            `json:"rows"`
	Grant     *TerminalGrant `json:"grant,omitempty"`
}

// TerminalGrant lets the web server open the terminal of one session for a page
// in ModeAPI, whose keys it has not got and does not get.
type TerminalGrant struct {
	// Endpoint is the manager's address, as the page uses it.
	Endpoint string `json:"endpoint"`
	Signed   Signed `json:"signed"`
}

// The codes with which that websocket is closed, beside those of RFC 6455.
const (
	TerminalEnded     = 1000 // the shell has ended; the reason is "exit code N"
	TerminalBad       = 4400 // the request is not understood
	TerminalSignedOut = 4401 // the sign-in is over
	TerminalForbidden = 4403 // the manager refuses
	TerminalMissing   = 4404 // there is no such session, or it has no terminal
	TerminalCut       = 4502 // the manager or the session's end of the line is gone; it may come back
	TerminalNotReady  = 4503 // nothing listens there yet
)

// TerminalApp is the name of the service port of terminals.
const TerminalApp = "ttyd"

// TerminalGrant makes the grant for a session's terminal; nil in ModeSession,
// where none is needed.
func (c *Client) TerminalGrant(session string) (*TerminalGrant, error) {
	if c.config.Mode != model.ModeAPI {
		return nil, nil
	}
	list, err := c.Presign(http.MethodGet, AppRequest{Session: session, App: TerminalApp}.TunnelPath(), 0)
	if err != nil {
		return nil, err
	}
	return &TerminalGrant{Endpoint: c.Endpoint(), Signed: list[0]}, nil
}
