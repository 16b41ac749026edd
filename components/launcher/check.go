package launcher

import (
	"slices"
	"strings"
	"time"

	"github.com/baiui/baiui/client/model"
)

// Check finds everything that is wrong with a form. Nothing is found wrong with
// what the facts do not tell yet.
func Check(form Form, f Facts, now time.Time) Problems {
	var found Problems
	add := func(more Problems) { found = append(found, more...) }
	if form.Type != model.TypeInteractive && form.Type != model.TypeBatch {
		add(Problems{problem(FieldType, "type")})
	}
	add(CheckName(form.Name))
	add(CheckBatch(form.Type, form.Batch, now))
	add(checkOwner(form.Owner))
	add(checkImage(form, f))
	add(CheckVariables(form.Variables))
	add(checkGroup(form, f))
	if f.Room != nil && f.Images != nil {
		add(CheckPreset(form, f))
		add(CheckResources(form, f))
	}
	add(checkAgent(form, f))
	if f.Folders != nil {
		add(CheckMounts(form.Mounts, f.Folders))
	}
	image, _ := f.Image(form)
	add(CheckPorts(form.Ports, image, DefaultMaxPorts))
	return found
}

func checkOwner(o Owner) Problems {
	switch {
	case !o.Enabled:
		return nil
	case !mail(o.Email):
		return Problems{problem(FieldOwner, "owner.email")}
	case o.AccessKey == "":
		return Problems{problem(FieldOwnerKey, "owner.key")}
	case o.Project == "":
		return Problems{problem(FieldOwnerGroup, "owner.project")}
	}
	return nil
}

// mail reports whether a text can be an e-mail address: something on both sides
// of one "@", without spaces. Whether it is one, the manager knows.
func mail(text string) bool {
	name, host, ok := strings.Cut(text, "@")
	return ok && name != "" && host != "" && !strings.ContainsAny(text, " \t\n") && !strings.Contains(host, "@")
}

func checkImage(form Form, f Facts) Problems {
	switch {
	case form.Manual != "" && !f.Can.ManualImage:
		return Problems{problem(FieldImage, "image.manual")}
	case form.Manual != "":
		if strings.ContainsAny(form.Manual, " \t\n\"") || len(form.Manual) > 512 {
			return Problems{problem(FieldImage, "image.wrong")}
		}
		return nil
	case form.Image == "":
		return Problems{problem(FieldImage, "image.missing")}
	case f.Images == nil:
		return nil
	}
	if _, known := f.Image(form); !known {
		return Problems{problem(FieldImage, "image.gone", "name", form.Image)}
	}
	return nil
}

func checkGroup(form Form, f Facts) Problems {
	switch {
	case form.Group == "":
		return Problems{problem(FieldGroup, "group.missing")}
	case f.Groups != nil && !slices.Contains(f.Groups, form.Group):
		return Problems{problem(FieldGroup, "group.closed", "name", form.Group)}
	}
	return nil
}

func checkAgent(form Form, f Facts) Problems {
	if form.Agent == "" || f.Agents == nil {
		return nil
	}
	for _, agent := range f.Agents {
		if agent.ID == form.Agent {
			return nil
		}
	}
	return Problems{problem(FieldAgent, "agent.gone", "name", form.Agent)}
}
