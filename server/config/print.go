package config

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// WriteHelp prints every setting with its default.
func WriteHelp(w io.Writer, defaults Config) {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintf(table, "  --%s FILE\tTOML file with any of the settings below\n", configFlag)
	for _, key := range Keys() {
		spelling := "--" + key.Name
		if key.Secret {
			spelling = key.Env()
		}
		if key.Placeholder != "" {
			spelling += " " + key.Placeholder
			if key.Secret {
				spelling = key.Env() + "=" + key.Placeholder
			}
		}
		help := key.Help
		if value := text(key.at(&defaults)); value != "" && value != "false" {
			help += " (" + value + ")"
		}
		fmt.Fprintf(table, "  %s\t%s\n", spelling, help)
	}
	table.Flush()
	fmt.Fprintf(w, "\nEvery setting may also stand in the environment (--manager-listen is %sMANAGER_LISTEN) or, under the\nsame name as the flag, in the TOML file. A flag beats the environment, the environment beats the file.\n", envPrefix)
}

// WriteValues prints the settings in force as TOML, each with its origin.
func WriteValues(w io.Writer, values []Value) {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, value := range values {
		fmt.Fprintf(table, "%s = %s\t# %s\n", value.Key.Name, value.toml(), value.Origin)
	}
	table.Flush()
}

// toml spells the value as the file would hold it.
func (v Value) toml() string {
	switch v.Key.at(&Config{}).(type) {
	case *bool:
		return v.Text
	case *[]string:
		var items []string
		for item := range strings.SplitSeq(v.Text, ",") {
			if item != "" {
				items = append(items, quote(item))
			}
		}
		return "[" + strings.Join(items, ", ") + "]"
	default:
		return quote(v.Text)
	}
}

// quote writes a TOML basic string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
