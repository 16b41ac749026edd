package resolve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/baiui/baiui/client/model"
	"github.com/baiui/baiui/server/manager/gql"
	"github.com/baiui/baiui/server/manager/store"
)

// mutation is one field of Mutations.
type mutation struct {
	payload string       // the type of its answer
	item    string       // that type's field besides ok and msg; empty: none
	roles   []model.Role // who may at all; run looks at the object
	// run does it and gives the item.
	run func(context.Context, *gql.Field) (any, error)
}

// outcome is the value of every payload type.
type outcome struct {
	ok   bool
	msg  string
	item any
}

// refusal is why a mutation was not done, in a sentence for the caller.
type refusal struct{ msg string }

func (r *refusal) Error() string { return r.msg }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

// errDenied is the answer to a caller who may not touch the object.
var errDenied = errors.New("denied")

// quietly is the item of a mutation that answers with an empty message, as some
// of the manager's do.
type quietly struct{ item any }

func superadmins() []model.Role { return []model.Role{model.RoleSuperadmin} }

func admins() []model.Role { return []model.Role{model.RoleSuperadmin, model.RoleAdmin} }

func everybody() []model.Role {
	return []model.Role{model.RoleSuperadmin, model.RoleAdmin, model.RoleUser}
}

// errFrozen is what mutations answer while the manager is frozen.
func errFrozen() error {
	return gql.Faultf("The server is frozen due to maintenance. Please try again later.")
}

// mutate makes the resolver of a mutation: role, then freeze, then the work. The
// answers to what goes wrong are those of manager 24.09.
func (r *resolver) mutate(name string, m mutation) gql.Resolver {
	return func(ctx context.Context, _ any, f *gql.Field) (any, error) {
		denied := outcome{msg: "no permission to execute " + name}
		if !slices.Contains(m.roles, callerOf(ctx).Role) {
			return denied, nil
		}
		if err := r.notFrozen(ctx); err != nil {
			return nil, err
		}
		item, err := m.run(ctx, f)
		var why *refusal
		switch {
		case err == nil:
			if q, ok := item.(quietly); ok {
				return outcome{ok: true, item: q.item}, nil
			}
			return outcome{ok: true, msg: "success", item: item}, nil
		case errors.Is(err, errDenied):
			return denied, nil
		case errors.As(err, &why):
			return outcome{msg: why.msg}, nil
		}
		return failedOutcome(name, err)
	}
}

// bare makes the resolver of a mutation whose payload has no place for a
// refusal; it becomes an error.
func (r *resolver) bare(name string, roles []model.Role, run func(context.Context, *gql.Field) (any, error)) gql.Resolver {
	return func(ctx context.Context, _ any, f *gql.Field) (any, error) {
		if !slices.Contains(roles, callerOf(ctx).Role) {
			return nil, gql.Faultf("no permission to execute %s", name)
		}
		if err := r.notFrozen(ctx); err != nil {
			return nil, err
		}
		return run(ctx, f)
	}
}

func (r *resolver) notFrozen(ctx context.Context) error {
	status, _, err := r.store.Setting(ctx, store.StatusSetting)
	if err == nil && status == store.StatusFrozen {
		return errFrozen()
	}
	return err
}

// failedOutcome puts what the store refused into words.
func failedOutcome(name string, err error) (any, error) {
	for cause, msg := range map[error]string{
		store.ErrLastSuperadmin: "the last active superadmin cannot be taken away",
		store.ErrMainKey:        "the keypair is used as main access key by any user",
		store.ErrForeignKey:     "Cannot set another user's access key as the main access key.",
		store.ErrInUse:          "sessions that have not ended belong to it; terminate them first",
		store.ErrHasFolders:     "folders belong to it; delete them or give them away first",
		store.ErrNotEmpty:       "users or groups are bound to the domain; remove them first",
		store.ErrStranger:       "no such user in the domain of the group",
	} {
		if errors.Is(err, cause) {
			return outcome{msg: msg}, nil
		}
	}
	switch store.KindOf(err) {
	case store.KindNotFound:
		return outcome{msg: "no matching " + strings.ReplaceAll(name, "_", "")}, nil
	case store.KindConflict:
		what := store.Constraint(err)
		if what == "" {
			what = "something it refers to is not there"
		}
		return outcome{msg: "integrity error: " + what}, nil
	}
	return nil, err
}

// payloadFields are the resolvers of a payload type.
func payloadFields(item string) map[string]gql.Resolver {
	fields := map[string]gql.Resolver{
		"ok":  gql.Of(func(o outcome) any { return o.ok }),
		"msg": gql.Of(func(o outcome) any { return o.msg }),
	}
	if item != "" {
		fields[item] = gql.Of(func(o outcome) any { return o.item })
	}
	return fields
}

// addMutations puts the mutations and their payloads into the table of
// resolvers.
func (r *resolver) addMutations(table map[string]map[string]gql.Resolver) {
	table["Mutations"] = map[string]gql.Resolver{}
	for _, group := range []map[string]mutation{
		r.userMutations(), r.keyPairMutations(), r.projectMutations(), r.domainMutations(), r.policyMutations(),
		r.presetMutations(), r.scalingGroupMutations(), r.accessMutations(), r.agentMutations(), r.imageMutations(),
	} {
		for name, m := range group {
			table["Mutations"][name] = r.mutate(name, m)
			table[m.payload] = payloadFields(m.item)
		}
	}
	table["Mutations"]["modify_compute_session"] = r.bare("modify_compute_session", admins(), r.modifySession)
}

// within denies what does not lie in the caller's domain to everybody but
// superadmins.
func within(ctx context.Context, domain string) error {
	if caller := callerOf(ctx); !caller.IsSuperadmin() && caller.DomainName != domain {
		return errDenied
	}
	return nil
}
