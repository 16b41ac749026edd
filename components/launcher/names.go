package launcher

import "github.com/baiui/baiui/components/session"

// MaxName is the length of the longest name of a session.
const MaxName = session.MaxName

// CheckName applies the rule of [session.NameProblem]. An empty name is right: the
// session gets one by itself.
func CheckName(name string) Problems {
	if name == "" {
		return nil
	}
	switch key := session.NameProblem(name); key {
	case "":
		return nil
	case "short":
		return Problems{problem(FieldName, "name.short", "min", session.MinName)}
	case "long":
		return Problems{problem(FieldName, "name.long", "max", session.MaxName)}
	default:
		return Problems{problem(FieldName, "name."+key)}
	}
}
