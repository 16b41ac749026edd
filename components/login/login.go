package login

import (
	"net/url"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
)

// The longest values the fields take, in characters, as in the original; the
// manager has the same limits for the key pair.
const (
	MaxUsername  = 64
	MaxAccessKey = 20
	MaxSecretKey = 40
	MaxEndpoint  = 2048
	MaxOTP       = 16 // a code has six digits, a recovery code more
)

// Input is what the form was sent with.
type Input struct {
	Mode model.ConnectionMode

	// For SESSION.
	Username string
	Password string
	// OTP is the one-time password of a second factor, once the manager asked
	// for it.
	OTP string
	// NewPassword replaces Password, which has expired, before signing in.
	NewPassword string
	again       string // the new password typed once more

	// For API.
	AccessKey string
	SecretKey string
	Endpoint  string
	// Remember asks to keep the key pair in this browser until sign-out.
	Remember bool
}

// Info is what GET /server/info of the web server says: which ways of signing
// in there are.
type Info struct {
	Version   string                 `json:"version"` // of the server
	Embedded  bool                   `json:"embedded"`
	Manager   string                 `json:"manager"`   // the address of the manager behind the server
	Endpoints []Endpoint             `json:"endpoints"` // the managers this page may connect to by itself
	Modes     []model.ConnectionMode `json:"modes"`
}

// Endpoint is the address of a manager and what to call it.
type Endpoint struct {
	URL   string `json:"url"`
	Label string `json:"label"`
}

// offers reports whether the server lets the page sign in this way. Without an
// answer from it the form offers everything.
func (i *Info) offers(mode model.ConnectionMode) bool {
	return i == nil || len(i.Modes) == 0 || slices.Contains(i.Modes, mode)
}

// allows reports whether the page may connect to an endpoint: the content
// security policy of the page names the same addresses.
func (i *Info) allows(endpoint string) bool {
	return i == nil || slices.ContainsFunc(i.Endpoints, func(e Endpoint) bool {
		return cleanEndpoint(e.URL) == endpoint
	})
}

// addresses lists the endpoints for a sentence.
func (i *Info) addresses() string {
	list := make([]string, 0, len(i.Endpoints))
	for _, endpoint := range i.Endpoints {
		list = append(list, cleanEndpoint(endpoint.URL))
	}
	return strings.Join(list, ", ")
}

// suggest chooses the endpoint to begin with: the one used last if it is still
// allowed, else the first.
func (i *Info) suggest(last string) string {
	last = cleanEndpoint(last)
	if last != "" && i.allows(last) {
		return last
	}
	if i == nil || len(i.Endpoints) == 0 {
		return ""
	}
	return cleanEndpoint(i.Endpoints[0].URL)
}

// cleanEndpoint writes an address in one way: no blanks around it and no slash
// at its end.
func cleanEndpoint(endpoint string) string {
	return strings.TrimRight(strings.TrimSpace(endpoint), "/")
}

// check cleans the input and reports the first problem that can be seen without
// asking anybody.
func check(in Input, info *Info) (Input, *Failure) {
	in.Username = strings.TrimSpace(in.Username)
	in.AccessKey = strings.TrimSpace(in.AccessKey)
	in.SecretKey = strings.TrimSpace(in.SecretKey)
	in.Endpoint = cleanEndpoint(in.Endpoint)
	in.OTP = strings.Join(strings.Fields(in.OTP), "") // apps show codes in groups
	if in.Mode == model.ModeAPI {
		return in, checkAPI(in, info)
	}
	switch {
	case in.Username == "":
		return in, &Failure{Reason: ReasonMissing, Field: "username"}
	case in.Password == "":
		return in, &Failure{Reason: ReasonMissing, Field: "password"}
	}
	return in, nil
}

func checkAPI(in Input, info *Info) *Failure {
	switch {
	case in.AccessKey == "":
		return &Failure{Reason: ReasonMissingKeys, Field: "access_key"}
	case in.SecretKey == "":
		return &Failure{Reason: ReasonMissingKeys, Field: "secret_key"}
	case in.Endpoint == "":
		return &Failure{Reason: ReasonMissingEndpoint, Field: "endpoint"}
	}
	address, err := url.Parse(in.Endpoint)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return &Failure{Reason: ReasonBadEndpoint, Field: "endpoint"}
	}
	if !info.allows(in.Endpoint) {
		return &Failure{
			Reason: ReasonRefusedEndpoint, Field: "endpoint",
			Args: []any{"endpoint", in.Endpoint, "allowed", info.addresses()},
		}
	}
	return nil
}
