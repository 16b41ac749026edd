package apps

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/baiui/baiui/client"
)

// order is what a page asks for: POST /server/apps.
type order client.AppOrder

// The longest texts of an order.
const (
	maxName   = 256
	maxPath   = 2048
	maxValues = 64
	maxSigned = 64
)

// check refuses an order that no page makes.
func (o *order) check() error {
	switch {
	case o.Session == "" || len(o.Session) > maxName:
		return errors.New("session is missing")
	case o.App == "" || len(o.App) > maxName:
		return errors.New("app is missing")
	case o.Port != 0 && (o.Port < 1024 || o.Port > 65535):
		return errors.New("port is not between 1024 and 65535")
	case o.HostPort != 0 && (o.HostPort < 1025 || o.HostPort > 65534):
		return errors.New("host_port is not between 1025 and 65534")
	case len(o.Path) > maxPath || len(o.Group) > maxName || len(o.Project) > maxName:
		return errors.New("a text is too long")
	case len(o.Arguments) > maxValues || len(o.Envs) > maxValues || len(o.Signed) > maxSigned:
		return errors.New("there are too many values")
	case o.Path != "" && localPath(o.Path) != o.Path:
		return errors.New("path does not begin with one slash")
	}
	_, err := parseAllowed(o.Allowed)
	return err
}

// parseAllowed reads addresses and blocks, with commas or blanks between them.
func parseAllowed(text string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
		prefix, err := netip.ParsePrefix(word)
		if address, failed := netip.ParseAddr(word); failed == nil {
			address = address.Unmap().WithZone("")
			prefix, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("allowed: %q is neither an address nor a block such as 10.0.0.0/8", word)
		}
		if list = append(list, prefix.Masked()); len(list) > maxValues {
			return nil, errors.New("allowed: there are too many addresses")
		}
	}
	return list, nil
}

// request is what the manager is asked for.
func (o *order) request() client.AppRequest { return client.AppOrder(*o).Request() }

// isTCP reports whether a browser can do nothing with the app by itself.
func (o *order) isTCP() bool { return o.Protocol == "tcp" }
