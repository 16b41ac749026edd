package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// ErrHelp is returned by [Load] when the arguments ask for help.
var ErrHelp = flag.ErrHelp

// Where a value came from, besides the name of a file.
const (
	OriginDefault = "default"
	OriginFlag    = "command line"
)

// Value is one setting as it is in force.
type Value struct {
	Key Key
	// Text is the value as it could be written again, "(secret)" for one that
	// is set and must not be shown.
	Text string
	// Origin is [OriginDefault], [OriginFlag], the name of the environment
	// variable or the path of the file.
	Origin string
}

// Loaded is a configuration and where each part of it came from.
type Loaded struct {
	Config Config
	Values []Value
}

// source is what one layer says: the texts of each key that it sets.
type source struct {
	origin func(Key) string
	texts  map[string][]string
}

// Load reads the settings: args (without program and command) over environ over
// the TOML file named by --config or BAIUI_CONFIG over [Defaults]. readFile
// reads that file. The result is checked by [Config.Validate].
func Load(args, environ []string, readFile func(string) ([]byte, error)) (Loaded, error) {
	keys := Keys()
	flags, err := readFlags(args, keys)
	if err != nil {
		return Loaded{}, err
	}
	env, home, err := readEnv(environ, keys)
	if err != nil {
		return Loaded{}, err
	}
	path := last(env[configFlag])
	if given := flags[configFlag]; given != nil {
		path = last(given)
	}
	file := map[string][]string{}
	if path != "" {
		data, err := readFile(path)
		if err != nil {
			return Loaded{}, fmt.Errorf("configuration file: %w", err)
		}
		if file, err = ReadTOML(data); err != nil {
			return Loaded{}, fmt.Errorf("%s: %w", path, err)
		}
	}

	config := Defaults(home)
	config.File = path
	origins := map[string]string{}
	for _, s := range []source{ // weakest first
		{func(Key) string { return path }, file},
		{Key.Env, env},
		{func(Key) string { return OriginFlag }, flags},
	} {
		for _, key := range keys {
			texts, found := s.texts[key.Name]
			if !found {
				continue
			}
			origin := s.origin(key)
			if err := set(key.at(&config), texts); err != nil {
				return Loaded{}, fmt.Errorf("%s (from %s): %w", key.Name, origin, err)
			}
			origins[key.Name] = origin
		}
	}

	loaded := Loaded{Config: config}
	for _, key := range keys {
		value := Value{Key: key, Text: text(key.at(&config)), Origin: OriginDefault}
		if origin, found := origins[key.Name]; found {
			value.Origin = origin
		}
		if key.Secret && value.Text != "" {
			value.Text = "(secret)"
		}
		loaded.Values = append(loaded.Values, value)
	}
	if err := config.Validate(); err != nil {
		var invalid *InvalidError
		if errors.As(err, &invalid) {
			invalid.Origin = origins[invalid.Name]
		}
		return loaded, err
	}
	return loaded, nil
}

func last(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[len(texts)-1]
}

func names(keys []Key, spell func(Key) string) []string {
	list := make([]string, 0, len(keys))
	for _, key := range keys {
		list = append(list, spell(key))
	}
	return list
}

// collector is a flag that remembers every text it is given.
type collector struct {
	name  string
	bool  bool
	texts map[string][]string
}

func (c *collector) String() string   { return "" }
func (c *collector) IsBoolFlag() bool { return c.bool }
func (c *collector) Set(text string) error {
	c.texts[c.name] = append(c.texts[c.name], text)
	return nil
}

func readFlags(args []string, keys []Key) (map[string][]string, error) {
	texts := map[string][]string{}
	set := flag.NewFlagSet("baiui", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Var(&collector{name: configFlag, texts: texts}, configFlag, "")
	known := []string{configFlag}
	for _, key := range keys {
		if key.Secret {
			continue
		}
		set.Var(&collector{name: key.Name, bool: key.Placeholder == "", texts: texts}, key.Name, "")
		known = append(known, key.Name)
	}
	if err := set.Parse(args); err != nil {
		const unknown = "flag provided but not defined: -"
		if name, found := strings.CutPrefix(err.Error(), unknown); found {
			if secret := slices.IndexFunc(keys, func(k Key) bool { return k.Secret && k.Name == name }); secret >= 0 {
				return nil, fmt.Errorf("%s has no flag, because others can read command lines: set %s, or write it into the TOML file", name, keys[secret].Env())
			}
			return nil, unknownError("flag", name, "--", nearest(name, known))
		}
		return nil, err
	}
	if set.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", set.Arg(0))
	}
	return texts, nil
}

// readEnv returns the settings in the environment and the home folder. An empty
// variable counts as not set.
func readEnv(environ []string, keys []Key) (texts map[string][]string, home string, err error) {
	byName := map[string]string{envPrefix + strings.ToUpper(configFlag): configFlag}
	for _, key := range keys {
		byName[key.Env()] = key.Name
	}
	texts = map[string][]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if name == "HOME" {
			home = value
		}
		if !strings.HasPrefix(name, envPrefix) || value == "" {
			continue
		}
		key, found := byName[name]
		if !found {
			known := slices.Sorted(maps.Keys(byName))
			return nil, "", unknownError("environment variable", name, "", nearest(name, known))
		}
		texts[key] = []string{value}
	}
	return texts, home, nil
}

// ReadTOML reads a configuration file into the texts of each setting. Unknown
// keys, tables and values of the wrong type are errors.
func ReadTOML(data []byte) (map[string][]string, error) {
	var document map[string]any
	if err := toml.Unmarshal(data, &document); err != nil {
		var decode *toml.DecodeError
		if errors.As(err, &decode) {
			line, column := decode.Position()
			return nil, fmt.Errorf("line %d, column %d: %w", line, column, err)
		}
		return nil, err
	}
	keys := Keys()
	texts := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(document)) {
		index := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name })
		if index < 0 {
			known := names(keys, func(k Key) string { return k.Name })
			return nil, unknownError("key", name, "", nearest(name, known))
		}
		list, err := tomlTexts(keys[index], document[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		texts[name] = list
	}
	return texts, nil
}

// tomlTexts spells a TOML value as the texts that the other sources would give.
func tomlTexts(key Key, value any) ([]string, error) {
	switch key.at(&Config{}).(type) {
	case *bool:
		if b, ok := value.(bool); ok {
			return []string{text(&b)}, nil
		}
		return nil, fmt.Errorf("is true or false, without quotes")
	case *int64:
		if n, ok := value.(int64); ok {
			return []string{fmt.Sprint(n)}, nil
		}
	case *[]string:
		if items, ok := value.([]any); ok {
			list := []string{}
			for _, item := range items {
				text, ok := item.(string)
				if !ok {
					return nil, fmt.Errorf("is a list of texts, such as [\"a\", \"b\"]")
				}
				list = append(list, text)
			}
			return list, nil
		}
	}
	if s, ok := value.(string); ok {
		return []string{s}, nil
	}
	return nil, fmt.Errorf("is a text in quotes")
}

func unknownError(kind, name, prefix, near string) error {
	if near == "" {
		return fmt.Errorf("unknown %s %q", kind, prefix+name)
	}
	return fmt.Errorf("unknown %s %q; did you mean %q?", kind, prefix+name, prefix+near)
}
