package model

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Image is one environment that sessions are made from, as the manager's
// "images" reports it.
type Image struct {
	ID            string `json:"id"`
	Name          string `json:"name"` // path in the registry, "stable/python"
	HumanizedName string `json:"humanized_name"`
	Tag           string `json:"tag"` // version and variant, "3.9-ubuntu20.04"
	Registry      string `json:"registry"`
	Architecture  string `json:"architecture"` // x86_64, aarch64; empty means x86_64
	Digest        string `json:"digest"`
	Installed     bool   `json:"installed"`
	Labels        Labels `json:"labels"`
	// Limits are what one kernel of it needs at least and can use at most.
	Limits []ResourceLimit `json:"resource_limits"`
	// Accelerators are the patterns of accelerator slots it can use; "*" is any.
	Accelerators []string `json:"supported_accelerators"`
}

// ResourceLimit bounds one slot of an image. The amounts are as written by the
// image's maker: "1", "256m", "Infinity", or empty for none.
type ResourceLimit struct {
	Key string `json:"key"`
	Min string `json:"min"`
	Max string `json:"max"`
}

// DefaultArchitecture is that of images which do not say theirs.
const DefaultArchitecture = "x86_64"

// Reference is the image's name for the manager: registry/name:tag.
func (i Image) Reference() string {
	reference := i.Name + ":" + i.Tag
	if i.Registry != "" {
		reference = i.Registry + "/" + reference
	}
	return reference
}

// FullName is the reference with the architecture, by which people copy and
// paste an image: registry/name:tag@architecture.
func (i Image) FullName() string {
	architecture := i.Architecture
	if architecture == "" {
		architecture = DefaultArchitecture
	}
	return i.Reference() + "@" + architecture
}

// The labels that say what an image is.
const (
	labelFeatures    = "ai.backend.features"
	labelCustomName  = "ai.backend.customized-image.name"
	labelCustomOwner = "ai.backend.customized-image.owner"
	labelRole        = "ai.backend.role"
	labelService     = "ai.backend.service-ports"
)

// Private reports whether the image is not meant to be chosen by people.
func (i Image) Private() bool {
	return slices.Contains(strings.Fields(i.Labels[labelFeatures]), "private")
}

// ForSessions reports whether people make sessions of it; the others serve the
// cluster itself.
func (i Image) ForSessions() bool {
	switch strings.ToUpper(i.Labels[labelRole]) {
	case "SYSTEM", "INFERENCE":
		return false
	}
	return true
}

// CustomName is the name that was given to a session kept as an image; empty
// for all others.
func (i Image) CustomName() string { return i.Labels[labelCustomName] }

// Customized reports whether the image is a session that somebody kept.
func (i Image) Customized() bool {
	return i.Labels[labelCustomOwner] != "" || i.Labels[labelCustomName] != ""
}

// Services are the names of the apps the image's sessions offer.
func (i Image) Services() []string {
	var names []string
	for entry := range strings.SplitSeq(i.Labels[labelService], ",") {
		if name, _, ok := strings.Cut(strings.TrimSpace(entry), ":"); ok && name != "" {
			names = append(names, name)
		}
	}
	return names
}

// ServicePorts are the ports of the apps: the numbers of a label such as
// "jupyter:http:8080,triton:http:[8000,8001]".
func (i Image) ServicePorts() []int {
	var ports []int
	for _, part := range strings.FieldsFunc(i.Labels[labelService], func(r rune) bool { return strings.ContainsRune(":,[] ", r) }) {
		if port, err := strconv.ParseUint(part, 10, 16); err == nil {
			ports = append(ports, int(port))
		}
	}
	return ports
}

// Limit is the bound of a slot; both sides are empty where the image has none.
func (i Image) Limit(slot string) ResourceLimit {
	for _, limit := range i.Limits {
		if limit.Key == slot {
			return limit
		}
	}
	return ResourceLimit{Key: slot}
}

// Labels are the labels of an image. On the wire they are a list of pairs.
type Labels map[string]string

// UnmarshalJSON accepts a list of {key, value}, or an object. Anything else is
// no labels: see the package comment.
func (l *Labels) UnmarshalJSON(data []byte) error {
	*l = nil
	var pairs []struct{ Key, Value string }
	if json.Unmarshal(data, &pairs) == nil {
		labels := make(Labels, len(pairs))
		for _, pair := range pairs {
			labels[pair.Key] = pair.Value
		}
		*l = labels
		return nil
	}
	var object map[string]string
	if json.Unmarshal(data, &object) == nil {
		*l = object
	}
	return nil
}
