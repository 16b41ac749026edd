package info

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/components/ui"
)

// levelPrefix begins the names of the parts that are isolation levels.
const levelPrefix = "isolation."

// levels are the isolation levels that the embedded manager's node knows,
// strongest first.
func levels() []string { return []string{"isolated", "bubblewrap", "none"} }

// askHardware asks how sessions are kept apart. Only the embedded manager's agent
// tells, so a failure is none to speak of.
func (v *View) askHardware(ctx app.Context) {
	number, c := v.request, v.client
	ui.Go(ctx, func() {
		parts, err := c.Hardware(context.Background())
		ctx.Dispatch(func(app.Context) {
			if number == v.request && err == nil {
				v.hardware = parts
			}
		})
	})
}

// isolation shows the levels of the first agent that tells of them, nil if none
// does.
func (v *View) isolation() app.UI {
	for _, id := range slices.Sorted(maps.Keys(v.hardware)) {
		if parts := v.hardware[id]; parts["sandbox"].Metadata["isolation"] != "" {
			return v.facts("info.isolation", v.isolationFacts(parts))
		}
	}
	return nil
}

// isolationFacts says of each level, of Landlock and of limits whether the machine
// has them, and why not.
func (v *View) isolationFacts(parts model.Hardware) []fact {
	t := v.Texts
	used := parts["sandbox"].Metadata["isolation"]
	var list []fact
	for _, level := range levels() {
		part, known := parts[levelPrefix+level]
		if !known {
			continue
		}
		state := "info.isolation.spare"
		switch {
		case level == used:
			state = "info.isolation.used"
		case part.Info != "":
			state = "info.isolation.missing"
		}
		list = append(list, fact{name: t.T("info.isolation." + level),
			value: t.T(state, "gives", t.T("info.isolation."+level+".gives"), "reason", part.Info)})
	}
	if landlock, known := parts["landlock"]; known {
		state := "info.isolation.used"
		if landlock.Info != "" {
			state = "info.isolation.missing"
		}
		list = append(list, fact{name: "Landlock", value: t.T(state, "gives", t.T("info.isolation.landlock.gives"), "reason", landlock.Info)})
	}
	limits := parts["limits"]
	value := t.T("info.isolation.limits." + strings.TrimRight(limits.Metadata["enforced_by"], "12"))
	if limits.Info != "" {
		value += " (" + limits.Info + ")"
	}
	return append(list, fact{name: t.T("info.isolation.limits"), value: value})
}
