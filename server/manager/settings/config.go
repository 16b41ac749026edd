package settings

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/baiui/baiui/server/manager/api"
	"github.com/baiui/baiui/server/manager/params"
	"github.com/baiui/baiui/server/manager/problem"
	"github.com/baiui/baiui/server/manager/reply"
)

// maxLeaves is how many values one call may set.
const maxLeaves = 16

// result is what the calls on settings answer.
type result struct {
	Result any `json:"result"`
}

// getConfig answers with the value of a key (null without one), or with prefix
// with everything below it as nested objects.
func (s *Settings) getConfig(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	key, prefix, err := keyOf(r)
	if err != nil {
		return err
	}
	if !prefix {
		value, ok, err := s.Store.Setting(r.Context(), key)
		if err != nil {
			return err
		}
		if !ok {
			return reply.JSON(w, http.StatusOK, result{})
		}
		return reply.JSON(w, http.StatusOK, result{value})
	}
	values, err := s.Store.Settings(r.Context(), key)
	if err != nil {
		return err
	}
	tree := map[string]any{}
	for full, value := range values {
		rest := strings.TrimPrefix(full, key)
		if rest != "" && rest[0] != '/' && key != "" && !strings.HasSuffix(key, "/") {
			continue // "a/bc" is not below "a/b"
		}
		plant(tree, strings.Trim(rest, "/"), value)
	}
	return reply.JSON(w, http.StatusOK, result{tree})
}

// plant puts a value into nested objects. A key that has a value of its own and
// others below it holds the value under the empty name.
func plant(tree map[string]any, path, value string) {
	name, rest, below := strings.Cut(path, "/")
	switch next := tree[name].(type) {
	case map[string]any:
		plant(next, rest, value)
	case nil:
		if !below {
			tree[name] = value
			return
		}
		tree[name] = map[string]any{}
		plant(tree[name].(map[string]any), rest, value)
	default:
		if below {
			tree[name] = map[string]any{"": next}
			plant(tree[name].(map[string]any), rest, value)
		}
	}
}

// setConfig writes a value; an object becomes one key for each of its leaves.
func (s *Settings) setConfig(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	body, err := params.Body(r, maxBody)
	if err != nil {
		return err
	}
	var sent struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&sent); err != nil || sent.Key == "" || sent.Value == nil {
		return problem.InvalidFields(map[string]string{"key": "is required", "value": "is required"})
	}
	values := map[string]string{}
	if err := flatten(values, strings.Trim(sent.Key, "/"), sent.Value); err != nil {
		return err
	}
	if len(values) > maxLeaves {
		return problem.InvalidParams("Too large update! Split into smaller key-value pair sets.")
	}
	if err := s.Store.SetSettings(r.Context(), values); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, result{"ok"})
}

// flatten collects the leaves of a value by key.
func flatten(to map[string]string, key string, value any) error {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if err := flatten(to, strings.TrimSuffix(key+"/"+name, "/"), inner); err != nil {
				return err
			}
		}
	case string:
		to[key] = value
	case json.Number:
		to[key] = value.String()
	case bool:
		to[key] = map[bool]string{true: "True", false: "False"}[value]
	case nil:
		to[key] = ""
	default:
		return problem.InvalidParams("A list cannot be set.")
	}
	return nil
}

func (s *Settings) deleteConfig(w http.ResponseWriter, r *http.Request, _ api.Caller) error {
	key, prefix, err := keyOf(r)
	if err != nil {
		return err
	}
	if err := s.Store.DeleteSettings(r.Context(), key, prefix); err != nil {
		return err
	}
	return reply.JSON(w, http.StatusOK, result{"ok"})
}

func keyOf(r *http.Request) (key string, prefix bool, err error) {
	p, err := params.Read(r, maxBody)
	if err != nil {
		return "", false, err
	}
	key = p.Required(params.Names("key"))
	prefix = p.Bool(params.Names("prefix"), false)
	return strings.Trim(key, "/"), prefix, p.Err()
}
