package resolve

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"slices"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/slots"
	"github.com/baiui/baiui/server/manager/store"
)

// props are the fields of a mutation's input that were given or have a default.
type props map[string]any

func propsOf(f *gql.Field) props {
	p, _ := f.Args["props"].(map[string]any)
	return p
}

// has reports whether a field was given, be it null.
func (p props) has(name string) bool {
	_, given := p[name]
	return given
}

// put writes a field that was given into its place; null leaves that alone, for
// what cannot be null.
func put[T any](p props, name string, to *T) {
	if v, ok := p[name].(T); ok {
		*to = v
	}
}

// putNullable is [put] for texts whose emptiness stands for null.
func putNullable(p props, name string, to *string) {
	if v, given := p[name]; given {
		*to, _ = v.(string)
	}
}

// texts reads a list of texts; nulls in it are left out.
func (p props) texts(name string) (list []string, given bool) {
	items, given := p[name].([]any)
	list = []string{}
	for _, item := range items {
		if text, ok := item.(string); ok {
			list = append(list, text)
		}
	}
	return list, given
}

// ids reads a list of UUIDs in any of their spellings.
func (p props) ids(name string) (list []string, given bool, err error) {
	list, given = p.texts(name)
	for i, text := range list {
		id, ok := normalUUID(text)
		if !ok {
			return nil, given, refuse("badly formed hexadecimal UUID string")
		}
		list[i] = id
	}
	return list, given, nil
}

// putSlots writes amounts of slots, brought into the form they are compared in
// ("1g" is 1073741824).
func putSlots(p props, name string, to *store.JSON) error {
	given, ok := p[name].(store.JSON)
	if !ok {
		return nil
	}
	var amounts map[string]any
	if err := decodeObject(given, &amounts); err != nil {
		return refuse("%s: a mapping of slots to amounts is expected", name)
	}
	out := make(map[string]string, len(amounts))
	for slot, amount := range amounts {
		if !slotName().MatchString(slot) {
			return refuse("%s: %q is no name of a slot", name, slot)
		}
		kind := slots.Count
		if slot == "mem" {
			kind = slots.Bytes
		}
		n, err := slots.Parse(kind, amount)
		if err != nil {
			return refuse("%s: %s: %s", name, slot, err)
		}
		out[slot] = n.String()
	}
	*to = store.ToJSON(out)
	return nil
}

func slotName() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`) }

// putHosts writes the permissions on storage hosts.
func putHosts(p props, name string, to *store.JSON) error {
	given, ok := p[name].(store.JSON)
	if !ok {
		return nil
	}
	var hosts map[string][]string
	if err := decodeObject(given, &hosts); err != nil {
		return refuse("%s: a mapping of hosts to lists of permissions is expected", name)
	}
	for _, permissions := range hosts {
		for _, permission := range permissions {
			if !slices.Contains(store.HostPermissions(), permission) {
				return refuse("%s: '%s' is not a valid VFolderHostPermission", name, permission)
			}
		}
	}
	*to = store.ToJSON(hosts)
	return nil
}

// putObject writes JSON that must be an object.
func putObject(p props, name string, to *store.JSON) error {
	given, ok := p[name].(store.JSON)
	if !ok {
		return nil
	}
	var object map[string]any
	if err := decodeObject(given, &object); err != nil {
		return refuse("%s: an object is expected", name)
	}
	*to = given
	return nil
}

var errNotObject = errors.New("not an object")

// decodeObject reads an object; null is none.
func decodeObject[T any](text store.JSON, to *map[string]T) error {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	if err := d.Decode(to); err != nil {
		return err
	}
	if *to == nil {
		return errNotObject
	}
	return nil
}

// checkName refuses names that are no slugs; it also keeps names short.
func checkName(name string) error {
	if !regexp.MustCompile(`^[\pL\pN]([\pL\pN._-]{0,62}[\pL\pN])?$`).MatchString(name) {
		return refuse("invalid name format. slug format required.")
	}
	return nil
}

// first gives the first error.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
