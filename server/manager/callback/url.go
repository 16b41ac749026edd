package callback

import (
	"errors"
	"net/url"
)

// maxURL is the most that a URL may hold, in bytes.
const maxURL = 2000

// Check refuses what is no URL that callbacks can be sent to. Whether the address is
// one is seen when it is spoken to.
func Check(text string) error {
	u, err := url.Parse(text)
	switch {
	case len(text) > maxURL:
		return errors.New("value is longer than 2000 bytes")
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return errors.New("value is not a http(s) URL")
	case u.User != nil:
		return errors.New("value must not hold a password")
	}
	return nil
}
