package launcher

import "strings"

// Variable is an environment variable of the session.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value,omitempty"`
}

// The bounds of variables: many more than anybody types, and what the manager
// takes as one value.
const (
	MaxVariables     = 200
	MaxVariableValue = 100 << 10
)

// CheckVariables applies the rules: name and value are both needed, a name is a
// letter or "_" and then letters, digits and "_", and no name comes twice.
func CheckVariables(list []Variable) Problems {
	var found Problems
	seen := map[string]bool{}
	for row, v := range list {
		add := func(key string, args ...any) {
			found = append(found, problem(FieldVariables, key, args...).at(row))
		}
		switch {
		case v.Name == "":
			add("variable.name.missing")
		case !variableName(v.Name):
			add("variable.name.wrong", "name", v.Name)
		case seen[v.Name]:
			add("variable.twice", "name", v.Name)
		case v.Value == "":
			add("variable.value.missing", "name", v.Name)
		case len(v.Value) > MaxVariableValue || strings.ContainsRune(v.Value, 0):
			add("variable.value.wrong", "name", v.Name, "max", MaxVariableValue>>10)
		}
		seen[v.Name] = true
	}
	if len(list) > MaxVariables {
		found = append(found, problem(FieldVariables, "variable.many", "max", MaxVariables))
	}
	return found
}

func variableName(name string) bool {
	for i, r := range name {
		if !word(r) || i == 0 && '0' <= r && r <= '9' {
			return false
		}
	}
	return name != ""
}

// Secret reports whether a variable's value must not be kept in a URL or in the
// browser: its name says that it is something secret. The parts are those of the
// original client.
func Secret(name string) bool {
	name = strings.ToUpper(name)
	for _, part := range []string{"AUTH", "ACCESS", "SECRET", "_KEY", "PASSWORD", "PASSWD", "PWD", "TOKEN", "PRIVATE",
		"CREDENTIAL", "JWT", "KEYPAIR", "CERTIFICATE", "SSH", "ENCRYPT", "SIGNATURE", "SALT", "PIN", "PASSPHRASE", "OAUTH"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// hidden reports whether the value is not kept. A name that is still to come may
// say that it is secret.
func (v Variable) hidden() bool { return v.Name == "" || Secret(v.Name) }

// WithoutSecrets is f with the values of secret variables emptied.
func WithoutSecrets(f Form) Form {
	f = f.Clone()
	for i, v := range f.Variables {
		if v.hidden() {
			f.Variables[i].Value = ""
		}
	}
	return f
}
