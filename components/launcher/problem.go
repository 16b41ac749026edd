package launcher

// Field is one input of the form, by the name of its element.
type Field string

// The fields that something can be wrong with.
const (
	FieldType        Field = "type"
	FieldName        Field = "name"
	FieldCommand     Field = "command"
	FieldStart       Field = "start"
	FieldLimit       Field = "limit"
	FieldOwner       Field = "owner"
	FieldOwnerKey    Field = "owner-key"
	FieldOwnerGroup  Field = "owner-project"
	FieldImage       Field = "image"
	FieldVariables   Field = "variables"
	FieldGroup       Field = "group"
	FieldPreset      Field = "preset"
	FieldCPU         Field = "cpu"
	FieldMemory      Field = "memory"
	FieldShared      Field = "shared"
	FieldAccelerator Field = "accelerator"
	FieldSessions    Field = "sessions"
	FieldAgent       Field = "agent"
	FieldCluster     Field = "cluster"
	FieldThreads     Field = "threads"
	FieldMounts      Field = "mounts"
	FieldPorts       Field = "ports"
)

// Step is the step that a field stands in.
func (f Field) Step() Step {
	switch f {
	case FieldType, FieldName, FieldCommand, FieldStart, FieldLimit, FieldOwner, FieldOwnerKey, FieldOwnerGroup:
		return StepType
	case FieldMounts:
		return StepData
	case FieldPorts:
		return StepNetwork
	}
	return StepEnvironment
}

// Problem is one thing that is wrong with a form.
type Problem struct {
	Field Field
	// Index is the row of a field that has several; -1 for the field as a whole.
	Index int
	// Key is that of the text that says what is wrong, Args are its placeholders'
	// names and values in turn.
	Key  string
	Args []any
}

// problem makes a Problem of a whole field.
func problem(field Field, key string, args ...any) Problem {
	return Problem{Field: field, Index: -1, Key: "launcher.problem." + key, Args: args}
}

// at says which row of the field is meant.
func (p Problem) at(row int) Problem {
	p.Index = row
	return p
}

// Problems are all that is wrong with a form, in the order of its fields.
type Problems []Problem

// Of are the problems of one field.
func (p Problems) Of(field Field) Problems {
	var some Problems
	for _, one := range p {
		if one.Field == field {
			some = append(some, one)
		}
	}
	return some
}

// In are the problems of one step.
func (p Problems) In(step Step) Problems {
	var some Problems
	for _, one := range p {
		if one.Field.Step() == step {
			some = append(some, one)
		}
	}
	return some
}
