package launcher

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// The names of the inputs that are not a [Field] of their own.
const (
	inputScheduled    = "scheduled"
	inputLimited      = "limited"
	inputLimitUnit    = "limit-unit"
	inputOwnerOn      = "owner-on"
	inputManual       = "manual"
	inputKind         = "accelerator-kind"
	inputManualShare  = "manual-shared"
	inputClusterMode  = "cluster-mode"
	inputClusterSize  = "cluster-size"
	inputManualThread = "manual-threads"
	inputOMP          = "omp"
	inputOpenBLAS     = "openblas"
	inputPortText     = "port-text"
	inputVarName      = "var-name"  // + "." + row
	inputVarValue     = "var-value" // + "." + row
	inputAlias        = "alias"     // + "." + row
)

// sliderOf is the name of the slider beside the number of an input.
func sliderOf(input string) string { return input + sliderEnd }

const sliderEnd = "-slider"

// set puts what an input says into the form: the text of a field, "true" or
// "false" of a box, the value of a choice.
func set(f *Form, input, text string) {
	name, row := rowOf(input)
	if number, slider := strings.CutSuffix(name, sliderEnd); slider {
		setSlider(f, number, text)
		return
	}
	on := text == "true"
	switch name {
	case string(FieldType):
		f.Type = model.SessionType(text)
	case string(FieldName):
		f.Name = strings.TrimSpace(text)
	case string(FieldCommand):
		f.Batch.Command = text
	case inputScheduled:
		f.Batch.Scheduled = on
	case string(FieldStart):
		f.Batch.Start = readStart(text)
	case inputLimited:
		f.Batch.Limited = on
	case string(FieldLimit):
		f.Batch.Limit = readInt(text)
	case inputLimitUnit:
		f.Batch.LimitUnit = Unit(text)
	case inputOwnerOn:
		f.Owner = Owner{Enabled: on}
	case string(FieldOwner):
		f.Owner.Email = strings.TrimSpace(text)
	case string(FieldOwnerKey):
		f.Owner.AccessKey = text
	case string(FieldOwnerGroup):
		f.Owner.Project = text
	case string(FieldImage):
		f.Image, f.Manual = text, ""
	case inputManual:
		f.Manual = strings.TrimSpace(text)
	case string(FieldGroup):
		f.Group = text
	case string(FieldPreset):
		f.Preset = text
	case string(FieldAgent):
		f.Agent = text
	case inputClusterMode:
		f.ClusterMode = text
	case inputManualThread:
		f.Threads.Manual = on
	case inputOMP:
		f.Threads.OMP = readInt(text)
	case inputOpenBLAS:
		f.Threads.OpenBLAS = readInt(text)
	case inputVarName:
		if row < len(f.Variables) {
			f.Variables[row].Name = text
		}
	case inputVarValue:
		if row < len(f.Variables) {
			f.Variables[row].Value = text
		}
	case inputAlias:
		if row < len(f.Mounts) {
			f.Mounts[row].Alias = strings.TrimSpace(text)
		}
	default:
		setAmount(f, name, text)
	}
}

// setAmount puts an amount into the form. An amount of one's own is no preset
// any more.
func setAmount(f *Form, name, text string) {
	switch name {
	case string(FieldCPU):
		f.CPU = readInt(text)
	case string(FieldMemory):
		f.Memory = readMemory(text)
	case string(FieldShared):
		f.Shared, f.ManualShare = readMemory(text), true
	case inputManualShare:
		f.ManualShare = text == "true"
	case inputKind:
		f.Accelerator = text
		if f.AcceleratorAmount == 0 && text != "" {
			f.AcceleratorAmount = 1
		}
	case string(FieldAccelerator):
		amount, _ := model.ParseAmount(text)
		f.AcceleratorAmount = max(amount, 0)
	case string(FieldSessions):
		f.Sessions = readInt(text)
		return
	case inputClusterSize:
		f.ClusterSize = readInt(text)
		return
	default:
		return
	}
	f.Preset = PresetCustom
}

// setSlider puts what a slider says into the form: memory is in bytes there.
func setSlider(f *Form, number, text string) {
	if number == string(FieldMemory) || number == string(FieldShared) {
		text += "b"
	}
	setAmount(f, number, text)
}

// rowOf splits the name of an input of one of several rows.
func rowOf(input string) (name string, row int) {
	name, number, many := strings.Cut(input, ".")
	if !many {
		return input, 0
	}
	row, err := strconv.Atoi(number)
	if err != nil || row < 0 {
		return input, 0
	}
	return name, row
}

// inputRow is the name of an input of a row.
func inputRow(name string, row int) string { return name + "." + strconv.Itoa(row) }

// readInt reads a whole number; anything else is 0, which no rule takes.
func readInt(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > 1<<30 {
		return 0
	}
	return n
}

// readMemory reads an amount of memory: a bare number is in GiB, "512m" is not.
func readMemory(text string) int64 {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return 0
	}
	if last := text[len(text)-1]; '0' <= last && last <= '9' || last == '.' {
		text = strings.TrimSuffix(text, ".") + "g"
	}
	amount, ok := model.ParseAmount(text)
	if !ok || amount < 0 || math.IsInf(amount, 0) || amount > 1<<60 {
		return 0
	}
	return int64(math.Round(amount))
}

// startLayout is how browsers spell a date and a time of the place they are in.
const startLayout = "2006-01-02T15:04"

// readStart reads a start time; none is the zero time.
func readStart(text string) time.Time {
	at, err := time.ParseInLocation(startLayout, text, time.Local)
	if err != nil {
		return time.Time{}
	}
	return at
}

// spellGiB spells an amount of memory in GiB, without zeros that say nothing.
func spellGiB(bytes int64) string {
	return spellNumber(math.Round(float64(bytes)/GiB*10000) / 10000)
}

// spellAmount spells an amount of an accelerator.
func spellAmount(amount float64) string {
	return spellNumber(math.Round(amount*100) / 100)
}
