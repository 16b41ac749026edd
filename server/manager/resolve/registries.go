package resolve

import (
	"context"

	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// registry is a place that images come from.
type registry struct {
	hostname string
	projects []string
}

// registries has this machine alone: its environments, and the sessions that were
// kept as images.
func registries() []registry {
	return []registry{{store.LocalRegistry, []string{store.NativeProject}}}
}

func (r *resolver) containerRegistries(context.Context, any, *gql.Field) (any, error) {
	return values(registries()), nil
}

func (r *resolver) containerRegistry(_ context.Context, _ any, f *gql.Field) (any, error) {
	hostname, _ := f.Text("hostname")
	for _, found := range registries() {
		if found.hostname == hostname {
			return found, nil
		}
	}
	return nil, gql.Faultf("Container registry not found (hostname: %s)", hostname)
}

func containerRegistryFields() map[string]gql.Resolver {
	of := gql.Of[registry]
	return map[string]gql.Resolver{
		"id":       of(func(r registry) any { return globalID("ContainerRegistry", r.hostname) }),
		"hostname": of(func(r registry) any { return r.hostname }),
		"config":   of(func(r registry) any { return r }),
	}
}

func registryConfigFields() map[string]gql.Resolver {
	of := gql.Of[registry]
	constant := func(value any) gql.Resolver { return of(func(registry) any { return value }) }
	return map[string]gql.Resolver{
		"url":        constant(""), // nothing is fetched
		"type":       constant("local"),
		"project":    of(func(r registry) any { return r.projects }),
		"username":   null,
		"password":   null,
		"ssl_verify": constant(true),
		"is_global":  constant(true),
	}
}
